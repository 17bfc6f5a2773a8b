/**
 * What failures add to an expected time: E = t + f × (T + E), hence E = (t + f × T) / (1 - f). A failed attempt (share f) puts
 * the time T of a next try elsewhere on the request, and the model still owes its answer. T is the median of the others' times,
 * each weighed by how often it answers: one that hangs, or several that fail fast, do not make it.
 *
 * A model that fails fast is thus no bargain, however fast it is: from f = 0.5 on it stands behind a sound one. The slope goes
 * through the same formula, since work that fails here lands there. Beside sound models it therefore gets at most 1 - f of the
 * traffic (2 % at f = 0.98), whatever the age of the view and their speeds: with S the slope that belongs to T, L the surface,
 * and E >= T, the work it takes is x = (L - E) (1 - f) / (s + f × S) <= (1 - f) / f × (L - T) / S, that is, (1 - f) / f times
 * what the model in the middle takes.
 */

export interface Expectation {
  /** Expected time if the attempt succeeds, ms. */
  readonly timeMs: number
  /** Its growth with every token of work. */
  readonly slopeMsPerToken: number
  /** 0..1 */
  readonly failureRate: number
}

/** A failure rate of 1 is a string of bad luck, not a law of nature; and infinite times could not be compared with each other. */
const MAX_FAILURE_RATE = 0.999

/** The expectations with failures counted in, in the same order. A lone candidate is its own next try. */
export function withFailures(expectations: readonly Expectation[]): readonly { levelMs: number; slopeMsPerToken: number }[] {
  const quickestFirst = expectations.toSorted((a, b) => a.timeMs - b.timeMs)
  return expectations.map(expectation => {
    const { timeMs, slopeMsPerToken } = expectation
    const failing = clamped(expectation.failureRate)
    if (failing === 0) return { levelMs: timeMs, slopeMsPerToken }
    const next = median(quickestFirst.filter(other => other !== expectation)) ?? expectation
    return {
      levelMs: (timeMs + failing * next.timeMs) / (1 - failing),
      slopeMsPerToken: (slopeMsPerToken + failing * next.slopeMsPerToken) / (1 - failing),
    }
  })
}

/** The lower weighted median by time. `ascending` is sorted by it. */
function median(ascending: readonly Expectation[]): Expectation | undefined {
  const weight = ({ failureRate }: Expectation) => 1 - clamped(failureRate)
  const half = ascending.reduce((total, other) => total + weight(other), 0) / 2
  let passed = 0
  return ascending.find(other => {
    passed += weight(other)
    return passed >= half
  })
}

function clamped(failureRate: number): number {
  return failureRate > 0 ? Math.min(failureRate, MAX_FAILURE_RATE) : 0
}
