/**
 * What has become of the requests that an old view tells of. Their answers have gone on ending since, and those that have come instead are what
 * `load-interpretation.ts` shares out; were the old ones still counted in full, each would count twice, the more so the older the view.
 */

/**
 * Of `count` requests, those that are still there after `ageMs`. A model with more than it has room for ends one whenever a place is free, and from then on
 * they end in proportion to how many there are: an answer lasts `answerMs` on average. Undefined: nobody knows how long, and all are taken to be there.
 */
export function remaining(count: number, room: number | undefined, answerMs: number | undefined, ageMs: number): number {
  if (answerMs === undefined || answerMs <= 0 || ageMs <= 0) return count
  const places = Math.max(1, room ?? count)
  const queued = Math.max(0, count - places)
  const queueMs = (queued * answerMs) / places
  if (ageMs < queueMs) return count - (ageMs * places) / answerMs
  return (count - queued) * Math.exp((queueMs - ageMs) / answerMs)
}

/** Of requests that came at a steady rate in the last `ageMs`, the share that is still there. */
export function remainingShare(answerMs: number | undefined, ageMs: number): number {
  if (answerMs === undefined || answerMs <= 0 || ageMs <= 0) return 1
  return (answerMs / ageMs) * -Math.expm1(-ageMs / answerMs)
}
