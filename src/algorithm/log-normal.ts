/**
 * The log-normal distribution, which times of arrival and lengths of answers roughly follow: given by its median and its spread, the standard deviation of
 * the logarithm.
 */

export interface LogNormal {
  /** Above 0. */
  readonly median: number
  /** 0: always the median. */
  readonly spread: number
}

/** Scale of the logistic curve that lies nearest to the normal one, nowhere off by 0.01 (Camilli, Journal of Educational and Behavioral Statistics 1994). */
const LOGISTIC_SCALE = 1.702

/** Chance of at most `x`. */
export function chanceWithin({ median, spread }: LogNormal, x: number): number {
  if (!(x > 0)) return 0
  if (spread <= 0) return x >= median ? 1 : 0
  return 1 / (1 + Math.exp((-LOGISTIC_SCALE * Math.log(x / median)) / spread))
}

/** The normal distribution's quantiles in the middle of nine equal parts. */
const NINTHS = [-1.5932, -0.9674, -0.5895, -0.2822, 0, 0.2822, 0.5895, 0.9674, 1.5932] as const

/** Nine values, ascending, each standing for a ninth of all. */
export function ninths({ median, spread }: LogNormal): readonly number[] {
  return NINTHS.map(z => median * Math.exp(spread * z))
}
