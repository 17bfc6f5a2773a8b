/**
 * How often isolates are to report, so that one object can take it.
 *
 * Isolates count by how busy they are: one that comes whenever it may is one, one that comes once a minute next to nothing. The interval is their number over
 * what the object may be asked for. Those who are new, or were told a much shorter one, are told to come back at times spread evenly over it: a crowd that came
 * at once would otherwise come back at once.
 *
 * How much that is depends on what a call costs, and an object cannot tell: deployed clocks stand still while it works. It shows in the isolates' calls, which
 * take longer than they used to when the object is behind; then what it is taken to bear shrinks at once, and grows back step by step (the additive increase and
 * multiplicative decrease of Chiu and Jain, with delay as the signal as in TCP Vegas). Syncs have the first claim to it; what they leave is for questions
 * (`ask-share.ts`).
 *
 * Pure; the clock is a parameter.
 */
import { RecencyMap } from '../algorithm/recency-map'

export const MIN_INTERVAL_MS = 100
/** An isolate that has heard nothing for longer asks before it decides (see `registry-view.ts`). */
export const MAX_INTERVAL_MS = 5_000
/** Calls a second that one object is given at most, of whatever kind; a Durable Object is good for about 1,000 small requests a second. */
export const MAX_CALLS_PER_SECOND = 600
/** Of these, syncs that it asks for. */
export const MAX_SYNCS_PER_SECOND = 400
/** However slow it is, the view has to be refreshed now and then. */
const MIN_CALLS_PER_SECOND = 25
/** Whoever is silent for more than twice its interval and this has nothing to tell. */
const PATIENCE_MS = 2_500
/** And whoever came once sooner, since where there is little traffic many come once. */
const FIRST_PATIENCE_MS = 1_000
/** Whoever kept less than this part of the interval has to find its place in it anew. */
const SETTLED = 0.5
/** Fractions of its multiples fill the unit interval evenly, however many there are. */
const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2
/** Changes that are smaller are not worth telling: the number of busy isolates is never quite known. */
const UP = 1.05
const DOWN = 0.8

/** A call that takes so much longer than the isolate's quickest has waited for others to be served. */
const LATE_MS = 60
/** No isolate is further away from its region's object: whoever never had a quicker call was always behind others. */
const FURTHEST_MS = 300
/** A route that has become longer is not taken for an object that is behind, for long: so much an interval, however often an isolate calls in it. */
const FORGET_QUICKEST = 1.02
/** What the object is taken to bear moves so often at most: the answer to a change comes only with the next calls. */
const ADJUST_MS = 1_000
const LESS = 0.7
const MORE_PER_SECOND = 20

/** For so many that call whenever they may. */
export const intervalMsFor = (busy: number): number => within((busy * 1_000) / MAX_SYNCS_PER_SECOND)

const within = (ms: number): number => Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, Math.ceil(ms)))

interface Caller {
  /** 0..1. */
  readonly busy: number
  readonly toldMs: number
  readonly atMs: number
  readonly isNew: boolean
  /** Of its calls. */
  readonly quickestMs: number
}

export class SyncPace {
  /** The one that called longest ago first. */
  readonly #callers = new RecencyMap<string, Caller>()
  #busy = 0
  #spreads = 0
  #intervalMs = MIN_INTERVAL_MS
  #callsPerSecond = MAX_CALLS_PER_SECOND
  #adjustedAtMs = 0
  #calls = 0
  #late = 0

  /** What every isolate is to keep between two reports. */
  get intervalMs(): number {
    return this.#intervalMs
  }

  /** Isolates, by how busy they are. */
  get busy(): number {
    return this.#busy
  }

  /** What the object is taken to bear. */
  get callsPerSecond(): number {
    return this.#callsPerSecond
  }

  /** It is asked for as little as may be, and that is still more than it takes. */
  get isOverrun(): boolean {
    return this.#wantedMs > MAX_INTERVAL_MS
  }

  /** An isolate calls. `tookMs`: its last call; undefined: there was none. Returns after how long it may call again. */
  call(isolate: string, tookMs: number | undefined, nowMs: number): number {
    const before = this.#callers.get(isolate)
    if (before !== undefined) this.#busy = Math.max(0, this.#busy - before.busy)
    this.#expire(isolate, nowMs)
    // Who had to wait for an answer could not come sooner
    const sinceMs = before === undefined ? 0 : nowMs - before.atMs
    const keptMs = sinceMs - (tookMs ?? 0)
    const busy = before === undefined ? 1 : before.toldMs / Math.max(before.toldMs, keptMs)
    this.#busy += busy
    const quickestMs = before?.quickestMs ?? FURTHEST_MS
    const intervals = before === undefined ? 1 : Math.min(1, Math.max(0, sinceMs) / before.toldMs)
    if (tookMs !== undefined) {
      this.#calls += 1
      if (tookMs - quickestMs > LATE_MS) this.#late += 1
    }
    this.#adjust(nowMs)
    const wantedMs = this.#wantedMs
    if (wantedMs > UP * this.#intervalMs || wantedMs < DOWN * this.#intervalMs) this.#intervalMs = within(wantedMs)
    const hasPlace = before !== undefined && before.toldMs >= SETTLED * this.#intervalMs
    const toldMs = hasPlace ? this.#intervalMs : this.#spread()
    this.#callers.set(isolate, {
      busy,
      toldMs,
      atMs: nowMs,
      isNew: before === undefined,
      quickestMs: Math.min(tookMs ?? quickestMs, FORGET_QUICKEST ** intervals * quickestMs, FURTHEST_MS),
    })
    return toldMs
  }

  get #wantedMs(): number {
    return (this.#busy * 1_000) / Math.min(MAX_SYNCS_PER_SECOND, this.#callsPerSecond)
  }

  #spread(): number {
    this.#spreads += 1
    return Math.max(MIN_INTERVAL_MS, Math.ceil(this.#intervalMs * ((this.#spreads * GOLDEN_RATIO) % 1)))
  }

  /** But for who is calling. */
  #expire(but: string, nowMs: number): void {
    for (let entry = this.#callers.first; entry !== undefined; entry = entry.next) {
      const { key, value: caller } = entry
      if (key === but) continue
      const silentMs = nowMs - caller.atMs - 2 * caller.toldMs
      if (silentMs <= FIRST_PATIENCE_MS) return
      if (!caller.isNew && silentMs <= PATIENCE_MS) continue
      this.#callers.delete(key)
      this.#busy = Math.max(0, this.#busy - caller.busy)
    }
  }

  /** No sooner than everyone has called once since the last time. */
  #adjust(nowMs: number): void {
    const sinceMs = nowMs - this.#adjustedAtMs
    if (Math.abs(sinceMs) < Math.max(ADJUST_MS, 1.5 * this.#intervalMs)) return
    // Most of them, since an isolate may be slow for reasons of its own
    const isBehind = this.#late > this.#calls / 2
    const more = (MORE_PER_SECOND * Math.min(Math.abs(sinceMs), MAX_INTERVAL_MS)) / 1_000
    this.#callsPerSecond = isBehind
      ? Math.max(MIN_CALLS_PER_SECOND, LESS * this.#callsPerSecond)
      : Math.min(MAX_CALLS_PER_SECOND, this.#callsPerSecond + more)
    this.#adjustedAtMs = nowMs
    this.#calls = 0
    this.#late = 0
  }
}
