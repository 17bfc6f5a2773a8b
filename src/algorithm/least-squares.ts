/**
 * Learns y = base + slope × x from samples as they come, on relative error, forgetting old ones: how long a first token takes (y,
 * ms) with so many prompt tokens ahead (x).
 *
 * Each sample weighs 1 / ŷ², ŷ being what the prior expects at its x: noise of latency grows with latency, and with these weights
 * the fit is the best linear one for noise in proportion to the mean, as far as the prior has the right shape (Aitken, 1936).
 * Weighing by 1 / y² of the sample itself would be wrong: quick samples would outweigh slow ones, and the line would run far
 * below the mean. Weighing by what the current line expects would hold on to the past: after a tenfold slow-down each old sample
 * would weigh a hundred times a new one.
 *
 * A prior stands behind the samples as two more of them, at x = 0 and at x = `prior.reach`. With it the two unknowns are always
 * determined, also by samples that all have the same x, and as the evidence fades the line returns to it.
 *
 * The state is plain data, five decayed sums and a count, never changed in place.
 */
import { decay } from './ewma'

export interface LeastSquares {
  /** Decayed number of samples, as of `atMs`. */
  readonly count: number
  /** Σ w, with w = 1 / ŷ² by the prior. */
  readonly w: number
  /** Σ w x */
  readonly wx: number
  /** Σ w x² */
  readonly wxx: number
  /** Σ w y */
  readonly wy: number
  /** Σ w x y */
  readonly wxy: number
  readonly atMs: number
}

export interface Prior {
  /** > 0 */
  readonly base: number
  /** >= 0 */
  readonly slope: number
  /** The x, > 0, up to which `slope` is meant: the second of the two imagined samples. */
  readonly reach: number
  /** How many samples each of the two stands for; > 0. */
  readonly weight: number
}

export interface LeastSquaresOptions {
  readonly halfLifeMs: number
  readonly prior: Prior
}

/** base >= 0 and slope >= 0, always. */
export interface Line {
  readonly base: number
  readonly slope: number
  /** Decayed number of samples behind it, the prior not counted. */
  readonly evidence: number
}

/** The state with one more sample. What cannot be a sample (y not above 0, x below 0, not finite) leaves it as it is. */
export function observeSample(
  state: LeastSquares | undefined,
  sample: { readonly x: number; readonly y: number },
  nowMs: number,
  options: LeastSquaresOptions,
): LeastSquares | undefined {
  const { x, y } = sample
  if (!(y > 0 && x >= 0 && Number.isFinite(x) && Number.isFinite(y))) return state
  const keep = state === undefined ? 0 : decay(nowMs - state.atMs, options.halfLifeMs)
  // A sample older than the state counts as the old one it is
  const fresh = state === undefined ? 1 : decay(state.atMs - nowMs, options.halfLifeMs)
  const w = fresh / (options.prior.base + options.prior.slope * x) ** 2
  return {
    count: (state?.count ?? 0) * keep + fresh,
    w: (state?.w ?? 0) * keep + w,
    wx: (state?.wx ?? 0) * keep + w * x,
    wxx: (state?.wxx ?? 0) * keep + w * x * x,
    wy: (state?.wy ?? 0) * keep + w * y,
    wxy: (state?.wxy ?? 0) * keep + w * x * y,
    atMs: Math.max(state?.atMs ?? nowMs, nowMs),
  }
}

/** The line at `nowMs`. Does not change the state. */
export function fitLine(state: LeastSquares | undefined, nowMs: number, options: LeastSquaresOptions): Line {
  const { prior, halfLifeMs } = options
  const keep = state === undefined ? 0 : decay(nowMs - state.atMs, halfLifeMs)
  const far = prior.base + prior.slope * prior.reach
  const nearWeight = prior.weight / prior.base ** 2
  const farWeight = prior.weight / far ** 2
  const w = (state?.w ?? 0) * keep + nearWeight + farWeight
  const wx = (state?.wx ?? 0) * keep + farWeight * prior.reach
  const wxx = (state?.wxx ?? 0) * keep + farWeight * prior.reach ** 2
  const wy = (state?.wy ?? 0) * keep + nearWeight * prior.base + farWeight * far
  const wxy = (state?.wxy ?? 0) * keep + farWeight * prior.reach * far
  return { ...nonNegative(w, wx, wxx, wy, wxy), evidence: (state?.count ?? 0) * keep }
}

/**
 * Solves the normal equations under base >= 0 and slope >= 0. As all x >= 0 and y > 0, at most one of the two comes out negative,
 * and the best line under the constraint then has it 0, the squared error being convex.
 */
function nonNegative(w: number, wx: number, wxx: number, wy: number, wxy: number): { base: number; slope: number } {
  const determinant = w * wxx - wx * wx
  const base = (wy * wxx - wxy * wx) / determinant
  const slope = (w * wxy - wx * wy) / determinant
  if (!(slope >= 0)) return { base: wy / w, slope: 0 }
  if (!(base >= 0)) return { base: 0, slope: wxy / wxx }
  return { base, slope }
}
