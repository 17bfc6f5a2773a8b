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
  /** Where the weights of each block of `BLOCK` buckets begin in `entries`. */
  readonly blocks: Uint32Array
  /** Where in its block's the weights of each bucket begin: half the size of whole numbers of 32 bits, all of which would be looked up at random. */
  readonly offsets: Uint16Array
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
/** No bucket has more than 255 weights, so that those of a block can be numbered in 16 bits. */
const BLOCK_BITS = 8
const BLOCK = 1 << BLOCK_BITS
const SHARED: readonly string[] = SHARED_SCRIPTS
const SHARED_OF = Int8Array.from(SCRIPTS, script => SHARED.indexOf(script))
/** Of a clause and more: there is room for a word of the longest beside them. */
const MOST_GRAMS = 2_048
const BUCKETS_READ = new Uint16Array(MOST_GRAMS)
const FIRSTS = new Uint32Array(MOST_GRAMS)
const LASTS = new Uint32Array(MOST_GRAMS)
/** Keeps what is only fetched from being left out as of no use. */
const FETCHED = new Int32Array(1)

export const sharedIndexOf = (script: Script): number => SHARED_OF[SCRIPTS.indexOf(script)] ?? -1

export function decode(weights: LanguageWeights): LanguageModel {
  const text = atob(weights.data)
  const count = (text.length - BUCKETS) / 2
  const blocks = new Uint32Array(BUCKETS / BLOCK + 1)
  const offsets = new Uint16Array(BUCKETS + 1)
  let sum = 0
  for (let bucket = 0; bucket <= BUCKETS; bucket++) {
    if (bucket % BLOCK === 0) blocks[bucket / BLOCK] = sum
    offsets[bucket] = sum - (blocks[Math.floor(bucket / BLOCK)] ?? 0)
    if (bucket < BUCKETS) sum += text.charCodeAt(bucket)
  }
  if (!Number.isInteger(count) || sum !== count) throw new Error('language weights: counts and weights do not match')
  // one more, which the last buckets may fetch though they have none
  const entries = new Int16Array(count + 1)
  for (let index = 0; index < count; index++)
    entries[index] = (text.charCodeAt(BUCKETS + count + index) << 8) | text.charCodeAt(BUCKETS + index)
  const codes: string[] = []
  const ranges = SHARED_SCRIPTS.map(script => {
    const first = codes.length
    codes.push(...weights.languages[script])
    return [first, codes.length] as const
  })
  return { codes, none: codes.indexOf(NO_LANGUAGE), ranges, blocks, offsets, entries, calibration: weights.calibration }
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
export function addWords(model: LanguageModel, tally: Tally, units: Uint16Array, from: number, end: number): void {
  const { grams, letters } = tally
  let count = 0
  let start = from + 1
  for (let index = start; index < end; index++) {
    if (units[index] !== 0x20) continue
    const script = scriptIndexOf(units[start] ?? 0)
    letters[script] = (letters[script] ?? 0) + index - start
    const shared = SHARED_OF[script] ?? -1
    if (shared >= 0) {
      const before = count
      count = gramsOf(units, start, index, BUCKETS_READ, count)
      grams[shared] = (grams[shared] ?? 0) + count - before
      if (count > MOST_GRAMS - mostGrams(WORD_LETTERS)) {
        addWeights(model, tally, count)
        count = 0
      }
    }
    start = index + 1
  }
  addWeights(model, tally, count)
}

/**
 * Adds the weights of the first `count` of `BUCKETS_READ`. These lie scattered over half a megabyte, so they are fetched before any of them is
 * looked at: a processor that knows what to fetch next waits for many at once, and one that has to decide something first waits for each.
 */
function addWeights({ blocks, offsets, entries }: LanguageModel, { sums }: Tally, count: number): void {
  let fetched = 0
  for (let gram = 0; gram < count; gram++) {
    const bucket = BUCKETS_READ[gram] ?? 0
    FIRSTS[gram] = (blocks[bucket >> BLOCK_BITS] ?? 0) + (offsets[bucket] ?? 0)
    LASTS[gram] = (blocks[(bucket + 1) >> BLOCK_BITS] ?? 0) + (offsets[bucket + 1] ?? 0)
  }
  for (let gram = 0; gram < count; gram++) fetched ^= entries[FIRSTS[gram] ?? 0] ?? 0
  FETCHED[0] = fetched
  for (let gram = 0; gram < count; gram++) {
    const last = LASTS[gram] ?? 0
    for (let at = FIRSTS[gram] ?? 0; at < last; at++) {
      const entry = entries[at] ?? 0
      const language = entry & 0xff
      sums[language] = (sums[language] ?? 0) + (entry >> 8)
    }
  }
}
