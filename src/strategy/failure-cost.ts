/**
 * What failures add to an expected time: E = t + f × (T + E), hence E = (t + f × T) / (1 - f). A failed attempt (share f) puts
 * the time T of a next try elsewhere on the request, and the model still owes its answer. T is the median of the others' times,
 * each weighed by how often it answers: one that hangs, or several that fail fast, do not make it. It is their time when idle: the longer the
 * queues at the sound ones, the more there is to be said for one that answers every second time.
 *
 * A model that fails fast is thus no bargain, however fast it is: from f = 0.5 on it stands behind a sound one. The slope goes
 * through a like formula, since work that fails here lands there, (s + f³ × S) / (1 - f) with S the slope that belongs to T. Beside sound models a broken one therefore
 * gets little of the traffic (2 % at f = 0.98), whatever the age of the view and their speeds: with L the surface and E >= T, the work it takes
 * is x = (L - E) (1 - f) / (s + f³ × S) <= (1 - f) / f³ × (L - T) / S, that is, (1 - f) / f³ times what the model in the middle takes.
 *
 * By f instead of f³ a big model that answers every second time would get no more than the one in the middle. But what fails takes up no room, and what it
 * could answer the others may not be able to carry: of f, f³ and f⁵ the latter two were alike in simulation, and clearly better where half of the biggest model's answers were errors.
 */

export interface Expectation {
  /** Expected time if the attempt succeeds, ms. */
  readonly timeMs: number
  /** The same without anybody ahead; by default it is the same. */
  readonly idleMs?: number
  /** Its growth with every token of work. */
  readonly slopeMsPerToken: number
  /** From so many tokens on it grows by another slope. */
  readonly bend?: { readonly after: number; readonly slope: number } | undefined
  /** 0..1 */
  readonly failureRate: number
}

/** A failure rate of 1 is a string of bad luck, not a law of nature; and infinite times could not be compared with each other. */
const MAX_FAILURE_RATE = 0.999

export interface Costed {
  readonly levelMs: number
  readonly slopeMsPerToken: number
  readonly bend?: Expectation['bend']
}

/** The expectations with failures counted in, in the same order. A lone candidate is its own next try. */
export function withFailures(expectations: readonly Expectation[]): readonly Costed[] {
  // Mostly nobody fails, and nobody asks
  let quickestFirst: readonly Expectation[] | undefined
  return expectations.map(expectation => {
    const { timeMs, slopeMsPerToken, bend } = expectation
    const failing = clamped(expectation.failureRate)
    if (failing === 0) return { levelMs: timeMs, slopeMsPerToken, bend }
    quickestFirst ??= expectations.toSorted((a, b) => idleOf(a) - idleOf(b))
    const next = median(quickestFirst.filter(other => other !== expectation)) ?? expectation
    const landing = failing ** 3
    const slopeWithNext = (own: number) => (own + landing * next.slopeMsPerToken) / (1 - failing)
    return {
      levelMs: (timeMs + failing * idleOf(next)) / (1 - failing),
      slopeMsPerToken: slopeWithNext(slopeMsPerToken),
      bend: bend && { after: bend.after, slope: slopeWithNext(bend.slope) },
    }
  })
}

const idleOf = ({ idleMs, timeMs }: Expectation): number => idleMs ?? timeMs

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
