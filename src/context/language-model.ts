/**
 * The trained part of the language guess: one weight for each bucket of letter runs and each language that it speaks for, summed over the
 * words of a text. A multinomial logistic regression with sparse weights; test/classifier/language trains it.
 */
import { BUCKETS, gramsOf, mostGrams } from './language-grams'
import { SCRIPTS, type Script, scriptIndexOf } from './script'

/** Scripts in which the model tells languages apart. Every other script is decided by itself. */
export const SHARED_SCRIPTS = ['latin', 'cyrillic', 'arabic', 'devanagari', 'han'] as const
export type SharedScript = (typeof SHARED_SCRIPTS)[number]

/** Stands for text in no language, such as names of products and commands. */
export const NO_LANGUAGE = ''

/** What the file of weights holds. */
export interface LanguageWeights {
  readonly version: number
  /** SHA-256 of everything that the weights were trained on. */
  readonly input: string
  readonly seed: number
  readonly sources: readonly string[]
  /** Codes by script, NO_LANGUAGE among the Latin ones. */
  readonly languages: Readonly<Record<SharedScript, readonly string[]>>
  /** A difference of sums of weights over n letter runs, times `factor` / (n + `offset`) ^ `power`, is a difference in log odds. */
  readonly calibration: { readonly factor: number; readonly offset: number; readonly power: number }
  /** Base64 of: for each bucket, one byte, how many weights it has; then for each weight a byte, its language; then each weight, a signed byte. */
  readonly data: string
}

export interface LanguageModel {
  readonly codes: readonly string[]
  /** Place of NO_LANGUAGE in `codes`. */
  readonly none: number
  /** First and last but one index in `codes`, by place in SHARED_SCRIPTS. */
  readonly ranges: readonly (readonly [first: number, end: number])[]
  /** Where the weights of each bucket begin in `entries`. */
  readonly offsets: Uint32Array
  /** The language in the lower byte, its weight in the upper. */
  readonly entries: Int16Array
  readonly calibration: LanguageWeights['calibration']
}

/** What the words so far say. Reused from text to text. */
export interface Tally {
  /** By place in `codes`. */
  readonly sums: Int32Array
  /** Letter runs seen, by place in SHARED_SCRIPTS. */
  readonly grams: Uint32Array
  /** Letters seen, by place in SCRIPTS. */
  readonly letters: Uint32Array
}

/** A word longer than this was cut before. */
const WORD_LETTERS = 64
const SHARED: readonly string[] = SHARED_SCRIPTS
const SHARED_OF = Int8Array.from(SCRIPTS, script => SHARED.indexOf(script))
const BUCKETS_OF_WORD = new Uint16Array(mostGrams(WORD_LETTERS))

export const sharedIndexOf = (script: Script): number => SHARED_OF[SCRIPTS.indexOf(script)] ?? -1

export function decode(weights: LanguageWeights): LanguageModel {
  const text = atob(weights.data)
  const count = (text.length - BUCKETS) / 2
  const offsets = new Uint32Array(BUCKETS + 1)
  for (let bucket = 0; bucket < BUCKETS; bucket++) offsets[bucket + 1] = (offsets[bucket] ?? 0) + text.charCodeAt(bucket)
  if (!Number.isInteger(count) || offsets[BUCKETS] !== count) throw new Error('language weights: counts and weights do not match')
  const entries = new Int16Array(count)
  for (let index = 0; index < count; index++)
    entries[index] = (text.charCodeAt(BUCKETS + count + index) << 8) | text.charCodeAt(BUCKETS + index)
  const codes: string[] = []
  const ranges = SHARED_SCRIPTS.map(script => {
    const first = codes.length
    codes.push(...weights.languages[script])
    return [first, codes.length] as const
  })
  return { codes, none: codes.indexOf(NO_LANGUAGE), ranges, offsets, entries, calibration: weights.calibration }
}

export const tallyFor = (model: LanguageModel): Tally => ({
  sums: new Int32Array(model.codes.length),
  grams: new Uint32Array(SHARED_SCRIPTS.length),
  letters: new Uint32Array(SCRIPTS.length),
})

export function reset({ sums, grams, letters }: Tally): void {
  sums.fill(0)
  grams.fill(0)
  letters.fill(0)
}

/** Adds the words of `units` from `from`, where a blank stands, up to but without `end`. */
export function addWords({ offsets, entries }: LanguageModel, tally: Tally, units: Uint16Array, from: number, end: number): void {
  const { sums, grams, letters } = tally
  let start = from + 1
  for (let index = start; index < end; index++) {
    if (units[index] !== 0x20) continue
    const script = scriptIndexOf(units[start] ?? 0)
    letters[script] = (letters[script] ?? 0) + index - start
    const shared = SHARED_OF[script] ?? -1
    if (shared >= 0) {
      const count = gramsOf(units, start, index, BUCKETS_OF_WORD, 0)
      grams[shared] = (grams[shared] ?? 0) + count
      for (let gram = 0; gram < count; gram++) {
        const bucket = BUCKETS_OF_WORD[gram] ?? 0
        const last = offsets[bucket + 1] ?? 0
        for (let at = offsets[bucket] ?? 0; at < last; at++) {
          const entry = entries[at] ?? 0
          const language = entry & 0xff
          sums[language] = (sums[language] ?? 0) + (entry >> 8)
        }
      }
    }
    start = index + 1
  }
}
