/**
 * READ THIS FIRST: one request's journey.
 *
 *     describe -> filter -> rank -> attempt -> fall back
 *
 * `decide` is pure and knows no upstream; `walk` goes down its ranking; `attempt` tries one model. Everything that is not the
 * request's own (time, randomness, fetch, load state) is handed in.
 */
import type { ChatRequest } from '../chat'
import { fail, ok, type Problem, problemOf, type Result } from '../outcome'
import type { Native } from '../provider/native'
import type { Surface } from '../provider/surface'
import { attempt } from './attempt'
import { boundTo } from './bound'
import { type Controls, withoutControls } from './controls'
import { type Decision, decide } from './decide'
import { type Tried, walk } from './fallback'
import type { Isolate } from './isolate'
import type { Plan } from './plan'
import { questionOf } from './question'
import { rulesOf } from './rules'
import type { Answer, Request } from './send'
import type { Host, World } from './world'

export interface Journey {
  readonly id: string
  readonly chat: ChatRequest
  /** The same in the caller's own words, where they are not canonical. */
  readonly native?: Native | undefined
  readonly controls: Controls
  readonly surface: Surface
  readonly claims: Readonly<Record<string, unknown>>
}

/** What the response's headers tell. */
export interface Facts {
  readonly decision: Decision
  /** The model that answered. */
  readonly model: string
  readonly attempts: number
  /** Those that failed before. */
  readonly tried: readonly Tried[]
}

export interface Lost {
  readonly problem: Problem
  /** Undefined where there was nothing to decide, since the request made no sense. */
  readonly decision: Decision | undefined
  readonly tried: readonly Tried[]
}

export async function route(
  plan: Plan,
  journey: Journey,
  isolate: Isolate,
  host: Host,
  world: World,
): Promise<Result<Answer & Facts, Lost>> {
  const { id, chat, native, controls, surface } = journey
  const startedMs = world.now()
  const question = questionOf({ ...journey, isolate, host, nowMs: startedMs, random: world.random })
  const { features, hashKey } = question
  const decision = decide(plan, question)
  if (!decision.ok) return fail({ problem: decision.failure, decision: undefined, tried: [] })

  isolate.retries.deposit(startedMs)
  isolate.hedges.deposit(startedMs)
  const { limits } = plan.config
  const deadline = deadlineOf(startedMs, limits.totalMs, controls.deadlineMs)
  const request = { chat: withoutControls(chat), native, surface, promptTokens: features.promptTokens, limits, deadline }
  const walked = await walk(
    decision.value.ranking,
    {
      maxAttempts: limits.attempts,
      fallback: controls.fallback,
      ...rulesOf({
        bound: boundTo(chat, native),
        decision: decision.value,
        features,
        deadlineAtMs: deadline.atMs,
        isolate,
        host,
        world,
      }),
    },
    (model, outpaced) => {
      const answer = { id: `chatcmpl-${id}`, createdSeconds: Math.floor(startedMs / 1000), model: model.name }
      return attempt({ ...request, answer }, model, outpaced, host, world)
    },
  )
  if (!walked.ok) return fail({ problem: exhausted(walked.failure), decision: decision.value, tried: walked.failure })
  const { model, answer, attempts, tried } = walked.value
  isolate.remember(hashKey, model.id)
  return ok({ ...answer, decision: decision.value, model: model.id, attempts, tried })
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
