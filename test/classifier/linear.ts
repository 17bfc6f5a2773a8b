/**
 * The part of the classifier that is linear in the n-grams: topics, whether something is to be extracted, complexity. Several fits, each
 * without another share of the examples, are averaged; what each says of the share that it has not seen is what confidences are fitted to.
 */
import type { Random } from '../../src/algorithm/sampling'
import { COMPLEXITY, EXTRACT, OPEN, probability } from '../../src/context/classifier'
import { TOPICS } from '../../src/context/features'
import { SHAPE_SIZE } from '../../src/context/shape'
import { dampedBy } from '../../src/context/table'
import { Adagrad } from './adagrad'
import type { Bag } from './bag'
import { orderOf } from './order'
import { SHARED, type Vocabulary } from './vocabulary'

export interface LinearExample {
  readonly bag: Bag
  /** Indices into `TOPICS`, any of which is right; all of them where nothing can be told; none where the source does not say. */
  readonly topics: readonly number[]
  readonly extract: boolean | undefined
  /** 1 to 5. */
  readonly complexity: number | undefined
  /** An open question, as people ask, rather than one of an exam. */
  readonly isOpen: boolean | undefined
  /** How much its topic counts. */
  readonly weight: number
}

export interface LinearFit {
  /** A row of `LINEAR` for each of the vocabulary's numbers. */
  readonly table: Float32Array
  /** For each linear column a row: the shape's weights, then a bias. */
  readonly shape: Float32Array
  /** Of each example: scores by a fit that has not seen it. */
  readonly unseen: readonly Float64Array[]
}

/** Its columns come first in the classifier's table. */
export const LINEAR = OPEN + 1
export const FOLDS = 5
const EPOCHS = 6
const RATE = 0.2
const SLOW = 1e-4
/** Left out at random, so that no prompt is learned by one rare word. */
const DROPPED = 0.3
/** Complexity is learned as the distance from about the mean label. */
export const MEAN_COMPLEXITY = 2.5

export function fitLinear(examples: readonly LinearExample[], vocabulary: Vocabulary, random: Random, folds = FOLDS): LinearFit {
  const numbers = examples.map(({ bag }) => vocabulary.numbersOf(bag))
  const table = new Float32Array(vocabulary.learned * LINEAR)
  const shape = new Float32Array(LINEAR * (SHAPE_SIZE + 1))
  const unseen = examples.map(() => new Float64Array(LINEAR))
  for (let fold = 0; fold < folds; fold++) {
    const fit = new Fit(vocabulary)
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const rate = RATE * (1 - (0.9 * epoch) / EPOCHS)
      for (const index of orderOf(examples.length, random)) {
        if (folds > 1 && index % FOLDS === fold) continue
        const example = examples[index]
        const all = numbers[index]
        if (example !== undefined && all !== undefined) fit.learn(example, fit.drop(all, random), rate)
      }
    }
    for (let index = fold; index < examples.length; index += FOLDS) {
      const example = examples[index]
      const all = numbers[index]
      if (example !== undefined && all !== undefined) unseen[index]?.set(fit.score(all, example.bag.shape))
    }
    for (let index = 0; index < table.length; index++) table[index] = (table[index] ?? 0) + (fit.table[index] ?? 0) / folds
    for (let index = 0; index < shape.length; index++) shape[index] = (shape[index] ?? 0) + (fit.shape[index] ?? 0) / folds
  }
  return { table, shape, unseen }
}

class Fit {
  readonly #vocabulary: Vocabulary
  readonly #table: Adagrad
  readonly #shape = new Adagrad(new Float32Array(LINEAR * (SHAPE_SIZE + 1)), SLOW)
  readonly #scores = new Float64Array(LINEAR)
  readonly #gradient = new Float64Array(LINEAR)
  #damping = 0

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.#table = new Adagrad(new Float32Array(vocabulary.learned * LINEAR), SLOW)
  }

  get table(): Float32Array {
    return this.#table.weights
  }

  get shape(): Float32Array {
    return this.#shape.weights
  }

  drop(numbers: Int32Array, random: Random): Int32Array {
    return numbers.filter(() => random() >= DROPPED)
  }

  score(numbers: Int32Array, shape: Float64Array): Float64Array {
    const scores = this.#scores.fill(0)
    this.#damping = dampedBy(this.#vocabulary.knownAmong(numbers))
    for (const number of numbers) {
      const factor = this.#factorOf(number)
      for (let column = 0; column < LINEAR; column++)
        scores[column] = (scores[column] ?? 0) + factor * (this.table[number * LINEAR + column] ?? 0)
    }
    for (let column = 0; column < LINEAR; column++) {
      const row = column * (SHAPE_SIZE + 1)
      let sum = this.shape[row + SHAPE_SIZE] ?? 0
      for (let index = 0; index < SHAPE_SIZE; index++) sum += (this.shape[row + index] ?? 0) * (shape[index] ?? 0)
      scores[column] = (scores[column] ?? 0) + sum
    }
    return scores
  }

  learn(example: LinearExample, numbers: Int32Array, rate: number): void {
    const { bag } = example
    const scores = this.score(numbers, bag.shape)
    const gradient = gradientOf(example, scores, this.#gradient)
    for (const number of numbers) {
      const factor = this.#factorOf(number)
      for (let column = 0; column < LINEAR; column++) {
        const slope = gradient[column] ?? 0
        if (slope !== 0) this.#table.step(number * LINEAR + column, slope * factor, rate)
      }
    }
    for (let column = 0; column < LINEAR; column++) {
      const slope = gradient[column] ?? 0
      const row = column * (SHAPE_SIZE + 1)
      if (slope === 0) continue
      for (let index = 0; index < SHAPE_SIZE; index++) {
        const input = bag.shape[index] ?? 0
        if (input !== 0) this.#shape.step(row + index, slope * input, rate)
      }
      this.#shape.step(row + SHAPE_SIZE, slope, rate)
    }
  }

  #factorOf(number: number): number {
    return number < this.#vocabulary.size ? this.#damping : SHARED * this.#damping
  }
}

/** Cross-entropy against the right topics taken together, logistic loss, squared error. */
function gradientOf(
  { topics, extract, complexity, isOpen, weight }: LinearExample,
  scores: Float64Array,
  gradient: Float64Array,
): Float64Array {
  gradient.fill(0)
  if (topics.length > 0) {
    const odds = Array.from(scores.subarray(0, TOPICS.length), score => Math.exp(score))
    const all = odds.reduce((sum, each) => sum + each, 0)
    const right = topics.reduce((sum, topic) => sum + (odds[topic] ?? 0), 0)
    const isAny = topics.length === TOPICS.length
    odds.forEach((each, topic) => {
      const wanted = isAny ? 1 / TOPICS.length : topics.includes(topic) ? each / right : 0
      gradient[topic] = weight * (each / all - wanted)
    })
  }
  if (extract !== undefined) gradient[EXTRACT] = probability(scores[EXTRACT] ?? 0) - (extract ? 1 : 0)
  if (complexity !== undefined) gradient[COMPLEXITY] = (scores[COMPLEXITY] ?? 0) - (complexity - MEAN_COMPLEXITY)
  if (isOpen !== undefined) gradient[OPEN] = probability(scores[OPEN] ?? 0) - (isOpen ? 1 : 0)
  return gradient
}
