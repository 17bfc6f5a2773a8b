/**
 * What is left of a rate limit, remembered for as long as the upstream's figure holds. Limits refill steadily (token buckets, at OpenAI and Anthropic), and a figure that
 * no answer has renewed grows towards all. Were it not so, whoever spares a model that runs low would leave it alone until the last figure expires, long after the limit is
 * full again. It grows by the square of the time: at first others are likely to use up what comes back, and the longer nobody tells of it the less. Plain data.
 */
import type { Headroom } from './report'

export interface RememberedHeadroom {
  readonly share: number
  readonly untilMs: number
  /** When it was told. Undefined: kept by a version that did not say. */
  readonly atMs?: number | undefined
}

/** Headers that name no time are about a window of a minute, the usual one; a longer one is not believed to the end, since others use it up or an operator raises it. */
const DEFAULT_MS = 10_000
const LONGEST_MS = 60_000

export function remember({ share, forMs }: Headroom, nowMs: number): RememberedHeadroom {
  return { share, untilMs: nowMs + (forMs > 0 ? Math.min(forMs, LONGEST_MS) : DEFAULT_MS), atMs: nowMs }
}

/** As it was told; null: nothing is known any more. */
export function recall(headroom: RememberedHeadroom | undefined, nowMs: number): Headroom | null {
  if (headroom === undefined || headroom.untilMs <= nowMs) return null
  const { share, untilMs, atMs = nowMs } = headroom
  return { share, forMs: untilMs - nowMs, agoMs: Math.max(0, nowMs - atMs) }
}

/** The same, later; null: its time is over. */
export function older({ share, forMs, agoMs = 0 }: Headroom, ms: number): Headroom | null {
  return forMs <= ms ? null : { share, forMs: forMs - ms, agoMs: agoMs + Math.max(0, ms) }
}

/** What is likely to be left by now. */
export function refilled({ share, forMs, agoMs = 0 }: Headroom): Headroom {
  return agoMs === 0 ? { share, forMs } : { share: share + (1 - share) * (agoMs / (agoMs + forMs)) ** 2, forMs }
}

/** The scarcer of two, by now. */
export function scarcer(a: Headroom | null, b: Headroom | null): Headroom | null {
  if (a === null || b === null) return a ?? b
  return refilled(a).share <= refilled(b).share ? a : b
}
