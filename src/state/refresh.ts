/**
 * How often a live request's heart beats. A beat renews the request's lease and lets its isolate sync, and an isolate has nothing else that could refresh
 * its view between two requests: so live streams do it, on a timer that is there anyway and without a look at what they carry.
 *
 * A view is refreshed for the sake of the next decision here. Where none was made lately that looks at load, or nobody else shares the models, a beat
 * a second keeps the leases, and nothing more is needed.
 */

/** Well under the time after which a lease expires. */
export const BEAT_MS = 1_000
/** Younger views gain next to nothing (`npm run simulate -- --block decide`). */
export const REFRESH_MS = 250
/** A decision that was made so long ago says that the next one is not near. */
const WATCHED_MS = 10_000

export interface Watch {
  /** Live requests of this isolate. Together they are to beat once in a refresh. */
  readonly live: number
  /** Of this region, as far as is known; 1: it is alone, and nobody else's load is to be seen. */
  readonly isolates: number
  /** What the tracker asks for: it grows with the isolates, so that the tracker is not asked for more than it can do. */
  readonly intervalMs: number
  /** Since the last decision by load in this isolate. */
  readonly watchedAgoMs: number
}

/** Until a live request's next beat. */
export function beatMs({ live, isolates, intervalMs, watchedAgoMs }: Watch): number {
  if (isolates <= 1 || watchedAgoMs > WATCHED_MS) return BEAT_MS
  return Math.min(BEAT_MS, Math.max(REFRESH_MS, intervalMs) * Math.max(1, live))
}

/** A view that is older is worth waiting for a new one, where a route says so; never more often than the tracker asks for. */
export const freshForMs = (intervalMs: number): number => Math.max(REFRESH_MS, intervalMs)
