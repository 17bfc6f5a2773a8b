/** A provider's limit on requests: a bucket that refills steadily and lets out one token a request. */

/** What is left over from quiet times: so much traffic may come at once. */
const BURST_MS = 10_000

export class RateLimit {
  readonly #perMs: number
  readonly #capacity: number
  #level: number
  #atMs = 0

  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000
    this.#capacity = Math.max(1, this.#perMs * BURST_MS)
    this.#level = this.#capacity
  }

  /** 0: the request is let through. Otherwise the milliseconds after which to come again, in whole seconds as headers have them. */
  take(nowMs: number): number {
    this.#refill(nowMs)
    if (this.#level < 1) return Math.max(1, Math.ceil((1 - this.#level) / this.#perMs / 1000)) * 1000
    this.#level -= 1
    return 0
  }

  wouldLet(nowMs: number): boolean {
    this.#refill(nowMs)
    return this.#level >= 1
  }

  /** As response headers tell it. */
  headroom(nowMs: number): { readonly share: number; readonly forMs: number; readonly requests: number } {
    this.#refill(nowMs)
    const [left, requests] = [Math.floor(this.#level), Math.floor(this.#capacity)]
    return {
      share: Math.min(1, left / requests),
      forMs: Math.ceil((this.#capacity - this.#level) / this.#perMs),
      requests,
    }
  }

  #refill(nowMs: number): void {
    this.#level = Math.min(this.#capacity, this.#level + (nowMs - this.#atMs) * this.#perMs)
    this.#atMs = nowMs
  }
}
