/**
 * The decision, as a pure function: describe the request, find its route, leave out who cannot serve, rank the rest. What it returns is
 * both what is carried out and what `/v1/route` explains, so that the explanation cannot differ from the act.
 */
import type { ChatRequest } from '../chat'
import type { Features } from '../context/features'
import type { Model } from '../model'
import { fail, ok, type Problem, type Result } from '../outcome'
import type { Native } from '../provider/native'
import type { ModelLoad, View } from '../state/local-load'
import type { Candidate, Ranked, Situation, StrategyName } from '../strategy/strategy'
import { boundTo } from './bound'
import type { Controls } from './controls'
import { type Excluded, exclusionOf, explain, isTemporary, leftOutFor } from './filter'
import type { Group, Plan } from './plan'

/** Everything a decision rests on. */
export interface Question {
  readonly chat: ChatRequest
  readonly native?: Native | undefined
  readonly controls: Controls
  readonly features: Features
  readonly claims: Readonly<Record<string, unknown>>
  readonly hashKey: string
  readonly lastModel: string | undefined
  readonly nowMs: number
  readonly random: () => number
  /** Turn of the named group in this isolate. */
  readonly turn: (group: string) => number
  /** Of a model, an account or a place. */
  readonly load: (id: string) => ModelLoad
  readonly place: string
  readonly view: View | undefined
}

export interface Decision {
  readonly route: string
  readonly strategy: StrategyName | 'listed'
  readonly hedge: boolean
  /** Best first, fallbacks included. Never empty. */
  readonly ranking: readonly Ranked[]
  readonly excluded: readonly Excluded[]
  /** All were ejected, and the least bad are tried rather than nobody. */
  readonly panic: boolean
  /** Routes that `auto` passed over, and why. */
  readonly passedOver: readonly { readonly route: string; readonly why: string }[]
}

export function decide(plan: Plan, question: Question): Result<Decision, Problem> {
  const chosen = choose(plan, question)
  if (!chosen.ok) return chosen
  const { group, passedOver } = chosen.value
  const strategy = question.controls.strategy ?? group.strategy
  const situation = situationOf(question, question.turn(group.name))

  const { eligible, excluded, panic } = sift([...group.use, ...group.fallback], question)
  const own = new Set(group.use)
  const used = eligible.filter(({ model }) => own.has(model))
  const spare = eligible.filter(({ model }) => !own.has(model))
  if (eligible.length === 0) return fail(nobodyCan(group, excluded))
  const rank = strategy === undefined ? inOrder : group.rankBy(strategy)
  return ok({
    route: group.name,
    strategy: strategy ?? 'listed',
    hedge: group.hedge,
    ranking: sparing([...rank(used, situation), ...inOrder(spare)], question),
    excluded,
    panic,
    passedOver,
  })
}

interface Chosen {
  readonly group: Group
  readonly passedOver: Decision['passedOver']
}

function choose(plan: Plan, question: Question): Result<Chosen, Problem> {
  const { chat, controls } = question
  if (controls.models !== undefined) {
    const listed = plan.listed(controls.models)
    if ('unknown' in listed) return fail(unknownModel(plan, listed.unknown, 'x-router-models'))
    return ok({ group: listed, passedOver: [] })
  }
  if (chat.model !== 'auto') {
    const group = plan.find(chat.model)
    return group === undefined ? fail(unknownModel(plan, chat.model, 'model')) : ok({ group, passedOver: [] })
  }
  return ok(walkRoutes(plan, question))
}

/** The first route that applies and has a live model. */
function walkRoutes(plan: Plan, { features, claims, chat }: Question): Chosen {
  const passedOver: { route: string; why: string }[] = []
  for (const { name, applies, group } of plan.routes) {
    const { matches, why = '' } = applies({ features, claims, metadata: chat.metadata ?? {} })
    const isLive = group.use.length + group.fallback.length > 0
    if (matches && isLive) return { group, passedOver }
    passedOver.push({ route: name, why: matches ? 'none of its models has its secret set' : why })
  }
  return { group: plan.everything, passedOver }
}

function sift(models: readonly Model[], question: Question) {
  const eligible: Candidate[] = []
  const excluded: Excluded[] = []
  const sieve = { ...question, bound: boundTo(question.chat, question.native) }
  for (const model of models) {
    const load = question.load(model.id)
    const exclusion = exclusionOf(model, sieve)
    if (exclusion === undefined) eligible.push(candidateOf(model, load))
    else excluded.push({ model, exclusion })
  }
  const leastBad = excluded
    .flatMap(({ model, exclusion }) => {
      const forMs = leftOutFor(exclusion)
      return forMs === undefined ? [] : [{ model, forMs }]
    })
    .sort((a, b) => a.forMs - b.forMs)
  if (eligible.length > 0 || leastBad.length === 0) return { eligible, excluded, panic: false }
  return {
    eligible: leastBad.map(({ model }) => candidateOf(model, question.load(model.id))),
    excluded: excluded.filter(({ exclusion }) => leftOutFor(exclusion) === undefined),
    panic: true,
  }
}

/** Failures come back fast and hold no lease; without counting them as load for a while, a broken model would look idle. */
function candidateOf(model: Model, load: ModelLoad): Candidate {
  return { model, load: { ...load, inFlight: load.inFlight + load.recentFailures } }
}

/** A model with less of its rate limit left than this comes last, so that it is spared before it has to refuse. */
const SCARCE = 0.05

function sparing(ranking: readonly Ranked[], { load }: Question): readonly Ranked[] {
  const isScarce = ({ model }: Ranked) => (load(model.id).headroom?.share ?? 1) < SCARCE
  return [...ranking.filter(ranked => !isScarce(ranked)), ...ranking.filter(isScarce)]
}

function situationOf(question: Question, turn: number): Situation {
  return {
    nowMs: question.nowMs,
    random: question.random,
    turn,
    hashKey: question.hashKey,
    lastModel: question.lastModel,
    priority: question.controls.priority,
    features: question.features,
    claims: question.claims,
    metadata: question.chat.metadata ?? {},
    view: question.view,
  }
}

const inOrder = (candidates: readonly Candidate[]): readonly Ranked[] =>
  candidates.map(({ model }, index) => ({ model, score: index }))

function unknownModel(plan: Plan, name: string, param: string): Problem {
  const secret = plan.config.models.get(name)?.secret
  if (secret !== undefined) {
    const message = `"${name}" is configured, but its secret ${secret} is not set.`
    return { status: 404, type: 'invalid_request_error', code: 'model_not_found', message, param }
  }
  return {
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: `There is no model, pool or route "${name.slice(0, 100)}" here. Known names: ${plan.names.slice(0, 50).join(', ')}.`,
    param,
  }
}

function nobodyCan(group: Group, excluded: readonly Excluded[]): Problem {
  const reasons = excluded.map(({ model, exclusion }) => `${model.id}: ${explain(exclusion)}`).join('; ')
  const message = `No model of "${group.name}" can take this request. ${reasons || 'None of its models has its secret set'}.`
  if (excluded.length === 0 || excluded.some(({ exclusion }) => isTemporary(exclusion)))
    return { status: 503, type: 'server_error', code: 'no_model_available', message, param: null, retryAfterMs: 1_000 }
  const tooLong = excluded.some(({ exclusion }) => exclusion.kind === 'context-window')
  const code = tooLong ? 'context_length_exceeded' : 'unsupported_parameter'
  return { status: 400, type: 'invalid_request_error', code, message, param: tooLong ? 'messages' : null }
}
