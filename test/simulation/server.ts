/**
 * A model as its provider runs it: prompts are read one after the other, in the order in which they came, and answers are written
 * side by side, the slower the more of them (continuous batching, as in Orca, OSDI 2022, and vLLM). A prompt waits while all places for
 * answers are taken. What was read before is cached by its beginning.
 *
 * All writers progress alike, so that one sum of tokens written per answer (a virtual time) tells who ends next, however often the
 * pace changes.
 */
import type { Clock } from './clock'
import { PrefixCache } from './prefix-cache'

export interface ServerSpec {
  readonly name: string
  /** From the end of reading to the first token at the caller, network included. */
  readonly baseMs: number
  /** Of the logarithm of the base: noise that nobody can foresee. */
  readonly baseSigma: number
  readonly msPerPromptToken: number
  /** Answers at a time; Infinity: a hosted model so large that nothing of this ever queues. */
  readonly slots: number
  /** With one answer; with all slots taken it is twice that. */
  readonly msPerToken: number
  readonly cacheBlocks: number
}

/** One attempt, at the server. */
export interface Job {
  readonly promptTokens: number
  readonly outputTokens: number
  readonly blocks: Int32Array
  /** A standard normal deviate: this job's luck. */
  readonly luck: number
  /** What of its prompt was cached: known once that is read. */
  cachedTokens?: number
  readonly onFirstToken: () => void
  /** The last token has come, or the connection broke. */
  readonly onEnd: (isWhole: boolean) => void
}

interface Held {
  readonly job: Job
  /** Work to read it, ms at normal speed, as estimated when it came. */
  readonly readMs: number
  isOver: boolean
  /** Where the virtual time has to be for it to end; undefined while it has not begun to write. */
  endsAt: number | undefined
  firstAtMs: number
}

/** Rounding of a double at times like these. */
const EPSILON = 1e-6

export class Server {
  readonly spec: ServerSpec
  readonly #clock: Clock
  readonly #cache: PrefixCache
  readonly #live = new Map<Job, Held>()
  #queue: Held[] = []
  #head = 0
  #reading: Held | undefined
  #readLeftMs = 0
  /** By `endsAt`, those that ended early among them. */
  #writers = new Heap()
  #writing = 0
  #written = 0
  #atMs = 0
  #plan = 0
  #queuedMs = 0
  /** Times are multiplied by it. */
  #slowness = 1
  #stalledUntilMs = 0
  #isDown = false
  busyMs = 0
  cachedTokens = 0
  readTokens = 0

  constructor(spec: ServerSpec, clock: Clock) {
    this.spec = spec
    this.#clock = clock
    this.#cache = new PrefixCache(spec.cacheBlocks)
  }

  get isDown(): boolean {
    return this.#isDown
  }

  get inFlight(): number {
    return this.#live.size
  }

