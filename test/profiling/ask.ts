/** Asks the router once, as a stream, and times the answer as its caller sees it. Never rejects: whatever goes wrong is an outcome. */
import { estimateTextTokens } from '../../src/context/tokens'
import { isObject, listAt, numberAt, objectAt, parseJson, stringAt } from '../../src/json'
import { createEventDecoder } from '../../src/provider/events'
import { type Call, promptTokensOf } from './call'
import { reasonOf } from './models'
import type { World } from './world'

export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface Answer extends Usage {
  readonly text: string
  /** By the provider's own word: a refusal field, or its filter. */
  readonly refused: boolean
  /** It ran out of room. */
  readonly isCut: boolean
  readonly firstTokenMs: number | undefined
  readonly tokensPerSecond: number | undefined
}

export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** `passes`: worth another try. */
  | {
      readonly kind: 'failed'
      readonly why: string
      readonly status: number
      readonly passes: boolean
      readonly retryAfterMs: number
      readonly usage: Usage
    }
  | { readonly kind: 'stopped'; readonly usage: Usage }

export interface Address {
  readonly url: string
  readonly key: string | undefined
}

/** What a model has turned out not to take. */
export interface Quirks {
  readonly temperature: boolean
  readonly oldLimit: boolean
}

export const NO_QUIRKS: Quirks = { temperature: true, oldLimit: true }

/** The router's own limit on one request, and a margin. */
const CALL_MS = 330_000
/** Shorter answers come in one or two packets, whose distance says nothing. */
const PACED_TOKENS = 16
const PACED_MS = 50

const FILTERED = /content[_ ](?:filter|policy|management)|safety|usage polic/i

export async function ask(call: Call, { url, key }: Address, quirks: Quirks, world: World): Promise<Outcome> {
  const startedMs = world.nowMs()
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(CALL_MS)])
  const reading = createReading(startedMs)
  const lost = (why: string, status = 0, passes = true, retryAfterMs = 0): Outcome => {
    const usage = reading.usage(call)
    return world.signal.aborted
      ? { kind: 'stopped', usage: status === 0 ? usage : { inputTokens: 0, outputTokens: 0 } }
      : { kind: 'failed', why, status, passes, retryAfterMs, usage }
  }
  try {
    const response = await world.fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        // One model is measured, and not who stands in for it
        'x-router-fallback': 'off',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(bodyOf(call, quirks)),
      signal,
    })
    if (!response.ok) return await refused(response, world)
    if (response.body === null) return lost('an answer without a body')
    const decoder = createEventDecoder()
    for await (const bytes of response.body) reading.take(decoder.push(bytes), world.nowMs())
    reading.take(decoder.end(), world.nowMs())
    const trouble = decoder.failure === undefined ? reading.trouble() : 'an event that is too long'
    return trouble === undefined ? { kind: 'answer', answer: reading.answer(call) } : lost(trouble)
  } catch (error) {
    // No connection, a broken one, our own limit, or the run is to stop: all of which the outcome tells
    return lost(reasonOf(error))
  }
}

function bodyOf({ target, prompt, maxTokens, temperature }: Call, quirks: Quirks) {
  return {
    model: target.id,
    messages: [{ role: 'user', content: prompt }],
    stream: true,
    stream_options: { include_usage: true },
    [quirks.oldLimit ? 'max_tokens' : 'max_completion_tokens']: maxTokens,
    ...(temperature !== undefined && quirks.temperature && { temperature }),
  }
}

/** An error status. Nothing was written, so nothing is paid for. */
async function refused(response: Response, world: World): Promise<Outcome> {
  const text = await response.text()
  const error = objectAt(parseJson(text), 'error')
  const message = stringAt(error, 'message') ?? text.slice(0, 300)
  const { status } = response
  const usage = { inputTokens: 0, outputTokens: 0 }
  if (world.signal.aborted) return { kind: 'stopped', usage }
  if (status === 400 && FILTERED.test(`${stringAt(error, 'code') ?? ''} ${message}`)) {
    const nothing = { isCut: false, firstTokenMs: undefined, tokensPerSecond: undefined }
    return { kind: 'answer', answer: { text: message, refused: true, ...nothing, ...usage } }
  }
  const passes =
    status === 408 || status === 409 || status === 429 || (status >= 500 && stringAt(error, 'code') !== 'not_configured')
  return { kind: 'failed', why: `${status}: ${message}`, status, passes, retryAfterMs: retryAfterMs(response), usage }
}

