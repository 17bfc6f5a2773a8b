/**
 * The part of a decision that needs nothing but the load, as plain JSON that travels in a header: whoever is in the running, and what their strategy looks
 * at. So the tracker can make it without a configuration: what the configuration has to say (routes, conditions, capabilities, regions, canaries) was
 * said when the contest was made.
 *
 * The isolate then decides by the loads that the tracker saw, as it always does. Both run the same strategies on the same figures and the same
 * seed, so that they come to the same; what only the isolate weighs (a deadline, a fallback when nobody is left) at most leaves the wrong model counted
 * until the next report.
 */
import { createRandom } from '../algorithm/random'
import { UNDESCRIBED } from '../context/features'
import { isObject } from '../json'
import type { Model } from '../model'
import type { Seen } from '../state/central'
import { decideUnder } from '../strategy/load-use'
import { strategies } from '../strategy/strategies'
import { type Rank, type Situation, STRATEGIES, type StrategyName } from '../strategy/strategy'
import { accountId, placeId } from './account'
import { burdened, choose, regionsFor, sparing, trialOf } from './decide'
import { unavailable, unfit } from './filter'
import type { WorkPlan } from './plan'
import type { Sized } from './question'

type Entrant = readonly [id: string, weight: number, maxInFlight: number, account: string, place: string]

export interface Contest {
  readonly strategy: StrategyName
  /** The canary's models, where this request is among those that they are tried on, and then the route's own. None has a reason against it but its load. */
  readonly sides: readonly (readonly Entrant[])[]
  /** A fingerprint. */
  readonly hashKey: string
  readonly lastModel: string | null
  readonly isPopular?: boolean | undefined
  /** Of the conversation, and of all that is to be read. */
  readonly promptTokens: number
  readonly allTokens: number
  readonly turns: number
  /** By the isolate's clock. */
  readonly nowMs: number
  readonly seed: number
}

/** The tracker ranks within a fraction of a ms; and a header has its limit, which a report needs too. */
const MAX_ENTRANTS = 50
const MAX_CHARACTERS = 3_000

/** Undefined: there is nothing to choose from, or nothing that the tracker could choose by. */
export function contestOf(plan: WorkPlan, question: Sized): Contest | undefined {
  const chosen = choose(plan, question)
  if (!chosen.ok) return undefined
  const { group } = chosen.value
  const strategy = question.controls.strategy ?? group.strategy
  if (strategy === undefined || decideUnder(strategy, 'central') !== 'central') return undefined
  const regions = regionsFor(plan, group, question)
  const entrants = (models: readonly Model[]): readonly Entrant[] =>
    models
      .filter(model => unfit(model, { ...question, regions, work: plan.work }) === undefined)
      .map(model => [model.id, model.weight, model.maxInFlight, accountId(model), placeId(model, question.place)])
  const trial = trialOf(group, question)?.use ?? []
  const sides = [entrants(trial), entrants(group.use.filter(model => !trial.includes(model)))].filter(({ length }) => length > 0)
  const all = sides.flat()
  const characters = all.reduce((sum, [id, , , account, place]) => sum + id.length + account.length + place.length, 0)
  if (all.length < 2 || all.length > MAX_ENTRANTS || characters > MAX_CHARACTERS) return undefined
  const { hashKey, lastModel = null, isPopular = false, features, promptTokens: allTokens, nowMs, seed } = question
  const { promptTokens, turns } = features
  return { strategy, sides, hashKey, lastModel, ...(isPopular && { isPopular }), promptTokens, allTokens, turns, nowMs, seed }
}

/** Whose load decides it. */
export const idsIn = ({ sides }: Contest): readonly string[] => [
  ...new Set(sides.flat().flatMap(([id, , , account, place]) => [id, account, place])),
]

/** The account and the place that a model is reached by. */
export const sharedBy = ({ sides }: Contest, model: string): readonly string[] =>
  sides.flat().flatMap(([id, , , account, place]) => (id === model ? [account, place] : []))

/** The ids of those that can serve, best first. `prepare` is `preparedFor`, which remembers. */
export function rankContest(
  contest: Contest,
  { loads, view }: Seen,
  prepare: typeof preparedFor = preparedFor,
): readonly string[] {
  const load = (id: string) => {
    const known = loads[id]
    if (known === undefined) throw new Error(`a contest without the load of ${id}`)
    return known
  }
  const situation = situationOf(contest, view)
  const ranking = contest.sides.flatMap(side => {
    const able = side.filter(([id, , maxInFlight, account, place]) => {
      return unavailable({ id, maxInFlight, account, place }, load) === undefined
    })
    if (able.length === 0) return []
    const candidates = able.map(entrant => {
      const model = modelOf(entrant)
      return { model, load: burdened(load(model.id)), quality: model.profile }
    })
    return prepare(contest.strategy, side)(candidates, situation)
  })
  return sparing(ranking, load).map(({ model }) => model.id)
}

/** What was sent by another version may be of another shape. */
export function isContest(value: unknown): value is Contest {
  if (!isObject(value) || !Array.isArray(value.sides)) return false
  const { strategy, sides, hashKey, promptTokens, allTokens, turns, nowMs, seed } = value
  return (
    STRATEGIES.some(name => name === strategy) &&
    sides.every(side => Array.isArray(side) && side.every(isEntrant)) &&
    typeof hashKey === 'string' &&
    [promptTokens, allTokens, turns, nowMs, seed].every(Number.isFinite)
  )
}

function isEntrant(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 5) return false
  const [id, weight, maxInFlight, account, place]: readonly unknown[] = value
  return [id, account, place].every(each => typeof each === 'string') && [weight, maxInFlight].every(Number.isFinite)
}

const UNKNOWN = { mean: 0.5, count: 0 } as const

/** What strategies that go by load alone look at; the rest says nothing. */
const modelOf = ([id, weight, maxInFlight]: Entrant): Model => ({
  id,
  of: id,
  provider: 'openai-compatible',
  name: id,
  baseUrl: '',
  headers: {},
  secretHeaders: undefined,
  secret: undefined,
  weight,
  maxInFlight,
  contextWindow: undefined,
  capabilities: undefined,
  price: undefined,
  profile: { accuracy: UNKNOWN, creativity: UNKNOWN, ethics: UNKNOWN, topics: {} },
  firstTokenMs: undefined,
  region: undefined,
  state: 'active',
})

/** Rings and schedules take time to prepare, and the same models contend again and again. The oldest goes first. */
const MAX_PREPARED = 64
const prepared = new Map<string, Rank>()

function preparedFor(strategy: StrategyName, side: readonly Entrant[]): Rank {
  const key = JSON.stringify([strategy, side.map(([id, weight, maxInFlight]) => [id, weight, maxInFlight])])
  const known = prepared.get(key)
  if (known !== undefined) return known
  const rank = strategies[strategy].prepare(side.map(modelOf), {})
  const [oldest] = prepared.keys()
  if (prepared.size >= MAX_PREPARED && oldest !== undefined) prepared.delete(oldest)
  prepared.set(key, rank)
  return rank
}

function situationOf(contest: Contest, view: Situation['view']): Situation {
  const { hashKey, lastModel, isPopular, nowMs, seed, promptTokens, turns } = contest
  return {
    nowMs,
    random: createRandom(seed),
    turn: 0,
    hashKey,
    lastModel: lastModel ?? undefined,
    isPopular,
    priority: undefined,
    // What only the isolate knows of the request, strategies that go by load alone do not ask
    features: { ...UNDESCRIBED, promptTokens, turns },
    claims: {},
    metadata: {},
    view,
  }
}
