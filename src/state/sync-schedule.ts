/**
 * When an isolate reports. One call at a time and no more often than the tracker wants; what happens in between is told together. It remembers times,
 * not promises: a plan or a call whose request died with its client is simply out of date after a while, and the next request makes another.
 */

/** A call that has not come back after so long is lost. */
export const SYNC_TIMEOUT_MS = 2_000
/** A plan that is overdue by so much was made by a request that is gone. */
const OVERDUE_MS = 500
/** Isolates that refresh in lock-step herd, since all see the same view at the same age; so each interval is stretched at random. */
const JITTER = 0.3

export class SyncSchedule {
  readonly #random: () => number
  #intervalMs: number
  #startedAtMs: number | undefined
  #runningSinceMs: number | undefined
  #plannedForMs: number | undefined

  /** `random` is uniform in [0, 1); `intervalMs` holds until the tracker names one. */
  constructor(random: () => number, intervalMs = 100) {
    this.#random = random
    this.#intervalMs = intervalMs
  }

  /** No call has been made yet. */
  get isCold(): boolean {
    return this.#startedAtMs === undefined
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

  /**
   * The call that began at `startedMs` is over. `intervalMs`: what the tracker asks for; undefined where the call failed. A call that was given up
   * ends late, when another has long begun; that one goes on.
   */
  end(startedMs: number, intervalMs: number | undefined): void {
    if (this.#runningSinceMs === startedMs) this.#runningSinceMs = undefined
    if (intervalMs !== undefined) this.#intervalMs = Math.ceil(intervalMs * (1 + JITTER * this.#random()))
  }

  #isRunning(nowMs: number): boolean {
    return this.#runningSinceMs !== undefined && Math.abs(nowMs - this.#runningSinceMs) < SYNC_TIMEOUT_MS
  }
}
