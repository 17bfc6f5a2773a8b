/** How far a figure from few answers can be trusted: intervals that hold the true value in 95 of 100 runs. */
import type { Random } from '../algorithm/sampling'

export type Interval = readonly [low: number, high: number]

/** The standard normal's 97.5th percentile. */
const Z = 1.959964

const clamped = (value: number): number => Math.min(1, Math.max(0, value))

/**
 * Of a share (Wilson, "Probable inference, the law of succession, and statistical inference", 1927). Unlike the textbook's it keeps within 0 and 1 and
 * still has a width where all answers were right. `count` > 0.
 */
export function wilson(share: number, count: number): Interval {
  const z2 = Z * Z
  const centre = share + z2 / (2 * count)
  const half = Z * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count))
  const scale = 1 + z2 / count
  return [clamped((centre - half) / scale), clamped((centre + half) / scale)]
}

/**
 * Of the mean of two independent shares, from the interval of each: the distances to the limits add like the sides of a right angle (Newcombe, "Interval
 * estimation for the difference between independent proportions", 1998, method 10, for a sum).
 */
export function ofMean(a: number, b: number, [aLow, aHigh]: Interval, [bLow, bHigh]: Interval): Interval {
  const mean = (a + b) / 2
  return [clamped(mean - Math.hypot(a - aLow, b - bLow) / 2), clamped(mean + Math.hypot(aHigh - a, bHigh - b) / 2)]
}

/** Enough that the limits move by less than 0.01 from one seed to another. */
const RESAMPLES = 2_000

/** Of the mean of values between 0 and 1 that are no shares: percentiles of means of resamples (Efron, "Bootstrap methods", 1979). Never empty. */
export function bootstrapped(values: readonly number[], random: Random): Interval {
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0
    for (let drawn = 0; drawn < values.length; drawn++) sum += values[Math.floor(random() * values.length)] ?? 0
    return sum / values.length
  })
  return [quantile(means, 0.025), quantile(means, 0.975)]
}

/** Between the two nearest values in proportion, as spreadsheets do (Hyndman and Fan, 1996, type 7); NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** NaN of nothing. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
