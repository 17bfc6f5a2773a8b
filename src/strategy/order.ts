/**
 * The order in which a strategy looks at its candidates: that of the configuration. Candidates may arrive in any order; with this
 * one first, neither a tie nor a random draw can favour whoever happens to come first.
 */
import type { Model } from '../model'
import type { Candidate } from './strategy'

/** A sorted copy. A candidate that the configuration does not name comes last, by id. */
export function byConfiguration(models: readonly Model[]): (candidates: readonly Candidate[]) => readonly Candidate[] {
  const places = new Map(models.map(({ id }, place) => [id, place]))
  const placeOf = ({ model }: Candidate) => places.get(model.id) ?? models.length
  return candidates => candidates.toSorted((a, b) => placeOf(a) - placeOf(b) || compareIds(a.model, b.model))
}

/** By code unit, not by locale: every isolate must break a tie the same way. */
export function compareIds(a: Model, b: Model): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
