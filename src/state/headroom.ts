/**
 * What is left of a rate limit, remembered for as long as the upstream's figure holds. Limits refill steadily (token buckets, at OpenAI and Anthropic), and a figure that
 * no answer has renewed grows towards all. Were it not so, whoever spares a model that runs low would leave it alone until the last figure expires, long after the limit is
 * full again. It grows by the square of the time: at first others are likely to use up what comes back, and the longer nobody tells of it the less. Plain data.
 */
import type { Headroom } from './report'

export interface RememberedHeadroom {
  readonly share: number
  readonly untilMs: number
  /** How many requests all of it is; undefined where nobody said, or not how fast it refills. */
  readonly requests?: number | undefined
  /** When it was told. Undefined: kept by a version that did not say. */
  readonly atMs?: number | undefined
}

/** Headers that name no time are about a window of a minute, the usual one; a longer one is not believed to the end, since others use it up or an operator raises it. */
const DEFAULT_MS = 10_000
const LONGEST_MS = 60_000

export function remember({ share, forMs, requests, agoMs = 0 }: Headroom, nowMs: number): RememberedHeadroom {
  const atMs = nowMs - agoMs
  if (forMs > 0 && forMs <= LONGEST_MS) return { share, untilMs: nowMs + forMs, requests, atMs }
  // Of a limit of a day it would be a guess how many come back in the minute
  return { share, untilMs: nowMs + (forMs > 0 ? LONGEST_MS : DEFAULT_MS), atMs }
}

/** What was told last, however it got here. Figures of a version that does not say when are as new as can be. */
export const newest = (before: RememberedHeadroom | undefined, told: RememberedHeadroom): RememberedHeadroom =>
  before !== undefined && (before.atMs ?? 0) > (told.atMs ?? Number.POSITIVE_INFINITY) ? before : told

/** As it was told; null: nothing is known any more. */
export function recall(headroom: RememberedHeadroom | undefined, nowMs: number): Headroom | null {
  return headroom === undefined || headroom.untilMs <= nowMs ? null : reported(headroom, nowMs)
}

/** The least that a figure holds when it is reported. */
const LEAST_MS = 1

/**
 * The same for a report, though its time may be over by then: a large limit is full again within milliseconds, and an average over the figures that last would know
 * it as used up for ever.
 */
export function reported({ share, untilMs, requests, atMs }: RememberedHeadroom, nowMs: number): Headroom {
  return { share, forMs: Math.max(LEAST_MS, untilMs - nowMs), requests, agoMs: Math.max(0, nowMs - (atMs ?? nowMs)) }
}

/** The same, later; null: its time is over. */
export function older({ share, forMs, requests, agoMs = 0 }: Headroom, ms: number): Headroom | null {
  return forMs <= ms ? null : { share, forMs: forMs - ms, requests, agoMs: agoMs + Math.max(0, ms) }
}

/** What is likely to be left by now. */
export function refilled({ share, forMs, agoMs = 0 }: Headroom): Headroom {
  return agoMs === 0 ? { share, forMs } : { share: share + (1 - share) * (agoMs / (agoMs + forMs)) ** 2, forMs }
}

/** A limit on requests, as a decision sees it: so many would be let through now, and one more every `refillMs`. */
export interface Quota {
  readonly left: number
  readonly refillMs: number
}

/**
 * Undefined: how many requests the limit is, nobody said. `since`: requests that were sent since it was told and are not yet answered. Every answer tells anew, so these
 * are all that can have been taken since, and what has come back counts in full, unlike in `refilled`.
 */
export function quotaOf({ share, forMs, requests, agoMs = 0 }: Headroom, since: number): Quota | undefined {
  if (requests === undefined) return undefined
  const refillMs = (agoMs + forMs) / Math.max(1, requests * (1 - share))
  // a share has lost its last digits on the way, and one request less is none
  const told = Math.round(share * requests)
  return { left: Math.min(requests, told + agoMs / refillMs) - since, refillMs }
}

/** The scarcer of two, by now. */
export function scarcer(a: Headroom | null, b: Headroom | null): Headroom | null {
  if (a === null || b === null) return a ?? b
  return refilled(a).share <= refilled(b).share ? a : b
}
