/**
 * Counts first (naive Bayes), which learn from a single example; then multinomial logistic regression from there, pulled back towards the
 * counts, which learns what to trust (the mixture of both is Wang and Manning's, "Baselines and Bigrams", ACL 2012); then all but the
 * strongest weights are dropped, and those that stay learn to do without.
 */
import type { Random } from '../../../src/algorithm/sampling'
import { BUCKETS } from '../../../src/context/language-grams'
import { SHARED_SCRIPTS } from '../../../src/context/language-model'
import type { Example, Examples } from './examples'

export interface Settings {
  /** Over all weights, then over those that are kept. */
  readonly epochs: number
  readonly finalEpochs: number
  readonly kept: number
}

/** AdaGrad's step (Duchi, Hazan and Singer, JMLR 2011): the first change of a weight has this size. */
const RATE = 0.3
/** Share of the log ratio of counts that a weight begins with: letter runs overlap, so whole ratios would count evidence several times. */
const PRIOR = 0.5
/** Added to counts, times up to 20 for frequent runs. The less, the more a single sight of a run says. */
const SMOOTHING = 0.1
const MOST_SMOOTHING = 20
/** How strongly weights are pulled back to where they began, in each step. */
const PULL = 1e-5
/** Smaller gradients are not worth the time. */
const LEAST_GRADIENT = 1e-5
/**
 * A weight matters by its size times how often its bucket is seen to this power. At 0.5 and at 0.2 the guesses are as good, but with 0.2
 * frequent runs have so few weights that a run costs 7 additions instead of 18; at 0, 3 do, and word pairs lose six points.
 */
const FREQUENCY_POWER = 0.2
/** With three to eight languages a script's weights are smaller than with fifty, and as needed. */
const FEW_LANGUAGES_FACTOR = 2
const MANY_LANGUAGES = 20
/** The sum over the n runs of a text is divided by the root of n: neighbouring runs say much the same. */
export const EVIDENCE_POWER = 0.5
/** All but one weight in a thousand fit into a byte without being cut. */
const CUT_SHARE = 0.001
const MOST_OF_BYTE = 127

export class Fit {
  readonly ranges: readonly (readonly [first: number, end: number])[]
  readonly #examples: Examples
  /** By bucket, then by language. */
  readonly #weights: Float32Array
  readonly #counts: Float32Array
  readonly #squares: Float32Array
  /** Where the pull leads back to. */
  readonly #origin: Float32Array
  readonly #scores: Float64Array
  readonly #languages: number
  #kept: Uint8Array | undefined

  constructor(examples: Examples) {
    let first = 0
    this.ranges = SHARED_SCRIPTS.map(script => {
      const range = [first, first + examples.languages[script].length] as const
      first = range[1]
      return range
    })
    this.#examples = examples
    this.#languages = examples.codes.length
    const size = BUCKETS * this.#languages
    this.#weights = new Float32Array(size)
    this.#counts = new Float32Array(size)
    this.#squares = new Float32Array(size).fill(1e-8)
    this.#scores = new Float64Array(this.#languages)
    this.#count()
    this.#origin = this.#weights.slice()
  }

