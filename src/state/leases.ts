/**
 * The live leases of one isolate. A lease is renewed by its own request, so that one whose request was killed without a word (its client gone, its
 * time up) expires by itself: nothing but a live request keeps the count up.
 */

export interface Held {
  readonly model: string
  readonly promptTokens: number
  readonly takenAtMs: number
  /** When its first token may be expected, ms from then; undefined where nothing is known. */
  readonly expectedMs: number | undefined
  /** The answer comes as it is written; otherwise nobody sees a first token. */
  readonly inPieces: boolean
  isWaiting: boolean
  renewedAtMs: number
}

export interface Count {
  readonly inFlight: number
  /** Prompt tokens of those that still wait for their first token. */
  readonly waitingTokens: number
}

/** What `Count` cannot tell, as it depends on the time. */
export interface Waits {
  /** Those that wait for their first token. An answer that comes in one piece is taken to have begun when that was to be expected. */
  readonly requests: number
  /** Prompt tokens of such answers. */
  readonly begunTokens: number
  /** Streams that wait for longer than expected, and how many times longer, summed over them. */
  readonly overdue: number
  readonly timesExpected: number
}

/** A model's leases. */
export interface Row extends Count, Waits {
  readonly model: string
}

/** A request's heart beats every second; ten missed beats are no hiccup. */
export const HELD_MS = 10_000

const NO_WAITS: Waits = Object.freeze({ requests: 0, begunTokens: 0, overdue: 0, timesExpected: 0 })
const NOBODY: readonly Held[] = []
const NONE: Count = Object.freeze({ inFlight: 0, waitingTokens: 0 })

export class Leases {
  readonly #held = new Set<Held>()
  readonly #counts = new Map<string, Count>()
  readonly #waiting = new Map<string, Set<Held>>()
  /** Of every model with live leases. Most reports are sent to keep leases alive, and nothing has changed since the one before. */
  #rows: readonly Row[] | undefined
  #rowsUntilMs = 0
  /** No lease expires before then: a look at all of them with every report would be in vain. */
  #noneBeforeMs = Number.POSITIVE_INFINITY

  take(model: string, promptTokens: number, nowMs: number, expectedMs?: number, inPieces = false): Held {
    const held: Held = { model, promptTokens, takenAtMs: nowMs, expectedMs, inPieces, isWaiting: true, renewedAtMs: nowMs }
    this.#held.add(held)
    const waiting = this.#waiting.get(model) ?? new Set()
    this.#waiting.set(model, waiting.add(held))
    this.#add(model, 1, promptTokens)
    this.#watch(held)
    return held
  }

  renew(held: Held, nowMs: number): void {
    held.renewedAtMs = nowMs
    this.#watch(held)
  }

  /** False: it was not waiting any more, or is over. */
  stopWaiting(held: Held): boolean {
    if (!held.isWaiting || !this.#held.has(held)) return false
    held.isWaiting = false
    this.#waiting.get(held.model)?.delete(held)
    this.#add(held.model, 0, -held.promptTokens)
    return true
  }

  /** False: it was over already. */
  end(held: Held): boolean {
    if (!this.#held.delete(held)) return false
    this.#waiting.get(held.model)?.delete(held)
    this.#add(held.model, -1, held.isWaiting ? -held.promptTokens : 0)
    return true
  }

  /** Ends those that nobody has renewed. */
  expire(nowMs: number): readonly Held[] {
    if (nowMs <= this.#noneBeforeMs) return NOBODY
    this.#noneBeforeMs = Number.POSITIVE_INFINITY
    const expired: Held[] = []
    for (const held of this.#held) {
      if (nowMs - held.renewedAtMs <= HELD_MS) this.#watch(held)
      else if (this.end(held)) expired.push(held)
    }
    return expired
  }

  count(model: string): Count {
    return this.#counts.get(model) ?? NONE
  }

  waits(model: string, nowMs: number): Waits {
    const waiting = this.#waiting.get(model)
    if (waiting === undefined || waiting.size === 0) return NO_WAITS
    let requests = 0
    let begunTokens = 0
    let overdue = 0
    let allTimes = 0
    for (const held of waiting) {
      const { promptTokens, inPieces } = held
      const times = timesExpected(held, nowMs)
      if (times > 1 && !inPieces) {
        begunTokens += promptTokens
        continue
      }
      requests += 1
      if (times <= 1) continue
      overdue += 1
      allTimes += times
    }
    return { requests, begunTokens, overdue, timesExpected: allTimes }
  }

  /** How many of those that wait for their first token were taken later than `atMs`. */
  waitingSince(model: string, atMs: number): number {
    let count = 0
    for (const { takenAtMs } of this.#waiting.get(model) ?? NOBODY) if (takenAtMs > atMs) count += 1
    return count
  }

  /** Models with live leases; the same object while nothing has changed. */
  rows(nowMs: number): readonly Row[] {
    if (this.#rows === undefined || nowMs >= this.#rowsUntilMs) {
      const rows: Row[] = []
      for (const [model, { inFlight, waitingTokens }] of this.#counts) {
        const { requests, begunTokens, overdue, timesExpected } = this.waits(model, nowMs)
        rows.push({ model, inFlight, waitingTokens, requests, begunTokens, overdue, timesExpected })
      }
      this.#rows = rows
      this.#rowsUntilMs = this.#sameUntilMs(nowMs)
    }
    return this.#rows
  }

  get size(): number {
    return this.#held.size
  }

  /** Until then nobody waits for longer than expected who does not yet. How late a stream is grows all the time. */
  #sameUntilMs(nowMs: number): number {
    let untilMs = Number.POSITIVE_INFINITY
    for (const waiting of this.#waiting.values())
      for (const held of waiting) {
        const { takenAtMs, expectedMs = Number.POSITIVE_INFINITY, inPieces } = held
        if (timesExpected(held, nowMs) <= 1) untilMs = Math.min(untilMs, takenAtMs + Math.max(1, expectedMs))
        else if (inPieces) return nowMs
      }
    return untilMs
  }

  #watch({ renewedAtMs }: Held): void {
    this.#noneBeforeMs = Math.min(this.#noneBeforeMs, renewedAtMs + HELD_MS)
  }

  #add(model: string, inFlight: number, waitingTokens: number): void {
    const before = this.count(model)
    const after = { inFlight: before.inFlight + inFlight, waitingTokens: before.waitingTokens + waitingTokens }
    if (after.inFlight === 0) this.#counts.delete(model)
    else this.#counts.set(model, after)
    this.#rows = undefined
  }
}

/** So many times as long as expected it has waited by now; 0 where nothing was expected. */
const timesExpected = ({ takenAtMs, expectedMs }: Held, nowMs: number): number =>
  expectedMs === undefined ? 0 : (nowMs - takenAtMs) / Math.max(1, expectedMs)
