/**
 * What a model that nothing is known of is taken for, by what is known of the others: as quick as the best of them, or nobody would ever try it, and able to carry
 * as much more or less as its weight says, or everybody would at once.
 */
import type { Model } from '../model'
import type { FirstTokenLine } from './first-token'
import type { Candidate, Load } from './strategy'

export interface Prior {
  /** Slow-down included: of whoever would answer this prompt soonest were nobody waiting, and its weight. */
  readonly line: FirstTokenLine
  readonly weight: number
  /** Answers at a time, of the model with the most for its weight; undefined where none is known. */
  readonly concurrencyPerWeight: number | undefined
  /** On average. */
  readonly answerMs: number | undefined
}

/** Undefined: nothing is known of any candidate. */
export function priorOf(candidates: readonly Candidate[], ownTokens: number): Prior | undefined {
  let best: Pick<Prior, 'line' | 'weight'> | undefined
  let leastMs = Number.POSITIVE_INFINITY
  let concurrencyPerWeight: number | undefined
  let answers = 0
  let answersMs = 0
  for (const { model, load } of candidates) {
    if (load.concurrency !== undefined)
      concurrencyPerWeight = Math.max(concurrencyPerWeight ?? 0, load.concurrency / model.weight)
    if (load.answerMs !== undefined) {
      answers += 1
      answersMs += load.answerMs
    }
    if (load.firstToken === undefined) continue
    const line = {
      baseMs: load.firstToken.baseMs * load.slowdown,
      slopeMsPerToken: load.firstToken.slopeMsPerToken * load.slowdown,
    }
    const idleMs = line.baseMs + line.slopeMsPerToken * ownTokens
    if (idleMs >= leastMs) continue
    leastMs = idleMs
    best = { line, weight: model.weight }
  }
  return best && { ...best, concurrencyPerWeight, answerMs: answers === 0 ? undefined : answersMs / answers }
}

/** As quick, and with as much work at a time as its weight says. */
export function lineFor({ weight }: Model, { line, weight: ofBest }: Prior): FirstTokenLine {
  return { baseMs: line.baseMs, slopeMsPerToken: (line.slopeMsPerToken * ofBest) / weight }
}

export function roomOf({ weight }: Model, { concurrencyPerWeight, answerMs }: Prior): Pick<Load, 'concurrency' | 'answerMs'> {
  return { concurrency: concurrencyPerWeight && Math.max(1, concurrencyPerWeight * weight), answerMs }
}
