/**
 * Virtual time: what is due next happens next, and the clock jumps there. A heap over typed arrays, so that millions of events cost no garbage but their
 * callbacks; these stay where they are, and the heap moves only their places. It has four children a node, which is half as deep as two and asks for no more
 * memory at a time. Events of one instant happen in the order in which they were planned, which makes a run repeatable.
 */

const CHILDREN_LOG2 = 2
const CHILDREN = 1 << CHILDREN_LOG2

/** Of each event its time, which it is in the order of planning, and where its callback is. */
type Heap = readonly [times: Float64Array, orders: Float64Array, places: Int32Array]

export class Clock {
  nowMs = 0
  #count = 0
  #planned = 0
  #heap = heapOf(1024)
  readonly #callbacks: (() => void)[] = []
  /** Where a callback was and none is now. */
  readonly #free: number[] = []

  /** An event of the past happens now. */
  at(timeMs: number, callback: () => void): void {
    if (Number.isNaN(timeMs)) throw new RangeError('an event at no time')
    if (this.#count === this.#heap[0].length) this.#grow()
    this.#planned += 1
    const place = this.#free.pop() ?? this.#callbacks.length
    this.#callbacks[place] = callback
    this.#siftUp(Math.max(timeMs, this.nowMs), this.#planned, place)
    this.#count += 1
  }

  after(ms: number, callback: () => void): void {
    this.at(this.nowMs + ms, callback)
  }

  /** Undefined: nothing is planned. */
  get nextMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#heap[0][0]
  }

  /** Until nothing is due up to `untilMs`, which is then the time. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    while (this.#count > 0) {
      const nextMs = this.#heap[0][0] ?? 0
      if (nextMs > untilMs) break
      this.nowMs = nextMs
      this.#pop()()
    }
    if (Number.isFinite(untilMs)) this.nowMs = Math.max(this.nowMs, untilMs)
  }

  #pop(): () => void {
    const place = this.#heap[2][0] ?? 0
    const callback = this.#callbacks[place] ?? NOTHING
    this.#callbacks[place] = NOTHING
    this.#free.push(place)
    this.#count -= 1
    if (this.#count > 0) this.#siftDown()
    return callback
  }

  #siftUp(time: number, order: number, place: number): void {
    const [times, orders, places] = this.#heap
    let hole = this.#count
    while (hole > 0) {
      const parent = (hole - 1) >> CHILDREN_LOG2
      const above = times[parent] ?? 0
      // A later order never goes above an equal time
      if (above <= time) break
      times[hole] = above
      orders[hole] = orders[parent] ?? 0
      places[hole] = places[parent] ?? 0
      hole = parent
    }
    times[hole] = time
    orders[hole] = order
    places[hole] = place
  }

  /** The last one goes where the first was. */
  #siftDown(): void {
    const [times, orders, places] = this.#heap
    const count = this.#count
    const time = times[count] ?? 0
    const order = orders[count] ?? 0
    let hole = 0
    for (;;) {
      const first = (hole << CHILDREN_LOG2) + 1
      if (first >= count) break
      const end = Math.min(first + CHILDREN, count)
      let child = first
      let least = times[first] ?? 0
      for (let other = first + 1; other < end; other++) {
        const its = times[other] ?? 0
        if (its > least || (its === least && (orders[other] ?? 0) > (orders[child] ?? 0))) continue
        child = other
        least = its
      }
      if (least > time || (least === time && (orders[child] ?? 0) > order)) break
      times[hole] = least
      orders[hole] = orders[child] ?? 0
      places[hole] = places[child] ?? 0
      hole = child
    }
    times[hole] = time
    orders[hole] = order
    places[hole] = places[count] ?? 0
  }

  #grow(): void {
    const [times, orders, places] = this.#heap
    this.#heap = heapOf(times.length * 2)
    this.#heap[0].set(times)
    this.#heap[1].set(orders)
    this.#heap[2].set(places)
  }
}

const heapOf = (size: number): Heap => [new Float64Array(size), new Float64Array(size), new Int32Array(size)]

const NOTHING = () => {}
