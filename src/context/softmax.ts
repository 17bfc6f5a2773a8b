/** From scores to a guess that says how sure it is, and abstains where it is not. */
import type { Guess } from './features'

export interface Choice<T> {
  readonly value: T
  readonly score: number
}

/**
 * The best choice with its softmax probability among all, beside an alternative "none of them" of score `none`: without evidence that
 * one wins, and little evidence leaves it a share. Below `leastConfidence` the guess abstains but keeps its probability.
 */
export function guess<T>(choices: readonly Choice<T>[], none: number, leastConfidence: number): Guess<T> {
  let best: Choice<T> | undefined
  for (const choice of choices) if (best === undefined || choice.score > best.score) best = choice
  if (best === undefined) return { value: undefined, confidence: 0 }
  // relative to the largest, so that no exponential overflows
  const largest = Math.max(best.score, none)
  let sum = Math.exp(none - largest)
  for (const { score } of choices) sum += Math.exp(score - largest)
  const confidence = Math.exp(best.score - largest) / sum
  return { value: confidence >= leastConfidence ? best.value : undefined, confidence }
}
