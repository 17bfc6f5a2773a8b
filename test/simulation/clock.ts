/**
 * Virtual time: what is due next happens next, and the clock jumps there. A binary heap over typed arrays, so that millions of events cost
 * no garbage but their callbacks. Events of one instant happen in the order in which they were planned, which makes a run repeatable.
 */

export class Clock {
  nowMs = 0
  #count = 0
  #planned = 0
  #times = new Float64Array(1024)
  #orders = new Float64Array(1024)
  #callbacks: (() => void)[] = []

  /** An event of the past happens now. */
  at(timeMs: number, callback: () => void): void {
    if (Number.isNaN(timeMs)) throw new RangeError('an event at no time')
    if (this.#count === this.#times.length) this.#grow()
    this.#planned += 1
    this.#siftUp(this.#count, Math.max(timeMs, this.nowMs), this.#planned, callback)
    this.#count += 1
  }

  after(ms: number, callback: () => void): void {
    this.at(this.nowMs + ms, callback)
  }

  /** Undefined: nothing is planned. */
  get nextMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#times[0]
  }

  /** Until nothing is due up to `untilMs`, which is then the time. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    for (;;) {
      const nextMs = this.nextMs
      if (nextMs === undefined || nextMs > untilMs) break
      this.nowMs = nextMs
      this.#pop()()
    }
    if (Number.isFinite(untilMs)) this.nowMs = Math.max(this.nowMs, untilMs)
  }

  #pop(): () => void {
    const [first] = this.#callbacks
    if (first === undefined) throw new Error('nothing is planned')
    this.#count -= 1
    const last = this.#count
    const callback = this.#callbacks.pop()
    const time = this.#times[last] ?? 0
    const order = this.#orders[last] ?? 0
    if (last > 0 && callback !== undefined) this.#siftDown(time, order, callback)
    return first
  }

  #siftUp(from: number, time: number, order: number, callback: () => void): void {
    let hole = from
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      // A later order never goes above an equal time
      if ((this.#times[parent] ?? 0) <= time) break
      this.#move(parent, hole)
      hole = parent
    }
    this.#put(hole, time, order, callback)
  }

  #siftDown(time: number, order: number, callback: () => void): void {
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= this.#count) break
      if (child + 1 < this.#count && this.#isBefore(child + 1, this.#times[child] ?? 0, this.#orders[child] ?? 0)) child += 1
      if (!this.#isBefore(child, time, order)) break
      this.#move(child, hole)
      hole = child
    }
    this.#put(hole, time, order, callback)
  }

  #isBefore(index: number, time: number, order: number): boolean {
    const own = this.#times[index] ?? 0
    return own < time || (own === time && (this.#orders[index] ?? 0) < order)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from] ?? 0, this.#orders[from] ?? 0, this.#callbacks[from] ?? NOTHING)
  }

  #put(index: number, time: number, order: number, callback: () => void): void {
    this.#times[index] = time
    this.#orders[index] = order
    this.#callbacks[index] = callback
  }

  #grow(): void {
    const [times, orders] = [this.#times, this.#orders]
    this.#times = new Float64Array(times.length * 2)
    this.#orders = new Float64Array(times.length * 2)
    this.#times.set(times)
    this.#orders.set(orders)
  }
}

const NOTHING = () => {}
