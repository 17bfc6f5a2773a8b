/**
 * A route's condition, compiled once and asked for every request. It answers with its reason, since an operator who asks why a request went
 * elsewhere needs the first condition that did not hold and not a bare no.
 */
import type { Features, Guess, Modality, Task, Topic } from './features'

export interface Range {
  readonly gte?: number | undefined
  readonly lte?: number | undefined
  readonly gt?: number | undefined
  readonly lt?: number | undefined
}

/** All must hold; within a list, one. What is absent is not asked. */
export interface When {
  readonly topic?: readonly Topic[] | undefined
  readonly task?: readonly Task[] | undefined
  /** ISO 639-1. */
  readonly language?: readonly string[] | undefined
  /** One of these is among what the request holds. */
  readonly modality?: readonly Modality[] | undefined
  readonly tools?: boolean | undefined
  readonly stream?: boolean | undefined
  readonly complexity?: Range | undefined
  readonly promptTokens?: Range | undefined
  readonly turns?: Range | undefined
  /** From the client, hence untrusted. */
  readonly [name: `metadata.${string}`]: readonly string[] | undefined
  /** From a verified key or token. A claim that is a list matches by any of its members. */
  readonly [name: `claims.${string}`]: readonly string[] | undefined
}

export interface Subject {
  readonly features: Features
  readonly metadata: Readonly<Record<string, string>>
  readonly claims: Readonly<Record<string, unknown>>
}

export type Match = { readonly matches: true } | { readonly matches: false; readonly why: string }

export interface WhenOptions {
  /** A topic, task or language guessed with less confidence than this does not match. */
  readonly minConfidence?: number
}

/**
 * About one in two guesses at this confidence is right: a wrong route costs quality and not correctness, so a better chance than any
 * other single route has is enough. Complexity has no such bound, its confidence never being high.
 */
export const DEFAULT_MIN_CONFIDENCE = 0.35

const MATCHES: Match = { matches: true }
/** Of a value that a client sent. */
const SHOWN_CHARACTERS = 40

/** What was found instead, or undefined if the condition holds. */
type Found = (subject: Subject) => string | undefined

interface Condition {
  readonly name: string
  readonly expected: string
  readonly found: Found
}

export function compileWhen(when: When, options: WhenOptions = {}): (subject: Subject) => Match {
  const conditions = conditionsOf(when, options.minConfidence ?? DEFAULT_MIN_CONFIDENCE)
  return subject => {
    for (const { name, expected, found } of conditions) {
      const other = found(subject)
      if (other !== undefined) return { matches: false, why: `${name}: expected ${expected}, found ${other}` }
    }
    return MATCHES
  }
}

function conditionsOf(when: When, minConfidence: number): readonly Condition[] {
  const conditions: Condition[] = []
  const ask = (name: string, expected: string, found: Found): void => {
    conditions.push({ name, expected, found })
  }
  const { topic, task, language, modality, tools, stream, complexity, promptTokens, turns } = when
  // cheap and certain ones first: they give the clearer reason
  if (tools !== undefined) ask('tools', yesNo(tools), ({ features }) => differs(tools, features.tools))
  if (stream !== undefined) ask('stream', yesNo(stream), ({ features }) => differs(stream, features.stream))
  if (modality !== undefined)
    ask('modality', anyOf(modality), ({ features: { modalities } }) =>
      modalities.some(present => modality.includes(present)) ? undefined : modalities.join(' and ') || 'none',
    )
  if (turns !== undefined) ask('turns', bounds(turns), ({ features }) => outside(turns, features.turns))
  if (promptTokens !== undefined)
    ask('promptTokens', bounds(promptTokens), ({ features }) => outside(promptTokens, features.promptTokens))
  for (const [name, allowed] of Object.entries(when)) {
    const [kind, key = ''] = splitOnce(name)
    if ((kind !== 'metadata' && kind !== 'claims') || !isList(allowed)) continue
    ask(name, anyOf(allowed), subject => unlisted(allowed, own(subject[kind], key)))
  }
  if (language !== undefined)
    ask('language', anyOf(language), ({ features }) => unguessed(language, features.language, minConfidence))
  if (topic !== undefined) ask('topic', anyOf(topic), ({ features }) => unguessed(topic, features.topic, minConfidence))
  if (task !== undefined) ask('task', anyOf(task), ({ features }) => unguessed(task, features.task, minConfidence))
  if (complexity !== undefined)
    ask('complexity', bounds(complexity), ({ features: { complexity: guess } }) =>
      guess.value === undefined ? 'no guess' : outside(complexity, guess.value),
    )
  return conditions
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no')
const differs = (expected: boolean, actual: boolean): string | undefined => (expected === actual ? undefined : yesNo(actual))
const anyOf = (values: readonly string[]): string => values.join(' or ') || 'nothing'
const isList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string')

function splitOnce(name: string): readonly [string, string?] {
  const dot = name.indexOf('.')
  return dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)]
}

