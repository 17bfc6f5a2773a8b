/**
 * Pearson's test, for claims about distributions. The bound is the quantile at 4 standard deviations (p = 3 in 100,000) by the
 * approximation of Wilson and Hilferty (PNAS 17, 1931). As all seeds are fixed a test cannot flake; the quantile says how little
 * luck the seed may have had.
 */
export function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, index) => {
    const mean = expected[index] ?? 0
    return sum + (count - mean) ** 2 / mean
  }, 0)
}

export function chiSquareBound(degreesOfFreedom: number): number {
  const spread = 2 / (9 * degreesOfFreedom)
  return degreesOfFreedom * (1 - spread + 4 * Math.sqrt(spread)) ** 3
}
