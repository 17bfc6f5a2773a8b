/** The judge's part of a run: which calls it takes, and what the verdicts come to. */
import { hash32 } from '../../src/algorithm/hash'
import { createRandom } from '../../src/algorithm/random'
import { type Contest, contests, judgePrompt, pointsOf, readVerdict } from '../../src/profile/contest'
import type { Question } from '../../src/profile/question'
import type { Answer } from './ask'
import { type Call, callOf } from './call'
import type { Target } from './models'

export interface Match {
  readonly contest: Contest
  /** The first model's answer first, and the other way round. */
  readonly straight: Call
  readonly swapped: Call
}

type Answered = (target: Target, question: Question) => Answer | undefined

export const pairings = (
  judge: Target,
  targets: readonly Target[],
  briefs: readonly Question[],
  seed: number,
): readonly Contest[] =>
  contests(
    briefs.map(({ item }) => item.id),
    targets.filter(({ id, name }) => id !== judge.id && name !== judge.name).map(({ id }) => id),
    createRandom(hash32(`${seed}:contests`)),
  )

/** Where one of the two has not answered there is nothing to compare. */
export function matchesOf(
  judge: Target,
  targets: readonly Target[],
  briefs: readonly Question[],
  seed: number,
  answered: Answered,
): readonly Match[] {
  const names = targets.flatMap(({ id, name }) => [id, name])
  return pairings(judge, targets, briefs, seed).flatMap(contest => {
    const question = briefs.find(({ item }) => item.id === contest.brief)
    const [one, two] = [contest.first, contest.second].map(id => {
      const target = targets.find(each => each.id === id)
      return question === undefined || target === undefined ? undefined : answered(target, question)
    })
    if (question === undefined || one === undefined || two === undefined) return []
    const call = (a: Answer, b: Answer, order: string): Call =>
      callOf(judge, `${contest.brief}: ${order}`, judgePrompt(question.prompt, a.text, b.text, names), 0, 0)
    const { first, second } = contest
    return [{ contest, straight: call(one, two, `${first}, ${second}`), swapped: call(two, one, `${second}, ${first}`) }]
  })
}

/** By model and brief: the mean of its points, 0 to 1. Contests without two readable verdicts do not count. */
export function pointsByModel(
  matches: readonly Match[],
  answers: ReadonlyMap<string, Answer>,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const all = new Map<string, Map<string, number[]>>()
  const add = (model: string, brief: string, points: number): void => {
    const own = all.get(model) ?? new Map<string, number[]>()
    own.set(brief, [...(own.get(brief) ?? []), points])
    all.set(model, own)
  }
  for (const { contest, straight, swapped } of matches) {
    const [a, b] = [straight, swapped].map(({ key }) => readVerdict(answers.get(key)?.text ?? ''))
    if (a === undefined || b === undefined) continue
    const points = pointsOf(a, b)
    add(contest.first, contest.brief, points)
    add(contest.second, contest.brief, 1 - points)
  }
  const meanOf = (points: readonly number[]) => points.reduce((sum, each) => sum + each, 0) / points.length
  return new Map([...all].map(([model, own]) => [model, new Map([...own].map(([brief, points]) => [brief, meanOf(points)]))]))
}
