/**
 * Learns to place questions among the subjects of public exams, and from there how much a stronger model gains. Whether each of many models
 * answered is learned beside it: what makes a question hard for all of them shapes the place, as the latent traits of item response theory.
 */
import type { Random } from '../../src/algorithm/sampling'
import { probability } from '../../src/context/classifier'
import { SHAPE_SIZE } from '../../src/context/shape'
import { dampedBy } from '../../src/context/table'
import { Adagrad, scattered } from './adagrad'
import type { Bag } from './bag'
import { orderOf } from './order'
import { SHARED, type Vocabulary } from './vocabulary'

export interface ExamExample {
  readonly bag: Bag
  /** Strong model's score minus the weak one's. */
  readonly gain: number | undefined
  readonly subject: number
  readonly outcomes: readonly (readonly [model: number, score: number])[]
}

export interface ExamFit {
  /** A row of `PLACE` for each of the vocabulary's numbers. */
  readonly table: Float32Array
  readonly shape: Float32Array
  readonly subjects: Float32Array
  readonly single: Float32Array
  readonly gain: (bag: Bag) => number
}

/** Columns of the table. Sixteen place no better, eight lose a point on MMLU-Pro. */
export const PLACE = 8
const EPOCHS = 6
const RATE = 0.07
/** N-grams are seen less often than layers, and take longer steps. */
const TABLE_RATE = 2 * RATE
const SLOW = 1e-3
const SLOW_TABLE = 1e-4
const DROPPED = 0.3
const SINGLE = 0.3
const OUTCOMES = 0.5
/** Of what single questions teach, in the gain: they are noisy, and more of it loses between the subjects. */
const SINGLE_SHARE = 0.5

export function fitExam(
  examples: readonly ExamExample[],
  gains: readonly number[],
  vocabulary: Vocabulary,
  random: Random,
): ExamFit {
  let models = 0
  for (const { outcomes } of examples) for (const [model] of outcomes) models = Math.max(models, model + 1)
  const fit = new Fit(vocabulary, gains, models, random)
  const numbers = examples.map(({ bag }) => vocabulary.numbersOf(bag))
  let step = 0
  for (let epoch = 0; epoch < EPOCHS; epoch++)
    for (const index of orderOf(examples.length, random)) {
      const example = examples[index]
      const seen = numbers[index]?.filter(() => random() >= DROPPED)
      const left = 1 - (0.95 * step++) / (EPOCHS * examples.length)
      if (example !== undefined && seen !== undefined) fit.learn(example, seen, left)
    }
  return fit.result()
}

class Fit {
  readonly #vocabulary: Vocabulary
  readonly #gains: readonly number[]
  readonly #table: Float32Array
  /** One figure an n-gram: its whole row moves together. So does each head's. */
  readonly #tableMoved: Float32Array
  readonly #shape: Adagrad
  readonly #heads: Float32Array
  readonly #headsMoved: Float32Array
  readonly #single: Adagrad
  readonly #place = new Float64Array(PLACE)
  readonly #blame = new Float64Array(PLACE)
  readonly #odds: Float64Array
  #damping = 0

  constructor(vocabulary: Vocabulary, gains: readonly number[], models: number, random: Random) {
    const heads = gains.length + models
    this.#vocabulary = vocabulary
    this.#gains = gains
    this.#table = scattered(vocabulary.learned * PLACE, 0.1, random)
    this.#tableMoved = new Float32Array(vocabulary.learned)
    this.#shape = new Adagrad(scattered(PLACE * (SHAPE_SIZE + 1), 0.2, random), SLOW)
    this.#heads = scattered(heads * (PLACE + 1), 0.3 / Math.sqrt(PLACE), random)
    this.#headsMoved = new Float32Array(heads)
    this.#single = new Adagrad(new Float32Array(PLACE + SHAPE_SIZE + 1), SLOW)
    this.#odds = new Float64Array(gains.length)
  }

  result(): ExamFit {
    return {
      table: this.#table,
      shape: this.#shape.weights,
      subjects: this.#heads.slice(0, this.#gains.length * (PLACE + 1)),
      single: this.#single.weights.map(weight => SINGLE_SHARE * weight),
      gain: ({ hashes, shape }) => {
        const mean = this.#forward(this.#vocabulary.numbersOf({ hashes, shape }), shape)
        return mean + SINGLE_SHARE * this.#singleOf(shape)
      },
    }
  }

