/** One request to a simulated provider: find it, let it in, understand it, obey its fault directive, answer at the set pace. */
import { compose } from './compose'
import { type Refusal, refuseStatus } from './error/refusal'
import { type Fault, faultFor, type StreamFault } from './fault'
import { play, type World } from './play'
import type { Prompt } from './prompt'
import type { Endpoint, Provider } from './provider'
import { providerAt } from './providers'
import { scheduleJson, scheduleStream } from './schedule'
import type { Speed, Speeds } from './speed'

type Chat = Extract<Endpoint, { kind: 'chat' }>

export async function serve(request: Request, speeds: Speeds, world: World): Promise<Response> {
  const url = new URL(request.url)
  const found = providerAt(url.pathname)
  if (found === undefined) {
    return Response.json({ error: 'Simulated providers are under /openai, /anthropic and /google.' }, { status: 404 })
  }
  const { provider, path } = found
  const unique = world.unique()
  const headers = (promptTokens: number) => provider.headers(unique, world.nowMs(), promptTokens)
  const refuse = (refusal: Refusal) => refusalResponse(refusal, headers(0))

  const endpoint = provider.endpoint(request.method, path, url.searchParams)
  if (endpoint === undefined) {
    return refuse(provider.refuse('no-such-path', { message: `Invalid URL (${request.method} ${path})` }))
  }
  const problem = provider.admit(request.headers)
  if (problem !== undefined) return refuse(problem)
  const body = request.method === 'GET' ? undefined : parsed(await request.text())

  if (endpoint.kind === 'reply') {
    const reply = endpoint.reply(body)
    return reply.kind === 'refused' ? refuse(reply.refusal) : Response.json(reply.body, { headers: headers(0) })
  }
  const understood = endpoint.accept(body)
  if (understood.kind === 'refused') return refuse(understood.refusal)
  const { prompt } = understood
  const fault = faultFor(provider.name, prompt.question)
  const refusal = refusalOf(fault, provider)
  if (refusal !== undefined) return refuse(refusal)
  if (fault.kind === 'empty' || fault.kind === 'html') return nonsense(fault.kind, provider, headers(prompt.promptTokens))
  return answered(provider, endpoint, prompt, body, fault, headers(prompt.promptTokens), unique, speeds[provider.name], world)
}

/** What is not JSON reads as undefined, which every provider refuses in its own words. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

async function answered(
  provider: Provider,
  endpoint: Chat,
  prompt: Prompt,
  body: unknown,
  fault: Fault,
  headers: Readonly<Record<string, string>>,
  unique: string,
  speed: Speed,
  world: World,
): Promise<Response> {
  const answer = compose(prompt, provider.format, provider.identity(unique, world.nowMs()))
  const extraMs = fault.kind === 'slow' ? fault.extraMs : 0
  const broken: StreamFault | undefined = fault.kind === 'stream' ? fault.fault : undefined
  const trouble = provider.refuse('overloaded')
  const wants = { ...prompt, body }

  if (prompt.stream) {
    const headersMs = speed.firstTokenMs / 2
    const pace = { firstMs: speed.firstTokenMs - headersMs + extraMs, gapMs: speed.perTokenMs }
    const { stream = provider.stream, errorFrame = provider.errorFrame } = endpoint
    const steps = scheduleStream(stream(answer, wants), pace, broken, errorFrame(trouble))
    await world.sleep(headersMs)
    return new Response(play(steps, world), { headers: { ...headers, 'content-type': provider.streamType } })
  }
  const tokens = answer.usage.answer + answer.usage.reasoning
  const steps = scheduleJson(endpoint.json(answer, wants), broken, trouble.body)
  await world.sleep(speed.firstTokenMs + speed.perTokenMs * tokens + extraMs)
  return new Response(play(steps, world), { headers: { ...headers, 'content-type': 'application/json' } })
}

function refusalOf(fault: Fault, { refuse }: Provider): Refusal | undefined {
  switch (fault.kind) {
    case 'status':
      return refuseStatus(refuse, fault.status)
    case 'overloaded':
      return refuse('overloaded')
    case 'quota':
      return refuse('no-money')
    case 'too-long':
      return refuse('too-long')
    case 'rate-limit':
      return refuse('rate-limited', { retryAfterSeconds: fault.retryAfterSeconds })
    case 'unknown':
      return refuse('bad-request', { message: `The simulator knows no fault "${fault.words}".` })
    case 'none':
    case 'slow':
    case 'stream':
    case 'empty':
    case 'html':
      return undefined
  }
}

function nonsense(kind: 'empty' | 'html', provider: Provider, headers: Readonly<Record<string, string>>): Response {
  return kind === 'empty'
    ? new Response(null, { headers: { ...headers, 'content-type': provider.streamType } })
    : new Response('<!DOCTYPE html><title>Simulated page</title><h1>Not an answer</h1>', {
        headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
      })
}

function refusalResponse(refusal: Refusal, headers: Readonly<Record<string, string>>): Response {
  return new Response(refusal.body, { status: refusal.status, headers: { ...headers, ...refusal.headers } })
}
