/**
 * Learns how much a stronger model gains on a question of a public exam: a mean of many noisy differences, so each is drawn most of the way
 * towards the mean of its subject first. Questions that offer answers to choose from and those that do not gain by different things; each kind has a
 * column of its own, and half of what it says was learned from all of them together.
 */
import type { Random } from '../../src/algorithm/sampling'
import { LEAST_OPTIONS } from '../../src/context/classifier'
import { SHAPE_SIZE } from '../../src/context/shape'
import { dampedBy } from '../../src/context/table'
import { Adagrad } from './adagrad'
import type { Bag } from './bag'
import { orderOf } from './order'
import { SHARED, type Vocabulary } from './vocabulary'

export interface GainExample {
  readonly bag: Bag
  /** Strong model's score minus the weak one's, drawn towards the mean of its subject. */
  readonly gain: number
}

/** With answers to choose from, and without. */
export const GAIN = 2
/** Where in a learned row each kind stands: these, then what was learned from all. */
const LEARNED = GAIN + 1
const ALL = GAIN

export interface GainFit {
  /** A row of `GAIN` for each of the vocabulary's numbers. */
  readonly table: Float32Array
  /** For each of `GAIN` a row: the shape's weights, then a bias. */
  readonly shape: Float32Array
  readonly gain: (bag: Bag) => number
}

/** Means of so many fits, each in another order and with other n-grams left out: linear, so that a mean is as quick as one of them. */
const FITS = 4
const EPOCHS = 12
const RATE = 0.02
const SLOW = 1e-4
const SLOW_SHAPE = 1e-3
/**
 * Of a question's n-grams, each time anew, so that no question is learned by heart: most of them, where topics, of which more is certain, do best
 * without a third.
 */
const DROPPED = 0.7
/**
 * Longer questions are harder in nearly all sets, those that it has not learned from included, where all else that it learned says little. So the
 * first weight of the shape, the length's, gets so much more. Beside what was learned from three in ten of a question's n-grams it counts for about half: a whole
 * question has more of them, and their sum is larger. Brought back to the size that they had, length brings 0.015 more of the gap recovered on a set left out whole (MMLU)
 * and costs a hundredth of those that are known.
 */
const LENGTH = 0.1

const kindOf = ({ shape }: Bag): number => ((shape[OPTIONS] ?? 0) * OPTIONS_UNIT >= LEAST_OPTIONS ? 0 : 1)
/** Of the shape: the number of lettered answers, in this unit. */
const OPTIONS = 14
const OPTIONS_UNIT = 5

export function fitGain(examples: readonly GainExample[], vocabulary: Vocabulary, random: Random): GainFit {
  const numbers = examples.map(({ bag }) => vocabulary.numbersOf(bag))
  const fits = Array.from({ length: FITS }, () => fitOnce(examples, numbers, vocabulary, random))
  const mean = (of: (fit: Weights) => Float32Array): Float32Array => {
    const each = fits.map(of)
    return Float32Array.from(each[0] ?? [], (_, index) => each.reduce((sum, weights) => sum + (weights[index] ?? 0), 0) / FITS)
  }
  const table = mean(fit => fit.table)
  const shape = mean(fit => fit.shape)
  return { table, shape, gain: bag => gainIn({ table, shape }, vocabulary, bag) }
}

type Weights = Pick<GainFit, 'table' | 'shape'>

function fitOnce(
  examples: readonly GainExample[],
  numbers: readonly Int32Array[],
  vocabulary: Vocabulary,
  random: Random,
): Weights {
  const fit = new Fit(vocabulary)
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const rate = RATE * (1 - (0.9 * epoch) / EPOCHS)
    for (const index of orderOf(examples.length, random)) {
      const example = examples[index]
      const seen = numbers[index]?.filter(() => random() >= DROPPED)
      if (example !== undefined && seen !== undefined) fit.learn(example, seen, rate)
    }
  }
  return fit.result()
}

class Fit {
  readonly #vocabulary: Vocabulary
  readonly #table: Adagrad
  readonly #shape = new Adagrad(new Float32Array(LEARNED * (SHAPE_SIZE + 1)), SLOW_SHAPE)

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.#table = new Adagrad(new Float32Array(vocabulary.learned * LEARNED), SLOW)
  }

  result(): Weights {
    const mixed = (weights: Float32Array, at: (row: number, column: number) => number, rows: number): Float32Array =>
      Float32Array.from({ length: rows * GAIN }, (_, index) => {
        const [row, column] = [Math.floor(index / GAIN), index % GAIN]
        return ((weights[at(row, column)] ?? 0) + (weights[at(row, ALL)] ?? 0)) / 2
      })
    const table = mixed(this.#table.weights, (row, column) => row * LEARNED + column, this.#vocabulary.learned)
    const byInput = mixed(this.#shape.weights, (row, column) => column * (SHAPE_SIZE + 1) + row, SHAPE_SIZE + 1)
    const shape = Float32Array.from({ length: byInput.length }, (_, index) => {
      const [column, input] = [Math.floor(index / (SHAPE_SIZE + 1)), index % (SHAPE_SIZE + 1)]
      return (byInput[input * GAIN + column] ?? 0) + (input === 0 ? LENGTH : 0)
    })
    return { table, shape }
  }

  learn({ bag, gain }: GainExample, numbers: Int32Array, rate: number): void {
    const damping = dampedBy(this.#vocabulary.knownAmong(numbers))
    for (const column of [kindOf(bag), ALL]) {
      let sum = biased(this.#shape.weights, column, bag.shape)
      for (const number of numbers)
        sum += factorOf(number, damping, this.#vocabulary) * (this.#table.weights[number * LEARNED + column] ?? 0)
      const error = sum - gain
      for (const number of numbers)
        this.#table.step(number * LEARNED + column, error * factorOf(number, damping, this.#vocabulary), rate)
      const row = column * (SHAPE_SIZE + 1)
      for (let index = 0; index < SHAPE_SIZE; index++) this.#shape.step(row + index, error * (bag.shape[index] ?? 0), rate)
      this.#shape.step(row + SHAPE_SIZE, error, rate)
    }
  }
}

function gainIn({ table, shape }: Weights, vocabulary: Vocabulary, bag: Bag): number {
  const column = kindOf(bag)
  const numbers = vocabulary.numbersOf(bag)
  const damping = dampedBy(vocabulary.knownAmong(numbers))
  let sum = biased(shape, column, bag.shape)
  for (const number of numbers) sum += factorOf(number, damping, vocabulary) * (table[number * GAIN + column] ?? 0)
  return sum
}

const factorOf = (number: number, damping: number, { size }: Vocabulary): number => (number < size ? damping : SHARED * damping)

function biased(weights: Float32Array, column: number, shape: Float64Array): number {
  const row = column * (SHAPE_SIZE + 1)
  let sum = weights[row + SHAPE_SIZE] ?? 0
  for (let index = 0; index < SHAPE_SIZE; index++) sum += (weights[row + index] ?? 0) * (shape[index] ?? 0)
  return sum
}
