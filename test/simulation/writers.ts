/**
 * Answers that a server writes side by side, the slower the more of them (continuous batching, as in Orca, OSDI 2022, and vLLM). All progress alike, so that one sum
 * of tokens written per answer (a virtual time) tells who ends next, however often the pace changes.
 */
import type { Held } from './job'

/** Rounding of a double at times like these. */
export const EPSILON = 1e-6

export class Writers {
  readonly #msPerToken: number
  readonly #slots: number
  /** By `endsAt`, those that ended early among them. */
  #heap = new Heap()
  #written = 0
  count = 0

  /** `msPerToken`: of one that writes alone; with all slots taken it is twice that. */
  constructor(msPerToken: number, slots: number) {
    this.#msPerToken = msPerToken
    this.#slots = slots
  }

  get isFull(): boolean {
    return this.count >= this.#slots
  }

  /** Per token of each, ms at normal speed. */
  get paceMs(): number {
    return this.#msPerToken * (1 + this.count / this.#slots)
  }

  /** Until the next one ends, ms at normal speed; infinite where nobody writes. */
  get leftMs(): number {
    const { first } = this.#heap
    return first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first.endsAt - this.#written) * this.paceMs
  }

  advance(ms: number): void {
    if (this.count > 0) this.#written += ms / this.paceMs
  }

  begin(held: Held): void {
    const endsAt = this.#written + held.job.outputTokens - 1
    held.endsAt = endsAt
    this.count += 1
    this.#heap.push({ endsAt, held })
  }

  leave(held: Held): void {
    this.count -= 1
    held.endsAt = undefined
  }

  /** One that has written everything, which then writes no more; undefined: nobody has. */
  takeEnded(): Held | undefined {
    for (;;) {
      const { first } = this.#heap
      if (first === undefined || (!first.held.isOver && first.endsAt > this.#written + EPSILON)) return undefined
      this.#heap.pop()
      if (first.held.isOver) continue
      this.leave(first.held)
      return first.held
    }
  }

  /** Until so many have ended, ms at normal speed. */
  waitMs(needed: number): number {
    const ends = this.#heap.values().sort()
    const end = ends[Math.min(needed, ends.length) - 1]
    // With more than the writers to end, some of those that wait now have to end too
    return end === undefined ? 0 : (end - this.#written) * this.paceMs * Math.max(1, needed / ends.length)
  }

  clear(): void {
    this.#heap = new Heap()
    this.count = 0
  }
}

interface Writer {
  readonly endsAt: number
  readonly held: Held
}

/** Writers by their end, soonest first. */
class Heap {
  readonly #items: Writer[] = []

  get first(): Writer | undefined {
    return this.#items[0]
  }

  push(item: Writer): void {
    let hole = this.#items.length
    this.#items.push(item)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = this.#items[parent]
      if (above === undefined || above.endsAt <= item.endsAt) break
      this.#items[hole] = above
      hole = parent
    }
    this.#items[hole] = item
  }

  pop(): void {
    const last = this.#items.pop()
    const count = this.#items.length
    if (last === undefined || count === 0) return
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      const [left, right] = [this.#items[child], this.#items[child + 1]]
      if (left === undefined) break
      if (right !== undefined && right.endsAt < left.endsAt) child += 1
      const below = this.#items[child]
      if (below === undefined || below.endsAt >= last.endsAt) break
      this.#items[hole] = below
      hole = child
    }
    this.#items[hole] = last
  }

  /** The ends of those that still write, in no order. */
  values(): Float64Array {
    const ends = new Float64Array(this.#items.length)
    let count = 0
    for (const { endsAt, held } of this.#items) if (!held.isOver) ends[count++] = endsAt
    return ends.subarray(0, count)
  }
}
