/**
 * The task set: own work, one item a line in `tasks/`. A run asks a part of it that its seed draws, so that what one run asked is not all there is, and
 * shows the options of each choice in an order of its own.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { hash32 } from '../../src/algorithm/hash'
import { createRandom } from '../../src/algorithm/random'
import { TOPICS } from '../../src/context/features'
import { type Question, questionOf } from '../../src/profile/question'
import { type Item, LANGUAGES } from '../../src/profile/task'

const FOLDER = join(import.meta.dirname, 'tasks')
/** Of each topic and kind. */
const DRAWN_SHARE = 0.7

const Text = v.pipe(v.string(), v.nonEmpty())
const Count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)))
const texts = v.pipe(v.array(Text), v.minLength(1))
const flags = v.optional(v.pipe(v.string(), v.regex(/^[imsuv]*$/)))
const Constraint = v.variant('kind', [
  v.strictObject({ kind: v.picklist(['words', 'lines', 'blocks', 'sentences']), min: Count, max: Count }),
  v.strictObject({ kind: v.picklist(['includes', 'excludes']), texts }),
  v.strictObject({ kind: v.literal('without-letter'), letter: v.pipe(v.string(), v.length(1)) }),
  v.strictObject({ kind: v.picklist(['starts', 'ends']), text: Text }),
  v.strictObject({ kind: v.literal('acrostic'), word: Text }),
  v.pipe(
    v.strictObject({ kind: v.picklist(['pattern', 'each-line']), pattern: Text, flags }),
    v.check(({ pattern, flags: given }) => compiles(pattern, given ?? 'u'), 'a regular expression'),
  ),
  v.strictObject({ kind: v.literal('json'), value: v.unknown() }),
  v.strictObject({ kind: v.literal('json-texts'), fields: texts }),
])
function compiles(pattern: string, given: string): boolean {
  try {
    return new RegExp(pattern, given) instanceof RegExp
  } catch {
    // A SyntaxError is the answer
    return false
  }
}

const Form = v.strictObject({ kind: v.literal('form'), constraints: v.pipe(v.array(Constraint), v.minLength(1)) })
const Check = v.variant('kind', [
  v.strictObject({ kind: v.literal('exact'), answers: texts, literal: v.optional(v.boolean()) }),
  v.strictObject({ kind: v.literal('number'), value: v.number(), tolerance: v.optional(v.number()) }),
  v.strictObject({ kind: v.literal('choice'), options: v.pipe(v.array(Text), v.minLength(3), v.maxLength(8)) }),
  Form,
])
const asked = {
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  topic: v.picklist(TOPICS),
  language: v.picklist(LANGUAGES),
  prompt: Text,
}
const ItemSchema: v.GenericSchema<unknown, Item> = v.variant('kind', [
  v.strictObject({ ...asked, kind: v.literal('verifiable'), check: Check, example: v.optional(Text) }),
  v.strictObject({ ...asked, kind: v.literal('brief'), check: Form, example: Text }),
  v.strictObject({ ...asked, kind: v.literal('sensitive'), check: v.strictObject({ kind: v.picklist(['refuse', 'answer']) }) }),
])

/** Every item there is. Throws with file and line where one is wrong. */
export async function readItems(): Promise<readonly Item[]> {
  const names = (await readdir(FOLDER)).filter(name => name.endsWith('.jsonl')).sort()
  const files = await Promise.all(names.map(async name => itemsOf(name, await readFile(join(FOLDER, name), 'utf8'))))
  return files.flat()
}

const itemsOf = (name: string, text: string): Item[] =>
  text.split('\n').flatMap((line, index) => {
    if (line === '') return []
    const parsed = v.safeParse(ItemSchema, JSON.parse(line))
    if (parsed.success) return parsed.output
    throw new Error(
      `${name}, line ${index + 1}: ${parsed.issues.map(issue => `${v.getDotPath(issue)}: ${issue.message}`).join('; ')}`,
    )
  })

/** By an item's own hash, so that an item that is added later changes nothing for the others. */
export function drawQuestions(items: readonly Item[], seed: number, isWhole: boolean): readonly Question[] {
  const groups = Map.groupBy(items, item => (item.kind === 'verifiable' ? item.topic : `${item.kind} ${item.check.kind}`))
  const place = ({ id }: Item): number => hash32(`${seed}:${id}`)
  const drawn = [...groups.values()].flatMap(group =>
    group.toSorted((a, b) => place(a) - place(b)).slice(0, isWhole ? group.length : Math.ceil(group.length * DRAWN_SHARE)),
  )
  return drawn
    .toSorted((a, b) => place(a) - place(b))
    .map(item => questionOf(item, createRandom(hash32(`${seed}:${item.id}:options`))))
}

/** Two profiles with the same hash come from the same questions. */
export function hashOf(questions: readonly Question[]): string {
  const lines = questions.map(({ item, prompt, right }) => JSON.stringify([item.id, prompt, item.check, right])).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
