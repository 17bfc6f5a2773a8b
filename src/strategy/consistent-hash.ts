/**
 * Keeps a conversation with one model, so that its prompt cache stays warm, and lets no popular key overload it: a hash ring with
 * bounded loads (Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing with bounded loads", SODA 2018).
 *
 * A model takes a request while its load, that request included, is within ceil(1.25 × all load × its weight's share), all
 * counted over the eligible models. A count is only as good as its age: the bound is never below 2 plus what the model's share of
 * the unseen arrivals may be, or else small numbers and old views would scatter conversations for nothing. With no view there is
 * no bound.
 *
 * Spilling costs a warm cache, and coming back costs another. So a conversation that was last elsewhere stays there while that
 * model is within its bound, and goes home only once its owner has come down to 0.8 of its own bound.
 */
import { createRing } from '../algorithm/ring'
import { unseenRequests } from './load-interpretation'
import { byConfiguration } from './order'
import type { Candidate, Situation, Strategy } from './strategy'

/** How far above its fair share a model may be loaded. Lower evens the load out more and moves more keys. */
const BALANCE = 1.25
/** On a nearly idle fleet the fair share rounds to one request; a second one that happens to coincide is no overload. */
const MIN_BOUND = 2
/** Fair share, that is 1 / BALANCE of the bound: at it the owner has room for what has spilled, not only for one request. */
const RETURN_AT = 0.8

/** Score: load, this request included, over its bound: above 1 the model is passed over. 0 while there is no bound. */
export const consistentHash: Strategy = {
  name: 'consistent-hash',
  prepare(models) {
    const inOrder = byConfiguration(models)
    const ring = createRing(models)
    return (candidates, situation) => {
      const ordered = inOrder(candidates)
      const use = usage(ordered, situation.view)
      const walk = new Map(ring.walk(situation.hashKey).map((id, place) => [id, place]))
      const placeOf = ({ model }: Candidate) => walk.get(model.id) ?? walk.size
      const onRing = ordered
        .toSorted((a, b) => placeOf(a) - placeOf(b))
        .map((candidate, place) => ({ model: candidate.model, score: use(candidate), isExpected: place === 0 }))
      const within = onRing.filter(({ score }) => score <= 1)
      const over = onRing.filter(ranked => !within.includes(ranked))
      const [owner] = onRing
      const last = within.find(({ model }) => model.id === situation.lastModel)
      if (last === undefined || owner === undefined || owner.score <= RETURN_AT) return [...within, ...over]
      return [last, ...within.filter(ranked => ranked !== last), ...over]
    }
  },
}

/** How much of its bound a candidate would use with this request on board. */
function usage(candidates: readonly Candidate[], view: Situation['view']): (candidate: Candidate) => number {
  if (view === undefined) return () => 0
  const fleet = candidates.reduce((total, { load }) => total + load.inFlight, 0)
  const weight = candidates.reduce((total, { model }) => total + model.weight, 0)
  const unseen = unseenRequests(candidates, view)
  return ({ model, load }) => {
    const share = model.weight / weight
    const bound = Math.max(Math.ceil(BALANCE * (fleet + 1) * share), MIN_BOUND + unseen * share)
    return (load.inFlight + 1) / bound
  }
}
