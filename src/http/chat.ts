/** `POST /v1/chat/completions`: parse, route, respond. */
import type { Result } from '../outcome'
import { openaiSurface } from '../provider/openai/surface'
import type { Answer } from '../router/attempt'
import { type Facts, type Lost, route } from '../router/route'
import type { LoggedDecision } from '../state/report'
import type { AppContext } from './context'
import { factHeaders } from './facts'
import { hostOf, warmUp } from './host'
import { inTimeOrKeptAlive } from './keep-alive'
import { parseChat } from './parse'
import { NO_RETRY, problemResponse } from './problem'

export async function chat(c: AppContext): Promise<Response> {
  const { world, deployment, plan, requestId, caller } = c.var
  const [text] = await Promise.all([c.req.text(), warmUp(c)])
  const parsed = parseChat(text, name => c.req.header(name) ?? null)
  if (!parsed.ok)
    return problemResponse(parsed.failure, openaiSurface, factHeaders({ requestId, decision: undefined, attempts: 0 }))

  const journey = { id: requestId, ...parsed.value, surface: openaiSurface, claims: caller.claims }
  const routed = route(plan, journey, deployment.isolate, hostOf(c), world).then(result => {
    log(c, result.ok ? answered(result.value) : lost(result.failure))
    return result
  })
  // A client that leaves before the answer ends this request's context, and the lease with nobody to settle it, unless something outlasts the client
  c.executionCtx.waitUntil(routed)

  const { keepAliveMs } = plan.config.limits
  const keepsAlive = parsed.value.chat.stream === true && parsed.value.controls.keepAlive && keepAliveMs > 0
  const result = keepsAlive ? await keptAlive(c, routed, keepAliveMs) : await routed
  return result instanceof Response ? result : respond(result, requestId)
}

type Routed = Result<Answer & Facts, Lost>

function respond(routed: Routed, requestId: string): Response {
  if (!routed.ok) {
    const { problem, decision, tried } = routed.failure
    return problemResponse(problem, openaiSurface, {
      ...factHeaders({ requestId, decision, attempts: tried.length }),
      ...NO_RETRY,
    })
  }
  const { body, isStream, ...facts } = routed.value
  return new Response(body, { headers: { ...contentHeaders(isStream), ...factHeaders({ requestId, ...facts }) } })
}

/** The result, or a response that has started without it. */
async function keptAlive(c: AppContext, routed: Promise<Routed>, everyMs: number): Promise<Routed | Response> {
  const { world, requestId } = c.var
  const result = await inTimeOrKeptAlive({
    journey: routed,
    everyMs,
    world,
    waitUntil: promise => c.executionCtx.waitUntil(promise),
    bodyOf: ({ body }) => (typeof body === 'string' ? new Blob([body]).stream() : body),
    factsOf: facts => JSON.stringify(factHeaders({ requestId, ...facts })),
    errorOf: ({ problem }) => openaiSurface.problemEvent(problem),
  })
  if (!(result instanceof ReadableStream)) return result
  return new Response(result, {
    headers: { ...contentHeaders(true), ...factHeaders({ requestId, decision: undefined, model: 'pending', attempts: 0 }) },
  })
}

const contentHeaders = (isStream: boolean) => ({
  'content-type': isStream ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
})

type Logged = Omit<LoggedDecision, 'atMs' | 'id'>

function answered({ decision, model, attempts, firstTokenMs }: Answer & Facts): Logged {
  const { route: name, strategy } = decision
  return { route: name, strategy, model, attempts, status: 200, firstTokenMs: firstTokenMs ?? null }
}

function lost({ decision, tried, problem }: Lost): Logged {
  return {
    route: decision?.route ?? '-',
    strategy: decision?.strategy ?? '-',
    model: null,
    attempts: tried.length,
    status: problem.status,
    firstTokenMs: null,
  }
}

/** One structured line a request, without prompts or keys; and a row for the console. */
function log(c: AppContext, logged: Logged): void {
  const row: LoggedDecision = { atMs: c.var.world.now(), id: c.var.requestId, ...logged }
  c.var.deployment.isolate.load.log(row)
  console.log(JSON.stringify({ level: 'info', event: 'routed', ...row }))
}
