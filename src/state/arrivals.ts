/**
 * How many requests come, over a fleet, and how large their prompts are: decayed counts, of which a rate is read. Counts and no rates are kept, since counts
 * add up, and one isolate's can be taken away from everyone's. Plain data.
 */
import { decay } from '../algorithm/ewma'

/** Of started requests and of their prompt tokens. */
export interface Arrivals {
  readonly count: number
  readonly tokens: number
  readonly atMs: number
}

export interface ArrivalRates {
  readonly arrivalsPerSecond: number
  /** That these bring. */
  readonly tokensPerSecond: number
}

export const NO_ARRIVALS: Arrivals = Object.freeze({ count: 0, tokens: 0, atMs: 0 })

/** Of a burst nothing is left after half a minute, and at a request a second the rate is already steady. */
const HALF_LIFE_MS = 5_000
/** A decayed count below it is none. */
const NOISE = 1e-6

/** With some more. */
export function arrive(arrivals: Arrivals, count: number, tokens: number, nowMs: number): Arrivals {
  const before = faded(arrivals, nowMs)
  return { count: before.count + count, tokens: before.tokens + tokens, atMs: nowMs }
}

/** With others that come at these rates. */
export function arriveSteadily(arrivals: Arrivals, rates: ArrivalRates, nowMs: number): Arrivals {
  return arrive(arrivals, countOf(rates.arrivalsPerSecond), countOf(rates.tokensPerSecond), nowMs)
}

/** Without those that are a part of them. What is added and taken away again leaves a rounding error, and none are less than none. */
export function without(arrivals: Arrivals, part: Arrivals, nowMs: number): Arrivals {
  const [all, those] = [faded(arrivals, nowMs), faded(part, nowMs)]
  return { count: Math.max(0, all.count - those.count), tokens: Math.max(0, all.tokens - those.tokens), atMs: nowMs }
}

export function ratesOf(arrivals: Arrivals, nowMs: number): ArrivalRates {
  const { count, tokens } = faded(arrivals, nowMs)
  return { arrivalsPerSecond: rateOf(count), tokensPerSecond: rateOf(tokens) }
}

/** Of a prompt; 0 where none came lately. */
export const meanTokens = ({ count, tokens }: Arrivals): number => (count > NOISE ? tokens / count : 0)

function faded(arrivals: Arrivals, nowMs: number): Arrivals {
  const kept = decay(nowMs - arrivals.atMs, HALF_LIFE_MS)
  return { count: arrivals.count * kept, tokens: arrivals.tokens * kept, atMs: nowMs }
}

/** A count that decays with half-life h stands at rate × h / ln 2. */
const rateOf = (count: number): number => (count > NOISE ? (count * Math.LN2 * 1000) / HALF_LIFE_MS : 0)

const countOf = (perSecond: number): number => (perSecond * HALF_LIFE_MS) / (Math.LN2 * 1000)
