/**
 * A tracker's answer whose figures of the models are worked out only when somebody looks, and then as of when it was given. Where isolates report more often than
 * they decide, most answers are overtaken by the next one first.
 */
import { type KnownModel, modelsFor } from './known-model'
import type { Placements } from './placements'
import type { Counts, Snapshot } from './report'

export class LazySnapshot implements Snapshot {
  readonly batch: number
  readonly intervalMs: number
  readonly askShare: number | undefined
  readonly lagMs: number | undefined
  readonly isolates: number
  readonly arrivalsPerSecond: number
  readonly burstFactor: number | undefined
  readonly meanPromptTokens: number
  readonly placed: Placements | undefined
  readonly #known: readonly KnownModel[]
  readonly #own: Counts | undefined
  readonly #atMs: number
  #models: Snapshot['models'] | undefined

  /** `own`: whose counts are left out. */
  constructor(head: Omit<Snapshot, 'models'>, known: readonly KnownModel[], own: Counts | undefined, nowMs: number) {
    this.batch = head.batch
    this.intervalMs = head.intervalMs
    this.askShare = head.askShare
    this.lagMs = head.lagMs
    this.isolates = head.isolates
    this.arrivalsPerSecond = head.arrivalsPerSecond
    this.burstFactor = head.burstFactor
    this.meanPromptTokens = head.meanPromptTokens
    this.placed = head.placed
    this.#known = known
    this.#own = own
    this.#atMs = nowMs
  }

  get models(): Snapshot['models'] {
    this.#models ??= modelsFor(this.#known, this.#own, this.#atMs)
    return this.#models
  }
}
