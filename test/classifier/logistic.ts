/**
 * A score made a probability: slope and offset of its log odds by maximum likelihood (Platt 1999), by Newton's method. Scores must be of
 * examples that the model has not learned from, or else the probabilities come out too sure.
 */
import { type Logistic, probability } from '../../src/context/classifier'

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
