/**
 * An isolate of the router as the load tracker sees it: the router's own memory and schedule, and made-up traffic. What happened since the last look is made up
 * when it is looked at, so that a thousand isolates cost little.
 */
import { type Lease, LocalLoad } from '../../src/state/local-load'
import { KnownRows } from '../../src/state/rows'
import { SyncSchedule } from '../../src/state/sync-schedule'

/** Models that one isolate has leases with, of as many as there may be. */
const MODELS_HELD = 8
const REQUESTS_PER_SECOND = 2
const FIRST_TOKEN_MS = 400
/** So that eight leases are alive at a time. */
const ANSWER_MS = 3_600
export const PROMPT_TOKENS = 800

interface Live {
  readonly lease: Lease
  readonly firstAtMs: number
  readonly endsAtMs: number
  hasBegun: boolean
}

export class SimulatedIsolate {
  readonly load: LocalLoad
  readonly schedule: SyncSchedule
  readonly rows = new KnownRows()
  readonly index: number
  readonly #models: number
  readonly #random: () => number
  #live: Live[] = []
  #lookedAtMs: number

  constructor(index: number, models: number, random: () => number, nowMs: number) {
    // As long as the ones that the runtime makes
    this.load = new LocalLoad(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`)
    this.schedule = new SyncSchedule(random)
    this.index = index
    this.#models = models
    this.#random = random
    this.#lookedAtMs = nowMs
  }

  /** Whatever its requests did until now. */
  live(nowMs: number): void {
    const starts = poisson(((nowMs - this.#lookedAtMs) / 1_000) * REQUESTS_PER_SECOND, this.#random)
    for (let i = 0; i < starts; i++) this.#start(nowMs - (nowMs - this.#lookedAtMs) * this.#random())
    this.#lookedAtMs = nowMs
    for (const live of this.#live) {
      live.lease.renew(nowMs)
      if (!live.hasBegun && live.firstAtMs <= nowMs) {
        live.hasBegun = true
        live.lease.firstToken(live.firstAtMs)
      }
      if (live.endsAtMs <= nowMs) live.lease.settle({ verdict: 'succeeded', perTokenMs: 10 + 10 * this.#random() }, live.endsAtMs)
    }
    this.#live = this.#live.filter(({ endsAtMs }) => endsAtMs > nowMs)
  }

  #start(atMs: number): void {
    const random = this.#random
    const model = modelName((this.index * MODELS_HELD + Math.floor(random() * MODELS_HELD)) % this.#models)
    this.send(model, Math.round(2 * PROMPT_TOKENS * random()), atMs)
  }

  /** A request of so many prompt tokens, which is answered in the usual time. */
  send(model: string, promptTokens: number, atMs: number): void {
    const random = this.#random
    const lease = this.load.take(model, promptTokens, atMs, [], true)
    const firstAtMs = atMs + FIRST_TOKEN_MS * (0.5 + random())
    this.#live.push({ lease, firstAtMs, endsAtMs: firstAtMs + ANSWER_MS * 2 * random(), hasBegun: false })
    // What the answer's headers say
    lease.headroom({ share: Math.round(random() * 1_000) / 1_000, forMs: 20_000 }, atMs)
  }
}

export const modelName = (index: number): string => `provider/model-${String(index).padStart(3, '0')}`

/** Knuth's, for small means; large ones are split until they are. */
export function poisson(mean: number, random: () => number): number {
  if (mean > 20) return poisson(mean / 2, random) + poisson(mean / 2, random)
  const limit = Math.exp(-mean)
  let count = -1
  for (let product = 1; product > limit; count += 1) product *= random()
  return count
}
