import type { Random } from '../../src/algorithm/sampling'

/** The whole numbers below `count` in random order (Fisher and Yates), in linear time: training goes through tens of thousands, often. */
export function orderOf(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const swapped = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = swapped
  }
  return order
}
