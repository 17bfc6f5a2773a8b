/**
 * How many answers a model writes at a time before new prompts have to wait for one to end. Nobody tells, so it is learned from what is seen: a first token
 * that comes late says that there was no room, and as many as write then are all there is room for; one that comes in time with more
 * writing than that says that there is more room.
 *
 * Times alone would not do: until the last place is taken nothing gets slower, and then everything does. Plain data.
 */
export interface Concurrency {
  /** The most that were seen to write without keeping anyone waiting. */
  readonly limit: number
  /** Somebody did have to wait; until then there may be room for any number more. */
  readonly isReached: boolean
}

export const NO_CONCURRENCY: Concurrency = Object.freeze({ limit: 0, isReached: false })

/** Observed over predicted time to first token, above which it was late: beyond what is mere noise for most models. */
const LATE = 2
/** A late one moves the limit down by this part: one alone may have other reasons, ten in a row have not. */
const STEP = 0.1
/** Counts are a little old, so that it may have been full with so much of the room taken. */
const NEARLY_FULL = 0.9
/** While nobody knows where the limit is, twice of what went well is risked. */
const VENTURE = 2

/** `ratio`: observed over predicted. `writing`: answers under way over the fleet, this one included. */
export function observeStart(state: Concurrency, ratio: number, writing: number): Concurrency {
  const { limit } = state
  if (ratio <= LATE) return writing > limit ? { ...state, limit: writing } : state
  if (writing < 1) return state
  const least = limit === 0 ? writing : Math.min(limit, Math.max(1, limit + STEP * (writing - limit)))
  return { ...state, limit: least, isReached: true }
}

/** Whether prompts may have had to wait for room, so that a time to first token says nothing of how fast they are read. */
export function isNearlyFull({ limit, isReached }: Concurrency, writing: number): boolean {
  return isReached && writing >= NEARLY_FULL * limit
}

/** Answers that may be asked of it at a time; undefined: none was ever seen. */
export function readConcurrency({ limit, isReached }: Concurrency): number | undefined {
  if (limit === 0) return undefined
  return isReached ? limit : VENTURE * limit
}

export interface Room {
  /** Requests that can still be taken at once; Infinity where nothing is known. */
  readonly requests: number
  /** Until one more can be, ms. */
  readonly waitMs: number
  /** From one answer's end to the next one's, ms. */
  readonly turnMs: number
}

const ENDLESS: Room = { requests: Number.POSITIVE_INFINITY, waitMs: 0, turnMs: 0 }
/** Of the logistic distribution, per unit of its scale. */
const LOGISTIC_DEVIATION = 1.7

/** `deviation`: by how much the number in flight may be off. */
export function roomFor(concurrency: number | undefined, answerMs: number | undefined, inFlight: number, deviation = 0): Room {
  if (concurrency === undefined || answerMs === undefined) return ENDLESS
  const turnMs = answerMs / Math.max(1, concurrency)
  return {
    requests: Math.max(0, concurrency - inFlight - 1 - deviation),
    waitMs: positivePart(inFlight + 1 - concurrency, deviation / LOGISTIC_DEVIATION) * turnMs,
    turnMs,
  }
}

/** Expected max(0, x) where x is off by chance, logistically with this scale. */
function positivePart(x: number, scale: number): number {
  if (scale <= 0 || Math.abs(x) > 30 * scale) return Math.max(0, x)
  return scale * Math.log1p(Math.exp(x / scale))
}
