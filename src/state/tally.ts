/**
 * What all isolates have on each model together, kept up to date, since a snapshot would otherwise cost a walk over a thousand of them. An isolate's counts are
 * added as it reports them and taken away, as they were, before its next: the sums are whole numbers but for the times, and nothing can drift.
 *
 * Every report comes through here, so that rows are read by index and not taken apart by an iterator, which costs several times as much.
 */
import { entryOf } from '../algorithm/entry'
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
    const leases = this.#leases.get(model) ?? NONE
    const all = { inFlight: leases[0], waitingTokens: leases[1], waiting: this.#waiting.get(model) ?? NO_WAITING }
    return but === undefined ? all : less(all, model, but)
  }

  has(model: string): boolean {
    return this.#leases.has(model)
  }

  /** Those that somebody has a request with. */
  models(): Iterable<string> {
    return this.#leases.keys()
  }

  #count({ leases, waiting = {} }: Counts, sign: 1 | -1): void {
    for (const model in leases) {
      const own = leases[model] ?? NONE
      const before = this.#leases.get(model) ?? NONE
      const after: Leases = [before[0] + sign * own[0], before[1] + sign * own[1]]
      if (after[0] === 0) this.#leases.delete(model)
      else this.#leases.set(model, after)
    }
    for (const model in waiting) {
      const own = waiting[model] ?? NO_WAITING
      const before = this.#waiting.get(model) ?? NO_WAITING
      const after: Waiting = [before[0] + sign * own[0], before[1] + sign * own[1], before[2] + sign * own[2]]
      if (after[0] === 0) this.#waiting.delete(model)
      else this.#waiting.set(model, after)
    }
  }
}

/** What remains of a model's sums without one isolate's own. */
export function less({ inFlight, waitingTokens, waiting }: Tallied, model: string, own: Counts): Tallied {
  const leases = entryOf(own.leases, model) ?? NONE
  const waits = entryOf(own.waiting ?? {}, model) ?? NO_WAITING
  return {
    inFlight: inFlight - leases[0],
    waitingTokens: waitingTokens - leases[1],
    waiting: [waiting[0] - waits[0], waiting[1] - waits[1], waiting[2] - waits[2]],
  }
}

/** Nothing has begun or ended between the two. An isolate that has nothing else to tell may tell the very same. False where somebody waits for too long, as that grows. */
export function isSame(before: Counts, after: Counts): boolean {
  if (isLate(after)) return false
  return isSameRows(before.leases, after.leases) && isSameRows(before.waiting ?? {}, after.waiting ?? {})
}

function isSameRows(a: Readonly<Record<string, readonly number[]>>, b: Readonly<Record<string, readonly number[]>>): boolean {
  if (a === b) return true
  let rows = 0
  for (const model in a) {
    const [own, other] = [a[model], b[model]]
    if (own === undefined || other === undefined || own.some((figure, at) => figure !== other[at])) return false
    rows += 1
  }
  for (const _ in b) rows -= 1
  return rows === 0
}

function isLate({ waiting = {} }: Counts): boolean {
  for (const model in waiting) if ((waiting[model]?.[1] ?? 0) > 0) return true
  return false
}