const retryAfterMs = ({ headers }: Response): number => {
  const seconds = Number(headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0
}

/** An answer as far as it has come. */
function createReading(startedMs: number) {
  let text = ''
  let refusal = ''
  let thought = ''
  let finish: string | undefined
  let failure: string | undefined
  let isDone = false
  let usage: unknown
  let firstMs: number | undefined
  let lastMs = startedMs

  function take(events: readonly { readonly data: string }[], nowMs: number): void {
    for (const { data } of events) {
      if (data === '[DONE]') isDone = true
      else one(parseJson(data), nowMs)
    }
  }

  function one(chunk: unknown, nowMs: number): void {
    const error = objectAt(chunk, 'error')
    if (error !== undefined) failure = stringAt(error, 'message') ?? 'an error without a message'
    usage = objectAt(chunk, 'usage') ?? usage
    const choice = listAt(chunk, 'choices')[0]
    finish = stringAt(choice, 'finish_reason') ?? finish
    const delta = objectAt(choice, 'delta')
    const said = stringAt(delta, 'content') ?? ''
    const declined = stringAt(delta, 'refusal') ?? ''
    const thoughts = stringAt(delta, 'reasoning_content') ?? stringAt(delta, 'reasoning') ?? ''
    if (`${said}${declined}${thoughts}` === '') return
    text += said
    refusal += declined
    thought += thoughts
    firstMs ??= nowMs
    lastMs = nowMs
  }

  const tokensOf = (call: Call): Usage => ({
    inputTokens: numberAt(usage, 'prompt_tokens') ?? promptTokensOf(call),
    outputTokens: numberAt(usage, 'completion_tokens') ?? estimateTextTokens([text, refusal, thought]),
  })

  /** Tokens behind the first, over the time from the first to the last. Thoughts that nobody saw came before. */
  function pace(outputTokens: number): number | undefined {
    const hidden = thought === '' ? (numberAt(objectAt(usage, 'completion_tokens_details'), 'reasoning_tokens') ?? 0) : 0
    const visible = outputTokens - hidden
    const elapsedMs = lastMs - (firstMs ?? lastMs)
    return visible < PACED_TOKENS || elapsedMs < PACED_MS ? undefined : ((visible - 1) * 1_000) / elapsedMs
  }

  return {
    take,
    usage: tokensOf,
    /** Why this is no answer. */
    trouble: (): string | undefined =>
      failure ?? (isDone || finish !== undefined ? undefined : 'the stream ended before the answer did'),
    answer(call: Call): Answer {
      const tokens = tokensOf(call)
      return {
        ...tokens,
        text: text === '' ? refusal : text,
        refused: refusal !== '' || finish === 'content_filter',
        isCut: finish === 'length',
        firstTokenMs: firstMs === undefined ? undefined : firstMs - startedMs,
        tokensPerSecond: pace(tokens.outputTokens),
      }
    },
  }
}

/** What a refused request says of the model's tastes: undefined where it says nothing new. */
export function learned(quirks: Quirks, { status, why }: Extract<Outcome, { kind: 'failed' }>): Quirks | undefined {
  if (status !== 400 && status !== 422) return undefined
  if (quirks.temperature && /temperature/i.test(why)) return { ...quirks, temperature: false }
  if (quirks.oldLimit && /max_completion_tokens/i.test(why)) return { ...quirks, oldLimit: false }
  return undefined
}

export const isAnswer = (value: unknown): value is Answer =>
  isObject(value) &&
  typeof value.text === 'string' &&
  typeof value.refused === 'boolean' &&
  typeof value.isCut === 'boolean' &&
  typeof value.inputTokens === 'number' &&
  typeof value.outputTokens === 'number'