  send(job: Job): void {
    if (this.#isDown) throw new Error('nobody listens')
    const cached = this.#cache.cachedTokens(job.blocks, job.promptTokens)
    const held: Held = {
      job,
      readMs: (job.promptTokens - cached) * this.spec.msPerPromptToken,
      isOver: false,
      endsAt: undefined,
      firstAtMs: 0,
    }
    this.#live.set(job, held)
    if (this.spec.slots === Number.POSITIVE_INFINITY) {
      this.#serveAtOnce(held)
      return
    }
    this.#advance()
    this.#queue.push(held)
    this.#queuedMs += held.readMs
    this.#next()
  }

  /** The caller has left. */
  cancel(job: Job): void {
    const held = this.#live.get(job)
    if (held === undefined) return
    this.#advance()
    this.#drop(held)
    this.#next()
  }

  setSlowness(factor: number): void {
    this.#advance()
    this.#slowness = factor
    this.#next()
  }

  /** Nothing moves for so long. */
  stall(ms: number): void {
    this.#advance()
    this.#stalledUntilMs = this.#clock.nowMs + ms
    this.#next()
    this.#clock.after(ms, () => {
      this.#advance()
      this.#next()
    })
  }

  /** All connections break, and the cache is lost. */
  crash(): void {
    this.#advance()
    this.#isDown = true
    this.#plan += 1
    const lost = [...this.#live.keys()]
    for (const held of this.#live.values()) held.isOver = true
    this.#live.clear()
    this.#queue = []
    this.#head = 0
    this.#queuedMs = 0
    this.#reading = undefined
    this.#writers = new Heap()
    this.#writing = 0
    this.#cache.clear()
    for (const job of lost) job.onEnd(false)
  }

  recover(): void {
    this.#advance()
    this.#isDown = false
  }

  /** What whoever knows everything would expect for a job that is sent now, luck apart. */
  expectedFirstTokenMs(blocks: Int32Array, promptTokens: number): number {
    if (this.#isDown) return Number.POSITIVE_INFINITY
    const stalledMs = Math.max(0, this.#stalledUntilMs - this.#clock.nowMs)
    const readMs = (promptTokens - this.#cache.cachedTokens(blocks, promptTokens)) * this.spec.msPerPromptToken
    if (this.spec.slots === Number.POSITIVE_INFINITY) return stalledMs + (this.spec.baseMs + readMs) * this.#slowness
    this.#advance()
    const ahead = this.#queuedMs + this.#readLeftMs
    return stalledMs + (this.spec.baseMs + Math.max(ahead, this.#slotWaitMs()) + readMs) * this.#slowness
  }

  /** The same until its last token, if nobody comes or goes meanwhile. */
  expectedEndMs(blocks: Int32Array, promptTokens: number, outputTokens: number): number {
    const paceMs = this.spec.slots === Number.POSITIVE_INFINITY ? this.spec.msPerToken : this.#paceMs()
    return this.expectedFirstTokenMs(blocks, promptTokens) + (outputTokens - 1) * paceMs * this.#slowness
  }

  /** Until as many answers have ended as have to before the next prompt in line can be read, ms at normal speed. */
  #slotWaitMs(): number {
    const needed = this.#live.size + 1 - this.spec.slots
    if (needed <= 0) return 0
    const ends = this.#writers.values().sort((a, b) => a - b)
    const end = ends[Math.min(needed, ends.length) - 1]
    // With more than the writers to end, some of those that wait now have to end too
    return end === undefined ? 0 : (end - this.#written) * this.#paceMs() * Math.max(1, needed / ends.length)
  }

  #serveAtOnce(held: Held): void {
    const { job } = held
    const cached = this.#cache.cachedTokens(job.blocks, job.promptTokens)
    this.#count(job, cached)
    const firstMs = (this.#baseMs(job) + held.readMs) * this.#slowness
    const first = () => {
      if (held.isOver) return
      if (this.#afterStall(first)) return
      this.#cache.store(job.blocks)
      job.onFirstToken()
    }
    const end = () => {
      if (held.isOver) return
      if (this.#afterStall(end)) return
      this.#drop(held)
      job.onEnd(true)
    }
    this.#clock.after(firstMs, first)
    this.#clock.after(firstMs + (job.outputTokens - 1) * this.spec.msPerToken * this.#slowness, end)
  }

  /** True: it is stalled, and `callback` comes again afterwards. */
  #afterStall(callback: () => void): boolean {
    if (this.#clock.nowMs >= this.#stalledUntilMs) return false
    this.#clock.at(this.#stalledUntilMs, callback)
    return true
  }

  #baseMs(job: Job): number {
    return this.spec.baseMs * Math.exp(this.spec.baseSigma * job.luck)
  }

  /** Per token of each writer, ms at normal speed. */
  #paceMs(): number {
    return this.spec.msPerToken * (1 + this.#writing / this.spec.slots)
  }

  /** Up to now at the pace of the last change. */
  #advance(): void {
    const fromMs = Math.min(Math.max(this.#atMs, this.#stalledUntilMs), this.#clock.nowMs)
    const passedMs = (this.#clock.nowMs - fromMs) / this.#slowness
    this.#atMs = this.#clock.nowMs
    if (this.#isDown || passedMs <= 0) return
    if (this.#reading !== undefined) {
      this.#readLeftMs = Math.max(0, this.#readLeftMs - passedMs)
      this.busyMs += passedMs
    }
    if (this.#writing > 0) this.#written += passedMs / this.#paceMs()
  }

  /** Takes on whoever may begin, and plans the next end. */
  #next(): void {
    if (this.#isDown || this.spec.slots === Number.POSITIVE_INFINITY) return
    while (this.#reading === undefined && this.#writing < this.spec.slots) {
      const held = this.#queue[this.#head]
      if (held === undefined) break
      this.#head += 1
      if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
        this.#queue = this.#queue.slice(this.#head)
        this.#head = 0
      }
      if (held.isOver) continue
      this.#queuedMs -= held.readMs
      this.#reading = held
      const { job } = held
      const cached = this.#cache.cachedTokens(job.blocks, job.promptTokens)
      this.#count(job, cached)
      this.#readLeftMs = (job.promptTokens - cached) * this.spec.msPerPromptToken
    }
    this.#plan += 1
    if (this.#clock.nowMs < this.#stalledUntilMs) return
    const readMs = this.#reading === undefined ? Number.POSITIVE_INFINITY : this.#readLeftMs
    const first = this.#writers.first
    const writeMs = first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first.endsAt - this.#written) * this.#paceMs()
    const dueMs = Math.min(readMs, writeMs)
    if (dueMs === Number.POSITIVE_INFINITY) return
    const plan = this.#plan
    this.#clock.after(dueMs * this.#slowness, () => {
      if (plan !== this.#plan) return
      this.#advance()
      if (readMs <= writeMs) this.#readLeftMs = 0
      this.#step()
    })
  }

  #step(): void {
    const reading = this.#reading
    if (reading !== undefined && this.#readLeftMs <= EPSILON) {
      const { job } = reading
      this.#reading = undefined
      this.#readLeftMs = 0
      this.#cache.store(job.blocks)
      reading.endsAt = this.#written + job.outputTokens - 1
      this.#writing += 1
      this.#writers.push({ endsAt: reading.endsAt, held: reading })
      reading.firstAtMs = this.#clock.nowMs + this.#baseMs(job) * this.#slowness
      this.#clock.at(reading.firstAtMs, () => {
        if (!reading.isOver) job.onFirstToken()
      })
    }
    for (;;) {
      const first = this.#writers.first
      if (first === undefined || (!first.held.isOver && first.endsAt > this.#written + EPSILON)) break
      this.#writers.pop()
      if (first.held.isOver) continue
      const { held } = first
      this.#writing -= 1
      held.endsAt = undefined
      // It is on its way, and no crash gets it back
      this.#live.delete(held.job)
      // Not before the first, though the way may have become shorter meanwhile
      const atMs = Math.max(held.firstAtMs, this.#clock.nowMs + this.#baseMs(held.job) * this.#slowness)
      this.#clock.at(atMs, () => held.job.onEnd(true))
    }
    this.#next()
  }

  #drop(held: Held): void {
    this.#live.delete(held.job)
    held.isOver = true
    if (this.spec.slots === Number.POSITIVE_INFINITY) return
    if (this.#reading === held) {
      this.#reading = undefined
      this.#readLeftMs = 0
    } else if (held.endsAt !== undefined) {
      this.#writing -= 1
      held.endsAt = undefined
    } else {
      this.#queuedMs -= held.readMs
    }
  }

  #count(job: Job, cached: number): void {
    this.cachedTokens += cached
    job.cachedTokens = cached
    this.readTokens += job.promptTokens
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
  values(): number[] {
    return this.#items.flatMap(({ endsAt, held }) => (held.isOver ? [] : [endsAt]))
  }
}
