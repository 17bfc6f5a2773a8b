/**
 * A cyclic weighted schedule whose every prefix is as close to the weights as any can be.
 *
 * The rule is Tijdeman's for the chairman assignment problem (Discrete Mathematics 32, 1980), an earliest eligible deadline
 * first: with n items of shares x and a slot t (from 1), an item is eligible once its due t·x - served has reached 1 / (2n - 2),
 * and of those the one is served whose debt would first exceed 1 - 1 / (2n - 2). Then no item is ever further from its due than 1
 * - 1 / (2n - 2), which is below 1 and the best bound there is, and exact after each full period. (The "smooth" rule of
 * well-known proxies also is exact after a period, but strays by more than 1 within it when there are many items.)
 *
 * Everything is counted in whole slots, so there is no rounding to drift.
 */

export interface Schedule {
  /** One period: the item that each slot serves, by index. */
  readonly slots: readonly number[]
  /** Every item once, in the order in which the slots from `turn` on serve them. */
  from(turn: number): readonly number[]
}

/**
 * Weights whose ratio needs a longer period are rounded: shares are then off by at most 1/10,000. A day of traffic tells no
 * smaller difference, and a schedule stays a matter of kilobytes.
 */
const MAX_PERIOD = 10_000
/** Far above the rounding error of a quotient of doubles, far below what one slot of the longest period changes. */
const WHOLE = 1e-9

/** Weights that are not positive numbers get a single slot of a longest period. */
export function createSchedule(weights: readonly number[], maxPeriod = MAX_PERIOD): Schedule {
  const slots = assign(toSlotCounts(weights, maxPeriod))
  return {
    slots,
    from(turn) {
      if (slots.length === 0) return []
      const start = ((Math.floor(turn) % slots.length) + slots.length) % slots.length
      const seen = new Set<number>()
      for (let step = 0; step < slots.length && seen.size < weights.length; step++) {
        const item = slots[(start + step) % slots.length]
        if (item !== undefined) seen.add(item)
      }
      return [...seen]
    },
  }
}

/**
 * The smallest whole numbers in the ratio of the weights if they sum up to `maxPeriod` at most, else rounded ones that do (or
 * nearly: no item gets none).
 */
export function toSlotCounts(weights: readonly number[], maxPeriod = MAX_PERIOD): readonly number[] {
  const usable = weights.map(weight => (weight > 0 && Number.isFinite(weight) ? weight : 0))
  return exactCounts(usable, maxPeriod) ?? roundedCounts(usable, maxPeriod)
}

function exactCounts(weights: readonly number[], maxPeriod: number): readonly number[] | undefined {
  const smallest = Math.min(...weights)
  const ratios = weights.map(weight => weight / smallest)
  const sum = ratios.reduce((total, ratio) => total + ratio, 0)
  // `scale` is the count of the smallest weight; a zero weight makes the sum NaN and ends the search at once
  for (let scale = 1; scale * sum <= maxPeriod + WHOLE * maxPeriod; scale++) {
    if (ratios.every(ratio => Math.abs(ratio * scale - Math.round(ratio * scale)) <= WHOLE * ratio * scale)) {
      return ratios.map(ratio => Math.round(ratio * scale))
    }
  }
  return undefined
}

/**
 * Largest remainders. Only items that would get no slot at all can push the period above `maxPeriod`, by one slot each at most.
 */
function roundedCounts(weights: readonly number[], maxPeriod: number): readonly number[] {
  const greatest = Math.max(...weights)
  const relative = weights.map(weight => (greatest > 0 ? weight / greatest : 1))
  const sum = relative.reduce((total, weight) => total + weight, 0)
  const quotas = relative.map(weight => (weight / sum) * maxPeriod)
  const counts = quotas.map(quota => Math.max(1, Math.floor(quota)))
  const left = maxPeriod - counts.reduce((total, count) => total + count, 0)
  const largestFirst = quotas
    .map((quota, item) => ({ item, remainder: quota < 1 ? 0 : quota - Math.floor(quota) }))
    .sort((a, b) => b.remainder - a.remainder || a.item - b.item)
  const rounded = new Set(largestFirst.slice(0, Math.max(0, left)).map(({ item }) => item))
  return counts.map((count, item) => (rounded.has(item) ? count + 1 : count))
}

function assign(counts: readonly number[]): readonly number[] {
  const items = counts.map((count, item) => ({ item, count, served: 0 }))
  const period = counts.reduce((total, count) => total + count, 0)
  // 2n - 2, by which everything below is multiplied to stay whole; a lone item is always due
  const grain = Math.max(1, 2 * items.length - 2)
  const slots: number[] = []
  for (let slot = 1; slot <= period; slot++) {
    let chosen: (typeof items)[number] | undefined
    for (const candidate of items) {
      const due = candidate.count * slot - candidate.served * period
      if (due * grain < period) continue
      if (chosen === undefined || deadlineIsEarlier(candidate, chosen, grain)) chosen = candidate
    }
    // The theorem says that someone is always eligible
    if (chosen === undefined) throw new Error(`no item is eligible in slot ${slot} of ${period}`)
    chosen.served++
    slots.push(chosen.item)
  }
  return slots
}

interface Progress {
  readonly count: number
  readonly served: number
}

/** Deadlines are (served + 1 - 1 / grain) / share, compared crosswise; the largest product is about 2n × 10⁸, still exact. */
function deadlineIsEarlier(a: Progress, b: Progress, grain: number): boolean {
  return (a.served * grain + grain - 1) * b.count < (b.served * grain + grain - 1) * a.count
}
