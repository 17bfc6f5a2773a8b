/**
 * When an isolate reports. One call at a time and no more often than the tracker wants; what happens in between is told together. It remembers times,
 * not promises: a plan or a call whose request died with its client is simply out of date after a while, and the next request makes another.
 */
import { MAX_INTERVAL_MS } from './sync-pace'

/** A call that has not come back after so long is lost. */
export const SYNC_TIMEOUT_MS = 2_000
/** A plan that is overdue by so much was made by a request that is gone. */
const OVERDUE_MS = 500
/** So many requests in a row that waited in vain for the tracker, and nobody waits for a while: it is away, or too far, or behind. Then one tries. */
const MISSES = 2
const AWAY_MS = 2_000
/** And twice as long whenever that was in vain as well, up to so many times: a tracker that is behind is not to be kept so by those who try. */
const MOST_AWAY = 4
/**
 * An interval grows so with every call that fails, but for the first, which may be lost by chance: hundreds of isolates that went on as before would leave a
 * tracker that is behind no time to catch up.
 */
const BACK_OFF = 8
/** Isolates that refresh in lock-step herd, since all see the same view at the same age; so each interval is stretched at random. */
const JITTER = 0.3

export class SyncSchedule {
  readonly #random: () => number
  #intervalMs: number
  #failures = 0
  #startedAtMs: number | undefined
  #runningSinceMs: number | undefined
  #plannedForMs: number | undefined
  #misses = 0
  #missedAtMs = 0
  #isTrying = false
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

  /** How long the last call took, ms, where that has not been told; one that failed in time counts as well. */
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
    if (inTime) this.#misses = 0
    // Those who wait at once wait in vain once
    else if (!this.isAway(nowMs) || this.#isTrying) {
      this.#misses += 1
      this.#missedAtMs = nowMs
    }
    this.#isTrying = false
  }

  /** Nobody is to wait for the tracker now. Where reports do not get through, one of those will tell when it is back. */
  isAway(nowMs: number): boolean {
    if (this.#failures > 1) return true
    const times = Math.min(MOST_AWAY, 2 ** (this.#misses - MISSES))
    return this.#misses >= MISSES && Math.abs(nowMs - this.#missedAtMs) < times * AWAY_MS
  }

  /** Whether the caller may wait for the tracker, which it then does. Where it was away, one tries, and the others do not wait for that. */
  mayWait(nowMs: number): boolean {
    if (this.isAway(nowMs)) return false
    if (this.#misses >= MISSES) {
      this.#isTrying = true
      this.#missedAtMs = nowMs
    }
    return true
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

  /** How long the last call took, to be told once. */
  takeTookMs(): number | undefined {
    const tookMs = this.#tookMs
    this.#tookMs = undefined
    return tookMs
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
    this.#failures = intervalMs === undefined ? this.#failures + 1 : 0
    if (intervalMs !== undefined) this.#intervalMs = Math.ceil(intervalMs * (1 + JITTER * this.#random()))
    else if (this.#failures > 1)
      this.#intervalMs = Math.max(this.#intervalMs, Math.min(MAX_INTERVAL_MS, BACK_OFF * this.#intervalMs))
  }

  /** A call beside the schedule, begun at `startedMs`, has told everything and brought the news: the next one has time. */
  told(startedMs: number, intervalMs: number): void {
    this.#startedAtMs = Math.max(this.#startedAtMs ?? startedMs, startedMs)
    this.end(startedMs, intervalMs)
    if (this.#plannedForMs !== undefined) this.#plannedForMs = Math.max(this.#plannedForMs, this.#startedAtMs + this.#intervalMs)
  }

  /** Of the wait for what is planned: a call beside the schedule may have put it off. */
  leftMs(nowMs: number): number {
    return this.#plannedForMs === undefined ? 0 : Math.min(this.#intervalMs, this.#plannedForMs - nowMs)
  }

  #isRunning(nowMs: number): boolean {
    return this.#runningSinceMs !== undefined && Math.abs(nowMs - this.#runningSinceMs) < SYNC_TIMEOUT_MS
  }
}
