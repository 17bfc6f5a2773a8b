/**
 * How long a model's answers are, in tokens: what it takes to say when one will be finished. Lengths are about log-normal, so that their logarithms are kept.
 * An answer that was cut off by a deadline counts as one that would have gone on for as long again as it had: were it left out, all that is known of
 * would be answers that were short enough, and the next deadline would be missed for the same reason. Plain data.
 */
import { type Ewma, evidence, observe } from '../algorithm/ewma'
import type { LogNormal } from '../algorithm/log-normal'

export interface AnswerLength {
  readonly log: Ewma | undefined
  readonly logSquare: Ewma | undefined
}

/** Of one batch: how many answers, and the sums of their logarithms and of these squared. */
export type Lengths = readonly [answers: number, logs: number, logSquares: number]

export const NO_LENGTHS: Lengths = Object.freeze([0, 0, 0] as const)
export const NO_ANSWERS: AnswerLength = Object.freeze({ log: undefined, logSquare: undefined })

/** What people ask for changes with the time of day and not with the minute. */
const HALF_LIFE_MS = 600_000
/** Fewer batches say nothing of a spread. */
const MIN_EVIDENCE = 3
/** Of a length of which only a lower bound was seen: the mean of what is left of a heavy tail is about what has passed. */
const CUT_SHORT = 2

export function withLength([answers, logs, logSquares]: Lengths, tokens: number, isCutShort = false): Lengths {
  const log = Math.log(Math.max(1, isCutShort ? CUT_SHORT * tokens : tokens))
  return [answers + 1, round(logs + log), round(logSquares + log * log)]
}

/** Travels in a header. */
const round = (figure: number): number => Math.round(figure * 1000) / 1000

export function observeLengths(state: AnswerLength, [answers, logs, logSquares]: Lengths, nowMs: number): AnswerLength {
  if (answers <= 0) return state
  return {
    log: observe(state.log, logs / answers, nowMs, HALF_LIFE_MS),
    logSquare: observe(state.logSquare, logSquares / answers, nowMs, HALF_LIFE_MS),
  }
}

/** Undefined while too little is known. */
export function readLengths({ log, logSquare }: AnswerLength, nowMs: number): LogNormal | undefined {
  if (log === undefined || logSquare === undefined || evidence(log, nowMs, HALF_LIFE_MS) < MIN_EVIDENCE) return undefined
  return { median: Math.exp(log.value), spread: Math.sqrt(Math.max(0, logSquare.value - log.value * log.value)) }
}
