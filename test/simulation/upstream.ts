/** A model as the router meets it: the server behind its rate limit, with its faults. */
import type { Failure } from '../../src/outcome'
import type { Clock } from './clock'
import type { Job } from './job'
import type { Headroom } from './policy'
import { RateLimit } from './rate-limit'
import { Server, type ServerSpec } from './server'

/** A refusal comes quickly, a failure of the server's own a little later. */
const REFUSED_MS = 20
const REJECTED_MS = 60
const FAILED_MS = 120

const refused: Failure = { kind: 'unreachable', detail: 'connection refused' }
const broken: Failure = { kind: 'overloaded', upstream: { status: 500, message: 'internal error' } }

export class Upstream {
  readonly server: Server
  readonly #clock: Clock
  #limit: RateLimit | undefined
  /** 0..1 */
  errorRate = 0

  constructor(spec: ServerSpec, clock: Clock) {
    this.server = new Server(spec, clock)
    this.#clock = clock
  }

  limitTo(perSecond: number | undefined): void {
    this.#limit = perSecond === undefined ? undefined : new RateLimit(perSecond)
  }

  get headroom(): Headroom | undefined {
    return this.#limit?.headroom(this.#clock.nowMs)
  }

  /** Undefined: it is taken. Otherwise why not, and after how long the caller knows. `chance` is uniform in [0, 1). */
  send(job: Job, chance: number): { readonly failure: Failure; readonly afterMs: number } | undefined {
    if (this.server.isDown) return { failure: refused, afterMs: REFUSED_MS }
    const retryAfterMs = this.#limit?.take(this.#clock.nowMs) ?? 0
    if (retryAfterMs > 0) {
      const upstream = { status: 429, message: 'rate limit reached' }
      return { failure: { kind: 'rate-limited', upstream, retryAfterMs }, afterMs: REJECTED_MS }
    }
    if (chance < this.errorRate) return { failure: broken, afterMs: FAILED_MS }
    this.server.send(job)
    return undefined
  }

  /** Infinity where it would be refused. */
  expectedEndMs(blocks: Int32Array, promptTokens: number, outputTokens: number): number {
    if (this.#limit?.wouldLet(this.#clock.nowMs) === false) return Number.POSITIVE_INFINITY
    return this.server.expectedEndMs(blocks, promptTokens, outputTokens)
  }

  expectedFirstTokenMs(blocks: Int32Array, promptTokens: number): number {
    if (this.#limit?.wouldLet(this.#clock.nowMs) === false) return Number.POSITIVE_INFINITY
    return this.server.expectedFirstTokenMs(blocks, promptTokens) / Math.max(1e-3, 1 - this.errorRate)
  }
}
