/**
 * READ THIS FIRST: one request's journey.
 *
 *     describe -> hear -> filter -> rank -> attempt -> fall back
 *
 * `inform` waits for news of the load where the route says so; `decide` is pure and knows no upstream; `walk` goes down its ranking; `attempt` tries one model. Everything that is not the
 * request's own (time, randomness, fetch, load state) is handed in.
 */
import type { Model } from '../model'
import { fail, ok, type Problem, problemOf, type Result } from '../outcome'
import type { Surface } from '../provider/surface'
import { decideUnder } from '../strategy/load-use'
import { attempt } from './attempt'
import { type Controls, withoutControls } from './controls'
import { type Decision, decide } from './decide'
import { type Tried, walk } from './fallback'
import { type Decided, inform } from './inform'
import type { Isolate } from './isolate'
import type { Plan } from './plan'
import { type Asked, questionOf } from './question'
import { type DecisionRecord, takeNotes } from './record'
import { rulesOf } from './rules'
import type { Answer, Request, Sought } from './send'
import type { Host, World } from './world'

interface Trip {
  readonly id: string
  readonly controls: Controls
  readonly surface: Surface
  readonly claims: Readonly<Record<string, unknown>>
}

export type Journey = Trip & Asked

/** What the response's headers tell. */
export interface Facts {
  readonly decision: Decision
  /** Null: nobody could tell. */
  readonly topic: string | null
  /** The model that answered. */
  readonly model: string
  /** The configured model that it is, or is a credential of. */
  readonly of: string
  readonly attempts: number
  /** Those that failed before. */
  readonly tried: readonly Tried[]
  readonly trace: Trace
}

export interface Lost {
  readonly problem: Problem
  /** Undefined where there was nothing to decide, since the request made no sense. */
  readonly decision: Decision | undefined
  readonly tried: readonly Tried[]
  readonly trace: Trace
}

/** For the log: what it takes to see why this was decided. */
export interface Trace {
  readonly seed: number
  readonly decided: Decided
  /** Undefined: the configuration does not ask for it. */
  readonly record: DecisionRecord | undefined
}

export async function route(
  plan: Plan,
  journey: Journey,
  isolate: Isolate,
  host: Host,
  world: World,
): Promise<Result<Answer & Facts, Lost>> {
  const { controls } = journey
  const startedMs = world.now()
  const asked = questionOf({ ...journey, isolate, host, nowMs: startedMs, random: world.random })
  const { features, hashKey, bound, promptTokens } = asked
  const workPlan = 'chat' in journey ? plan : plan.embeddings
  const informing = inform(workPlan, asked, host, world)
  // Hardly ever a promise: a request that waits for nobody goes on at once
  const { question, decided, settle } = informing instanceof Promise ? await informing : informing
  const notes = plan.config.log === 'decision' ? takeNotes(workPlan, question, decided) : undefined
  const decision = decide(workPlan, notes?.question ?? question)
  settle(decision.ok ? decision.value.ranking[0]?.model.id : undefined)
  const trace = { seed: question.seed, decided, record: notes?.record(decision) }
  if (!decision.ok) {
    // Where all were full by an old view, whoever tries again finds a new one
    host.sync()
    return fail({ problem: decision.failure, decision: undefined, tried: [], trace })
  }

  if (looksAtLoad(decision.value)) host.hearing.watch()
  isolate.retries.deposit(startedMs)
  isolate.hedges.deposit(startedMs)
  const { limits } = plan.config
  const deadline = deadlineOf(startedMs, limits.totalMs, controls.deadlineMs)
  const request = { promptTokens, limits, deadline }
  const walking = walk(
    decision.value.ranking,
    {
      maxAttempts: limits.attempts,
      fallback: controls.fallback,
      ...rulesOf({
        work: workPlan.work,
        bound,
        decision: decision.value,
        features,
        deadlineAtMs: deadline.atMs,
        patience: limits.patience,
        isolate,
        host,
        world,
      }),
    },
    (model, outpaced, patience) => {
      const { relation } = rankedOf(decision.value, model) ?? {}
      return attempt(
        { ...request, relation, patience, ...soughtOf(journey, model.name, startedMs) },
        model,
        outpaced,
        host,
        world,
      )
    },
  )
  // Looked at while the upstream works, since only the receipt needs it
  const topic = features.topic.value ?? null
  const walked = await walking
  if (!walked.ok) return fail({ problem: exhausted(walked.failure), decision: decision.value, tried: walked.failure, trace })
  const { model, answer, attempts, tried } = walked.value
  // Texts to embed are no conversation that goes on
  if ('chat' in journey)
    isolate.load.placements.remember(hashKey, model.id, world.now(), rankedOf(decision.value, model)?.isExpected)
  return ok({ ...answer, decision: decision.value, topic, model: model.id, of: model.of, attempts, tried, trace })
}

const rankedOf = ({ ranking }: Decision, model: Model) => ranking.find(ranked => ranked.model === model)

const looksAtLoad = ({ strategy }: Decision): boolean => strategy !== 'listed' && decideUnder(strategy, 'fresh') === 'fresh'

/** What is asked of a model, without what was for the router alone. */
function soughtOf(journey: Journey, model: string, startedMs: number): Sought {
  if ('embeddings' in journey) {
    const { body, input } = journey.embeddings
    return { embeddings: { body: withoutControls(body), input } }
  }
  const { id, chat, native, surface } = journey
  const answer = { id: `chatcmpl-${id}`, createdSeconds: Math.floor(startedMs / 1000), model }
  return { chat: withoutControls(chat), native, surface, answer }
}

/** The shorter of the operator's limit and the client's. */
function deadlineOf(startedMs: number, totalMs: number, ownMs: number | undefined): Request['deadline'] {
  return ownMs !== undefined && ownMs < totalMs
    ? { atMs: startedMs + ownMs, limit: 'deadline' }
    : { atMs: startedMs + totalMs, limit: 'total' }
}

/** With one attempt its own problem; with several the last one's, and what became of each. */
function exhausted(tried: readonly Tried[]): Problem {
  const problems = tried.map(({ model, failure }) => ({ model, problem: problemOf(failure) }))
  const last = problems.at(-1)?.problem
  if (last === undefined) throw new Error('a walk without an attempt')
  if (problems.length === 1 || last.status < 500) return last
  const story = problems.map(({ model, problem }) => `${model}: ${problem.message.replace(/\.?$/, '.')}`).join(' ')
  return { ...last, message: `All ${problems.length} attempts failed. ${story}` }
}
