/**
 * Choosing by load from a view that is always somewhat old. Whoever simply takes the least loaded model of an old view does what
 * everyone else does who shares that view, and the whole fleet runs from one model to the next. So the first is drawn at random
 * in proportion to how the work that arrived since would have filled the models (load interpretation: Dahlin, ICDCS 1999).
 *
 * The draw goes by the average over the view's age, which is right for isolates that refresh their views each at its own time;
 * were all to refresh at one instant, it would overshoot for a moment, though far less than taking the least.
 *
 * A fresh view hides no work, and the draw becomes a plain choice of the least; a very old one hides so much that the levels no
 * longer matter, and it becomes a draw by capacity.
 */
import { weightedChoice, weightedOrder } from '../algorithm/sampling'
import { type Bend, waterFill } from '../algorithm/water-fill'
import type { Model } from '../model'
import { type Affinity, firstByLot } from './affinity'
import type { Candidate, Ranked, Situation } from './strategy'

/** A candidate as a vessel: where it stands with this request on board, and how much a unit of work raises it. */
export interface Level {
  readonly model: Model
  readonly level: number
  readonly slope: number
  /** Where it rises otherwise from some work on. */
  readonly bend?: Bend | undefined
  /** For this conversation: how much lower it really stands for this request alone, its lot, and how it stands to the conversation. */
  readonly affinity?: (Pick<Affinity, 'relation' | 'isExpected' | 'isTold' | 'lot'> & { readonly gain: number }) | undefined
}

/**
 * Requests that others may have started and that `candidates` do not show. Without a view nothing is known of the others: they
 * are taken to have as much under way as this isolate, and one more. An isolate without requests then goes by the weights, and
 * one with many by its own.
 */
export function unseenRequests(candidates: readonly Candidate[], view: Situation['view']): number {
  if (view === undefined) return candidates.reduce((total, { load }) => total + load.inFlight, 0) + 1
  // By Little's law: as many are not yet told of as start within the time that telling takes
  return (view.arrivalsPerSecond * Math.max(0, view.ageMs)) / 1000
}

/**
 * The first is drawn by the shares of `unseenWork` that would flow to each, the second likewise among those that are left, then come the others from the lowest
 * level up, equal ones in random order by weight. Were the second simply the lowest, then all that a broken first leaves would run to one model of an old view
 * together. `spared` come last. Score: the level. `levels` must be in an order that does not depend on the load.
 */
export function rankByLevel(
  levels: readonly Level[],
  unseenWork: number,
  random: () => number,
  spared: ReadonlySet<Model> = NOBODY,
): readonly Ranked[] {
  const ready = levels.filter(({ model }) => !spared.has(model))
  const first = drawn(ready, unseenWork, random)
  const others = ready.filter(level => level !== first)
  const second = drawn(others, unseenWork, random)
  const mixed = weightedOrder(
    levels.map(({ model }) => model.weight),
    random,
  )
  const tier = (level: Level): number => (level === first ? 0 : level === second ? 1 : spared.has(level.model) ? 3 : 2)
  return mixed
    .flatMap(index => levels[index] ?? [])
    .sort((a, b) => tier(a) - tier(b) || compareLevels(a.level, b.level))
    .map(({ model, level, affinity }) => ({
      model,
      score: level,
      ...(affinity !== undefined && { relation: affinity.relation, isExpected: affinity.isExpected }),
    }))
}

const NOBODY: ReadonlySet<Model> = new Set()

/** Undefined only of nobody. */
function drawn(levels: readonly Level[], unseenWork: number, random: () => number): Level | undefined {
  const [only] = levels
  if (levels.length < 2) return only
  const shares = waterFill(
    levels.map(({ level }) => level),
    levels.map(({ slope }) => slope),
    unseenWork,
    levels.map(({ bend }) => bend),
  )
  return levels[homeAmong(levels, shares, unseenWork) ?? byLots(levels, shares) ?? weightedChoice(shares, random) ?? 0]
}

/**
 * Whoever saves this request more by its cache than the queue there costs, held against the surface up to which the unseen work fills the others; undefined:
 * nobody does. Without a view the work is endless and no queue is known; the lots then lead home by themselves.
 */
function homeAmong(levels: readonly Level[], shares: readonly number[], work: number): number | undefined {
  if (!Number.isFinite(work) || levels.every(({ affinity }) => (affinity?.gain ?? 0) === 0)) return undefined
  const surface = Math.max(
    ...levels.map((level, index) =>
      (shares[index] ?? 0) > 0 ? heightOf(level, (shares[index] ?? 0) * work) : Number.NEGATIVE_INFINITY,
    ),
  )
  let home: number | undefined
  let lowest = surface
  for (const [index, { level, affinity }] of levels.entries()) {
    const height = Math.max(level, surface) - (affinity?.gain ?? 0)
    if (!(height < lowest)) continue
    home = index
    lowest = height
  }
  return home
}

function heightOf({ level, slope, bend }: Level, work: number): number {
  return bend === undefined || work <= bend.after
    ? level + slope * work
    : level + slope * bend.after + bend.slope * (work - bend.after)
}

/**
 * In proportion to the shares, but the same for all turns of a conversation while these are. Not where no model tells of a cache: there would be nothing to
 * win, and many requests of one key would all go the same way. One that tells of an empty one may fill it, once turns come to it together.
 */
function byLots(levels: readonly Level[], shares: readonly number[]): number | undefined {
  if (levels.every(({ affinity }) => affinity?.isTold !== true)) return undefined
  const lots = levels.flatMap(({ affinity }) => affinity?.lot ?? [])
  return lots.length === levels.length ? firstByLot(shares, lots) : undefined
}

/** Not by difference: two infinite levels would make it NaN. */
function compareLevels(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
