/**
 * What is learned of one model's times: a line for the first token against the prompt tokens ahead, how far reality lately departs from
 * that line, and the time per output token. Plain data.
 */
import { type Ewma, evidence as evidenceOf, observe, readWithPrior } from '../algorithm/ewma'
import { fitLine, type LeastSquares, type LeastSquaresOptions, observeSample } from '../algorithm/least-squares'

export interface Latency {
  readonly line: LeastSquares | undefined
  /** Observed over predicted. */
  readonly slowdown: Ewma | undefined
  readonly perTokenMs: Ewma | undefined
  /** Of ln(observed / predicted): its mean and its mean square, for the tail. */
  readonly logRatio: Ewma | undefined
  readonly logRatioSquare: Ewma | undefined
}

export const NO_LATENCY: Latency = Object.freeze({
  line: undefined,
  slowdown: undefined,
  perTokenMs: undefined,
  logRatio: undefined,
  logRatioSquare: undefined,
})

/** Long: what a model needs changes with its hardware, not from minute to minute. That is for the slow-down. */
const LINE: LeastSquaresOptions = {
  halfLifeMs: 300_000,
  // A hosted chat model of 2026: about 0.7 s for a short prompt, 1 s for 8,000 tokens. A quarter of a sample, so soon overruled.
  prior: { base: 700, slope: 0.04, reach: 8_000, weight: 0.25 },
}
const SLOWDOWN_HALF_LIFE_MS = 10_000
const PER_TOKEN_HALF_LIFE_MS = 60_000
const TAIL_HALF_LIFE_MS = 120_000
/** Fewer say nothing of a tail. */
const MIN_TAIL_EVIDENCE = 10
/** The normal distribution's 95th percentile. Latencies are taken as log-normal, the usual first approximation. */
const Z95 = 1.645
/** Below so much evidence the line counts as unknown, and the model is tried again as if new. */
const MIN_EVIDENCE = 0.2

export function observeFirstToken(latency: Latency, tokensAhead: number, ms: number, nowMs: number): Latency {
  const { base, slope, evidence } = fitLine(latency.line, nowMs, LINE)
  const predicted = base + slope * tokensAhead
  // While there is next to no line, the ratio would only say how wrong the prior is
  const departed = evidence >= 1 && predicted > 0 ? withRatio(latency, Math.max(1, ms) / predicted, nowMs) : latency
  return { ...departed, line: observeSample(latency.line, { x: tokensAhead, y: ms }, nowMs, LINE) }
}

function withRatio(latency: Latency, ratio: number, nowMs: number): Latency {
  const z = Math.log(ratio)
  return {
    ...latency,
    slowdown: observe(latency.slowdown, ratio, nowMs, SLOWDOWN_HALF_LIFE_MS),
    logRatio: observe(latency.logRatio, z, nowMs, TAIL_HALF_LIFE_MS),
    logRatioSquare: observe(latency.logRatioSquare, z * z, nowMs, TAIL_HALF_LIFE_MS),
  }
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
  /** The 95th percentile of the time to first token, over the line. */
  readonly p95Ratio: number | null
}

export function readLatency(latency: Latency, nowMs: number): LatencyFigures {
  const { base, slope, evidence } = fitLine(latency.line, nowMs, LINE)
  const known = evidence >= MIN_EVIDENCE
  return {
    baseMs: known ? base : null,
    slopeMsPerToken: known ? slope : 0,
    slowdown: readWithPrior(latency.slowdown, nowMs, SLOWDOWN_HALF_LIFE_MS, 1, 1),
    perTokenMs: latency.perTokenMs?.value ?? null,
    p95Ratio: tailRatio(latency, nowMs),
  }
}

function tailRatio({ logRatio, logRatioSquare }: Latency, nowMs: number): number | null {
  if (logRatio === undefined || logRatioSquare === undefined) return null
  if (evidenceOf(logRatio, nowMs, TAIL_HALF_LIFE_MS) < MIN_TAIL_EVIDENCE) return null
  const deviation = Math.sqrt(Math.max(0, logRatioSquare.value - logRatio.value ** 2))
  return Math.exp(logRatio.value + Z95 * deviation)
}
