/**
 * The live leases of one isolate. A lease is renewed by its own request, so that one whose request was killed without a word (its client gone, its
 * time up) expires by itself: nothing but a live request keeps the count up.
 */

export interface Held {
  readonly model: string
  readonly promptTokens: number
  isWaiting: boolean
  renewedAtMs: number
}

export interface Count {
  readonly inFlight: number
  /** Prompt tokens of those that still wait for their first token. */
  readonly waitingTokens: number
}

/** A request's heart beats every second; ten missed beats are no hiccup. */
export const HELD_MS = 10_000

const NONE: Count = Object.freeze({ inFlight: 0, waitingTokens: 0 })

export class Leases {
  readonly #held = new Set<Held>()
  readonly #counts = new Map<string, Count>()

  take(model: string, promptTokens: number, nowMs: number): Held {
    const held: Held = { model, promptTokens, isWaiting: true, renewedAtMs: nowMs }
    this.#held.add(held)
    this.#add(model, 1, promptTokens)
    return held
  }

  renew(held: Held, nowMs: number): void {
    held.renewedAtMs = nowMs
  }

  /** False: it was not waiting any more, or is over. */
  stopWaiting(held: Held): boolean {
    if (!held.isWaiting || !this.#held.has(held)) return false
    held.isWaiting = false
    this.#add(held.model, 0, -held.promptTokens)
    return true
  }

  /** False: it was over already. */
  end(held: Held): boolean {
    if (!this.#held.delete(held)) return false
    this.#add(held.model, -1, held.isWaiting ? -held.promptTokens : 0)
    return true
  }

  /** Ends those that nobody has renewed. */
  expire(nowMs: number): void {
    for (const held of this.#held) if (nowMs - held.renewedAtMs > HELD_MS) this.end(held)
  }

  count(model: string): Count {
    return this.#counts.get(model) ?? NONE
  }

  /** Models with live leases. */
  counts(): readonly (readonly [model: string, count: Count])[] {
    return [...this.#counts]
  }

  get size(): number {
    return this.#held.size
  }

  #add(model: string, inFlight: number, waitingTokens: number): void {
    const before = this.count(model)
    const after = { inFlight: before.inFlight + inFlight, waitingTokens: before.waitingTokens + waitingTokens }
    if (after.inFlight === 0) this.#counts.delete(model)
    else this.#counts.set(model, after)
  }
}
