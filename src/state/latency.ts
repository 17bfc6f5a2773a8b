/**
 * What is learned of one model's times: a line for the first token against the prompt tokens ahead, how far reality lately departs from
 * that line, and the time per output token. Plain data.
 */
import { type Ewma, observe, readWithPrior } from '../algorithm/ewma'
import { fitLine, type LeastSquares, type LeastSquaresOptions, observeSample } from '../algorithm/least-squares'

export interface Latency {
  readonly line: LeastSquares | undefined
  /** Observed over predicted. */
  readonly slowdown: Ewma | undefined
  readonly perTokenMs: Ewma | undefined
}

export const NO_LATENCY: Latency = Object.freeze({ line: undefined, slowdown: undefined, perTokenMs: undefined })

/** Long: what a model needs changes with its hardware, not from minute to minute. That is for the slow-down. */
const LINE: LeastSquaresOptions = {
  halfLifeMs: 300_000,
  // A hosted chat model of 2026: about 0.7 s for a short prompt, 1 s for 8,000 tokens. A quarter of a sample, so soon overruled.
  prior: { base: 700, slope: 0.04, reach: 8_000, weight: 0.25 },
}
const SLOWDOWN_HALF_LIFE_MS = 10_000
const PER_TOKEN_HALF_LIFE_MS = 60_000
/** Below so much evidence the line counts as unknown, and the model is tried again as if new. */
const MIN_EVIDENCE = 0.2

export function observeFirstToken(latency: Latency, tokensAhead: number, ms: number, nowMs: number): Latency {
  const { base, slope, evidence } = fitLine(latency.line, nowMs, LINE)
  const predicted = base + slope * tokensAhead
  // While there is next to no line, the ratio would only say how wrong the prior is
  const slowdown =
    evidence >= 1 && predicted > 0 ? observe(latency.slowdown, ms / predicted, nowMs, SLOWDOWN_HALF_LIFE_MS) : latency.slowdown
  return { ...latency, slowdown, line: observeSample(latency.line, { x: tokensAhead, y: ms }, nowMs, LINE) }
}

/** No token within `ms`: the true time is at least that. It counts only where that is slower than expected. */
export function observeCensored(latency: Latency, tokensAhead: number, ms: number, nowMs: number): Latency {
  const { base, slope } = fitLine(latency.line, nowMs, LINE)
  const ratio = ms / Math.max(1, base + slope * tokensAhead)
  return ratio > 1 ? { ...latency, slowdown: observe(latency.slowdown, ratio, nowMs, SLOWDOWN_HALF_LIFE_MS) } : latency
}

export function observePerToken(latency: Latency, ms: number, nowMs: number): Latency {
  return { ...latency, perTokenMs: observe(latency.perTokenMs, ms, nowMs, PER_TOKEN_HALF_LIFE_MS) }
}

export interface LatencyFigures {
  readonly baseMs: number | null
  readonly slopeMsPerToken: number
  readonly slowdown: number
  readonly perTokenMs: number | null
}

export function readLatency(latency: Latency, nowMs: number): LatencyFigures {
  const { base, slope, evidence } = fitLine(latency.line, nowMs, LINE)
  const known = evidence >= MIN_EVIDENCE
  return {
    baseMs: known ? base : null,
    slopeMsPerToken: known ? slope : 0,
    slowdown: readWithPrior(latency.slowdown, nowMs, SLOWDOWN_HALF_LIFE_MS, 1, 1),
    perTokenMs: latency.perTokenMs?.value ?? null,
  }
}
