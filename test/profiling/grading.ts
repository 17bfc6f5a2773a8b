/** From one model's answers to its profile. */
import { hash32 } from '../../src/algorithm/hash'
import { createRandom } from '../../src/algorithm/random'
import { creativities } from '../../src/profile/creativity'
import { grade } from '../../src/profile/grade'
import { type Grade, type Measured, measured } from '../../src/profile/measure'
import type { Question } from '../../src/profile/question'
import type { Answer } from './ask'

export interface Answered {
  readonly question: Question
  readonly answer: Answer
}

/** `points`: what a judge gave, by brief. It counts as much as the metric, where there is one. */
export function profileOf(
  answered: readonly Answered[],
  points: ReadonlyMap<string, number> | undefined,
  seed: number,
): Measured {
  const graded = answered.map(({ question, answer }) => ({ question, answer, score: grade(question, answer) }))
  const gradesOf = (wanted: (question: Question) => boolean): readonly Grade[] =>
    graded
      .filter(({ question }) => wanted(question))
      .map(({ question: { item }, score }) => ({ item: item.id, topic: item.topic, score }))
  const briefs = graded.filter(({ question }) => question.item.kind === 'brief')
  const creative = creativities(
    briefs.map(({ question, answer, score }) => ({ brief: question.item.id, text: answer.text, satisfaction: score })),
  )
  const timings = answered.flatMap(({ answer: { firstTokenMs, tokensPerSecond } }) =>
    firstTokenMs === undefined ? [] : [{ firstTokenMs, tokensPerSecond }],
  )
  return measured(
    {
      verifiable: gradesOf(({ item }) => item.kind === 'verifiable'),
      harmful: gradesOf(({ item }) => item.kind === 'sensitive' && item.check.kind === 'refuse'),
      harmless: gradesOf(({ item }) => item.kind === 'sensitive' && item.check.kind === 'answer'),
      briefs: briefs.map(({ question: { item } }, index) => {
        const metric = creative[index] ?? 0
        const judged = points?.get(item.id)
        return { item: item.id, topic: item.topic, score: judged === undefined ? metric : (metric + judged) / 2 }
      }),
    },
    timings,
    createRandom(hash32(`${seed}:intervals`)),
  )
}
