/**
 * How much a sum of weights is worth as log odds, so that of the guesses with confidence 0.8 four in five are right: the factor and the
 * power of the number of runs under which rows that the model has not seen are least surprising (temperature scaling by length, after
 * Guo et al., ICML 2017).
 */
import type { Example } from './examples'
import { EVIDENCE_POWER, type Fit, scaleOf } from './fit'

export interface Calibration {
  readonly factor: number
  readonly offset: number
  readonly power: number
}

const FACTORS = Array.from({ length: 40 }, (_, index) => 0.3 * 1.1 ** index)
const OFFSETS = [1, 4, 8, 16, 32, 64]
const POWERS = Array.from({ length: 10 }, (_, index) => 0.1 * index)

/** Of scores as `fit` gives them undivided. */
export function calibrate(fit: Fit, unseen: readonly Example[]): Calibration {
  const judged = unseen.map(example => {
    const [first, end] = fit.ranges[example.shared] ?? [0, 0]
    const runs = example.buckets.length
    return {
      runs,
      sums: fit
        .scores(example)
        .slice(first, end)
        .map(score => score / scaleOf(runs)),
      right: example.language - first,
    }
  })
  let best: Calibration = { factor: 1, offset: 1, power: EVIDENCE_POWER }
  let least = Number.POSITIVE_INFINITY
  for (const offset of OFFSETS)
    for (const power of POWERS)
      for (const factor of FACTORS) {
        let surprise = 0
        for (const { runs, sums, right } of judged) surprise += surpriseOf(sums, right, factor * (runs + offset) ** -power)
        if (surprise < least) {
          least = surprise
          best = { factor, offset, power }
        }
      }
  return best
}

function surpriseOf(sums: Float64Array, right: number, unit: number): number {
  let most = Number.NEGATIVE_INFINITY
  for (const sum of sums) most = Math.max(most, sum * unit)
  let total = 0
  for (const sum of sums) total += Math.exp(sum * unit - most)
  return most + Math.log(total) - (sums[right] ?? 0) * unit
}
