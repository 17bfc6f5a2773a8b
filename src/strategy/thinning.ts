/**
 * Spares a model whose rate limit runs low, before it has to refuse: the less is left of the limit, the fewer of the requests that would go there do
 * (random early detection: Floyd and Jacobson, 1993). Traffic and refill then meet at a level in between, whatever the limit is and however many
 * isolates share it; a fixed mark would be overrun by all of them at once, as each learns of it late.
 *
 * What is left fills and empties within the time that the limit takes to refill. Whoever goes by a figure that is old against that turns the tap the wrong way:
 * everyone stays away until it is full and then comes at once. So the older the figure, the more the average counts beside it.
 *
 * Of a limit on requests that is known to be used up all are spared (`quota.ts`).
 */
import type { Random } from '../algorithm/sampling'
import type { Model } from '../model'
import { isUsedUp } from './quota'
import type { Candidate, Load, Ranked } from './strategy'

/** With more left nothing is spared. */
const ENOUGH = 0.8

/** What was used up whenever somebody looked may have been raised since: a few requests find out. */
const MIN_USUAL = 0.05

/**
 * A loop whose delay times its gain stays below a half settles without swinging. The gain is what is asked over what is let through, say three, over half of the
 * time to refill: so a figure may count in full up to a twelfth of that time.
 */
const YOUNG = 1 / 12

/**
 * Of the candidates, those that are spared this time. `ageMs`: of what others told. `size`: of this prompt, over the mean; a limit on requests is best used for those that
 * would take long elsewhere, and of one on tokens nothing is lost by it. Draws only for those that run low.
 */
export function sparedAmong(candidates: readonly Candidate[], ageMs: number, random: Random, size = 1): ReadonlySet<Model> {
  const spared = candidates.filter(({ load }) => {
    if (isUsedUp(load)) return true
    const share = shareOf(load, ageMs)
    return share < ENOUGH && random() * ENOUGH >= share * size
  })
  return new Set(spared.map(({ model }) => model))
}

/** They come last, in the same order among themselves. */
export function sparedLast(ranking: readonly Ranked[], spared: ReadonlySet<Model>): readonly Ranked[] {
  if (spared.size === 0) return ranking
  return [...ranking.filter(({ model }) => !spared.has(model)), ...ranking.filter(({ model }) => spared.has(model))]
}

function shareOf({ headroom, usualHeadroom }: Load, ageMs: number): number {
  const usual = Math.max(MIN_USUAL, usualHeadroom ?? 1)
  if (headroom === undefined || headroom === null) return usual
  const { share, forMs = 0 } = headroom
  if (usualHeadroom === undefined || forMs <= 0) return share
  const refillMs = forMs / Math.max(Number.EPSILON, 1 - share)
  const weight = Math.min(1, (YOUNG * refillMs) / Math.max(1, ageMs))
  return weight * share + (1 - weight) * usual
}
