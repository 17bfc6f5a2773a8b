/**
 * What all isolates have on each model together, kept up to date, since a snapshot would otherwise cost a walk over a thousand of them. An isolate's counts are
 * added as it reports them and taken away, as they were, before its next: the sums are whole numbers but for the times, and nothing can drift.
 */
import type { Counts, Waiting } from './report'

export interface Tallied {
  readonly inFlight: number
  readonly waitingTokens: number
  readonly waiting: Waiting
}

type Leases = Counts['leases'][string]

const NONE: Leases = [0, 0]
const NO_WAITING: Waiting = [0, 0, 0]

export class Tally {
  readonly #leases = new Map<string, Leases>()
  readonly #waiting = new Map<string, Waiting>()

  add(counts: Counts): void {
    this.#count(counts, 1)
  }

  remove(counts: Counts): void {
    this.#count(counts, -1)
  }

  /** `but`: without this isolate's own. */
  of(model: string, but?: Counts | undefined): Tallied {
    const [inFlight, waitingTokens] = this.#leases.get(model) ?? NONE
    const [ownInFlight, ownTokens] = but?.leases[model] ?? NONE
    const [requests, overdue, timesExpected] = this.#waiting.get(model) ?? NO_WAITING
    const [ownRequests, ownOverdue, ownTimes] = but?.waiting?.[model] ?? NO_WAITING
    return {
      inFlight: inFlight - ownInFlight,
      waitingTokens: waitingTokens - ownTokens,
      waiting: [requests - ownRequests, overdue - ownOverdue, timesExpected - ownTimes],
    }
  }

  has(model: string): boolean {
    return this.#leases.has(model)
  }

  /** Those that somebody has a request with. */
  models(): Iterable<string> {
    return this.#leases.keys()
  }

  #count({ leases, waiting = {} }: Counts, sign: 1 | -1): void {
    for (const [model, [inFlight, waitingTokens]] of Object.entries(leases)) {
      const before = this.#leases.get(model) ?? NONE
      const after: Leases = [before[0] + sign * inFlight, before[1] + sign * waitingTokens]
      if (after[0] === 0) this.#leases.delete(model)
      else this.#leases.set(model, after)
    }
    for (const [model, [requests, overdue, timesExpected]] of Object.entries(waiting)) {
      const before = this.#waiting.get(model) ?? NO_WAITING
      const after: Waiting = [before[0] + sign * requests, before[1] + sign * overdue, before[2] + sign * timesExpected]
      if (after[0] === 0) this.#waiting.delete(model)
      else this.#waiting.set(model, after)
    }
  }
}