/** Not what every object inherits: `claims.constructor` is nobody's claim. */
function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

function unlisted(allowed: readonly string[], value: unknown): string | undefined {
  if (value === undefined || value === null) return 'none'
  const values = Array.isArray(value) ? value : [value]
  const comparable = values.filter(isScalar).map(String)
  if (comparable.some(item => allowed.includes(item))) return undefined
  if (comparable.length < values.length) return 'no plain value'
  const shown = comparable.join(', ') || 'an empty list'
  return shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}…` : shown
}

function unguessed(allowed: readonly string[], { value, confidence }: Guess<string>, minConfidence: number): string | undefined {
  if (value === undefined) return 'no guess'
  if (!allowed.includes(value)) return value
  return confidence >= minConfidence ? undefined : `${value}, unsure (${confidence.toFixed(2)} below ${minConfidence})`
}

function outside({ gte, lte, gt, lt }: Range, value: number): string | undefined {
  const inside =
    (gte === undefined || value >= gte) &&
    (lte === undefined || value <= lte) &&
    (gt === undefined || value > gt) &&
    (lt === undefined || value < lt)
  return inside ? undefined : String(Math.round(value * 1000) / 1000)
}

function bounds({ gte, lte, gt, lt }: Range): string {
  const parts = [
    gte !== undefined ? `>= ${gte}` : '',
    gt !== undefined ? `> ${gt}` : '',
    lte !== undefined ? `<= ${lte}` : '',
    lt !== undefined ? `< ${lt}` : '',
  ]
  return parts.filter(part => part !== '').join(' and ') || 'any'
}

/**
 * Whether every subject that matches `later` matches `earlier` as well, so that a route with `later` behind one with `earlier` is never taken.
 * Conservative: it looks at one condition at a time, and says no where only several together would show it.
 */
export function shadows(earlier: When, later: When): boolean {
  const theirs = new Map<string, unknown>(Object.entries(later))
  return Object.entries(earlier).every(([name, condition]) => condition === undefined || implies(theirs.get(name), condition))
}

/** Any subject that meets `strict` meets `loose`. */
function implies(strict: unknown, loose: unknown): boolean {
  if (typeof loose === 'boolean') return strict === loose
  if (isList(loose)) return isList(strict) && strict.every(item => loose.includes(item))
  if (!isRange(loose) || !isRange(strict)) return false
  return floorWithin(strict, loose) && ceilingWithin(strict, loose)
}

const isRange = (value: unknown): value is Range => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The tightest lower bound, and whether the bound itself belongs to the range. */
function floorOf({ gte = Number.NEGATIVE_INFINITY, gt = Number.NEGATIVE_INFINITY }: Range): { at: number; open: boolean } {
  return { at: Math.max(gte, gt), open: gt >= gte }
}

function floorWithin(strict: Range, loose: Range): boolean {
  const inner = floorOf(strict)
  const outer = floorOf(loose)
  return inner.at > outer.at || (inner.at === outer.at && (inner.open || !outer.open))
}

/** Mirrored at zero, an upper bound is a lower one. */
const mirrored = ({ lte, lt }: Range): Range => ({
  gte: lte === undefined ? undefined : -lte,
  gt: lt === undefined ? undefined : -lt,
})

function ceilingWithin(strict: Range, loose: Range): boolean {
  return floorWithin(mirrored(strict), mirrored(loose))
}
