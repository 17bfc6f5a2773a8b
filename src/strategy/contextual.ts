/**
 * The route that fits the request decides: the first rule that applies ranks what it uses, then names its fallback in order.
 * Rules that apply further down do the same for what is left, and whatever no rule names follows by weight, so that every
 * candidate has its place.
 *
 * A rule whose models are all out thus gives way to the next one that applies, without anyone having to say so.
 */
import { compareIds } from './order'
import type { Candidate, Ranked, Rule, Situation, Strategy } from './strategy'

/** Score: the one that the rule's own strategy gave; the model's weight where none ranked it. */
export const contextual: Strategy = {
  name: 'contextual',
  prepare(_models, { rules = [] }) {
    return (candidates, situation) => {
      const ranking: Ranked[] = []
      let left = candidates
      for (const rule of rules) {
        if (left.length === 0) break
        if (!rule.applies(situation)) continue
        const placed = rankBy(rule, left, situation)
        const taken = new Set(placed.map(({ model }) => model.id))
        ranking.push(...placed)
        left = left.filter(({ model }) => !taken.has(model.id))
      }
      return [...ranking, ...byWeight(left)]
    }
  },
}

/** What the rule says of those candidates that it names. */
function rankBy(rule: Rule, candidates: readonly Candidate[], situation: Situation): readonly Ranked[] {
  const uses = candidates.filter(({ model }) => rule.uses.includes(model.id))
  const fallback = rule.fallback
    .filter((id, place) => !rule.uses.includes(id) && rule.fallback.indexOf(id) === place)
    .flatMap(id => candidates.find(({ model }) => model.id === id) ?? [])
    .map(({ model }) => ({ model, score: model.weight }))
  return [...(uses.length === 0 ? [] : rule.rank(uses, situation)), ...fallback]
}

function byWeight(candidates: readonly Candidate[]): readonly Ranked[] {
  return candidates
    .map(({ model }) => ({ model, score: model.weight }))
    .toSorted((a, b) => b.model.weight - a.model.weight || compareIds(a.model, b.model))
}
