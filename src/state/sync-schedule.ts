/**
 * When an isolate reports. One call at a time and no more often than the tracker wants; what happens in between is told together. It remembers times,
 * not promises: a plan or a call whose request died with its client is simply out of date after a while, and the next request makes another.
 */

/** A call that has not come back after so long is lost. */
export const SYNC_TIMEOUT_MS = 2_000
/** A plan that is overdue by so much was made by a request that is gone. */
const OVERDUE_MS = 500
/** So many requests in a row that waited in vain for the tracker, and nobody waits for a while: it is away, or too far. */
const MISSES = 2
const AWAY_MS = 2_000
/** Isolates that refresh in lock-step herd, since all see the same view at the same age; so each interval is stretched at random. */
const JITTER = 0.3

export class SyncSchedule {
  readonly #random: () => number
  #intervalMs: number
  #startedAtMs: number | undefined
  #runningSinceMs: number | undefined
  #plannedForMs: number | undefined
  #misses = 0
  #missedAtMs = 0
  #watchedAtMs = Number.NEGATIVE_INFINITY
  #tookMs: number | undefined

  /** `random` is uniform in [0, 1); `intervalMs` holds until the tracker names one. */
  constructor(random: () => number, intervalMs = 100) {
    this.#random = random
    this.#intervalMs = intervalMs
  }

  /** No call has been made yet. */
  get isCold(): boolean {
    return this.#startedAtMs === undefined
  }

  /** No more often than this; ms. */
  get intervalMs(): number {
    return this.#intervalMs
  }

  /** How long the last call took, ms; one that failed in time counts as well. */
  get tookMs(): number | undefined {
    return this.#tookMs
  }

  /** A call is under way. */
  isBusy(nowMs: number): boolean {
    return this.#isRunning(nowMs)
  }

  /** A decision is made here that looks at load. */
  watch(nowMs: number): void {
    this.#watchedAtMs = nowMs
  }

  watchedAgoMs(nowMs: number): number {
    return Math.abs(nowMs - this.#watchedAtMs)
  }

  /** A request has waited for the tracker: it came in time, or was given up. What comes late is no reason to wait again. */
  waited(inTime: boolean, nowMs: number): void {
    this.#misses = inTime ? 0 : this.#misses + 1
    this.#missedAtMs = nowMs
  }

  /** Nobody is to wait for the tracker now. */
  isAway(nowMs: number): boolean {
    return this.#misses >= MISSES && Math.abs(nowMs - this.#missedAtMs) < AWAY_MS
  }

  /** How long the caller is to wait before it syncs; undefined if somebody else already will. */
  plan(nowMs: number): number | undefined {
    const plannedFor = this.#plannedForMs
    const isPending = plannedFor !== undefined && nowMs - plannedFor < OVERDUE_MS && plannedFor - nowMs <= this.#intervalMs
    if (isPending) return undefined
    // Never further away than the interval, even if the clock was set back
    const earliestMs = this.#startedAtMs === undefined ? nowMs : Math.min(this.#startedAtMs, nowMs) + this.#intervalMs
    this.#plannedForMs = Math.max(nowMs, this.#isRunning(nowMs) ? nowMs + this.#intervalMs : earliestMs)
    return this.#plannedForMs - nowMs
  }

  /** False: a call is under way, and this one must wait its turn. */
  begin(nowMs: number): boolean {
    this.#plannedForMs = undefined
    if (this.#isRunning(nowMs)) return false
    this.#runningSinceMs = nowMs
    this.#startedAtMs = nowMs
    return true
  }

  took(ms: number): void {
    this.#tookMs = Math.max(0, Math.round(ms))
  }

  /**
   * The call that began at `startedMs` is over. `intervalMs`: what the tracker asks for; undefined where the call failed. A call that was given up
   * ends late, when another has long begun; that one goes on.
   */
  end(startedMs: number, intervalMs: number | undefined): void {
    if (this.#runningSinceMs === startedMs) this.#runningSinceMs = undefined
    if (intervalMs !== undefined) this.#intervalMs = Math.ceil(intervalMs * (1 + JITTER * this.#random()))
  }

  /** A call beside the schedule, begun at `startedMs`, has told everything and brought the news: the next one has time. */
  told(startedMs: number, intervalMs: number): void {
    this.#startedAtMs = Math.max(this.#startedAtMs ?? startedMs, startedMs)
    this.end(startedMs, intervalMs)
  }

  #isRunning(nowMs: number): boolean {
    return this.#runningSinceMs !== undefined && Math.abs(nowMs - this.#runningSinceMs) < SYNC_TIMEOUT_MS
  }
}
