/**
 * Weighted random choice, of one and of an order, with the source of randomness handed in. Weights are relative, finite and
 * not negative; anything else counts as 0. A weight of 0 is chosen only when nothing else is left.
 */

/** Uniform in [0, 1). */
export type Random = () => number

/**
 * All indices in random order: each place is drawn from what is left, in proportion to the weights (Efraimidis and Spirakis,
 * Information Processing Letters 97, 2006: sort by exponential keys -ln(u) / w). The keys are compared by their logarithm, in
 * which no weight over- or underflows.
 */
export function weightedOrder(weights: readonly number[], random: Random): readonly number[] {
  const order: number[] = []
  const keys: number[] = []
  for (const [index, weight] of weights.entries()) {
    // 1 - u lies in (0, 1], where the logarithm is finite
    const drawn = Math.log(-Math.log(1 - random()))
    const isPositive = usable(weight) > 0
    const key = isPositive ? drawn - Math.log(weight) : drawn
    keys.push(key)
    // Few come, and each to its place as it comes: cheaper than a sort
    let at = index
    for (; at > 0; at--) {
      const before = order[at - 1] ?? 0
      const isBeforePositive = usable(weights[before] ?? 0) > 0
      if (isBeforePositive === isPositive ? (keys[before] ?? 0) <= key : isBeforePositive) break
      order[at] = before
    }
    order[at] = index
  }
  return order
}

/** One index in proportion to the weights, evenly if all are 0; undefined only for no weights at all. Draws once. */
export function weightedChoice(weights: readonly number[], random: Random): number | undefined {
  const total = weights.reduce((sum, weight) => sum + usable(weight), 0)
  const drawn = random()
  if (total === 0) return weights.length === 0 ? undefined : Math.floor(drawn * weights.length)
  let left = drawn * total
  let last: number | undefined
  for (const [index, weight] of weights.entries()) {
    if (usable(weight) === 0) continue
    if (left < weight) return index
    left -= weight
    last = index
  }
  // Subtracting may round so that a rest is left over, which belongs to the last interval
  return last
}

function usable(weight: number): number {
  return weight > 0 && Number.isFinite(weight) ? weight : 0
}
