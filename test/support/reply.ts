/** From a plan to the HTTP reply that carries it out: status, headers, and the steps of the body. Pure. */
import type { Answer, Piece } from '../providers/answer'
import { type Refusal, refuseStatus } from '../providers/error/refusal'
import { isObject, number, object } from '../providers/json'
import type { Endpoint, Provider, ProviderName, Wants } from '../providers/provider'
import { PROVIDERS, providerAt } from '../providers/providers'
import { type Step, scheduleJson, scheduleStream } from '../providers/schedule'
import { type AnswerOptions, type Bytes, type Plan, piecesOf } from './plan'

/** What of a request the reply depends on. */
export interface Asked {
  readonly dialect: ProviderName | undefined
  readonly index: number
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly model: string | undefined
  readonly stream: boolean
}

export interface Reply {
  readonly headersMs: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly steps: Iterable<Step<Bytes>>
  /** One byte a write. */
  readonly byteWise: boolean
  /** How a `cut` step breaks the connection. */
  readonly breakBy: 'close' | 'reset'
}

/** 2026-01-01, seconds: answers are the same on every run. */
const CREATED_MS = 1_767_225_600_000
const PROMPT_TOKENS = 12

const plain = { headersMs: 0, byteWise: false, breakBy: 'close' } as const

export function reply(plan: Exclude<Plan, { kind: 'reset' | 'silence' }>, asked: Asked): Reply {
  switch (plan.kind) {
    case 'raw':
      return { ...plain, status: plan.status, headers: plan.headers, steps: plan.steps }
    case 'refusal': {
      const { refuse } = PROVIDERS[asked.dialect ?? 'openai']
      const details = plan.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: plan.retryAfterSeconds }
      const refusal =
        typeof plan.trouble === 'number' ? refuseStatus(refuse, plan.trouble, details) : refuse(plan.trouble, details)
      return { ...whole(refusal), headersMs: plan.afterMs ?? 0 }
    }
    case 'answer':
      return answered(plan.options, asked)
  }
}

const whole = ({ status, headers, body }: Refusal): Reply => ({ ...plain, status, headers, steps: scheduleJson(body) })

function answered(options: AnswerOptions, asked: Asked): Reply {
  const url = new URL(asked.path, 'http://upstream')
  const found = providerAt(url.pathname)
  const endpoint = found?.provider.endpoint(asked.method, found.path, url.searchParams)
  if (found === undefined || endpoint === undefined)
    return whole(PROVIDERS[found?.provider.name ?? 'openai'].refuse('no-such-path'))
  const { provider } = found
  const unique = `upstream${asked.index}x`.padEnd(32, '0')
  const headers = { ...provider.headers(unique, CREATED_MS, PROMPT_TOKENS) }
  if (endpoint.kind === 'reply') {
    const made = endpoint.reply(asked.body)
    if (made.kind === 'refused') return whole(made.refusal)
    return { ...plain, ...json(JSON.stringify(made.body), headers, options, provider) }
  }
  const answer = answerOf(options, provider, unique, asked)
  const body = asked.stream
    ? stream({ ...provider, ...streaming(endpoint) }, answer, wantsOf(asked.body), headers, options)
    : json(endpoint.json(answer, wantsOf(asked.body)), headers, options, provider)
  return { ...plain, ...body, headersMs: options.headersMs ?? 0, breakBy: options.breakBy ?? 'close' }
}

/** An endpoint may have a format of its own. */
const streaming = ({ stream, errorFrame }: Extract<Endpoint, { kind: 'chat' }>) => ({
  ...(stream !== undefined && { stream }),
  ...(errorFrame !== undefined && { errorFrame }),
})

type Body = Pick<Reply, 'status' | 'headers' | 'steps'> & Partial<Pick<Reply, 'byteWise'>>

function stream(
  provider: Provider,
  answer: Answer,
  wants: Wants,
  headers: Readonly<Record<string, string>>,
  options: AnswerOptions,
): Body {
  const frames = provider.stream(answer, wants)
  const sent = options.endMarker === false ? frames.slice(0, -1) : frames
  const pace = { firstMs: options.firstMs ?? 0, gapMs: options.gapMs ?? 0 }
  const steps = scheduleStream(sent, pace, options.fault, provider.errorFrame(provider.refuse(options.trouble ?? 'overloaded')))
  const { lineEnd } = options
  const lines = lineEnd === undefined ? steps : steps.map(step => withLineEnd(step, lineEnd))
  return {
    status: 200,
    headers: { ...headers, 'content-type': provider.streamType, ...options.headers },
    steps: options.writes === 'whole' ? merged(lines) : lines,
    byteWise: options.writes === 'byte',
  }
}

/** A length is promised wherever it is kept, and where a cut breaks the promise. */
function json(body: string, headers: Readonly<Record<string, string>>, options: AnswerOptions, provider: Provider): Body {
  const steps = scheduleJson(body, options.fault, provider.refuse(options.trouble ?? 'overloaded').body)
  const promised = options.fault === undefined || options.fault.kind === 'cut'
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(promised && { 'content-length': String(Buffer.byteLength(body)) }),
      ...options.headers,
    },
    steps: steps.map((step, index) => (step.kind === 'send' && index === 0 ? { ...step, afterMs: options.firstMs ?? 0 } : step)),
    byteWise: options.writes === 'byte',
  }
}

const withLineEnd = (step: Step, lineEnd: string): Step =>
  step.kind === 'send' ? { ...step, data: step.data.replaceAll(/\r\n|\n/g, lineEnd) } : step

function merged(steps: readonly Step[]): readonly Step[] {
  const sends = steps.filter(step => step.kind === 'send')
  const afterMs = sends.reduce((sum, step) => sum + step.afterMs, 0)
  const one: Step = { kind: 'send', afterMs, data: sends.map(step => step.data).join('') }
  return [one, ...steps.filter(step => step.kind !== 'send')]
}

/** Unless the options say otherwise, every delta is one token. */
function answerOf(options: AnswerOptions, provider: Provider, unique: string, asked: Asked): Answer {
  const pieces = piecesOf(options)
  const deltas = (wanted: (piece: Piece) => boolean) => pieces.filter(wanted).flatMap(piece => piece.deltas).length
  const identity = provider.identity(unique, CREATED_MS)
  return {
    id: identity.id,
    model: asked.model ?? 'simulated',
    createdSeconds: identity.createdSeconds,
    pieces,
    finish: options.finish ?? 'stop',
    usage: {
      prompt: PROMPT_TOKENS,
      cached: 0,
      answer: deltas(piece => piece.kind !== 'reasoning'),
      reasoning: deltas(piece => piece.kind === 'reasoning'),
      ...options.usage,
    },
  }
}

function wantsOf(body: unknown): Wants {
  const request = isObject(body) ? body : {}
  return { choices: number(request.n) ?? 1, includeUsage: object(request.stream_options)?.include_usage === true, body }
}
