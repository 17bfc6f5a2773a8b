/**
 * How sure the topics' scores are: what makes their softmax right as often as it says, by maximum likelihood (temperature scaling: Guo et al., ICML 2017), with a
 * temperature that depends on how much is known. Scores must be of examples that the model has not learned from.
 */
import { type Sharpness, sharpnessOf } from '../../src/context/classifier'
import { dampedBy } from '../../src/context/table'
import { quantile } from '../../src/profile/interval'

/** An example whose topic is known, as a fit scores it that has not seen it. */
export interface Scored {
  readonly scores: readonly number[]
  readonly right: readonly number[]
  /** N-grams that the fit knows. */
  readonly known: number
  readonly weight: number
}

/** By how much scores are to be multiplied, the more is known the less, so that their softmax is right as often as it says: by maximum likelihood. */
export function fitSharpness(observed: readonly Scored[]): Sharpness {
  const loss = (sharpness: Sharpness): number => {
    let sum = 0
    for (const { scores, right, known, weight } of observed) {
      const sharp = sharpnessOf(sharpness, known)
      const largest = Math.max(...scores)
      const odds = scores.map(score => Math.exp(sharp * (score - largest)))
      const all = odds.reduce((total, each) => total + each, 0)
      sum -= weight * Math.log(right.reduce((total, index) => total + (odds[index] ?? 0), 0) / all)
    }
    return sum
  }
  // Of a typical text the factor makes up for the power: it alone is then of the same size for each
  const typical = dampedBy(
    quantile(
      observed.map(({ known }) => known),
      0.5,
    ),
  )
  const withPower = (power: number): Sharpness => {
    const scale = typical ** -power
    return { factor: scale * lowest(0.1, 4, at => loss({ factor: at * scale, power })), power }
  }
  return withPower(lowest(0, 1, power => loss(withPower(power))))
}

const SECTIONS = 20

/** Where a function with one minimum has it, by golden section. */
function lowest(from: number, to: number, of: (at: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2
  let [low, high] = [from, to]
  for (let step = 0; step < SECTIONS; step++) {
    const one = high - golden * (high - low)
    const other = low + golden * (high - low)
    if (of(one) < of(other)) high = other
    else low = one
  }
  return (low + high) / 2
}
