/**
 * The decision, as a pure function: describe the request, find its route, leave out who cannot serve, rank the rest. What it returns is
 * both what is carried out and what `/v1/route` explains, so that the explanation cannot differ from the act.
 */
import type { ChatRequest } from '../chat'
import type { Features } from '../context/features'
import type { Model } from '../model'
import { fail, ok, type Problem, type Result } from '../outcome'
import type { ModelLoad, View } from '../state/local-load'
import type { Candidate, Ranked, Situation, StrategyName } from '../strategy/strategy'
import type { Controls } from './controls'
import { type Excluded, exclusionOf, explain, isTemporary } from './filter'
import type { Group, Plan } from './plan'

/** Everything a decision rests on. */
export interface Question {
  readonly chat: ChatRequest
  readonly controls: Controls
  readonly features: Features
  readonly claims: Readonly<Record<string, unknown>>
  readonly hashKey: string
  readonly lastModel: string | undefined
  readonly nowMs: number
  readonly random: () => number
  /** Turn of the named group in this isolate. */
  readonly turn: (group: string) => number
  readonly load: (model: string) => ModelLoad
  readonly view: View | undefined
}

export interface Decision {
  readonly route: string
  readonly strategy: StrategyName | 'listed'
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
  const used = eligible.filter(({ model }) => group.use.includes(model))
  const spare = eligible.filter(({ model }) => !group.use.includes(model))
  if (eligible.length === 0) return fail(nobodyCan(group, excluded))
  const rank = strategy === undefined ? inOrder : group.rankBy(strategy)
  return ok({
    route: group.name,
    strategy: strategy ?? 'listed',
    ranking: [...rank(used, situation), ...inOrder(spare)],
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
  for (const model of models) {
    const load = question.load(model.id)
    const exclusion = exclusionOf(model, load, question.features)
    if (exclusion === undefined) eligible.push(candidateOf(model, load))
    else excluded.push({ model, exclusion })
  }
  const panic = eligible.length === 0 && excluded.some(({ exclusion }) => exclusion.kind === 'ejected')
  if (!panic) return { eligible, excluded, panic }
  const leastBad = excluded
    .flatMap(({ model, exclusion }) => (exclusion.kind === 'ejected' ? [{ model, forMs: exclusion.forMs }] : []))
    .sort((a, b) => a.forMs - b.forMs)
    .map(({ model }) => candidateOf(model, question.load(model.id)))
  return { eligible: leastBad, excluded: excluded.filter(({ exclusion }) => exclusion.kind !== 'ejected'), panic }
}

/** Failures come back fast and hold no lease; without counting them as load for a while, a broken model would look idle. */
function candidateOf(model: Model, load: ModelLoad): Candidate {
  return { model, load: { ...load, inFlight: load.inFlight + load.recentFailures } }
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
  const message = `No model of "${group.name}" can take this request. ${reasons}.`
  if (excluded.some(({ exclusion }) => isTemporary(exclusion)))
    return { status: 503, type: 'server_error', code: 'no_model_available', message, param: null, retryAfterMs: 1_000 }
  const tooLong = excluded.some(({ exclusion }) => exclusion.kind === 'context-window')
  const code = tooLong ? 'context_length_exceeded' : 'unsupported_parameter'
  return { status: 400, type: 'invalid_request_error', code, message, param: tooLong ? 'messages' : null }
}
