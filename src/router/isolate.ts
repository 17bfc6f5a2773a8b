/**
 * What one isolate remembers between requests: plain data only, since a promise, a stream or a stub belongs to the request that made it and
 * must not be touched by another.
 */
import { hash32 } from '../algorithm/hash'
import { Budget } from '../state/budget'
import { LocalLoad } from '../state/local-load'

/** Conversations remembered, so that one that spilled to another model does not flap. The oldest is forgotten first. */
const MAX_CONVERSATIONS = 5_000

/** Finagle's figures: a fifth of the traffic of the last ten seconds. The floor, of the whole fleet, is smaller: these requests cost money. */
const RETRIES = { ratio: 0.2, floor: 10, windowMs: 10_000 }
/** A hedge costs a whole answer, so never more than this, and a window long enough for a little traffic to earn one. */
const HEDGES = { ratio: 0.03, floor: 0, windowMs: 600_000 }

export class Isolate {
  readonly load: LocalLoad
  readonly retries = new Budget(RETRIES)
  readonly hedges = new Budget(HEDGES)
  readonly #random: () => number
  readonly #turns = new Map<string, number>()
  /** By digest: the key itself may be the beginning of a prompt, and would keep the whole of it in memory. */
  readonly #lastModels = new Map<number, string>()

  constructor(id: string, random: () => number) {
    this.load = new LocalLoad(id)
    this.#random = random
  }

  /** Counts from a random start, so that isolates do not march in step. `peek` looks without taking the turn. */
  turn(group: string, { peek = false } = {}): number {
    const turn = this.#turns.get(group) ?? Math.floor(this.#random() * 1_000_000)
    this.#turns.set(group, peek ? turn : turn + 1)
    return turn
  }

  lastModel(hashKey: string): string | undefined {
    return this.#lastModels.get(digest(hashKey))
  }

  remember(hashKey: string, model: string): void {
    const key = digest(hashKey)
    this.#lastModels.delete(key)
    this.#lastModels.set(key, model)
    const [oldest] = this.#lastModels.keys()
    if (this.#lastModels.size > MAX_CONVERSATIONS && oldest !== undefined) this.#lastModels.delete(oldest)
  }
}

/** 53 bits: among 5,000 conversations a collision has odds of one in 700 million, and would cost one of them its stickiness. */
function digest(key: string): number {
  return hash32(key) * 2 ** 21 + (hash32(`${key}\u0000`) >>> 11)
}
