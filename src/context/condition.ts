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
  /** From the client, hence untrusted. A `*` at the end of a value stands for anything that follows. */
  readonly [name: `metadata.${string}`]: readonly string[] | undefined
  /** From a verified key or token. A claim that is a list matches by any of its members. */
  readonly [name: `claims.${string}`]: readonly string[] | undefined
}

export interface Subject {
  readonly features: Features
  readonly metadata: Readonly<Record<string, string>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** The first condition that does not hold, as data. */
export interface Mismatch {
  /** As the condition is called. */
  readonly field: string
  readonly wanted: boolean | Range | readonly string[]
  /** Null: nothing was there, or the classifier abstained. What a client sent is cut short. */
  readonly found: boolean | number | string | readonly string[] | null
  /** Of a guess. */
  readonly confidence?: number
}

export type Match =
  | { readonly matches: true }
  /** `why` says in words what `mismatch` says. */
  | { readonly matches: false; readonly why: string; readonly mismatch: Mismatch }

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

/** What there was instead. `words`: for people, where they differ from the value. */
interface Found {
  readonly found: Mismatch['found']
  readonly words?: string
  readonly confidence?: number
}

export interface Condition {
  readonly field: string
  readonly wanted: Mismatch['wanted']
  /** Undefined: it holds. */
  readonly differs: (subject: Subject) => Found | undefined
}

export function compileWhen(when: When, options: WhenOptions = {}): (subject: Subject) => Match {
  const conditions = conditionsOf(when, options)
  return subject => {
    for (const { field, wanted, differs } of conditions) {
      const other = differs(subject)
      if (other !== undefined) return mismatch(field, wanted, other)
    }
    return MATCHES
  }
}

function mismatch(field: string, wanted: Mismatch['wanted'], { found, words, confidence }: Found): Match {
  return {
    matches: false,
    why: `${field}: expected ${wordsFor(wanted)}, found ${words ?? String(found)}`,
    mismatch: { field, wanted, found, ...(confidence !== undefined && { confidence }) },
  }
}

/** In the order in which they are asked: cheap and certain ones first, since they give the clearer reason. */
export function conditionsOf(when: When, { minConfidence = DEFAULT_MIN_CONFIDENCE }: WhenOptions = {}): readonly Condition[] {
  const conditions: Condition[] = []
  const ask = (field: string, wanted: Mismatch['wanted'], differs: Condition['differs']): void => {
    conditions.push({ field, wanted, differs })
  }
  const { topic, task, language, modality, tools, stream, complexity, promptTokens, turns } = when
  if (tools !== undefined) ask('tools', tools, ({ features }) => other(tools, features.tools))
  if (stream !== undefined) ask('stream', stream, ({ features }) => other(stream, features.stream))
  if (modality !== undefined)
    ask('modality', modality, ({ features: { modalities } }) =>
      modalities.some(present => modality.includes(present))
        ? undefined
        : { found: modalities, words: modalities.join(' and ') || 'none' },
    )
  if (turns !== undefined) ask('turns', turns, ({ features }) => outside(turns, features.turns))
  if (promptTokens !== undefined)
    ask('promptTokens', promptTokens, ({ features }) => outside(promptTokens, features.promptTokens))
  for (const [name, allowed] of Object.entries(when)) {
    const [kind, key = ''] = splitOnce(name)
    if ((kind !== 'metadata' && kind !== 'claims') || !isList(allowed)) continue
    ask(name, allowed, subject => unlisted(allowed, own(subject[kind], key)))
  }
  if (language !== undefined) ask('language', language, ({ features }) => unguessed(language, features.language, minConfidence))
  if (topic !== undefined) ask('topic', topic, ({ features }) => unguessed(topic, features.topic, minConfidence))
  if (task !== undefined) ask('task', task, ({ features }) => unguessed(task, features.task, minConfidence))
  if (complexity !== undefined)
    ask('complexity', complexity, ({ features: { complexity: guess } }) => {
      const found = guess.value === undefined ? NO_GUESS : outside(complexity, guess.value)
      return found && { ...found, confidence: guess.confidence }
    })
  return conditions
}

/** Whether a value is meant by one that a condition lists: the same, or with a `*` at its end the beginning of it. */
export function fits(listed: string, value: string): boolean {
  return listed.endsWith('*') ? value.startsWith(listed.slice(0, -1)) : value === listed
}

/** What a condition on metadata or claims compares: the plain values, as texts. */
export function comparables(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter(isScalar).map(String)
}

function wordsFor(wanted: Mismatch['wanted']): string {
  if (typeof wanted === 'boolean') return yesNo(wanted)
  return isList(wanted) ? wanted.join(' or ') || 'nothing' : bounds(wanted)
}

const NO_GUESS: Found = { found: null, words: 'no guess' }
const yesNo = (value: boolean): string => (value ? 'yes' : 'no')
const other = (expected: boolean, actual: boolean): Found | undefined =>
  expected === actual ? undefined : { found: actual, words: yesNo(actual) }
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

function unlisted(allowed: readonly string[], value: unknown): Found | undefined {
  if (value === undefined || value === null) return { found: null, words: 'none' }
  const values = comparables(value)
  if (values.some(item => allowed.some(listed => fits(listed, item)))) return undefined
  if (values.length < (Array.isArray(value) ? value.length : 1)) return { found: null, words: 'no plain value' }
  const all = values.join(', ')
  const found = all.length > SHOWN_CHARACTERS ? `${all.slice(0, SHOWN_CHARACTERS)}…` : all
  return { found, words: found || 'an empty list' }
}

function unguessed(allowed: readonly string[], { value, confidence }: Guess<string>, minConfidence: number): Found | undefined {
  if (value === undefined) return { ...NO_GUESS, confidence }
  if (!allowed.includes(value)) return { found: value, confidence }
  if (confidence >= minConfidence) return undefined
  return { found: value, words: `${value}, unsure (${confidence.toFixed(2)} below ${minConfidence})`, confidence }
}

function outside({ gte, lte, gt, lt }: Range, value: number): Found | undefined {
  const inside =
    (gte === undefined || value >= gte) &&
    (lte === undefined || value <= lte) &&
    (gt === undefined || value > gt) &&
    (lt === undefined || value < lt)
  return inside ? undefined : { found: value, words: String(Math.round(value * 1000) / 1000) }
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
