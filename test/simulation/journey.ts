/** A request's way through the simulation: attempt after attempt until it is answered, given up, or gone with its isolate. */
import type { Failure } from '../../src/outcome'
import { consequenceOf } from '../../src/router/consequence'
import type { Clock } from './clock'
import type { Job } from './job'
import type { Measures } from './measures'
import { type Ask, MAX_ATTEMPTS, type Policy, type Sent } from './policy'
import type { Trace } from './trace'
import type { Upstream } from './upstream'

/** What all requests of a run share. */
export interface World {
  readonly trace: Trace
  readonly clock: Clock
  readonly policy: Policy
  readonly measures: Measures
  readonly upstreams: readonly Upstream[]
  /** Of each upstream, per output token. */
  readonly prices: readonly number[]
  /** Of each request: a standard normal deviate for the server, and one uniform in [0, 1) for its faults. */
  readonly lucks: Float64Array
  readonly chances: Float64Array
  /** Undefined: requests bring none. */
  readonly deadlines: Float64Array | undefined
  /** Isolates that took their requests with them. */
  readonly killed: Set<number>
}

const NO_BLOCKS = new Int32Array(0)

export class Journey implements Ask {
  readonly id: number
  readonly isolate: number
  readonly promptTokens: number
  readonly session: number
  readonly turn: number
  readonly blocks: Int32Array
  readonly outputTokens: number
  readonly deadlineMs: number | undefined
  readonly tried: number[] = []
  readonly arrivedMs: number
  readonly #world: World
  readonly #life: number
  /** Nobody hears of it any more. */
  isLost = false

  /** `life`: which of the isolates it is, of all there ever were. */
  constructor(world: World, id: number, isolate: number, life: number) {
    const { trace, deadlines, clock } = world
    this.id = id
    this.isolate = isolate
    this.promptTokens = trace.input[id] ?? 1
    this.session = trace.session[id] ?? -1
    this.turn = trace.turn[id] ?? 1
    this.blocks = trace.blocks[id] ?? NO_BLOCKS
    this.outputTokens = trace.output[id] ?? 1
    this.deadlineMs = deadlines?.[id]
    this.arrivedMs = clock.nowMs
    this.#world = world
    this.#life = life
  }

  begin(): void {
    this.#world.measures.arrive(this.id)
    this.#world.policy.inform(this, () => this.#attempt())
  }

  get isolateIsKilled(): boolean {
    return this.#world.killed.has(this.#life)
  }

  fail(): void {
    this.#world.measures.fail(this.id, this.#world.clock.nowMs - this.arrivedMs)
  }

  /** `hasBegun`: content has gone out, and nobody else can take over. */
  goOn(failure: Failure, hasBegun: boolean): void {
    if (hasBegun || consequenceOf(failure).moves === 'stop') this.fail()
    else this.#attempt()
  }

  #attempt(): void {
    const { measures, clock } = this.#world
    const isLate = this.deadlineMs !== undefined && clock.nowMs - this.arrivedMs >= this.deadlineMs
    // Whoever was to ask somebody else is gone
    if (this.isolateIsKilled) measures.lose(this.id)
    else if (isLate) this.fail()
    else this.#send()
  }

  #send(): void {
    const { policy, upstreams } = this.#world
    const model = this.tried.length < MAX_ATTEMPTS ? policy.choose(this) : undefined
    const upstream = model === undefined ? undefined : upstreams[model]
    if (model === undefined || upstream === undefined) {
      this.fail()
      return
    }
    const sent = policy.send(this, model)
    this.tried.push(model)
    new Attempt(this, this.#world, model, upstream, sent).send()
  }
}

class Attempt implements Job {
  readonly promptTokens: number
  readonly outputTokens: number
  readonly blocks: Int32Array
  readonly luck: number
  cachedTokens = 0
  readonly #journey: Journey
  readonly #world: World
  readonly #model: number
  readonly #upstream: Upstream
  readonly #sent: Sent
  readonly #sentMs: number
  #firstMs: number | undefined
  #isOver = false

