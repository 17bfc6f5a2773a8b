/**
 * A decision with all that it rested on, as plain JSON for the log: enough to make it again, bit for bit. What a decision looked at is noted while it is
 * made, so that the record holds no more than that, and holds it as it was.
 *
 * No prompt and no key: of the prompt there are its features, of the hash key its fingerprint, and of metadata and claims what conditions ask for.
 */
import type { Features } from '../context/features'
import type { Priority, Work } from '../model'
import { type Problem, type Result, redact } from '../outcome'
import type { ModelLoad, View } from '../state/local-load'
import { AT_REST } from '../state/model-load'
import type { FeedbackTable } from '../state/registry-view'
import type { StrategyName } from '../strategy/strategy'
import type { Bound } from './bound'
import type { Decision, Question } from './decide'
import type { Exclusion } from './filter'
import type { Decided } from './inform'
import { listedValues, type Values } from './listed-values'
import type { WorkPlan } from './plan'
import type { Sized } from './question'

export interface DecisionRecord {
  readonly work: Work
  readonly asked: Asked
  readonly features: Features
  readonly bound: Bound | null
  readonly metadata: Values
  readonly claims: Values
  /** Of those that models are in, the ones where the caller allows it to be served; null: anywhere. */
  readonly regions: readonly string[] | null
  readonly hashKey: string
  readonly lastModel: string | null
  /** Left out where it is not. */
  readonly isPopular?: boolean
  readonly nowMs: number
  readonly seed: number
  readonly turn: number
  readonly place: string
  readonly view: View | null
  /** Undefined from a version that knew one way only. */
  readonly decided?: Decided | undefined
  /** By the id of a model, an account or a place; each with what differs from an idle one. */
  readonly loads: Readonly<Record<string, RecordedLoad>>
  readonly feedback: FeedbackTable
  readonly outcome: Outcome
  /** There was more to it than one line should hold: it cannot be made again. */
  readonly isCut: boolean
}

/** What the client asked of the router itself. */
interface Asked {
  readonly model: string
  readonly models: readonly string[] | null
  readonly strategy: StrategyName | null
  readonly priority: Priority | null
  /** Null, or from a version that did not look at it: none. */
  readonly deadlineMs?: number | null | undefined
}

export type RecordedLoad = Partial<ModelLoad>

export type Outcome =
  | {
      readonly route: string
      readonly strategy: string
      readonly hedge: boolean
      readonly canary: boolean
      readonly panic: boolean
      readonly ranking: readonly (readonly [model: string, score: number | string])[]
      readonly excluded: readonly (readonly [model: string, exclusion: Exclusion])[]
      /** With the condition that did not hold; null: none of its models is live. */
      readonly passedOver: readonly (readonly [route: string, field: string | null])[]
    }
  | { readonly refused: { readonly status: number; readonly code: string | null; readonly param: string | null } }

/** More models than a pool has; at some 100 bytes each, well within what one line of a log may hold. */
const MAX_MODELS = 100
/** A model's evidence is up to 3 metrics times 10 topics, some 2 kB. */
const MAX_FEEDBACK = 20
const MAX_NAMES = 20
const MAX_NAME_CHARACTERS = 100
const MAX_VALUE_CHARACTERS = 2_000

export interface Notes {
  /** The same question, with a note taken of what is looked at. */
  readonly question: Sized
  readonly record: (decision: Result<Decision, Problem>) => DecisionRecord
}