  learn({ bag: { shape }, gain, subject, outcomes }: ExamExample, numbers: Int32Array, left: number): void {
    const rate = RATE * left
    const mean = this.#forward(numbers, shape)
    const blame = this.#blame.fill(0)
    // the heads' weights change only after all have passed on their blame of this example, but for their own
    this.#gains.forEach((_, index) => {
      this.#back(index, (this.#odds[index] ?? 0) - (index === subject ? 1 : 0), rate)
    })
    for (const [model, score] of outcomes) {
      const head = this.#gains.length + model
      this.#back(head, (OUTCOMES / Math.sqrt(outcomes.length)) * (probability(this.#scoreOf(head)) - score), rate)
    }
    if (gain !== undefined) {
      const error = SINGLE * (mean + this.#singleOf(shape) - gain)
      for (let column = 0; column < PLACE; column++) {
        blame[column] = (blame[column] ?? 0) + error * (this.#single.weights[column] ?? 0)
        this.#single.step(column, error * (this.#place[column] ?? 0), rate)
      }
      for (let index = 0; index < SHAPE_SIZE; index++) this.#single.step(PLACE + index, error * (shape[index] ?? 0), rate)
      this.#single.step(PLACE + SHAPE_SIZE, error, rate)
    }
    this.#backPlace(numbers, shape, rate, TABLE_RATE * left)
  }

  /** Fills the place and the subjects' probabilities; the mean gain by these. */
  #forward(numbers: Int32Array, shape: Float64Array): number {
    const place = this.#place.fill(0)
    const { size } = this.#vocabulary
    let known = 0
    for (const number of numbers) if (number < size) known++
    this.#damping = dampedBy(known)
    for (const number of numbers) {
      const factor = number < size ? this.#damping : SHARED * this.#damping
      for (let column = 0; column < PLACE; column++)
        place[column] = (place[column] ?? 0) + factor * (this.#table[number * PLACE + column] ?? 0)
    }
    for (let column = 0; column < PLACE; column++) {
      const row = column * (SHAPE_SIZE + 1)
      let sum = this.#shape.weights[row + SHAPE_SIZE] ?? 0
      for (let index = 0; index < SHAPE_SIZE; index++) sum += (this.#shape.weights[row + index] ?? 0) * (shape[index] ?? 0)
      place[column] = (place[column] ?? 0) + sum
    }
    let all = 0
    let gain = 0
    for (let subject = 0; subject < this.#odds.length; subject++) {
      const odds = Math.exp(this.#scoreOf(subject))
      this.#odds[subject] = odds
      all += odds
      gain += odds * (this.#gains[subject] ?? 0)
    }
    for (let subject = 0; subject < this.#odds.length; subject++) this.#odds[subject] = (this.#odds[subject] ?? 0) / all
    return gain / all
  }

  #scoreOf(head: number): number {
    const row = head * (PLACE + 1)
    let sum = this.#heads[row + PLACE] ?? 0
    for (let column = 0; column < PLACE; column++) sum += (this.#heads[row + column] ?? 0) * (this.#place[column] ?? 0)
    return sum
  }

  #singleOf(shape: Float64Array): number {
    const { weights } = this.#single
    let sum = weights[PLACE + SHAPE_SIZE] ?? 0
    for (let column = 0; column < PLACE; column++) sum += (weights[column] ?? 0) * (this.#place[column] ?? 0)
    for (let index = 0; index < SHAPE_SIZE; index++) sum += (weights[PLACE + index] ?? 0) * (shape[index] ?? 0)
    return sum
  }

  #back(head: number, gradient: number, rate: number): void {
    if (Math.abs(gradient) < 1e-4) return
    const row = head * (PLACE + 1)
    let squares = 1
    for (const each of this.#place) squares += each * each
    const moved = (this.#headsMoved[head] ?? 0) + (gradient * gradient * squares) / (PLACE + 1)
    this.#headsMoved[head] = moved
    const step = (rate * gradient) / Math.sqrt(moved + SLOW)
    for (let column = 0; column < PLACE; column++) {
      const weight = this.#heads[row + column] ?? 0
      this.#blame[column] = (this.#blame[column] ?? 0) + gradient * weight
      this.#heads[row + column] = weight - step * (this.#place[column] ?? 0)
    }
    this.#heads[row + PLACE] = (this.#heads[row + PLACE] ?? 0) - step
  }

  #backPlace(numbers: Int32Array, shape: Float64Array, rate: number, tableRate: number): void {
    let squares = 0
    for (let column = 0; column < PLACE; column++) {
      const gradient = this.#blame[column] ?? 0
      const row = column * (SHAPE_SIZE + 1)
      for (let index = 0; index < SHAPE_SIZE; index++) this.#shape.step(row + index, gradient * (shape[index] ?? 0), rate)
      this.#shape.step(row + SHAPE_SIZE, gradient, rate)
      this.#blame[column] = gradient * this.#damping
      squares += (gradient * this.#damping) ** 2 / PLACE
    }
    for (const number of numbers) {
      const moved = (this.#tableMoved[number] ?? 0) + squares
      this.#tableMoved[number] = moved
      const step = tableRate / Math.sqrt(moved + SLOW_TABLE)
      for (let column = 0; column < PLACE; column++) {
        const at = number * PLACE + column
        this.#table[at] = (this.#table[at] ?? 0) - step * (this.#blame[column] ?? 0)
      }
    }
  }
}
