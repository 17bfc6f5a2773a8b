/**
 * By how much more requests come together than their average rate says. Most requests of a burst come in the burst, so the rate that a request meets is not the rate
 * over time but the one that requests see, weighed by themselves (the inspection paradox): with c requests in each second it is Σ c² / Σ c - 1 others in the same
 * second. Where requests come independently of each other (Poisson), that is the mean again, and the quotient is 1.
 *
 * Whoever expects the average alone sends a burst to the one model that has a little room.
 */
import { decay } from '../algorithm/ewma'

const BIN_MS = 1_000
const HALF_LIFE_MS = 30_000
/** So many requests on either side of the quotient keep it near 1 until more is known. */
const PRIOR = 20
/** Plain traffic comes to this by chance; beyond, a single crowd would be taken for the rule. */
const MOST = 10

export class Bursts {
  #bin: number | undefined
  #count = 0
  /** Decayed sums over the seconds that are over: how many there were, their requests, and the squares of these. */
  #bins = 0
  #requests = 0
  #squares = 0

  arrive(count: number, nowMs: number): void {
    const bin = Math.floor(nowMs / BIN_MS)
    this.#bin ??= bin
    if (bin > this.#bin) this.#close(bin - this.#bin)
    this.#bin = Math.max(bin, this.#bin)
    this.#count += count
  }

  /** 1: as many come together as chance brings together. */
  get factor(): number {
    if (this.#requests === 0) return 1
    const met = this.#squares / this.#requests - 1
    const mean = this.#requests / this.#bins
    return Math.min(MOST, Math.max(1, (met * this.#bins + PRIOR) / (mean * this.#bins + PRIOR)))
  }

  /** The current one, and those behind it in which nobody came. */
  #close(bins: number): void {
    const kept = decay(bins * BIN_MS, HALF_LIFE_MS)
    this.#requests = this.#requests * kept + this.#count
    this.#squares = this.#squares * kept + this.#count ** 2
    this.#bins = this.#bins * kept + faded(bins)
    this.#count = 0
  }
}

/** So many seconds, the earlier ones decayed: 1 + k + k² + … */
function faded(bins: number): number {
  const kept = decay(BIN_MS, HALF_LIFE_MS)
  return (1 - kept ** bins) / (1 - kept)
}
