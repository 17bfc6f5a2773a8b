/**
 * How much a request asks of a model, 0 to 1, from what can be seen without understanding it. Each sign of difficulty takes away
 * part of what is left to 1 (a noisy or): more of a sign never lowers the value, none is needed, and no number of weak ones
 * reaches 1. It grows with the length of the last turn, constraints, questions, words of reasoning, code, formulas, and turns.
 */
import type { Evidence } from './evidence'
import type { Guess } from './features'
import type { Reading } from './text'

/** What each sign contributes at most. */
const WEIGHT = {
  length: 0.4,
  constraints: 0.25,
  questions: 0.15,
  reasoning: 0.5,
  code: 0.3,
  maths: 0.35,
  turns: 0.15,
} as const
/** A prompt without any sign. */
const FLOOR = 0.08
/** Where a sign has given about two thirds of its weight. */
const MUCH = { words: 150, constraints: 5, questions: 3, reasoning: 1, turns: 8 } as const

/** Signs on the surface are a poor measure of difficulty, and more text makes them only a little better: never above one half. */
const LEAST_CONFIDENCE = 0.2
const MOST_CONFIDENCE = 0.5
const WORDS_FOR_CONFIDENCE = 40

/** 0 at nothing, 0.63 at 1, towards 1. */
const saturate = (amount: number): number => 1 - Math.exp(-Math.max(0, amount))

export function complexityOf(reading: Reading, evidence: Evidence): Guess<number> {
  const { strength: cue, shape } = evidence
  // of a long turn only the ends were read
  const words = evidence.words * Math.max(1, reading.lastCharacters / Math.max(1, shape.characters))
  if (words === 0 && shape.characters === 0) return { value: undefined, confidence: 0 }
  const signs: Record<keyof typeof WEIGHT, number> = {
    length: saturate(words / MUCH.words),
    constraints: saturate(evidence.constraints / MUCH.constraints),
    questions: saturate((shape.questions - 1) / MUCH.questions),
    reasoning: saturate(cue.reason / MUCH.reasoning),
    code: Math.max(shape.code || shape.stackTrace ? 1 : 0, saturate(shape.codeDensity * 20), cue.code / 4),
    maths: Math.max(shape.formula ? 0.8 : 0, saturate(shape.mathsDensity * 5), cue.maths / 2),
    turns: saturate((reading.turns - 1) / MUCH.turns),
  }
  let left = 1 - FLOOR
  left *= 1 - WEIGHT.length * signs.length
  left *= 1 - WEIGHT.constraints * signs.constraints
  left *= 1 - WEIGHT.questions * signs.questions
  left *= 1 - WEIGHT.reasoning * signs.reasoning
  left *= 1 - WEIGHT.code * signs.code
  left *= 1 - WEIGHT.maths * signs.maths
  left *= 1 - WEIGHT.turns * signs.turns
  const confidence = LEAST_CONFIDENCE + (MOST_CONFIDENCE - LEAST_CONFIDENCE) * saturate(words / WORDS_FOR_CONFIDENCE)
  return { value: 1 - left, confidence }
}
