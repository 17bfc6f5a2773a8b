/**
 * The decision, as a pure function: describe the request, find its route, leave out who cannot serve, rank the rest. What it returns is
 * both what is carried out and what `/v1/route` explains, so that the explanation cannot differ from the act.
 */

import type { Mismatch } from '../context/condition'
import type { Features } from '../context/features'
import type { Model } from '../model'
import { fail, ok, type Problem, type Result } from '../outcome'
import { qualitiesOf } from '../profile/quality'
import type { ModelLoad, View } from '../state/local-load'
import type { FeedbackTable } from '../state/registry-view'
import { withinDeadline } from '../strategy/deadline'
import { isUsedUp } from '../strategy/quota'
import type { Candidate, Ranked, Situation, StrategyName } from '../strategy/strategy'
import type { Bound } from './bound'
import { isInCanary } from './canary'
import type { Controls } from './controls'
import { type Excluded, exclusionOf, leftOutFor } from './filter'
import type { Group, WorkPlan } from './plan'
import { nobodyCan, severalSpaces, unknownModel } from './refusal'
import { narrowed, type Regions } from './region'

/** Everything a decision rests on. */
export interface Question {
  /** As the client named it. */
  readonly model: string
  readonly controls: Controls
  readonly features: Features
  readonly bound: Bound | undefined
  /** The client's own. */
  readonly metadata: Readonly<Record<string, string>>
  readonly claims: Readonly<Record<string, unknown>>
  /** Where the caller allows it to be served, by claim and by control. */
  readonly regions?: Regions
  /** A fingerprint of what the client sent. */
  readonly hashKey: string
  readonly lastModel: string | undefined
  /** Many requests at a time have this key. By default few do. */
  readonly isPopular?: boolean | undefined
  readonly nowMs: number
  readonly random: () => number
  /** Turn of the named group in this isolate. */
  readonly turn: (group: string) => number
  /** Of a model, an account or a place. */
  readonly load: (id: string) => ModelLoad
  /** What the registry has learned of each model. */
  readonly feedback: FeedbackTable
  readonly place: string
  readonly view: View | undefined
}

export interface Decision {
  readonly route: string
  readonly strategy: StrategyName | 'listed'
  readonly hedge: boolean
  /** Of those that models are in, the ones where this request may be served. */
  readonly regions: Regions
  /** The route tries its canary on this conversation, and it can serve. */
  readonly canary: boolean
  /** Best first, fallbacks included. Never empty. */
  readonly ranking: readonly Ranked[]
  readonly excluded: readonly Excluded[]
  /** All were ejected, and the least bad are tried rather than nobody. */
  readonly panic: boolean
  /** Routes that `auto` passed over, and why. */
  readonly passedOver: readonly PassedOver[]
}

export interface PassedOver {
  readonly route: string
  /** In words. */
  readonly why: string
  /** Undefined: it applies, but none of its models is live. */
  readonly mismatch: Mismatch | undefined
}

/** `plan`: for the work that is asked for. */
export function decide(plan: WorkPlan, question: Question): Result<Decision, Problem> {
  const chosen = choose(plan, question)
  if (!chosen.ok) return chosen
  const { group, passedOver } = chosen.value
  const strategy = question.controls.strategy ?? group.strategy
  const situation = situationOf(question, question.turn(group.name))

  const several = severalSpaces(plan, group, question)
  if (several !== undefined) return fail(several)
  const regions = regionsFor(plan, group, question)
  const trial = trialOf(group, question)
  const models = new Set([...(trial?.use ?? []), ...group.use, ...group.fallback, ...group.others])
  const { eligible, excluded, panic } = sift([...models], plan, question, regions)
  if (eligible.length === 0) return fail(nobodyCan(plan, group, excluded, { controls: question.controls, regions }))
  const used = eligible.filter(({ model }) => group.use.includes(model))
  // Among the least bad it would be no trial
  const ahead = panic || trial === undefined ? [] : eligible.filter(({ model }) => trial.use.includes(model))
  const spare = eligible.filter(candidate => !used.includes(candidate) && !ahead.includes(candidate))
  const rankedOf = (of: Group | undefined, candidates: readonly Candidate[]) => {
    if (of === undefined || candidates.length === 0) return []
    return (strategy === undefined ? of.inOrder : of.rankBy(strategy))(candidates, situation)
  }
  const tiers = [rankedOf(trial, ahead), rankedOf(group, used), group.inOrder(spare, situation)]
  const { deadlineMs } = question.controls
  const inTime =
    deadlineMs === undefined
      ? tiers.flat()
      : withinDeadline(tiers, eligible, situation, { deadlineMs, byPrice: strategy !== undefined })
  const ranking = sparing(inTime, question.load)
  return ok({
    route: group.name,
    strategy: strategy ?? 'listed',
    hedge: group.hedge,
    regions,
    canary: ahead.some(({ model }) => model === ranking[0]?.model),
    ranking,
    excluded,
    panic,
    passedOver,
  })
}

