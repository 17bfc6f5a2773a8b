/**
 * What is learned of one model's times: a line for the first token against the request's own prompt, what the prompts ahead add to it, how far reality lately
 * departs from that, and the time per output token. Plain data.
 *
 * Time spent in a queue must count once. The leases tell of the queue as it is; were it also taken for base or for slow-down, which follow
 * with a delay, the fleet would run from one model to the next for ever. So what a queue explains moves neither.
 */
import { decay, type Ewma, evidence as evidenceOf, observe, readWithPrior } from '../algorithm/ewma'
import { fitLine, type LeastSquares, type LeastSquaresOptions, observeSample } from '../algorithm/least-squares'

export interface Latency {
  /** Against the request's own prompt. */
  readonly line: LeastSquares | undefined
  /** How the prompts that were seen to wait ahead count, against one's own: sums of x y and of x². */
  readonly ahead?: Ahead | undefined
  /** Observed over predicted. */
  readonly slowdown: Ewma | undefined
  readonly perTokenMs: Ewma | undefined
  /** Of ln(observed / predicted): its mean and its mean square, for the tail. */
  readonly logRatio: Ewma | undefined
  readonly logRatioSquare: Ewma | undefined
}

interface Ahead {
  readonly xy: number
  readonly xx: number
  readonly atMs: number
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
/** Slower than this is slow enough to be left alone; more would only take longer to be forgotten once it is over. */
export const MAX_SLOWDOWN = 8
const PER_TOKEN_HALF_LIFE_MS = 60_000
const TAIL_HALF_LIFE_MS = 120_000
/** Fewer say nothing of a tail. */
const MIN_TAIL_EVIDENCE = 10
/** The normal distribution's 95th percentile. Latencies are taken as log-normal, the usual first approximation. */
const Z95 = 1.645
/** At least this part of a time is the request's own. */
const LEAST_OWN = 0.2
/** Stands for so much queueing that was just as expected, squared: a few samples behind prompts of a thousand tokens overrule it. */
const AHEAD_PRIOR_MS2 = 1e5
/** A single disaster is not the queue's doing. */
const MAX_AHEAD = 3
/** Below so much evidence the line counts as unknown, and the model is tried again as if new. */
const MIN_EVIDENCE = 0.2

/** What is known of a first token besides its time. */
export interface Circumstances {
  /** Of the tokens ahead those of its own prompt; by default all of them. The others waited when it was sent, as far as the sender knew. */
  readonly ownTokens?: number
  readonly crowd?: Crowd
}

/** How busy the model is by the time it is told of, which may be a little after the first token, over the fleet. */
export interface Crowd {
  readonly waitingTokens: number
  /** Until there is room for one more answer. */
  readonly roomMs: number
  readonly isFull: boolean
}

const NO_CROWD: Crowd = { waitingTokens: 0, roomMs: 0, isFull: false }

export function observeFirstToken(
  latency: Latency,
  tokensAhead: number,
  ms: number,
  nowMs: number,
  circumstances: Circumstances = {},
): Latency {
  const { ownTokens = tokensAhead, crowd = NO_CROWD } = circumstances
  const aheadTokens = tokensAhead - ownTokens
  const { base, slope, evidence } = fitLine(latency.line, nowMs, LINE)
  const ownMs = base + slope * ownTokens
  const queueMs = aheadOf(latency, nowMs) * slope * aheadTokens
  // While there is next to no line, the ratio would only say how wrong the prior is
  const departed =
    evidence >= 1 && ownMs > 0
      ? withRatio(
          latency,
          { predicted: ownMs + queueMs, explained: explainedMs(latency, tokensAhead, nowMs, circumstances) },
          ms,
          nowMs,
        )
      : latency
  // Queueing that was expected and did not happen must not make the model look as if it had no base
  const y = Math.max(ms - queueMs, LEAST_OWN * ms)
  const isCrowded = crowd.isFull || aheadOf(latency, nowMs) * slope * crowd.waitingTokens > base
  return {
    ...departed,
    // In a crowd nobody can tell how much of it was queueing, only that it takes no longer than this without
    line: observeSample(latency.line, { x: ownTokens, y: isCrowded && evidence >= 1 ? Math.min(y, ownMs) : y }, nowMs, LINE),
    ahead: crowd.isFull ? latency.ahead : observeAhead(latency.ahead, slope * aheadTokens, ms - ownMs, nowMs),
  }
}

/** The time to first token if all that waits by now had been ahead; infinite while there is next to no line. */
export function explainedMs(
  latency: Latency,
  tokensAhead: number,
  nowMs: number,
  { ownTokens = tokensAhead, crowd = NO_CROWD }: Circumstances,
): number {
  const { base, slope, evidence } = fitLine(latency.line, nowMs, LINE)
  if (evidence < 1) return Number.POSITIVE_INFINITY
  return base + slope * ownTokens + Math.max(slope * Math.max(tokensAhead - ownTokens, crowd.waitingTokens), crowd.roomMs)
}

/** What the tokens ahead count for, 0..1 of one's own: 1 for a server with one queue that is seen as it is. */
function aheadOf({ ahead }: Latency, nowMs: number): number {
  const kept = ahead === undefined ? 0 : decay(nowMs - ahead.atMs, LINE.halfLifeMs)
  const xx = (ahead?.xx ?? 0) * kept + AHEAD_PRIOR_MS2
  return Math.min(1, Math.max(0, ((ahead?.xy ?? 0) * kept + AHEAD_PRIOR_MS2) / xx))
}

function observeAhead(state: Ahead | undefined, x: number, y: number, nowMs: number): Ahead {
  const kept = state === undefined ? 0 : decay(nowMs - state.atMs, LINE.halfLifeMs)
  const bounded = Math.min(y, MAX_AHEAD * x)
  return { xy: (state?.xy ?? 0) * kept + x * bounded, xx: (state?.xx ?? 0) * kept + x * x, atMs: nowMs }
}

interface Expected {
  readonly predicted: number
  readonly explained: number
}

/** Slow is what no queue explains; what a queue does explain was as fast as can be. */
function withRatio(latency: Latency, { predicted, explained }: Expected, ms: number, nowMs: number): Latency {
  const ratio = Math.max(1, ms) / Math.max(1, predicted)
  const z = Math.log(ratio)
  return {
    ...latency,
    slowdown: slower(latency.slowdown, ratio <= 1 ? ratio : Math.max(1, ms / Math.max(predicted, explained)), ms, nowMs),
    logRatio: observe(latency.logRatio, z, nowMs, TAIL_HALF_LIFE_MS),
    logRatioSquare: observe(latency.logRatioSquare, z * z, nowMs, TAIL_HALF_LIFE_MS),
  }
}

/** What took long tells of the time when it began: after a stall all that waited comes late, and nothing is slow any more. */
function slower(slowdown: Ewma | undefined, ratio: number, ms: number, nowMs: number): Ewma | undefined {
  return observe(slowdown, Math.min(ratio, MAX_SLOWDOWN), nowMs - ms, SLOWDOWN_HALF_LIFE_MS)
}

/** No token within `ms`: the true time is at least that. It counts only where that is slower than expected. */
export function observeCensored(latency: Latency, tokensAhead: number, ms: number, nowMs: number): Latency {
  const { base, slope } = fitLine(latency.line, nowMs, LINE)
  const ratio = ms / Math.max(1, base + slope * tokensAhead)
  return ratio > 1 ? { ...latency, slowdown: slower(latency.slowdown, ratio, 0, nowMs) } : latency
}

export function observePerToken(latency: Latency, ms: number, nowMs: number): Latency {
  return { ...latency, perTokenMs: observe(latency.perTokenMs, ms, nowMs, PER_TOKEN_HALF_LIFE_MS) }
}

export interface LatencyFigures {
  readonly baseMs: number | null
  readonly slopeMsPerToken: number
  /** What a token ahead counts for, of one's own. */
  readonly ahead: number
  readonly slowdown: number
  readonly perTokenMs: number | null
  /** The 95th percentile of the time to first token, over the line. */
  readonly p95Ratio: number | null
}

/** Requests that wait for longer than expected, and how many times longer all of them together. */
export interface Overdue {
  readonly overdue: number
  readonly timesExpected: number
}

const NOT_OVERDUE: Overdue = { overdue: 0, timesExpected: 0 }

export function readLatency(latency: Latency, nowMs: number, late = NOT_OVERDUE): LatencyFigures {
  const { base, slope, evidence } = fitLine(latency.line, nowMs, LINE)
  const known = evidence >= MIN_EVIDENCE
  return {
    baseMs: known ? base : null,
    slopeMsPerToken: known ? slope : 0,
    ahead: aheadOf(latency, nowMs),
    slowdown: slowdownOf(latency, nowMs, late),
    perTokenMs: latency.perTokenMs?.value ?? null,
    p95Ratio: tailRatio(latency, nowMs),
  }
}

/** Those that are overdue are samples that are not there yet, of at least what they have waited; they count where that is slower than known. */
function slowdownOf({ slowdown }: Latency, nowMs: number, { overdue, timesExpected }: Overdue): number {
  const known = readWithPrior(slowdown, nowMs, SLOWDOWN_HALF_LIFE_MS, 1, 1)
  const weight = 1 + evidenceOf(slowdown, nowMs, SLOWDOWN_HALF_LIFE_MS)
  return Math.min(MAX_SLOWDOWN, Math.max(known, (known * weight + timesExpected) / (weight + overdue)))
}

function tailRatio({ logRatio, logRatioSquare }: Latency, nowMs: number): number | null {
  if (logRatio === undefined || logRatioSquare === undefined) return null
  if (evidenceOf(logRatio, nowMs, TAIL_HALF_LIFE_MS) < MIN_TAIL_EVIDENCE) return null
  const deviation = Math.sqrt(Math.max(0, logRatioSquare.value - logRatio.value ** 2))
  return Math.exp(logRatio.value + Z95 * deviation)
}
