/**
 * The fleet's requests in flight by model, exact or as an isolate last heard of them: the others' as of its last refresh, its own as
 * they are.
 */
import type { Setting } from '../simulation'

/** Where the scenario leaves it to the tracker: what that asks of so many isolates. */
const MIN_INTERVAL_MS = 100
const SYNCS_PER_SECOND = 400

export class SharedCounts {
  readonly #models: number
  readonly #all: Int32Array
  readonly #own: Int32Array
  /** What the others had at the last refresh. */
  readonly #others: Int32Array
  readonly #isExact: boolean

  constructor({ clock, scenario, random, runMs }: Setting, { exact = false } = {}) {
    this.#models = scenario.fleet.models.length
    this.#all = new Int32Array(this.#models)
    this.#own = new Int32Array(scenario.isolates * this.#models)
    this.#others = new Int32Array(scenario.isolates * this.#models)
    this.#isExact = exact || scenario.staleness === 'fresh'
    if (this.#isExact) return
    const ownIntervalMs = Math.max(MIN_INTERVAL_MS, (scenario.isolates * 1000) / SYNCS_PER_SECOND)
    const everyMs = typeof scenario.staleness === 'number' ? Math.max(MIN_INTERVAL_MS, scenario.staleness) : ownIntervalMs
    for (let isolate = 0; isolate < scenario.isolates; isolate++) {
      const refresh = () => {
        this.#refresh(isolate)
        if (clock.nowMs < runMs) clock.after(everyMs, refresh)
      }
      clock.after(random() * everyMs, refresh)
    }
  }

  add(isolate: number, model: number, change: 1 | -1): void {
    this.#all[model] = (this.#all[model] ?? 0) + change
    const at = isolate * this.#models + model
    this.#own[at] = (this.#own[at] ?? 0) + change
  }

  inFlight(isolate: number, model: number): number {
    if (this.#isExact) return this.#all[model] ?? 0
    const at = isolate * this.#models + model
    return (this.#others[at] ?? 0) + (this.#own[at] ?? 0)
  }

  /** This isolate's alone. */
  own(isolate: number, model: number): number {
    return this.#own[isolate * this.#models + model] ?? 0
  }

  #refresh(isolate: number): void {
    for (let model = 0; model < this.#models; model++) {
      const at = isolate * this.#models + model
      this.#others[at] = (this.#all[model] ?? 0) - (this.#own[at] ?? 0)
    }
  }
}
