/** What is seen of a fleet whose requests want the tracker to choose, from when it is made on. Pure. */
import type { Decided } from '../../src/router/inform'
import { mean, quantile } from './measure'

export interface AskRates {
  readonly wantedPerSecond: number
  readonly askedPerSecond: number
  /** Of those, in time. */
  readonly answeredPerSecond: number
  /** The tracker has more to do than it can, and said so before: they are decided as `fresh`. */
  readonly sparedPerSecond: number
  /** Others had just waited in vain, so that these were decided at once. */
  readonly unaskedPerSecond: number
  /** Of those that want to, who may ask: as the object told on average. */
  readonly share: number
  /** Of a question, until the request could be decided on. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Reports without a question. */
  readonly syncsPerSecond: number
  /** Of the others' counts, at a moment chosen at random. */
  readonly ageMs: number
  readonly p95AgeMs: number
  /** Calls of either kind. */
  readonly failures: number
}

export class AskRecord {
  #answered = 0
  #late = 0
  #spared = 0
  #unasked = 0
  #syncs = 0
  #failures = 0
  readonly #shares: number[] = []
  readonly #timesMs: number[] = []
  readonly #agesMs: number[] = []

  /** A request that wanted to ask is decided on. `tookMs`: until then. */
  decided({ by, waitedMs, spared }: Decided, tookMs: number): void {
    if (spared === true) this.#spared += 1
    else if (by === 'tracker') this.#answered += 1
    // Whoever asks in vain has waited for a while
    else if (waitedMs > 0) this.#late += 1
    else this.#unasked += 1
    if (spared !== true && (by === 'tracker' || waitedMs > 0)) this.#timesMs.push(tookMs)
  }

  synced(): void {
    this.#syncs += 1
  }

  told(share: number): void {
    this.#shares.push(share)
  }

  failed(): void {
    this.#failures += 1
  }

  looked(ageMs: number): void {
    this.#agesMs.push(ageMs)
  }

  rates(seconds: number): AskRates {
    const asked = this.#answered + this.#late
    return {
      wantedPerSecond: (asked + this.#spared + this.#unasked) / seconds,
      askedPerSecond: asked / seconds,
      answeredPerSecond: this.#answered / seconds,
      sparedPerSecond: this.#spared / seconds,
      unaskedPerSecond: this.#unasked / seconds,
      share: mean(this.#shares),
      p50Ms: quantile(this.#timesMs, 0.5),
      p99Ms: quantile(this.#timesMs, 0.99),
      syncsPerSecond: this.#syncs / seconds,
      ageMs: mean(this.#agesMs),
      p95AgeMs: quantile(this.#agesMs, 0.95),
      failures: this.#failures,
    }
  }
}
