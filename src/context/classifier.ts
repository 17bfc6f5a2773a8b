/**
 * The trained part of the classifier: the n-grams of a conversation and its shape, read once, become probabilities. All of them are linear in
 * these but for the logistic and the softmax at the end, after Joulin et al., "Bag of Tricks for Efficient Text Classification" (EACL 2017).
 */
import { TOPICS } from './features'
import { Ngrams } from './ngrams'
import { SHAPE_SIZE, shapeOf } from './shape'
import { dampedBy, Table, type TableWeights, weighed } from './table'
import type { Reading } from './text'

/** Columns of the table: the topics, then these. */
export const EXTRACT = TOPICS.length
export const COMPLEXITY = EXTRACT + 1
export const OPEN = COMPLEXITY + 1
/** How much a stronger model gains on a question of an exam that offers answers to choose from, and on any other. */
export const CHOICE = OPEN + 1
export const PROBLEM = CHOICE + 1
export const COLUMNS = PROBLEM + 1

export interface TaskWeights {
  readonly version: number
  /** SHA-256 of what it was trained from. */
  readonly input: string
  readonly seed: number
  readonly sources: readonly string[]
  readonly table: TableWeights
  /** Of each column: the weights of the shape, and a bias. */
  readonly shape: readonly (readonly number[])[]
  readonly calibration: {
    readonly topic: Sharpness
    readonly extract: Logistic
    readonly open: Logistic
    readonly complexity: Logistic
    readonly gain: Logistic
  }
}

/**
 * Scores times `factor` and the `power` of `dampedBy` the n-grams that are known are log odds. The words of a text are about the same, so that each says less the more there are,
 * beyond what the damping of the scores takes away.
 */
export interface Sharpness {
  readonly factor: number
  readonly power: number
}

/** A score's log odds: `slope` times the score, plus `offset` (Platt 1999). */
export interface Logistic {
  readonly slope: number
  readonly offset: number
}

/** All that is read off a conversation at once. */
export interface Scores {
  /** A probability for each of `TOPICS`, together 1. */
  readonly topics: readonly number[]
  /** That something is to be pulled out of a text or sorted, given that a text is to be worked on. */
  readonly extract: number
  /** That a small model would not do. */
  readonly complexity: number
  /** Words of the last turn, as far as it was read. */
  readonly words: number
  /** Question marks of the last turn. */
  readonly questions: number
}

/** The two views of a question are scaled alike but mean different things: one of them, sharper than the odds say, ranks better than a mean of both. */
const DECISIVE = 4
/** A question with fewer lettered answers offers none to choose from. */
export const LEAST_OPTIONS = 2

export const probability = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))
const logOddsOf = ({ slope, offset }: Logistic, score: number): number => slope * score + offset
const calibrated = (logistic: Logistic, score: number): number => probability(logOddsOf(logistic, score))
/** `known` n-grams, those of earlier turns counting less. Where there are none, the shape alone says too little. */
export const sharpnessOf = ({ factor, power }: Sharpness, known: number): number =>
  known === 0 ? 0 : factor * dampedBy(known) ** power

/** Keeps its buffers from one conversation to the next: what it returns holds none of them. */
export class Classifier {
  readonly #calibration: TaskWeights['calibration']
  readonly #table: Table
  readonly #shapeWeights: Float64Array
  readonly #ngrams = new Ngrams()
  readonly #shape = new Float64Array(SHAPE_SIZE)
  readonly #scores = new Float64Array(COLUMNS)

  constructor({ table, shape, calibration }: TaskWeights) {
    this.#calibration = calibration
    this.#table = new Table(table)
    this.#shapeWeights = Float64Array.from(shape.flat())
  }

  /** Undefined: there is no word, number or sign to read. */
  score({ last, lastCharacters, earlier, system }: Reading): Scores | undefined {
    const ngrams = this.#ngrams
    const shape = this.#shape
    const scores = this.#scores
    ngrams.clear()
    ngrams.add(last)
    shapeOf(ngrams, lastCharacters, shape)
    const { words, questions, options } = ngrams
    const background = ngrams.size
    if (earlier !== '') ngrams.add(earlier)
    if (system !== '') ngrams.add(system)
    if (ngrams.size === 0) return undefined
    const known = this.#table.sum(ngrams, background)
    for (let column = 0; column < COLUMNS; column++)
      scores[column] = (this.#table.sums[column] ?? 0) + weighed(this.#shapeWeights, column * (SHAPE_SIZE + 1), shape)

    const { topic, extract, open, complexity, gain } = this.#calibration
    const isOpen = probability(DECISIVE * logOddsOf(open, scores[OPEN] ?? 0))
    const asked = calibrated(complexity, scores[COMPLEXITY] ?? 0)
    const topics = softmax(scores, sharpnessOf(topic, known))
    const exam = calibrated(gain, scores[options < LEAST_OPTIONS ? PROBLEM : CHOICE] ?? 0)
    return {
      topics,
      extract: calibrated(extract, scores[EXTRACT] ?? 0),
      complexity: isOpen * asked + (1 - isOpen) * exam,
      words,
      questions,
    }
  }
}

function softmax(scores: Float64Array, sharpness: number): readonly number[] {
  let largest = Number.NEGATIVE_INFINITY
  for (let index = 0; index < TOPICS.length; index++) largest = Math.max(largest, scores[index] ?? 0)
  let sum = 0
  const odds: number[] = []
  for (let index = 0; index < TOPICS.length; index++) {
    const each = Math.exp(sharpness * ((scores[index] ?? 0) - largest))
    sum += each
    odds.push(each)
  }
  for (let index = 0; index < TOPICS.length; index++) odds[index] = (odds[index] ?? 0) / sum
  return odds
}