  constructor(journey: Journey, world: World, model: number, upstream: Upstream, sent: Sent) {
    this.promptTokens = journey.promptTokens
    this.outputTokens = journey.outputTokens
    this.blocks = journey.blocks
    this.luck = world.lucks[journey.id] ?? 0
    this.#journey = journey
    this.#world = world
    this.#model = model
    this.#upstream = upstream
    this.#sent = sent
    this.#sentMs = world.clock.nowMs
  }

  send(): void {
    const { clock, measures, prices, chances } = this.#world
    const { id, deadlineMs, arrivedMs } = this.#journey
    if (deadlineMs !== undefined) clock.at(arrivedMs + deadlineMs, () => this.#passDeadline(deadlineMs))
    measures.pay(prices[this.#model] ?? 0, this)
    const refused = this.#upstream.send(this, chances[id] ?? 1)
    if (refused === undefined) this.#limit(0)
    else
      clock.after(refused.afterMs, () => {
        if (this.#dies()) return
        this.#sent.headers(this.#upstream.headroom)
        this.#giveUp(refused.failure)
      })
  }

  onFirstToken(): void {
    if (this.#isOver) return
    const { clock, measures } = this.#world
    this.#firstMs = clock.nowMs
    if (this.#dies()) return
    this.#sent.headers(this.#upstream.headroom)
    this.#sent.firstToken()
    measures.firstToken(this.#journey.id, this.#model, this.#firstMs - this.#journey.arrivedMs)
  }

  onEnd(isWhole: boolean): void {
    if (this.#isOver) return
    if (!isWhole) {
      this.#giveUp({ kind: 'cut', detail: 'the connection was lost' })
      return
    }
    this.#isOver = true
    if (this.#firstMs === undefined) throw new Error('an answer ended before it began')
    if (this.#dies()) return
    const { clock, measures } = this.#world
    const { cachedTokens, outputTokens } = this
    this.#sent.end({ ok: true, cachedTokens, outputTokens, writingMs: clock.nowMs - this.#firstMs })
    measures.finish(this.#journey.id)
  }

  #passDeadline(deadlineMs: number): void {
    if (this.#isOver) return
    this.#upstream.server.cancel(this)
    if (this.#dies()) return
    this.#giveUp({ kind: 'timeout', limit: 'deadline', afterMs: deadlineMs })
  }

  /** As `limit` of `router/stopper.ts`. */
  #limit(fromMs: number): void {
    const { limitMs, patience } = this.#sent
    const untilMs = Math.min(limitMs, fromMs + (patience?.everyMs ?? limitMs))
    if (!Number.isFinite(untilMs)) return
    this.#world.clock.after(untilMs - fromMs, () => {
      if (this.#isOver || this.#firstMs !== undefined) return
      if (untilMs < limitMs && this.#isPatient(untilMs)) {
        this.#limit(untilMs)
        return
      }
      this.#upstream.server.cancel(this)
      if (!this.#dies()) this.#giveUp({ kind: 'timeout', limit: 'first-token', afterMs: this.#world.clock.nowMs - this.#sentMs })
    })
  }

  /** An isolate that has gone looks at nothing. */
  #isPatient(waitedMs: number): boolean {
    return this.#journey.isolateIsKilled || this.#sent.patience?.isOver(waitedMs) !== true
  }

  #giveUp(failure: Failure): void {
    this.#isOver = true
    if (this.#journey.isLost) return
    this.#sent.end({ ok: false, failure })
    this.#world.measures.failAttempt(failure)
    this.#journey.goOn(failure, this.#firstMs !== undefined)
  }

  /** Its isolate has gone, and nobody hears of it any more. */
  #dies(): boolean {
    const journey = this.#journey
    if (journey.isLost || !journey.isolateIsKilled) return journey.isLost
    journey.isLost = true
    this.#isOver = true
    this.#upstream.server.cancel(this)
    this.#sent.lose()
    this.#world.measures.lose(journey.id)
    return true
  }
}
