/** What a conversation is about. */
import type { Scores } from './classifier'
import { type Guess, TOPICS, type Topic } from './features'

/** Below this the guess abstains. With nine topics chance is 0.11; keys pressed at random stay below twice that. */
export const LEAST_TOPIC_CONFIDENCE = 0.25

export function topicOf(scores: Scores | undefined): Guess<Topic> {
  let topic: Topic | undefined
  let confidence = 0
  TOPICS.forEach((candidate, index) => {
    const probability = scores?.topics[index] ?? 0
    if (probability <= confidence) return
    topic = candidate
    confidence = probability
  })
  return { value: confidence >= LEAST_TOPIC_CONFIDENCE ? topic : undefined, confidence }
}
