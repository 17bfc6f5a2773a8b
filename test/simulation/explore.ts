/**
 * Which model suits a topic, learned from feedback while the models change: the router's own strategy and beliefs, on a virtual clock, against the same
 * Thompson sampling without forgetting (a stationary posterior), and against the prior alone.
 */
import { aged, NO_EVIDENCE, observe } from '../../src/algorithm/beta'
import { createRandom } from '../../src/algorithm/random'
import type { Random } from '../../src/algorithm/sampling'
import { qualitiesOf } from '../../src/profile/quality'
import type { FeedbackTable } from '../../src/state/registry-view'
import { modelAware } from '../../src/strategy/model-aware'
import { load, model, situation } from '../strategy/given'

export interface Drift {
  readonly requests: number
  readonly models: number
  /** True success rates of all models on each topic are drawn anew every so many requests. */
  readonly changeEvery: number
  readonly seed: number
}

export interface Learner {
  readonly name: string
  readonly explore: { readonly minShare: number } | undefined
  /** Observations remembered. */
  readonly most: number
  readonly halfLifeMs: number
  readonly learns: boolean
}

const EVERY_MS = 1_000
const TOPICS = ['coding', 'creative_writing', 'knowledge_qa'] as const
/** Feedback reaches the isolates with a delay of up to this; ms. */
const PUBLISHED_EVERY_MS = 10_000

/** The sum over all requests of what the best model of the moment would have scored more, expected. */
export function regretOf({ requests, models: count, changeEvery, seed }: Drift, learner: Learner): number {
  const world = createRandom(seed)
  const choice = createRandom(seed + 1)
  const models = Array.from({ length: count }, (_, index) => model(`m${index}`, { price: undefined }))
  const { explore } = learner
  const rank = modelAware.prepare(models, { priority: 'accuracy', ...(explore !== undefined && { explore }) })
  let rates = drawRates(world, count)
  let table: Record<string, Record<string, Record<string, { sum: number; count: number; atMs: number }>>> = {}
  let published: FeedbackTable = {}
  let regret = 0
  for (let turn = 0; turn < requests; turn++) {
    const nowMs = turn * EVERY_MS
    if (turn % changeEvery === 0) rates = drawRates(world, count)
    if (nowMs % PUBLISHED_EVERY_MS === 0) published = table
    const topic = TOPICS[Math.floor(world() * TOPICS.length)] ?? 'coding'
    const candidates = models.map(each => ({
      model: each,
      load: load(),
      quality: qualitiesOf(each.profile, published[each.id], topic, nowMs, learner),
    }))
    const given = situation({ nowMs, random: choice, priority: 'accuracy' })
    const chosen = rank(candidates, given)[0]?.model
    if (chosen === undefined) throw new Error('nobody was chosen')
    const own = rates.get(topic) ?? []
    const rate = own[models.indexOf(chosen)] ?? 0
    regret += Math.max(...own) - rate
    const score = world() < rate ? 1 : 0
    if (!learner.learns) continue
    const before = table[chosen.id]?.accuracy?.[topic] ?? NO_EVIDENCE
    const after = observe(aged(before, nowMs, learner), score, nowMs, learner)
    table = { ...table, [chosen.id]: { accuracy: { ...table[chosen.id]?.accuracy, [topic]: after } } }
  }
  return regret
}

/** One model is clearly good at each topic, the others are middling. */
function drawRates(random: Random, count: number): ReadonlyMap<string, readonly number[]> {
  return new Map(
    TOPICS.map(topic => {
      const best = Math.floor(random() * count)
      return [topic, Array.from({ length: count }, (_, index) => (index === best ? 0.85 : 0.35 + 0.3 * random()))]
    }),
  )
}