  /** Weights from how much more often a bucket is seen in a language than in the others. */
  #count(): void {
    const counts = this.#counts
    const totals = new Float64Array(this.#languages)
    for (const { language, buckets } of this.#examples.whole()) {
      totals[language] = (totals[language] ?? 0) + buckets.length
      for (const bucket of buckets) {
        const at = bucket * this.#languages + language
        counts[at] = (counts[at] ?? 0) + 1
      }
    }
    for (const [first, end] of this.ranges) {
      const total = totals.subarray(first, end).reduce((sum, count) => sum + count, 0)
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const seen = this.#seen(bucket, first, end)
        if (seen === 0) continue
        const smoothing = SMOOTHING * Math.max(1, Math.min(seen / (end - first), MOST_SMOOTHING))
        for (let language = first; language < end; language++) {
          const at = bucket * this.#languages + language
          const expected = ((totals[language] ?? 0) * seen) / total
          this.#weights[at] = PRIOR * Math.log(((counts[at] ?? 0) + smoothing) / (expected + smoothing))
        }
      }
    }
  }

  #seen(bucket: number, first: number, end: number): number {
    let seen = 0
    for (let at = bucket * this.#languages + first; at < bucket * this.#languages + end; at++) seen += this.#counts[at] ?? 0
    return seen
  }

  learn(epochs: number, random: Random): void {
    for (let epoch = 0; epoch < epochs; epoch++) for (const example of this.#examples.epoch(random)) this.#step(example)
  }

  /** Scores of an example by language, divided by the root of its runs; valid until the next call. */
  scores({ shared, buckets }: Example): Float64Array {
    const scores = this.#scores
    const weights = this.#weights
    const [first, end] = this.ranges[shared] ?? [0, 0]
    scores.fill(0)
    for (const bucket of buckets) {
      const row = bucket * this.#languages
      for (let language = first; language < end; language++)
        scores[language] = (scores[language] ?? 0) + (weights[row + language] ?? 0)
    }
    const scale = scaleOf(buckets.length)
    for (let language = first; language < end; language++) scores[language] = (scores[language] ?? 0) * scale
    return scores
  }

  #step(example: Example): void {
    const { language: right, shared, buckets } = example
    const [first, end] = this.ranges[shared] ?? [0, 0]
    const errors = this.scores(example)
    softmax(errors, first, end)
    errors[right] = (errors[right] ?? 0) - 1
    const scale = scaleOf(buckets.length)
    const weights = this.#weights
    const squares = this.#squares
    const origin = this.#origin
    const kept = this.#kept
    for (const bucket of buckets) {
      const row = bucket * this.#languages
      for (let language = first; language < end; language++) {
        const at = row + language
        if (kept !== undefined && kept[at] === 0) continue
        const weight = weights[at] ?? 0
        const gradient = (errors[language] ?? 0) * scale + PULL * (weight - (origin[at] ?? 0))
        if (gradient < LEAST_GRADIENT && gradient > -LEAST_GRADIENT) continue
        const square = (squares[at] ?? 0) + gradient * gradient
        squares[at] = square
        weights[at] = weight - (RATE * gradient) / Math.sqrt(square)
      }
    }
  }

  /** Moves each bucket so that most languages have nothing there, and drops all but the strongest weights. */
  prune(kept: number): void {
    const importance = new Float32Array(this.#weights.length)
    for (const [first, end] of this.ranges) {
      const factor = end - first < MANY_LANGUAGES ? FEW_LANGUAGES_FACTOR : 1
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const seen = this.#seen(bucket, first, end)
        if (seen === 0) continue
        const from = bucket * this.#languages + first
        const to = bucket * this.#languages + end
        const middle = this.#weights.slice(from, to).sort()[(end - first) >> 1] ?? 0
        for (let at = from; at < to; at++) {
          const weight = (this.#weights[at] ?? 0) - middle
          this.#weights[at] = weight
          this.#origin[at] = (this.#origin[at] ?? 0) - middle
          importance[at] = Math.abs(weight) * seen ** FREQUENCY_POWER * factor
        }
      }
    }
    const ordered = importance.filter(value => value > 0).sort()
    const least = ordered[Math.max(0, ordered.length - kept)] ?? 0
    let room = kept - ordered.filter(value => value > least).length
    this.#kept = Uint8Array.from(importance, value => (value > least || (value === least && value > 0 && room-- > 0) ? 1 : 0))
    for (let at = 0; at < importance.length; at++) if (this.#kept[at] === 0) this.#weights[at] = 0
  }

  /** The weights as bytes, in the layout of the file, and how much one step of a byte is. */
  pack(): { readonly data: Uint8Array; readonly step: number } {
    const sizes = this.#weights
      .map(Math.abs)
      .filter(size => size > 0)
      .sort()
    const step = (sizes[Math.floor(sizes.length * (1 - CUT_SHARE))] ?? 1) / MOST_OF_BYTE
    const counts = new Uint8Array(BUCKETS)
    const languages: number[] = []
    const values: number[] = []
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      for (let language = 0; language < this.#languages; language++) {
        const weight = this.#weights[bucket * this.#languages + language] ?? 0
        const value = Math.max(-MOST_OF_BYTE, Math.min(MOST_OF_BYTE, Math.round(weight / step)))
        if (value === 0) continue
        counts[bucket] = (counts[bucket] ?? 0) + 1
        languages.push(language)
        values.push(value & 0xff)
      }
    return { data: Uint8Array.from([...counts, ...languages, ...values]), step }
  }
}

export const scaleOf = (runs: number): number => (runs + 1) ** -EVIDENCE_POWER

function softmax(scores: Float64Array, first: number, end: number): void {
  let most = Number.NEGATIVE_INFINITY
  for (let index = first; index < end; index++) most = Math.max(most, scores[index] ?? 0)
  let sum = 0
  for (let index = first; index < end; index++) {
    const likelihood = Math.exp((scores[index] ?? 0) - most)
    scores[index] = likelihood
    sum += likelihood
  }
  for (let index = first; index < end; index++) scores[index] = (scores[index] ?? 0) / sum
}
