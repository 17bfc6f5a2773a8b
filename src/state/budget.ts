/**
 * How many extra requests may be sent: a share of the recent traffic and a small floor, so that retries help when a few requests fail and do not
 * multiply the load when all do (the retry budget of Twitter's Finagle). Counts fade instead of falling out of a window.
 */
import { decay } from '../algorithm/ewma'

export interface BudgetOptions {
  /** Extra requests per request, e.g. 0.2. */
  readonly ratio: number
  /** Extra requests within the window that need no traffic to justify them. */
  readonly floor: number
  /** How long a request counts, on average. */
  readonly windowMs: number
}

export class Budget {
  readonly #options: BudgetOptions
  #requests = 0
  #spent = 0
  #atMs = 0

  constructor(options: BudgetOptions) {
    this.#options = options
  }

  /** A request of a client's own has come. */
  deposit(nowMs: number): void {
    this.#fade(nowMs)
    this.#requests += 1
  }

  /** Whether one more extra request is within the budget. `sharers`: isolates among which the floor is divided. */
  allows(nowMs: number, sharers = 1): boolean {
    this.#fade(nowMs)
    const { ratio, floor } = this.#options
    return this.#spent + 1 <= this.#requests * ratio + floor / Math.max(1, sharers)
  }

  /** The same, and if so, it counts as sent. */
  withdraw(nowMs: number, sharers = 1): boolean {
    if (!this.allows(nowMs, sharers)) return false
    this.#spent += 1
    return true
  }

  #fade(nowMs: number): void {
    // A decayed count with half-life h holds the traffic of h / ln 2
    const kept = decay(nowMs - this.#atMs, this.#options.windowMs * Math.LN2)
    this.#requests *= kept
    this.#spent *= kept
    this.#atMs = Math.max(this.#atMs, nowMs)
  }
}