export function takeNotes(plan: WorkPlan, question: Sized, decided?: Decided): Notes {
  const loads = new Map<string, RecordedLoad>()
  const feedback = new Map<string, FeedbackTable[string]>()
  let turn = 0
  const noted: Sized = {
    ...question,
    turn: group => {
      turn = question.turn(group)
      return turn
    },
    load: id => {
      const load = question.load(id)
      loads.set(id, busy(load))
      return load
    },
    feedback: watched(question.feedback, (id, evidence) => feedback.set(id, evidence)),
  }
  const record = (decision: Result<Decision, Problem>): DecisionRecord => {
    const { features, bound, hashKey, lastModel, isPopular = false, nowMs, seed, place, view } = question
    const metadata = listedValues(plan.config, 'metadata', question.metadata)
    const claims = listedValues(plan.config, 'claims', question.claims)
    const models = decision.ok ? decision.value.ranking.length + decision.value.excluded.length : 0
    const isCut =
      Math.max(models, loads.size / 3) > MAX_MODELS ||
      feedback.size > MAX_FEEDBACK ||
      (question.controls.models?.length ?? 0) > MAX_NAMES ||
      sizeOf(metadata) + sizeOf(claims) > MAX_VALUE_CHARACTERS
    return {
      work: plan.work,
      asked: askedOf(plan, question),
      features,
      bound: bound ?? null,
      metadata: isCut ? {} : metadata,
      claims: isCut ? {} : claims,
      regions: question.regions?.filter(region => plan.regions.has(region)) ?? null,
      hashKey,
      lastModel: lastModel ?? null,
      ...(isPopular && { isPopular }),
      nowMs,
      seed,
      turn,
      place,
      view: view ?? null,
      ...(decided !== undefined && { decided }),
      loads: isCut ? {} : Object.fromEntries(loads),
      feedback: isCut ? {} : Object.fromEntries(feedback),
      outcome: outcomeOf(decision),
      isCut,
    }
  }
  return { question: noted, record }
}

/** What was decided, bounded, so that two can be held against each other. */
export function outcomeOf(decided: Result<Decision, Problem>): Outcome {
  if (!decided.ok) {
    const { status, code, param } = decided.failure
    return { refused: { status, code, param } }
  }
  const { route, strategy, hedge, canary, panic, ranking, excluded, passedOver } = decided.value
  return {
    route,
    strategy,
    hedge,
    canary,
    panic,
    ranking: ranking.slice(0, MAX_MODELS).map(({ model, score }) => [model.id, figure(score)]),
    excluded: excluded.slice(0, MAX_MODELS).map(({ model, exclusion }) => [model.id, exclusion]),
    passedOver: passedOver.slice(0, MAX_MODELS).map(({ route: name, mismatch }) => [name, mismatch?.field ?? null]),
  }
}

/** JSON has no infinity and no negative zero. */
const figure = (score: number): number | string => (Number.isFinite(score) ? score + 0 : String(score))

/** A name that nothing here has may be anything, a key put there by mistake included. */
function askedOf(plan: WorkPlan, { model, controls }: Question): Asked {
  const shown = (name: string) =>
    name === 'auto' || plan.find(name) !== undefined ? name : `${redact(name.slice(0, MAX_NAME_CHARACTERS))}…`
  return {
    model: shown(model),
    models: controls.models?.slice(0, MAX_NAMES).map(shown) ?? null,
    strategy: controls.strategy ?? null,
    priority: controls.priority ?? null,
    deadlineMs: controls.deadlineMs ?? null,
  }
}

/** What differs from an idle model's. */
function busy(load: ModelLoad): RecordedLoad {
  const idle = new Map<string, unknown>(Object.entries(AT_REST))
  return Object.fromEntries(Object.entries(load).filter(([name, value]) => value !== idle.get(name)))
}

/** The same table, telling whose entry is looked at. */
function watched(table: FeedbackTable, seen: (id: string, evidence: FeedbackTable[string]) => void): FeedbackTable {
  const watching: Record<string, FeedbackTable[string]> = {}
  for (const [id, evidence] of Object.entries(table))
    Object.defineProperty(watching, id, {
      enumerable: true,
      get: () => {
        seen(id, evidence)
        return evidence
      },
    })
  return watching
}

const sizeOf = (values: Values): number => JSON.stringify(values).length
