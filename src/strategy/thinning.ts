/**
 * Spares a model whose rate limit runs low, before it has to refuse: the less is left of the limit, the fewer of the requests that would go there do
 * (random early detection: Floyd and Jacobson, 1993). Traffic and refill then meet at a level in between, whatever the limit is and however many
 * isolates share it; a fixed mark would be overrun by all of them at once, as each learns of it late.
 */
import type { Random } from '../algorithm/sampling'
import type { Candidate, Ranked } from './strategy'

/** With more left nothing is spared. */
const ENOUGH = 0.5

/** What was used up whenever somebody looked may have been raised since: a few requests find out. */
const MIN_USUAL = 0.05

/** Those that are spared this time come last, in the same order among themselves. Draws only for those that run low. */
export function thinned(ranking: readonly Ranked[], candidates: readonly Candidate[], random: Random): readonly Ranked[] {
  const spared = new Set(
    candidates
      .filter(({ load }) => {
        const share = load.headroom?.share ?? Math.max(MIN_USUAL, load.usualHeadroom ?? 1)
        return share < ENOUGH && random() * ENOUGH >= share
      })
      .map(({ model }) => model.id),
  )
  if (spared.size === 0) return ranking
  return [...ranking.filter(({ model }) => !spared.has(model.id)), ...ranking.filter(({ model }) => spared.has(model.id))]
}
