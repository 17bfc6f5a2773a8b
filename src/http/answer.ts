/** From a parsed request to the response, whatever the caller's dialect: route, keep alive meanwhile, tell how it went in headers and in the log. */
import { ok, type Result, redact } from '../outcome'
import type { Tried } from '../router/fallback'
import type { ChatAsked, EmbeddingsAsked } from '../router/question'
import { type Facts, type Journey, type Lost, route } from '../router/route'
import type { Answer } from '../router/send'
import type { LoggedDecision } from '../state/report'
import type { AppContext } from './context'
import { factHeaders } from './facts'
import { hostOf } from './host'
import { inTimeOrKeptAlive } from './keep-alive'
import { NO_RETRY, problemResponse } from './problem'
import { issueReceipt } from './receipt'

type Asked = Pick<Journey, 'controls' | 'surface'> & (ChatAsked | EmbeddingsAsked)

export async function answer(c: AppContext, asked: Asked): Promise<Response> {
  const { world, deployment, plan, requestId, caller } = c.var
  const journey = { id: requestId, ...asked, claims: caller.claims }
  const routed = route(plan, journey, deployment.isolate, hostOf(c), world).then(async (result): Promise<Routed> => {
    log(c, result.ok ? answered(result.value) : lost(result.failure), result.ok ? result.value : result.failure)
    return result.ok ? ok({ ...result.value, receipt: await receiptFor(c, result.value) }) : result
  })
  // A client that leaves before the answer ends this request's context, and the lease with nobody to settle it, unless something outlasts the client
  c.executionCtx.waitUntil(routed)

  const { keepAliveMs } = plan.config.limits
  const keepsAlive = 'chat' in asked && asked.chat.stream === true && asked.controls.keepAlive && keepAliveMs > 0
  const result = keepsAlive ? await keptAlive(c, asked, routed, keepAliveMs) : await routed
  return result instanceof Response ? result : respond(result, asked, requestId)
}

type Routed = Result<Answer & Facts & { readonly receipt: string }, Lost>

/** What feedback on this answer has to name. */
async function receiptFor(c: AppContext, { of, topic }: Facts): Promise<string> {
  const { deployment, requestId, world } = c.var
  const { view } = deployment.registry
  // Nothing is routed before the registry was heard
  if (view === undefined) return requestId
  return issueReceipt({ id: requestId, model: of, topic, atMs: world.now() }, view.signingKey)
}

function respond(routed: Routed, { surface }: Asked, requestId: string): Response {
  if (!routed.ok) {
    const { problem, decision, tried, trace } = routed.failure
    return problemResponse(problem, surface, {
      ...factHeaders({ requestId, decision, decided: trace.decided, attempts: tried.length }),
      ...NO_RETRY,
    })
  }
  const { body, isStream, ...facts } = routed.value
  try {
    return new Response(body, {
      headers: { ...contentHeaders(isStream), ...factHeaders({ requestId, ...facts, decided: facts.trace.decided }) },
    })
  } catch (error) {
    // Nobody would read it, and its lease would wait for somebody to
    if (typeof body !== 'string') void body.cancel(error)
    throw error
  }
}

/** The result, or a response that has started without it. */
async function keptAlive(
  c: AppContext,
  { surface }: Asked,
  routed: Promise<Routed>,
  everyMs: number,
): Promise<Routed | Response> {
  const { world, requestId } = c.var
  const result = await inTimeOrKeptAlive({
    journey: routed,
    everyMs,
    pulse: surface.pulse,
    world,
    waitUntil: promise => c.executionCtx.waitUntil(promise),
    bodyOf: ({ body }) => (typeof body === 'string' ? new Blob([body]).stream() : body),
    factsOf: facts => JSON.stringify(factHeaders({ requestId, ...facts, decided: facts.trace.decided })),
    errorOf: ({ problem }) => surface.problemEvent(problem),
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

/** Why each failed attempt failed, for whoever reads the log. */
function failures(tried: readonly Tried[]) {
  return tried.map(({ model, failure }) => ({
    model,
    kind: failure.kind,
    ...('upstream' in failure && { status: failure.upstream.status, message: redact(failure.upstream.message).slice(0, 200) }),
    ...(failure.kind === 'timeout' && { limit: failure.limit, afterMs: failure.afterMs }),
    ...('detail' in failure && { detail: redact(failure.detail).slice(0, 200) }),
  }))
}

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
function log(c: AppContext, logged: Logged, { decision, tried, trace }: Pick<Lost, 'decision' | 'tried' | 'trace'>): void {
  const { deployment, plan } = c.var
  const { seed, decided, record } = trace
  const row: LoggedDecision = { atMs: c.var.world.now(), id: c.var.requestId, ...logged }
  deployment.isolate.load.log(row)
  const line = {
    level: 'info',
    event: 'routed',
    ...row,
    ...(decision?.canary === true && { canary: true }),
    ...(decided.mode !== 'local' && { decided }),
    seed,
    configHash: deployment.configHash(plan),
    ...(tried.length > 0 && { failures: failures(tried) }),
    ...(record !== undefined && { decision: record }),
  }
  console.log(JSON.stringify(line))
}
