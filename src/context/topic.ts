/**
 * What a prompt is about, weighed from its cues. The weights are set by hand in units of log odds: a cue that plainly names a topic
 * gives it about 2. Two cues together can say more than their sum: a printer alone is a noun, a printer that does not work is a
 * case for support.
 */
import type { Evidence } from './evidence'
import { type Guess, TOPICS, type Topic } from './features'
import { guess } from './softmax'

/** Below this the guess abstains. With nine topics and "none of them", chance is 0.1. */
export const LEAST_TOPIC_CONFIDENCE = 0.3

/** "None of them" starts with this lead, so that one weak cue is not enough. */
const NONE = 0.6

/** Makes the stated confidences agree with how often they were right over public prompt collections. */
const SHARPNESS = 1.2

/** Small talk is short; a long text that begins with "hello" has another purpose. Words. */
const SMALL_TALK_WORDS = 20
/** From here on a turn is not only an instruction but brings its material. Words. */
const LONG_WORDS = 60

/** 0..1: both are there. */
const both = (one: number, other: number): number => Math.min(1, one, other)
const flag = (present: boolean): number => (present ? 1 : 0)

export function topicOf(evidence: Evidence): Guess<Topic> {
  const { strength: cue, shape, words } = evidence
  const brief = flag(words <= SMALL_TALK_WORDS)
  const long = flag(words >= LONG_WORDS)
  const asks = Math.max(Math.min(1, cue.ask), flag(shape.questions > 0))
  // a program that shows itself, as against one that is only talked of
  const program = Math.max(flag(shape.code || shape.stackTrace), Math.min(1, shape.codeDensity * 15))
  const options = flag(shape.options)
  const trouble = Math.max(
    both(cue.device, Math.max(cue.fault, cue.service, 0.8 * cue.howto)),
    0.7 * both(cue.fault, cue.service),
  )
  const transforms = Math.min(1.5, cue.transform)

  const score: Record<Topic, number> = {
    coding: 1.3 * cue.code + 1.5 * program + 1 * flag(shape.stackTrace) + 0.9 * both(cue.write, cue.code) - 0.7 * options,
    math_reasoning:
      1.1 * cue.maths +
      0.7 * cue.quantity +
      1.1 * flag(shape.formula) +
      0.9 * both(Math.min(1, shape.numbers / 4), Math.max(cue.quantity, cue.maths)) +
      0.5 * both(Math.min(1, shape.numbers / 3), asks) +
      Math.min(0.8, shape.mathsDensity * 8) -
      1.2 * program,
    creative_writing: 1 * cue.fiction + 1.4 * both(cue.write, cue.fiction) + 1.1 * cue.roleplay + 0.25 * cue.write,
    functional_writing: 0.9 * cue.document + 1.5 * both(cue.write, cue.document) + 0.25 * cue.write,
    text_transform:
      1.9 * transforms + 1.3 * cue.extract + 0.6 * flag(shape.quoted) + 0.5 * both(long, transforms) - 0.4 * program,
    knowledge_qa: 1.4 * cue.fact + 0.7 * asks + 2.2 * options - 0.5 * cue.write - 1 * program,
    advice_planning: 1.4 * cue.advice + 1.1 * cue.howto + 0.2 * asks - 0.5 * cue.fact,
    technical_support:
      0.7 * cue.device +
      0.6 * cue.fault +
      0.7 * cue.service +
      1.7 * trouble +
      1.5 * flag(shape.errorCode) -
      1 * program -
      1.2 * options -
      0.8 * long,
    chitchat: (1.3 + 1.4 * brief) * cue.greet - 0.02 * Math.min(LONG_WORDS, words) - 0.5 * cue.fault,
  }
  return guess(
    TOPICS.map(value => ({ value, score: SHARPNESS * score[value] })),
    SHARPNESS * NONE,
    LEAST_TOPIC_CONFIDENCE,
  )
}
