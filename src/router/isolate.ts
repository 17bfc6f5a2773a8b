/**
 * What one isolate remembers between requests: plain data only, since a promise, a stream or a stub belongs to the request that made it and
 * must not be touched by another.
 */
import { Budget } from '../state/budget'
import { KnownRegistry } from '../state/known-registry'
import { LocalLoad } from '../state/local-load'
import { Popularity } from './popularity'

/** Finagle's figures: a fifth of the traffic of the last ten seconds. The floor, of the whole fleet, is smaller: these requests cost money. */
const RETRIES = { ratio: 0.2, floor: 10, windowMs: 10_000 }
/** A hedge costs a whole answer, so never more than this, and a window long enough for a little traffic to earn one. */
const HEDGES = { ratio: 0.03, floor: 0, windowMs: 600_000 }

export class Isolate {
  readonly load: LocalLoad
  readonly registry = new KnownRegistry()
  readonly popularity = new Popularity()
  readonly retries = new Budget(RETRIES)
  readonly hedges = new Budget(HEDGES)
  readonly #random: () => number
  readonly #turns = new Map<string, number>()

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
}
