/**
 * What part of a prompt a model has in its prompt cache, by how the request stands to the conversations that it had before. Providers tell it in the usage of
 * each answer, so that it is learned, and it takes in how long each provider keeps a cache: what is gone when a conversation goes on was not there. Of one
 * that tells of no cache nothing is expected. Plain data.
 */
import { type Ewma, observe, readWithPrior } from '../algorithm/ewma'

/**
 * How a request stands to a model. `first`: it begins a conversation, and only what many prompts begin with is known. `home`: the conversation is at
 * home there, or was there last. `away`: it is at home elsewhere.
 */
export const RELATIONS = ['first', 'home', 'away'] as const
export type Relation = (typeof RELATIONS)[number]

/** 0..1 of the prompt, on average. */
export type CachedShares = Readonly<Record<Relation, number>>

/** Summed over so many answers. */
export type CachedNews = Readonly<Partial<Record<Relation, readonly [sum: number, answers: number]>>>

export type CachedState = Readonly<Partial<Record<Relation, Ewma | undefined>>>

/** Short of the time for which providers keep a cache, 5 to 10 minutes, and long enough for a model that has few conversations. */
const HALF_LIFE_MS = 60_000
/** One answer from a cache may be chance. */
const PRIOR_WEIGHT = 3

export function withShare(news: CachedNews | undefined, relation: Relation, share: number): CachedNews {
  const [sum, answers] = news?.[relation] ?? [0, 0]
  return { ...news, [relation]: [sum + Math.min(1, Math.max(0, share)), answers + 1] }
}

export function observeCached(
  state: CachedState | undefined,
  news: CachedNews | undefined,
  nowMs: number,
): CachedState | undefined {
  if (news === undefined) return state
  let next = state
  for (const relation of RELATIONS) {
    const [sum, answers] = news[relation] ?? [0, 0]
    for (let i = 0; i < answers; i++)
      next = { ...next, [relation]: observe(next?.[relation], sum / answers, nowMs, HALF_LIFE_MS) }
  }
  return next
}

/** Null: no answer ever told. */
export function readCached(state: CachedState | undefined, nowMs: number): CachedShares | null {
  if (state === undefined) return null
  const share = (relation: Relation) => readWithPrior(state[relation], nowMs, HALF_LIFE_MS, 0, PRIOR_WEIGHT)
  return { first: share('first'), home: share('home'), away: share('away') }
}
