/**
 * The order in which a strategy looks at its candidates: that of the configuration. Candidates may arrive in any order; with this
 * one first, neither a tie nor a random draw can favour whoever happens to come first.
 */
import type { Model } from '../model'
import type { Candidate } from './strategy'

/** A sorted copy, or the same where they are in order. A candidate that the configuration does not name comes last, by id. */
export function byConfiguration(models: readonly Model[]): (candidates: readonly Candidate[]) => readonly Candidate[] {
  const places = new Map(models.map(({ id }, place) => [id, place]))
  const placeOf = ({ model }: Candidate) => places.get(model.id) ?? models.length
  const compare = (a: Candidate, b: Candidate) => placeOf(a) - placeOf(b) || compareIds(a.model, b.model)
  return candidates => (isSorted(candidates, compare) ? candidates : candidates.toSorted(compare))
}

/** As they nearly always are, and a look is cheaper than a sort. */
function isSorted(candidates: readonly Candidate[], compare: (a: Candidate, b: Candidate) => number): boolean {
  let before: Candidate | undefined
  for (const candidate of candidates) {
    if (before !== undefined && compare(before, candidate) > 0) return false
    before = candidate
  }
  return true
}

/** By code unit, not by locale: every isolate must break a tie the same way. */
export function compareIds(a: Model, b: Model): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
