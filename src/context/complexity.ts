/**
 * How likely it is that a small model would not do: of questions like those of an exam, that it answers wrongly where a strong one gains; of
 * open ones, that people find them to need some skill or several steps. Half and half is the least that can be known of either.
 */
import type { Scores } from './classifier'
import type { Guess } from './features'

export function complexityOf(scores: Scores | undefined): Guess<number> {
  if (scores === undefined) return { value: undefined, confidence: 0 }
  const { complexity } = scores
  return { value: complexity, confidence: Math.max(complexity, 1 - complexity) }
}
