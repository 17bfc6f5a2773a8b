/**
 * Requests reduced to what conditions can tell apart. A condition on a range tells two numbers apart only where one of its bounds lies
 * between them, and one on a list only the values that some route lists; so of each field a few values stand for all, and what holds for
 * every combination of those holds for every request.
 *
 * Fields are taken to be independent of each other, and guesses as sure or absent: one that is too unsure meets the same conditions as
 * none, which is none.
 */
import { fits, type Mismatch, type Range, type Subject } from './condition'
import { type Features, MODALITIES, TASKS, TOPICS } from './features'

/** Null: nothing there, or the classifier abstains. */
export type Value = string | number | boolean | null

/** A request as far as conditions look at it, by the names of the conditions. */
export type Witness = Readonly<Record<string, Value>>

/** Values of one field, among them one for each way in which `wanted`, all that any condition wants of it, can hold together. */
export function valuesOf(field: string, wanted: readonly Mismatch['wanted'][]): readonly Value[] {
  const listed = wanted.flatMap(each => (isList(each) ? each : []))
  const ranges = wanted.flatMap(each => (isList(each) || typeof each === 'boolean' ? [] : [each]))
  switch (field) {
    case 'tools':
    case 'stream':
      return [false, true]
    case 'topic':
      return [...TOPICS, null]
    case 'task':
      return [...TASKS, null]
    case 'language':
      return [...new Set([...listed, another(listed, LANGUAGES)]), null]
    case 'modality':
      // One kind alone, or an empty message: with a second kind, only more conditions hold
      return [...MODALITIES, null]
    case 'complexity':
      return [...realsOf(ranges), null]
    case 'promptTokens':
      return wholesOf(ranges, 1)
    case 'turns':
      return wholesOf(ranges, 0)
    default:
      // Metadata and claims. A claim that is a list meets the conditions of all its members: more than any of them alone
      return [null, ...textsOf(listed)]
  }
}

/** Two-letter codes for "another language than those". */
const LANGUAGES = ['en', 'es', 'zh', 'hi', 'ar', 'pt', 'fr', 'de', 'ja', 'ru']

function another(listed: readonly string[], names: readonly string[]): string {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const codes = [...names, ...letters.flatMap(first => letters.map(second => first + second))]
  return codes.find(code => !listed.includes(code)) ?? ''
}

/** Every bound within 0..1, and a number between each two that follow each other. */
function realsOf(ranges: readonly Range[]): readonly number[] {
  const bounds = ascending([0, 1, ...ranges.flatMap(boundsOf).filter(bound => bound > 0 && bound < 1)])
  return ascending(bounds.flatMap((bound, index) => [bound, (bound + (bounds[index + 1] ?? bound)) / 2]))
}

/** The least, every whole bound, and the next whole number above each: between two bounds all whole numbers are alike. */
function wholesOf(ranges: readonly Range[], least: number): readonly number[] {
  const near = ranges.flatMap(boundsOf).flatMap(bound => [Math.floor(bound), Math.floor(bound) + 1])
  return ascending([least, ...near.filter(number => number > least)])
}

const boundsOf = ({ gte, lte, gt, lt }: Range): readonly number[] => [gte, lte, gt, lt].filter(bound => bound !== undefined)
const ascending = (numbers: readonly number[]): readonly number[] => [...new Set(numbers)].sort((a, b) => a - b)

/** Every listed text, for every beginning one text that begins so and fits nothing longer, and one that fits none at all. */
function textsOf(listed: readonly string[]): readonly string[] {
  const unused = unusedIn(listed)
  const texts = listed.map(each => (each.endsWith('*') ? each.slice(0, -1) + unused : each))
  const rest = ['other', unused.repeat(2)].find(text => !texts.includes(text) && !listed.some(each => fits(each, text)))
  return [...new Set(texts), ...(rest === undefined ? [] : [rest])]
}

/** A character that none of the texts holds. */
function unusedIn(texts: readonly string[]): string {
  const used = new Set(texts.join(''))
  const plain = [...'xyzabcdefghijklmnopqrstuvw0123456789'].find(letter => !used.has(letter))
  if (plain !== undefined) return plain
  let code = 0x4e00
  while (used.has(String.fromCharCode(code))) code += 1
  return String.fromCharCode(code)
}

const isList = (wanted: Mismatch['wanted']): wanted is readonly string[] => Array.isArray(wanted)

/** A request that has these values, for conditions to be asked of. */
export function subjectOf(witness: Witness): Subject {
  const guess = <T extends string>(name: string, known: readonly T[]) => sure(known.find(each => each === witness[name]))
  const of = (kind: 'metadata' | 'claims') =>
    Object.fromEntries(
      Object.entries(witness).flatMap(([name, value]) =>
        name.startsWith(`${kind}.`) && value !== null ? [[name.slice(kind.length + 1), String(value)]] : [],
      ),
    )
  const { language, complexity, promptTokens, turns, tools, stream } = witness
  const features: Features = {
    language: sure(typeof language === 'string' ? language : undefined),
    topic: guess('topic', TOPICS),
    task: guess('task', TASKS),
    complexity: sure(typeof complexity === 'number' ? complexity : undefined),
    modalities: MODALITIES.filter(kind => kind === (witness.modality === undefined ? 'text' : witness.modality)),
    tools: tools === true,
    jsonSchema: false,
    stream: stream === true,
    promptTokens: typeof promptTokens === 'number' ? promptTokens : 1,
    turns: typeof turns === 'number' ? turns : 1,
  }
  return { features, metadata: of('metadata'), claims: of('claims') }
}

const sure = <T>(value: T | undefined) => ({ value, confidence: value === undefined ? 0 : 1 })
