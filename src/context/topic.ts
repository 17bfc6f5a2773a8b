/** What a conversation is about. */
import type { Scores } from './classifier'
import { type Guess, TOPICS, type Topic } from './features'

/** Below this the guess abstains. With nine topics chance is 0.11; keys pressed at random stay below twice that. */
export const LEAST_TOPIC_CONFIDENCE = 0.25

export function topicOf(scores: Scores | undefined): Guess<Topic> {
  let topic: Topic | undefined
  let confidence = 0
  if (scores === undefined) return { value: topic, confidence }
  for (let index = 0; index < TOPICS.length; index++) {
    const probability = scores.topics[index] ?? 0
    if (probability <= confidence) continue
    topic = TOPICS[index]
    confidence = probability
  }
  return { value: confidence >= LEAST_TOPIC_CONFIDENCE ? topic : undefined, confidence }
}
