/** What a run would be before it is one: calls and money by model. */
import { type Call, promptTokensOf, usdOf, worstUsd } from './call'
import { usd } from './progress'
import { aligned } from './table'

/** Tokens of a usual answer, over all kinds of questions; and of the reasoning before it, where a model reasons. Rough, and only for the plan. */
const ANSWER_TOKENS = 200
const REASONING_TOKENS = 400

export interface Estimate {
  readonly calls: number
  readonly expectedUsd: number
  /** If every answer took all the room that it has. */
  readonly worstUsd: number
}

export function estimateOf(calls: readonly Call[]): Estimate {
  const expected = ({ target, prompt }: Call): number =>
    usdOf(target, promptTokensOf({ prompt }), ANSWER_TOKENS + (target.reasons ? REASONING_TOKENS : 0))
  return {
    calls: calls.length,
    expectedUsd: calls.reduce((sum, call) => sum + expected(call), 0),
    worstUsd: calls.reduce((sum, call) => sum + worstUsd(call), 0),
  }
}

export function planTable(calls: readonly Call[], judging: Estimate | undefined): string {
  const rows = [...Map.groupBy(calls, ({ target }) => target.id)].map(([id, own]) => rowOf(id, estimateOf(own)))
  const all = estimateOf(calls)
  const total: Estimate = {
    calls: all.calls + (judging?.calls ?? 0),
    expectedUsd: all.expectedUsd + (judging?.expectedUsd ?? 0),
    worstUsd: all.worstUsd + (judging?.worstUsd ?? 0),
  }
  return aligned([
    ['model', 'calls', 'expected', 'at most'],
    ...rows,
    ...(judging === undefined ? [] : [rowOf('(judging)', judging)]),
    rowOf('in all', total),
  ])
}

const rowOf = (name: string, { calls, expectedUsd, worstUsd: worst }: Estimate): readonly string[] => [
  name,
  String(calls),
  usd(expectedUsd),
  usd(worst),
]