/** Where it may be served: of the regions that models are in, those that nobody rules out. */
export const regionsFor = (plan: WorkPlan, group: Group, question: Question): Regions =>
  narrowed(group.regions, question.regions)?.filter(region => plan.regions.has(region))

/** The canary's models, where the conversation is among those that they are tried on. */
export function trialOf({ name, canary }: Group, { hashKey }: Question): Group | undefined {
  return canary !== undefined && isInCanary(canary.share, name, hashKey) ? canary.group : undefined
}

interface Chosen {
  readonly group: Group
  readonly passedOver: readonly PassedOver[]
}

export function choose(plan: WorkPlan, question: Question): Result<Chosen, Problem> {
  const { model, controls } = question
  if (controls.models !== undefined) {
    const listed = plan.listed(controls.models)
    if ('unknown' in listed) return fail(unknownModel(plan, listed.unknown, 'x-router-models'))
    return ok({ group: listed, passedOver: [] })
  }
  if (model !== 'auto') {
    const group = plan.find(model)
    return group === undefined ? fail(unknownModel(plan, model, 'model')) : ok({ group, passedOver: [] })
  }
  return ok(walkRoutes(plan, question))
}

/** The first route that applies and has a live model for this work. */
function walkRoutes(plan: WorkPlan, { features, claims, metadata }: Question): Chosen {
  const passedOver: PassedOver[] = []
  for (const { name, applies, group } of plan.routes) {
    const match = applies({ features, claims, metadata })
    const isLive = group.use.length + group.fallback.length > 0
    if (match.matches && isLive) return { group, passedOver }
    const { why, mismatch } = match.matches ? { why: noneOf(group), mismatch: undefined } : match
    passedOver.push({ route: name, why, mismatch })
  }
  return { group: plan.everything, passedOver }
}

function noneOf({ others }: Group): string {
  return others.length > 0 ? 'its live models make embeddings and do not chat' : 'none of its models is live'
}

function sift(models: readonly Model[], plan: WorkPlan, question: Question, regions: Regions) {
  const eligible: Candidate[] = []
  const excluded: Excluded[] = []
  const { features, bound, place, load: loadOf } = question
  const sieve = { features, bound, place, load: loadOf, regions, work: plan.work }
  for (const model of models) {
    const exclusion = exclusionOf(model, sieve)
    if (exclusion === undefined) eligible.push(new Entrant(model, loadOf(model.id), plan, question))
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
    eligible: leastBad.map(({ model }) => new Entrant(model, loadOf(model.id), plan, question)),
    excluded: excluded.filter(({ exclusion }) => leftOutFor(exclusion) === undefined),
    panic: true,
  }
}

/** Failures come back fast and hold no lease; without counting them as load for a while, a broken model would look idle. */
export const burdened = (load: ModelLoad): ModelLoad =>
  load.recentFailures === 0 ? load : { ...load, inFlight: load.inFlight + load.recentFailures }

class Entrant implements Candidate {
  readonly model: Model
  readonly load: ModelLoad
  readonly #plan: WorkPlan
  readonly #question: Question

  constructor(model: Model, load: ModelLoad, plan: WorkPlan, question: Question) {
    this.model = model
    this.load = burdened(load)
    this.#plan = plan
    this.#question = question
  }

  /** Most strategies do not look at it, and it needs the topic. */
  get quality(): Candidate['quality'] {
    const { feedback, features, nowMs } = this.#question
    return qualitiesOf(this.model.profile, feedback[this.model.of], features.topic.value, nowMs, this.#plan.forgetting)
  }
}

/** A model with less of its rate limit left than this, or with less than a request, comes last, so that it is spared before it has to refuse. */
const SCARCE = 0.05

export function sparing(ranking: readonly Ranked[], load: Question['load']): readonly Ranked[] {
  const isScarce = ({ model }: Ranked) => {
    const own = load(model.id)
    return (own.headroom?.share ?? 1) < SCARCE || isUsedUp(own)
  }
  if (!ranking.some(isScarce)) return ranking
  return [...ranking.filter(ranked => !isScarce(ranked)), ...ranking.filter(isScarce)]
}

function situationOf(question: Question, turn: number): Situation {
  return {
    nowMs: question.nowMs,
    random: question.random,
    turn,
    hashKey: question.hashKey,
    lastModel: question.lastModel,
    isPopular: question.isPopular,
    priority: question.controls.priority,
    features: question.features,
    claims: question.claims,
    metadata: question.metadata,
    view: question.view,
  }
}
