/**
 * How much of some work each of several vessels takes when all of it flows to wherever the level is lowest, until it stands
 * level.
 *
 * This is what turns an old view of loads into a choice (after Dahlin, "Interpreting stale load information", ICDCS 1999): if
 * everyone who shares the view chooses at random in proportion to these shares, the work that arrives during the view's age fills
 * the vessels evenly. With no work it is the lowest vessel alone, with unlimited work every vessel in proportion to how slowly it
 * rises, and there is nothing to tune in between.
 */

interface Vessel {
  readonly index: number
  /** Height above the lowest. */
  readonly depth: number
  /** 0 or above FLAT. */
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
 * `work` may be infinite; 0 asks where the first drop goes.
 */
export function waterFill(levels: readonly number[], slopes: readonly number[], work: number): readonly number[] {
  const finite = levels
    .map((level, index) => ({ index, level, slope: slopes[index] ?? 0 }))
    .filter(({ level, slope }) => Number.isFinite(level) && Number.isFinite(slope))
  if (finite.length === 0) return levels.map(() => 1 / levels.length)

  const lowest = Math.min(...finite.map(({ level }) => level))
  const vessels = finite
    .map(({ index, level, slope }): Vessel => ({ index, depth: level - lowest, slope: slope > FLAT ? slope : 0 }))
    .sort((a, b) => a.depth - b.depth || a.index - b.index)
  const poured = work === Number.POSITIVE_INFINITY ? pour(vessels, 1) : work > 0 ? fill(vessels, work) : []
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

/** Fills up to the surface under which the vessels hold `work`. `vessels` come in ascending order. */
function fill(vessels: readonly Vessel[], work: number): readonly Portion[] {
  const below: Vessel[] = []
  const upTo = (surface: number) =>
    below.map(({ index, depth, slope }): Portion => ({ index, amount: Math.max(0, surface - depth) / slope }))
  // With its surface at s, the water in the vessels below amounts to s × width - offset
  let width = 0
  let offset = 0
  for (const vessel of vessels) {
    const held = vessel.depth * width - offset
    if (held >= work) break
    if (vessel.slope === 0) {
      const flat = vessels.filter(({ slope, depth }) => slope === 0 && depth === vessel.depth)
      return [...upTo(vessel.depth), ...pour(flat, work - held)]
    }
    width += 1 / vessel.slope
    offset += vessel.depth / vessel.slope
    below.push(vessel)
  }
  return upTo((work + offset) / width)
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
