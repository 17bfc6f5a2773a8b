/**
 * A score made a probability: slope and offset of its log odds by maximum likelihood (Platt 1999), by Newton's method. Scores must be of
 * examples that the model has not learned from, or else the probabilities come out too sure.
 */
import { type Logistic, probability, type Sharpness, sharpnessOf } from '../../src/context/classifier'
import { dampedBy } from '../../src/context/table'

/** `wanted` is 0 to 1: how far the event has happened. */
export interface Observed {
  readonly score: number
  readonly wanted: number
}

const STEPS = 30
/** Keeps the second derivatives apart from zero where all scores are alike. */
const RIDGE = 1e-6

export function fitLogistic(observed: readonly Observed[]): Logistic {
  let slope = 0
  let offset = 0
  for (let step = 0; step < STEPS; step++) {
    let bySlope = 0
    let byOffset = 0
    let slopes = RIDGE
    let offsets = RIDGE
    let both = 0
    for (const { score, wanted } of observed) {
      const p = probability(slope * score + offset)
      const error = p - wanted
      const curve = p * (1 - p)
      bySlope += error * score
      byOffset += error
      slopes += curve * score * score
      offsets += curve
      both += curve * score
    }
    const determinant = slopes * offsets - both * both
    if (!(determinant > 0)) break
    slope -= (offsets * bySlope - both * byOffset) / determinant
    offset -= (slopes * byOffset - both * bySlope) / determinant
  }
  return { slope, offset }
}

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
  const typical = dampedBy(median(observed.map(({ known }) => known)))
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

function median(values: readonly number[]): number {
  const ordered = [...values].sort((one, other) => one - other)
  return ordered[ordered.length >> 1] ?? 0
}
