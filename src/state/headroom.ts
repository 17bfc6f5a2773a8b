/** What is left of a rate limit, remembered for as long as the upstream's figure holds. Plain data. */
import type { Headroom } from './report'

export interface RememberedHeadroom {
  readonly share: number
  readonly untilMs: number
}

/** Headers that name no time are about a window of a minute, the usual one; a longer one is not believed to the end, since others use it up or an operator raises it. */
const DEFAULT_MS = 10_000
const LONGEST_MS = 60_000

export function remember({ share, forMs }: Headroom, nowMs: number): RememberedHeadroom {
  return { share, untilMs: nowMs + (forMs > 0 ? Math.min(forMs, LONGEST_MS) : DEFAULT_MS) }
}

/** Null: nothing is known any more. */
export function recall(headroom: RememberedHeadroom | undefined, nowMs: number): Headroom | null {
  if (headroom === undefined || headroom.untilMs <= nowMs) return null
  return { share: headroom.share, forMs: headroom.untilMs - nowMs }
}

/** The scarcer of two. */
export function scarcer(a: Headroom | null, b: Headroom | null): Headroom | null {
  if (a === null || b === null) return a ?? b
  return a.share <= b.share ? a : b
}
