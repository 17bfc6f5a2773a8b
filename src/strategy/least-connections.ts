/**
 * Fewest requests in flight for its weight, over the whole fleet.
 *
 * The level (in flight + 1) / weight is what a model would carry with this request on board: of two idle models the heavier comes
 * first. As the request is in the level already, the work that is hidden by the view's age is the others' alone, and a fresh view
 * leaves nothing to chance but ties.
 */

import { type Level, rankByLevel, unseenRequests } from './load-interpretation'
import { byConfiguration } from './order'
import type { Candidate, Ranked, Situation, Strategy } from './strategy'

/** Score: (in flight + 1) / weight; without a view in flight / weight of this isolate alone. */
export const leastConnections: Strategy = {
  name: 'least-connections',
  prepare(models) {
    const inOrder = byConfiguration(models)
    return (candidates, situation) => {
      const ordered = inOrder(candidates)
      return situation.view === undefined
        ? rankByShares(ordered, situation, ({ model }) => model.weight)
        : rankByLevel(ordered.map(withThisRequest), unseenRequests(ordered, situation.view), situation.random)
    }
  },
}

function withThisRequest({ model, load }: Candidate): Level {
  return { model, level: (load.inFlight + 1) / model.weight, slope: 1 / model.weight }
}

/**
 * The same where too little is known for more than sharing out by weight. The level leaves this request out, so that idle models
 * stand level and are drawn exactly by `weightOf`, while those with requests under way give way to the others.
 */
export function rankByShares(
  candidates: readonly Candidate[],
  situation: Situation,
  weightOf: (candidate: Candidate) => number,
): readonly Ranked[] {
  const levels = candidates.map((candidate): Level => {
    const weight = weightOf(candidate)
    return { model: candidate.model, level: candidate.load.inFlight / weight, slope: 1 / weight }
  })
  return rankByLevel(levels, unseenRequests(candidates, situation.view), situation.random)
}
