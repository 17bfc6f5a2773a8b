/**
 * A model as its provider runs it: prompts are read one after the other, in the order in which they came, and answers are written
 * side by side. A prompt waits while all places for answers are taken. What was read before is cached by its beginning.
 */
import type { Clock } from './clock'
import type { Held, Job } from './job'
import { PrefixCache } from './prefix-cache'
import { PromptQueue } from './prompt-queue'
import { EPSILON, Writers } from './writers'

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

export class Server {
  readonly spec: ServerSpec
  readonly #clock: Clock
  readonly #cache: PrefixCache
  readonly #live = new Map<Job, Held>()
  readonly #queue = new PromptQueue()
  #reading: Held | undefined
  #readLeftMs = 0
  readonly #writers: Writers
  #atMs = 0
  #plan = 0
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
    this.#writers = new Writers(spec.msPerToken, spec.slots)
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
    this.#queue.clear()
    this.#reading = undefined
    this.#writers.clear()
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
    const ahead = this.#queue.workMs + this.#readLeftMs
    return stalledMs + (this.spec.baseMs + Math.max(ahead, this.#slotWaitMs()) + readMs) * this.#slowness
  }

  /** The same until its last token, if nobody comes or goes meanwhile. */
  expectedEndMs(blocks: Int32Array, promptTokens: number, outputTokens: number): number {
    const paceMs = this.spec.slots === Number.POSITIVE_INFINITY ? this.spec.msPerToken : this.#writers.paceMs
    return this.expectedFirstTokenMs(blocks, promptTokens) + (outputTokens - 1) * paceMs * this.#slowness
  }

  /** Until as many answers have ended as have to before the next prompt in line can be read, ms at normal speed. */
  #slotWaitMs(): number {
    const needed = this.#live.size + 1 - this.spec.slots
    return needed <= 0 ? 0 : this.#writers.waitMs(needed)
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
    this.#writers.advance(passedMs)
  }

  /** Takes on whoever may begin, and plans the next end. */
  #next(): void {
    if (this.#isDown || this.spec.slots === Number.POSITIVE_INFINITY) return
    const next = this.#reading === undefined && !this.#writers.isFull ? this.#queue.take() : undefined
    if (next !== undefined) {
      this.#reading = next
      const { job } = next
      const cached = this.#cache.cachedTokens(job.blocks, job.promptTokens)
      this.#count(job, cached)
      this.#readLeftMs = (job.promptTokens - cached) * this.spec.msPerPromptToken
    }
    this.#plan += 1
    if (this.#clock.nowMs < this.#stalledUntilMs) return
    const readMs = this.#reading === undefined ? Number.POSITIVE_INFINITY : this.#readLeftMs
    const writeMs = this.#writers.leftMs
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
      this.#writers.begin(reading)
      reading.firstAtMs = this.#clock.nowMs + this.#baseMs(job) * this.#slowness
      this.#clock.at(reading.firstAtMs, () => {
        if (!reading.isOver) job.onFirstToken()
      })
    }
    for (let held = this.#writers.takeEnded(); held !== undefined; held = this.#writers.takeEnded()) {
      const { job } = held
      // It is on its way, and no crash gets it back
      this.#live.delete(job)
      // Not before the first, though the way may have become shorter meanwhile
      const atMs = Math.max(held.firstAtMs, this.#clock.nowMs + this.#baseMs(job) * this.#slowness)
      this.#clock.at(atMs, () => job.onEnd(true))
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
    } else if (held.endsAt !== undefined) this.#writers.leave(held)
    else this.#queue.leave(held)
  }

  #count(job: Job, cached: number): void {
    this.cachedTokens += cached
    job.cachedTokens = cached
    this.readTokens += job.promptTokens
  }
}
