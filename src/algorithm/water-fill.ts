/**
 * How much of some work each of several vessels takes when all of it flows to wherever the level is lowest, until it stands
 * level.
 *
 * This is what turns an old view of loads into a choice (after Dahlin, "Interpreting stale load information", ICDCS 1999): if
 * everyone who shares the view chooses at random in proportion to these shares, the work that arrives during the view's age fills
 * the vessels evenly. With no work it is the lowest vessel alone, with unlimited work every vessel in proportion to how slowly it
 * rises, and there is nothing to tune in between.
 */

/** By height, and at one height in the order given. */
interface Placed {
  readonly index: number
  /** Height above the lowest. */
  readonly depth: number
}

interface Vessel extends Placed {
  /** 0 or above FLAT. */
  readonly slope: number
  /** Never with slope 0. */
  readonly bend: Bend | undefined
}

/** From so much work on the vessel rises by another slope. */
export interface Bend {
  readonly after: number
  readonly slope: number
}

interface Portion {
  readonly index: number
  readonly amount: number
}

/** A slope up to this counts as 0: its inverse would come near the end of a double's range. */
const FLAT = 1e-100

/**
 * Shares of the work, each 0..1, summing up to 1. `levels` are where the vessels stand, `slopes` (>= 0) how much each rises per
 * unit of work. A vessel with slope 0 never rises: it takes all that is left once the water has reached it, evenly with others
 * like it at its level. One whose level or slope is not finite takes nothing, unless none is finite; then all take the same.
 * `work` may be infinite; 0 asks where the first drop goes. `bends`, for vessels that do rise, are where they become narrower or
 * wider: at once with 0; anything negative or not finite is none.
 */
export function waterFill(
  levels: readonly number[],
  slopes: readonly number[],
  work: number,
  bends: readonly (Bend | undefined)[] = [],
): readonly number[] {
  let lowest = Number.POSITIVE_INFINITY
  for (let index = 0; index < levels.length; index++)
    if (isKnown(levels[index], slopes[index])) lowest = Math.min(lowest, levels[index] ?? 0)
  if (lowest === Number.POSITIVE_INFINITY) return levels.map(() => 1 / levels.length)

  const vessels: Vessel[] = []
  for (let index = 0; index < levels.length; index++) {
    if (!isKnown(levels[index], slopes[index])) continue
    const slope = slopes[index] ?? 0
    const bend = slope > FLAT ? usable(bends[index]) : undefined
    const depth = (levels[index] ?? 0) - lowest
    if (bend?.after === 0) insert(vessels, { index, depth, slope: bend.slope, bend: undefined })
    else insert(vessels, { index, depth, slope: slope > FLAT ? slope : 0, bend })
  }
  const poured = work === Number.POSITIVE_INFINITY ? pour(vessels.map(afterBend), 1) : work > 0 ? fill(vessels, work) : []
  const firstDrop = () =>
    pour(
      vessels.filter(({ depth }) => depth === 0),
      1,
    )
  // An amount too small or too large for a double is as good as none
  const portions = isMeasurable(sum(poured)) ? poured : firstDrop()

  const shares = levels.map(() => 0)
  const total = sum(portions)
  for (const { index, amount } of portions) shares[index] = amount / total
  return shares
}

const isKnown = (level: number | undefined, slope = 0): boolean => Number.isFinite(level) && Number.isFinite(slope)

/** Each goes to its place as it comes: there are few of them, and a sort costs more. */
function insert<T extends Placed>(sorted: T[], item: T): void {
  let at = sorted.length
  for (; at > 0; at--) {
    const before = sorted[at - 1]
    if (before === undefined || before.depth < item.depth) break
    if (before.depth === item.depth && before.index <= item.index) break
    sorted[at] = before
  }
  sorted[at] = item
}

function usable(bend: Bend | undefined): Bend | undefined {
  return bend !== undefined && bend.slope > FLAT && Number.isFinite(bend.slope) && bend.after >= 0 && Number.isFinite(bend.after)
    ? bend
    : undefined
}

const afterBend = (vessel: Vessel): Vessel => ({ ...vessel, slope: vessel.bend?.slope ?? vessel.slope })

/** Where something changes as the surface rises: a vessel begins to take work, or takes it faster or more slowly from here on. */
interface Step extends Placed {
  readonly vessel: Vessel
  /** Work per unit of height, before and after. */
  readonly from: number
  readonly to: number
}

/** Fills up to the surface under which the vessels hold `work`. `vessels` come in ascending order. */
function fill(vessels: readonly Vessel[], work: number): readonly Portion[] {
  const steps: Step[] = []
  for (const vessel of vessels) {
    const { index, depth, slope, bend } = vessel
    insert(steps, { index, depth, vessel, from: 0, to: 1 / slope })
    if (bend !== undefined)
      insert(steps, { index, depth: depth + bend.after * slope, vessel, from: 1 / slope, to: 1 / bend.slope })
  }
  // With its surface at s, the water in the vessels below amounts to s × width - offset
  let width = 0
  let offset = 0
  for (const { depth, vessel, from, to } of steps) {
    const below = depth * width - offset
    if (below >= work) break
    if (vessel.slope === 0) {
      const flat = vessels.filter(each => each.slope === 0 && each.depth === depth)
      return [...portionsUpTo(depth, vessels), ...pour(flat, work - below)]
    }
    width += to - from
    offset += depth * (to - from)
  }
  return portionsUpTo((work + offset) / width, vessels)
}

function portionsUpTo(surface: number, vessels: readonly Vessel[]): Portion[] {
  const portions: Portion[] = []
  for (const vessel of vessels)
    if (vessel.slope > 0 && vessel.depth <= surface) portions.push({ index: vessel.index, amount: held(vessel, surface) })
  return portions
}

/** What a vessel holds below the surface. */
function held({ depth, slope, bend }: Vessel, surface: number): number {
  const amount = Math.max(0, surface - depth) / slope
  return bend === undefined || amount <= bend.after ? amount : bend.after + (surface - depth - bend.after * slope) / bend.slope
}

/** Divides `work` among vessels that stand level: all to the flat ones if there are any, else by how slowly each rises. */
function pour(vessels: readonly Vessel[], work: number): readonly Portion[] {
  const flat = vessels.filter(({ slope }) => slope === 0)
  if (flat.length > 0) return flat.map(({ index }) => ({ index, amount: work / flat.length }))
  const width = vessels.reduce((total, { slope }) => total + 1 / slope, 0)
  return vessels.map(({ index, slope }) => ({ index, amount: work / slope / width }))
}

function sum(portions: readonly Portion[]): number {
  return portions.reduce((total, { amount }) => total + amount, 0)
}

function isMeasurable(amount: number): boolean {
  return amount > 0 && Number.isFinite(amount)
}
