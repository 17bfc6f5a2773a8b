/** How long to wait before the same model is asked again: exponential with full jitter, so that clients of one outage do not come back together (Brooker, "Exponential Backoff and Jitter", 2015). */

const FIRST_MS = 100
const LONGEST_MS = 2_000

/** `repeat` counts from 0; `random` is uniform in [0, 1). What the upstream asked for comes on top, since before that time it will refuse. */
export function backOffMs(repeat: number, atLeastMs: number, random: () => number): number {
  return atLeastMs + random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** repeat)
}
