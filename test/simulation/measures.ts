/** What became of every request, counted once each, and the figures made of it. */
import type { Failure } from '../../src/outcome'
import type { Job } from './job'
import type { Account } from './policy'
import type { Trace } from './trace'
import type { Upstream } from './upstream'

const ARRIVED = 1
const STARTED = 2
const FINISHED = 3
const FAILED = 4
const LOST = 5

/** Left out of the figures: nobody knows anything yet. */
const WARM_UP = 0.05
/** Whoever got nothing has waited at least so long. */
const FAILED_MS = 20_000
/** The first token is in time within so many times what an idle model needs, or at least within this. */
const SLO_TIMES = 5
const SLO_MS = 2_000

export interface Figures {
  readonly policy: string
  readonly requests: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly meanMs: number
  /** Shares of the requests. */
  readonly errors: number
  readonly goodput: number
  /** Share of the prompt tokens. */
  readonly cached: number
  /** The same, of those tokens that one endless cache would hold. */
  readonly hits: number
  /** The busiest model's work over the mean, each in proportion to its speed. */
  readonly imbalance: number
  readonly syncsPerSecond: number
  /** Attempts answered 429, per 100 requests. */
  readonly rejected: number
  readonly attempts: number
  /** Per request, in units of `deadlines.ts`. */
  readonly price: number
}

export class Measures {
  readonly policy: string
  readonly #trace: Trace
  readonly #upstreams: readonly Upstream[]
  readonly #states: Uint8Array
  readonly #firstMs: Float64Array
  #rejected = 0
  #failedAttempts = 0
  #paid = 0
  #account: Account = { syncs: 0, leases: 0 }
  #endMs = 0

  constructor(policy: string, trace: Trace, upstreams: readonly Upstream[]) {
    this.policy = policy
    this.#trace = trace
    this.#upstreams = upstreams
    this.#states = new Uint8Array(trace.length)
    this.#firstMs = new Float64Array(trace.length).fill(Number.NaN)
  }

  arrive(id: number): void {
    this.#move(id, 0, ARRIVED)
  }

  /** `model` is whoever answers. */
  firstToken(id: number, _model: number, ms: number): void {
    this.#move(id, ARRIVED, STARTED)
    this.#firstMs[id] = ms
  }

  finish(id: number): void {
    this.#move(id, STARTED, FINISHED)
  }

  fail(id: number, afterMs: number): void {
    if (this.#states[id] === ARRIVED) this.#firstMs[id] = Math.max(FAILED_MS, afterMs)
    this.#move(id, ARRIVED, FAILED, STARTED)
  }

  /** With its isolate: no router could have helped it. */
  lose(id: number): void {
    this.#move(id, ARRIVED, LOST, STARTED)
  }

  failAttempt({ kind }: Failure): void {
    this.#failedAttempts += 1
    if (kind === 'rate-limited') this.#rejected += 1
  }

  /** `price`: per output token; a prompt token costs an eighth of that, about as everywhere. */
  pay(price: number, { promptTokens, outputTokens }: Pick<Job, 'promptTokens' | 'outputTokens'>): void {
    this.#paid += price * (promptTokens / 8 + outputTokens)
  }

  close(account: Account, endMs: number): void {
    this.#account = account
    this.#endMs = endMs
    const open = this.#states.findIndex(state => state < FINISHED)
    if (open >= 0) throw new Error(`request ${open} never ended under ${this.policy}`)
    if (account.leases > 0) throw new Error(`${account.leases} leases are left over under ${this.policy}`)
  }

  count(which: 'finished' | 'failed' | 'lost'): number {
    const wanted = which === 'finished' ? FINISHED : which === 'failed' ? FAILED : LOST
    return this.#states.reduce((count, state) => count + Number(state === wanted), 0)
  }

  figures(): Figures {
    const from = Math.floor(this.#trace.length * WARM_UP)
    const times: number[] = []
    let good = 0
    let failed = 0
    for (let id = from; id < this.#trace.length; id++) {
      const state = this.#states[id]
      if (state === LOST) continue
      const ms = this.#firstMs[id] ?? Number.NaN
      times.push(ms)
      if (state === FAILED) failed += 1
      else if (ms <= this.#sloMs(id)) good += 1
    }
    const sorted = Float64Array.from(times).sort()
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
    const servers = this.#upstreams.map(({ server }) => server)
    const busy = servers.map(({ busyMs }) => busyMs)
    const read = servers.reduce((sum, { readTokens }) => sum + readTokens, 0)
    const cached = servers.reduce((sum, { cachedTokens }) => sum + cachedTokens, 0)
    return {
      policy: this.policy,
      requests: times.length,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      meanMs: times.reduce((sum, ms) => sum + ms, 0) / Math.max(1, times.length),
      errors: failed / Math.max(1, times.length),
      goodput: good / Math.max(1, times.length),
      cached: cached / Math.max(1, read),
      hits: cached / Math.max(1, this.#trace.repeated * read),
      imbalance: Math.max(...busy) / Math.max(1e-9, busy.reduce((sum, each) => sum + each, 0) / busy.length),
      syncsPerSecond: (this.#account.syncs * 1000) / Math.max(1, this.#endMs),
      rejected: (100 * this.#rejected) / this.#trace.length,
      price: this.#paid / this.#trace.length,
      attempts: 1 + this.#failedAttempts / this.#trace.length,
    }
  }

  #sloMs(id: number): number {
    const tokens = this.#trace.input[id] ?? 0
    let idleMs = 0
    for (const { server } of this.#upstreams) idleMs += server.spec.baseMs + server.spec.msPerPromptToken * tokens
    return Math.max(SLO_MS, (SLO_TIMES * idleMs) / this.#upstreams.length)
  }

  #move(id: number, from: number, to: number, orFrom = from): void {
    const state = this.#states[id] ?? 0
    if (state !== from && state !== orFrom) throw new Error(`request ${id} went from ${state} to ${to} under ${this.policy}`)
    this.#states[id] = to
  }
}
