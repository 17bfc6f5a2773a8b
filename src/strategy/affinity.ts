/**
 * Where a conversation's beginning is likely to be cached, without a memory of conversations: a thousand isolates that share nothing find the same home for
 * the same key. The home is the first by weighted rendezvous hashing (Thaler and Ravishankar, 1998), so that every model is home to as many conversations as
 * its weight says, and one that comes or goes moves no others. Where a conversation is known to have been sent elsewhere (`state/placements.ts`), that is its home.
 *
 * What a home is worth is learned (`state/cached-share.ts`): so much less is there to be read. It is not a rule to go home, only a time saved, which
 * `load-interpretation.ts` weighs against the queue.
 */
import { hash32 } from '../algorithm/hash'
import type { Relation } from '../state/cached-share'
import type { Candidate, Situation } from './strategy'

/** OpenAI, Anthropic and Google cache no prompt that is shorter. */
const MIN_TOKENS = 1_024

export interface Affinity {
  readonly relation: Relation
  /** Whoever knows nothing of the conversation looks for it here. */
  readonly isExpected: boolean
  /** The model tells how much of a prompt it had cached, be it nothing. */
  readonly isTold: boolean
  /** Of the prompt, wherever the conversation is at home. */
  readonly cachedTokens: number
  /** So many more if it is at home here; in the first turn, those that the next turns will find. */
  readonly gainTokens: number
  /** In (0, 1), the same for this conversation and this model on every machine. */
  readonly lot: number
}

/** In the candidates' order; undefined: the request has nothing worth keeping together. */
export function affinitiesOf(candidates: readonly Candidate[], situation: Situation): readonly Affinity[] | undefined {
  const { features, hashKey, lastModel, isPopular = false } = situation
  const { promptTokens, turns } = features
  if (promptTokens < MIN_TOKENS || hashKey === '' || isPopular) return undefined
  const lots = candidates.map(({ model }) => (hash32(`${hashKey} ${model.id}`) + 0.5) / 2 ** 32)
  const home = firstByLot(
    candidates.map(({ model }) => model.weight),
    lots,
  )
  const isKnown = candidates.some(({ model }) => model.id === lastModel)
  return candidates.map(({ model, load: { cached } }, index) => {
    const isHome = isKnown ? model.id === lastModel : index === home
    const relation = turns <= 1 ? 'first' : isHome ? 'home' : 'away'
    const base = relation === 'first' ? (cached?.first ?? 0) : (cached?.away ?? 0)
    const gain = isHome ? Math.max(0, (cached?.home ?? 0) - (cached?.away ?? 0)) : 0
    return {
      relation,
      isExpected: index === home,
      isTold: cached !== undefined,
      cachedTokens: base * promptTokens,
      gainTokens: gain * promptTokens,
      lot: lots[index] ?? 0.5,
    }
  })
}

/** A choice in proportion to the weights that the lots make instead of chance: whose exponential key -ln(lot) / weight is least. Undefined without any weight. */
export function firstByLot(weights: readonly number[], lots: readonly number[]): number | undefined {
  let first: number | undefined
  let least = Number.POSITIVE_INFINITY
  for (const [index, weight] of weights.entries()) {
    const key = -Math.log(lots[index] ?? 0.5) / weight
    if (!(weight > 0) || !(key < least)) continue
    first = index
    least = key
  }
  return first
}
