/**
 * How much a stronger model gains on a question like those of an exam. What decides is the subject: in some a small model knows as much, in
 * some it is lost. So the question is placed among the subjects of public exams, whose gains have been measured, and the mean of these is
 * taken by how likely each is; a small part is learned from the single questions.
 */
import type { Ngrams } from './ngrams'
import { SHAPE_SIZE } from './shape'
import { Table, type TableWeights, weighed } from './table'

export interface ExamWeights {
  readonly table: TableWeights
  /** Adds the shape to each column of the table: a row per column, and a bias. */
  readonly shape: readonly (readonly number[])[]
  /** Scores of the subjects: a row per subject, from the columns, and a bias. */
  readonly subjects: readonly (readonly number[])[]
  /** Of each subject: how much the strong model was better, on average. */
  readonly gains: readonly number[]
  /** What single questions add to the mean: from the columns, then from the shape, and a bias. */
  readonly single: readonly number[]
}

export class Exam {
  readonly #table: Table
  readonly #shape: Float64Array
  readonly #subjects: Float64Array
  readonly #gains: readonly number[]
  readonly #single: readonly number[]
  readonly #place: Float64Array

  constructor({ table, shape, subjects, gains, single }: ExamWeights) {
    this.#table = new Table(table)
    this.#shape = Float64Array.from(shape.flat())
    this.#subjects = Float64Array.from(subjects.flat())
    this.#gains = gains
    this.#single = single
    this.#place = new Float64Array(table.steps.length)
  }

  gain(ngrams: Ngrams, background: number, shape: Float64Array): number {
    this.#table.sum(ngrams, background)
    const place = this.#place
    const { length } = place
    for (let column = 0; column < length; column++)
      place[column] = (this.#table.sums[column] ?? 0) + weighed(this.#shape, column * (SHAPE_SIZE + 1), shape)
    let odds = 0
    let gain = 0
    for (let subject = 0; subject < this.#gains.length; subject++) {
      // scores stay within a few tens: no exponential overflows
      const each = Math.exp(weighed(this.#subjects, subject * (length + 1), place))
      odds += each
      gain += each * (this.#gains[subject] ?? 0)
    }
    let single = this.#single[length + SHAPE_SIZE] ?? 0
    for (let column = 0; column < length; column++) single += (this.#single[column] ?? 0) * (place[column] ?? 0)
    for (let index = 0; index < SHAPE_SIZE; index++) single += (this.#single[length + index] ?? 0) * (shape[index] ?? 0)
    return gain / odds + single
  }
}
