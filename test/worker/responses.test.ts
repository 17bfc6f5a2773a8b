import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import type { ResponseInput, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Piece, slices, textPiece, toolCallPiece } from '../providers/answer'
import { isObject, list } from '../providers/json'
import { providerAt } from '../providers/providers'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import {
  answer,
  cut,
  eof,
  errorEvent,
  type Plan,
  type Received,
  raw,
  refusal,
  type Script,
  slow,
  startUpstream,
  status,
  toolCall,
  type Upstream,
} from '../support/upstream'

/** `POST /v1/responses` as OpenAI's own client meets it, whoever answers behind it. Every request is judged by the provider's own rules first. */

let upstream: Upstream
let router: Router
let openai: OpenAI
let script: Script
const MODELS = ['gpt', 'azure', 'claude', 'gemini'] as const
const HI = { input: 'Say hello.' }

const start = () =>
  startRouter({
    config: {
      models: {
        gpt: modelAt(upstream.url, 'openai'),
        azure: modelAt(upstream.url, 'openai', { provider: 'openai-compatible', model: 'gpt-4.1', secret: 'AZURE_KEY' }),
        claude: modelAt(upstream.url, 'anthropic', { model: 'claude-sonnet-4-5' }),
        gemini: modelAt(upstream.url, 'google'),
      },
      pools: { others: ['azure', 'claude', 'gemini'] },
      routes: [{ name: 'all', use: ['gpt'], fallback: ['claude', 'gemini'] }],
      limits: { keepAliveMs: 400, bodyBytes: 1_000_000 },
    },
    bindings: { AZURE_KEY: 'azure-secret-value' },
  })

/** As the provider would: what it would refuse is refused. */
function judged(request: Received, plan: () => Plan | Promise<Plan>): Plan | Promise<Plan> {
  const url = new URL(request.path, 'http://upstream')
  const found = providerAt(url.pathname)
  const endpoint = found?.provider.endpoint(request.method, found.path, url.searchParams)
  const accepted = endpoint?.kind === 'chat' ? endpoint.accept(request.body) : undefined
  return accepted?.kind === 'refused' ? raw(accepted.refusal.body, { status: accepted.refusal.status }) : plan()
}

beforeAll(async () => {
  upstream = await startUpstream(request => judged(request, () => script(request)))
  router = await start()
  openai = client()
})
beforeEach(() => {
  script = () => answer({ text: 'Hello there.' })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

const client = (apiKey = CLIENT_KEY, at = router) => new OpenAI({ baseURL: new URL('/v1', at.url).href, apiKey })

/** A router that remembers nothing: failures get a model left out for a while, which is no other test's business. */
async function fresh(act: (sdk: OpenAI, own: Router) => Promise<void>): Promise<void> {
  const own = await start()
  try {
    await act(client(CLIENT_KEY, own), own)
  } finally {
    await own.close()
  }
}

const post = (body: unknown, { headers = {}, at = router }: { headers?: Record<string, string>; at?: Router } = {}) =>
  fetch(new URL('/v1/responses', at.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** The latest request that reached the upstream. */
function latest(): Received {
  const request = upstream.requests.at(-1)
  if (request === undefined) throw new Error('the upstream was not called')
  return request
}

/** How many requests reach the upstream meanwhile. */
async function callsDuring(act: () => Promise<unknown>): Promise<number> {
  const before = upstream.requests.length
  await act()
  return upstream.requests.length - before
}

async function errorOf(act: () => Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await act()
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error
    throw error
  }
  throw new Error('it succeeded')
}

async function eventsOf(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

const WEATHER = {
  type: 'function' as const,
  name: 'weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  strict: true,
}
const Report = z.object({ city: z.string(), degrees: z.number() })

describe.each(MODELS)('the OpenAI SDK against %s', model => {
  it('gets a response with usage, and hears who answered', async () => {
    const { data, response } = await openai.responses.create({ ...HI, model, instructions: 'Be brief.' }).withResponse()
    expect(data).toMatchObject({
      object: 'response',
      status: 'completed',
      output_text: 'Hello there.',
      instructions: 'Be brief.',
      store: false,
    })
    expect(data.id).toMatch(/^resp_/)
    expect(data.output).toMatchObject([
      {
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello there.', annotations: [] }],
      },
    ])
    expect(data.usage).toMatchObject({ input_tokens: 12, input_tokens_details: { cached_tokens: 0 } })
    expect(data.usage?.output_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-router-model')).toBe(model)
    expect(response.headers.get('x-router-attempts')).toBe('1')
    expect(latest().text).toContain('Be brief.')
  })

  it('gets a stream whose final response is the same, usage included', async () => {
    const stream = openai.responses.stream({ ...HI, model })
    const texts: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => texts.push(delta))
    const response = await stream.finalResponse()
    expect(texts.length).toBeGreaterThan(1)
    expect(texts.join('')).toBe('Hello there.')
    expect(response).toMatchObject({ status: 'completed', output_text: 'Hello there.', usage: { input_tokens: 12 } })
  })

  it('sees every event in its order, numbered without a gap', async () => {
    const events = await eventsOf(await openai.responses.create({ ...HI, model, stream: true }))
    expect(events.map(event => event.sequence_number)).toEqual(events.map((_, index) => index))
    const types = events.map(({ type }) => type)
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  it.each([false, true])('has its tools called and answered; streamed: %s', async streamed => {
    script = ({ text }) =>
      text.includes('22 degrees')
        ? answer({ text: 'It is warm.' })
        : toolCall(toolCallPiece('call_1', 'weather', { city: 'Zürich' }), toolCallPiece('call_2', 'weather', { city: 'Bern' }))
    const ask = (input: ResponseInput) => {
      const body = { model, input, tools: [WEATHER] }
      return streamed ? openai.responses.stream(body).finalResponse() : openai.responses.create(body)
    }
    const input: ResponseInput = [{ role: 'user', content: 'How warm is it?' }]
    const first = await ask(input)
    const calls = first.output.flatMap(item => (item.type === 'function_call' ? [item] : []))
    expect(calls.map(({ name, arguments: args }) => [name, JSON.parse(args)])).toEqual([
      ['weather', { city: 'Zürich' }],
      ['weather', { city: 'Bern' }],
    ])
    // As the documentation says: what came is part of the next input, ids and all
    const results = calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: '22 degrees' }))
    const second = await ask([...input, ...(JSON.parse(JSON.stringify(first.output)) as ResponseInput), ...results])
    expect(second.output_text).toBe('It is warm.')
    expect(latest().text.match(/22 degrees/g)).toHaveLength(2)
    expect(latest().text).toContain('Zürich')
  })

  it('parses an answer that follows a schema', async () => {
    script = () => answer({ pieces: [{ kind: 'text', deltas: slices('{"city":"Bern","degrees":22}', 6) }] })
    const body = { model, input: 'How warm is it?', text: { format: zodTextFormat(Report, 'report') } }
    expect((await openai.responses.parse(body)).output_parsed).toEqual({ city: 'Bern', degrees: 22 })
    expect((await openai.responses.stream(body).finalResponse()).output_parsed).toEqual({ city: 'Bern', degrees: 22 })
    expect(latest().text).toContain('"degrees"')
  })

  it('sends an image', async () => {
    const image = { type: 'input_image' as const, image_url: 'data:image/png;base64,AAAA', detail: 'auto' as const }
    await openai.responses.create({ model, input: [{ role: 'user', content: [{ type: 'input_text', text: 'Look' }, image] }] })
    expect(latest().text).toContain('AAAA')
    expect(latest().text).toContain('image/png')
  })

  it.each([false, true])('is told when the answer ran out of tokens; streamed: %s', async streamed => {
    script = () => answer({ text: 'Hello', finish: 'length' })
    const body = { ...HI, model, max_output_tokens: 20 }
    const response = await (streamed ? openai.responses.stream(body).finalResponse() : openai.responses.create(body))
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'Hello',
    })
  })

  it.each(['cut', 'end'] as const)('raises where the stream breaks after content has come (%s)', async how => {
    script = () => (how === 'cut' ? cut(2, { chunks: 10 }) : eof(2, { chunks: 10 }))
    await fresh(async sdk => {
      const calls = await callsDuring(async () => {
        const error = await errorOf(() => sdk.responses.stream({ ...HI, model }).finalResponse())
        expect(error.status).toBeUndefined()
        expect(error.code).toBe('upstream_cut')
      })
      expect(calls).toBe(1)
    })
  })

  it('stops the upstream when it gives up', async () => {
    script = () => answer({ chunks: 1_000, gapMs: 20 })
    const stream = await openai.responses.create({ ...HI, model, stream: true })
    for await (const event of stream) if (event.type === 'response.output_text.delta') break
    expect((await latest().ending).how).toBe('aborted')
    await router.idle()
  })

  it('holds comments while the first token is slow, and takes the answer after them', async () => {
    script = () => slow(1_000)
    const response = await post({ ...HI, model, stream: true })
    const text = await response.text()
    expect(response.headers.get('x-router-model')).toBe('pending')
    expect(text.startsWith(': waiting for the first token\n\n')).toBe(true)
    expect(text).toContain(`"x-router-model":"${model}"`)
    expect((await openai.responses.stream({ ...HI, model }).finalResponse()).output_text).toBe('Hello from upstream.')
  })

  it('routes by controls in the metadata, which go no further', async () => {
    const { data, response } = await openai.responses
      .create({ ...HI, model: 'auto', metadata: { 'x-router-models': model, 'x-router-fallback': 'off', project: 'p' } })
      .withResponse()
    expect(response.headers.get('x-router-model')).toBe(model)
    expect(data.metadata).toEqual({ project: 'p' })
    expect(latest().text).not.toContain('x-router')
  })
})

const CALLING: readonly Piece[] = [
  { kind: 'reasoning', deltas: ['Let me ', 'look.'] },
  toolCallPiece('call_1', 'weather', { city: 'Zürich' }),
]

/** Its schemas are the strictest reader that there is of this API. It does not know `x-should-retry`, hence `maxRetries: 0`. */
describe.each(MODELS)('Vercel’s ai, over Responses, against %s', model => {
  const weather = tool({
    description: 'The weather in a city',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `${city}: 22 degrees`,
  })
  const asked = (at = router) => ({
    model: createOpenAI({ baseURL: new URL('/v1', at.url).href, apiKey: CLIENT_KEY }).responses(model),
    prompt: 'How warm is it?',
    maxRetries: 0,
  })

  it.each([false, true])('runs its tools, thinking included, to the end; streamed: %s', async streamed => {
    script = ({ text }) =>
      text.includes('22 degrees') ? answer({ text: 'It is warm.' }) : answer({ pieces: CALLING, finish: 'tool-calls' })
    const body = { ...asked(), tools: { weather }, stopWhen: isStepCount(3), providerOptions: { openai: { store: false } } }
    const result = streamed ? streamText({ ...body, onError: () => {} }) : await generateText(body)
    expect(await result.text).toBe('It is warm.')
    expect(await result.finishReason).toBe('stop')
    const [first] = await result.steps
    expect(first?.toolResults[0]?.output).toBe('Zürich: 22 degrees')
    expect(first?.reasoningText).toBe('Let me look.')
    expect(first?.usage.inputTokens).toBe(12)
  })

  it('is told how to stop referring to what nobody keeps', async () => {
    script = () => answer({ pieces: CALLING, finish: 'tool-calls' })
    await expect(generateText({ ...asked(), tools: { weather }, stopWhen: isStepCount(3) })).rejects.toThrow(
      'providerOptions: { openai: { store: false } }',
    )
  })

  it('hears once of a stream that breaks', async () => {
    script = () => cut(2, { chunks: 10 })
    await fresh(async (_, own) => {
      const result = streamText({ ...asked(own), onError: () => {} })
      const types: string[] = []
      for await (const part of result.stream) types.push(part.type)
      expect(types.filter(type => type === 'error')).toHaveLength(1)
    })
  })
})

describe('errors are of the class that OpenAI’s client knows, and nobody is asked twice', () => {
  it.each([
    ['bad-request', OpenAI.BadRequestError, 400, 'invalid_request_error', 1],
    ['rate-limited', OpenAI.RateLimitError, 429, 'rate_limit_error', 3],
    ['overloaded', OpenAI.InternalServerError, 503, 'server_error', 3],
  ] as const)('%s', async (trouble, kind, code, type, wanted) => {
    script = () => refusal(trouble, { retryAfterSeconds: 60 })
    await fresh(async sdk => {
      const calls = await callsDuring(async () => {
        const error = await errorOf(() => sdk.responses.create({ ...HI, model: 'auto' }))
        expect(error).toBeInstanceOf(kind)
        expect(error.status).toBe(code)
        expect(error.type).toBe(type)
        expect(error.headers?.get('x-should-retry')).toBe('false')
      })
      expect(calls).toBe(wanted)
    })
  })

  it('a wrong key, and an unknown model', async () => {
    expect(await errorOf(() => client('wrong').responses.create({ ...HI, model: 'auto' }))).toBeInstanceOf(
      OpenAI.AuthenticationError,
    )
    const unknown = await errorOf(() => openai.responses.create({ ...HI, model: 'gpt-99' }))
    expect(unknown).toBeInstanceOf(OpenAI.NotFoundError)
    expect(unknown.code).toBe('model_not_found')
  })

  it.each([
    ['no JSON', '{"model": ', 400, null],
    ['no model', HI, 400, 'model'],
    ['no input', { model: 'auto' }, 400, 'input'],
    ['input that is none', { model: 'auto', input: 7 }, 400, 'input'],
    ['a setting of the wrong kind', { ...HI, model: 'auto', temperature: 'hot' }, 400, 'temperature'],
    [
      'a part without text',
      { model: 'auto', input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
      400,
      'input[0].content[0].text',
    ],
    [
      'a control that makes no sense',
      { ...HI, model: 'auto', metadata: { 'x-router-strategy': 'best' } },
      400,
      'x-router-strategy',
    ],
    ['a previous response', { ...HI, model: 'auto', previous_response_id: 'resp_1' }, 400, 'previous_response_id'],
    ['a conversation', { ...HI, model: 'auto', conversation: 'conv_1' }, 400, 'conversation'],
    ['a template', { model: 'auto', prompt: { id: 'pmpt_1' } }, 400, 'prompt'],
    ['the background', { ...HI, model: 'auto', background: true }, 400, 'background'],
    ['a reference', { model: 'auto', input: [{ type: 'item_reference', id: 'msg_1' }] }, 400, 'input[0]'],
    ['a hosted tool', { ...HI, model: 'gpt', tools: [{ type: 'web_search' }] }, 400, 'tools[0].type'],
    ['a body over the limit', { ...HI, model: 'auto', instructions: 'x'.repeat(1_000_001) }, 413, null],
  ])('%s is refused before anybody is asked, and named', async (_, body, code, param) => {
    const calls = await callsDuring(async () => {
      const response = await post(body)
      expect(response.status).toBe(code)
      expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', param } })
    })
    expect(calls).toBe(0)
  })

  it('nothing can be fetched, deleted or gone on with, and it says why', async () => {
    for (const act of [
      () => openai.responses.retrieve('resp_1'),
      () => openai.responses.delete('resp_1'),
      () => openai.responses.cancel('resp_1'),
      () => openai.responses.inputItems.list('resp_1'),
    ]) {
      const error = await errorOf(async () => act())
      expect(error).toBeInstanceOf(OpenAI.NotFoundError)
      expect(error.message).toContain('this router keeps no responses')
    }
  })

  it('of a router without keys it is the closed door of every endpoint', async () => {
    const closed = await startRouter({ bindings: { ROUTER_KEYS: undefined } })
    try {
      const response = await fetch(new URL('/v1/responses', closed.url), { method: 'POST', body: JSON.stringify(HI) })
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({ error: { type: 'server_error', code: 'not_configured' } })
    } finally {
      await closed.close()
    }
  })
})

describe('falling back', () => {
  it.each([false, true])('from OpenAI to another provider goes unnoticed; streamed: %s', async streamed => {
    script = ({ dialect }) => (dialect === 'openai' ? status(500) : answer({ text: 'Hello from afar.' }))
    const body = { ...HI, model: 'auto' }
    await fresh(async sdk => {
      const response = await (streamed ? sdk.responses.stream(body).finalResponse() : sdk.responses.create(body))
      expect(response.output_text).toBe('Hello from afar.')
    })
  })

  it.each([
    ['an error event, first', errorEvent('start')],
    ['an error event, after the response was announced', errorEvent('opening')],
    ['a cut after it was announced', cut('opening')],
    ['an end after it was announced', eof('opening')],
    [
      'a failed response',
      raw(
        'event: response.failed\ndata: {"type":"response.failed","response":{"error":{"code":"server_error","message":"No."}}}\n\n',
        {
          type: 'text/event-stream',
        },
      ),
    ],
  ])('%s does not commit', async (_, plan) => {
    script = ({ dialect }) => (dialect === 'openai' ? plan : answer({ text: 'Hello from afar.' }))
    await fresh(async sdk => {
      const { data, response } = await sdk.responses.create({ ...HI, model: 'auto', stream: true }).withResponse()
      expect((await eventsOf(data)).at(-1)).toMatchObject({
        type: 'response.completed',
        response: { output: [{ content: [{ text: 'Hello from afar.' }] }] },
      })
      expect(response.headers.get('x-router-attempts')).toBe('2')
    })
  })

  it('a prompt that is too long, told in the stream, is held against nobody and ends with the honest status', async () => {
    const error = {
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
      message: 'Your input exceeds the context window.',
      param: 'input',
    }
    const event = `event: error\ndata: ${JSON.stringify({ type: 'error', error, sequence_number: 0 })}\n\n`
    script = () => raw(event, { type: 'text/event-stream' })
    await fresh(async sdk => {
      for (let times = 0; times < 6; times++) {
        const raised = await errorOf(() => sdk.responses.create({ ...HI, model: 'gpt', stream: true }))
        expect(raised).toBeInstanceOf(OpenAI.BadRequestError)
        expect(raised.code).toBe('context_length_exceeded')
        expect(raised.param).toBe('input')
      }
      // Six failures in a row would have left it out
      script = () => answer()
      const { response } = await sdk.responses.create({ ...HI, model: 'auto' }).withResponse()
      expect(response.headers.get('x-router-model')).toBe('gpt')
    })
  })

  it('an error after content has come is raised, natively as the upstream worded it, and once', async () => {
    script = () => errorEvent(2, { chunks: 10 })
    await fresh(async (sdk, own) => {
      const error = await errorOf(() => sdk.responses.stream({ ...HI, model: 'gpt' }).finalResponse())
      expect(error.message).toContain('overloaded')
      const text = await (await post({ ...HI, model: 'gpt', stream: true }, { at: own })).text()
      expect(text.match(/^event: error$/gm)).toHaveLength(1)
    })
  })

  it('a rate limit after content has come is told once, too', async () => {
    script = () => errorEvent(2, { chunks: 10, trouble: 'rate-limited' })
    await fresh(async (_, own) => {
      const text = await (await post({ ...HI, model: 'gpt', stream: true }, { at: own })).text()
      expect(text.match(/^event: error$/gm)).toHaveLength(1)
    })
  })

  it('all failing behind comments is an error in the stream', async () => {
    script = () => status(500, { afterMs: 250 })
    await fresh(async sdk => {
      const error = await errorOf(() => sdk.responses.stream({ ...HI, model: 'auto' }).finalResponse())
      expect(error.type).toBe('server_error')
      expect(error.message).toContain('All 3 attempts failed')
    })
  })
})

const THOUGHTS: readonly Piece[] = [{ kind: 'reasoning', deltas: ['Let me ', 'think.'] }, textPiece('Hello there.')]

/** However long the first content takes: comments would be bytes of our own. */
const SILENT = { 'x-router-keep-alive': 'off' }

describe('where the upstream speaks Responses too', () => {
  const direct = (body: object) =>
    fetch(`${upstream.url}/openai/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
      body: JSON.stringify({ ...body, model: 'gpt-5.2', store: false }),
    })

  it('the body goes up as it came, with the model’s name in it and never to be stored', async () => {
    const body = {
      model: 'gpt',
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
      instructions: 'Be brief.',
      include: ['reasoning.encrypted_content'],
      truncation: 'auto',
      reasoning: { effort: 'low', summary: 'auto' },
      prompt_cache_retention: '24h',
      tools: [{ type: 'custom', name: 'sql' }],
    }
    const response = await post(body, { headers: { 'x-router-strategy': 'random' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-router-dropped')).toBeNull()
    const { headers, body: sent, path } = latest()
    expect(path).toBe('/openai/v1/responses')
    expect(sent).toEqual({ ...body, model: 'gpt-5.2', store: false })
    expect(headers.authorization).toBe('Bearer sk-openai-secret-value')
    expect(Object.keys(headers).filter(name => name.startsWith('x-router'))).toEqual([])
  })

  it('store is turned off, and said so', async () => {
    const { data, response } = await openai.responses.create({ ...HI, model: 'gpt', store: true }).withResponse()
    expect(response.headers.get('x-router-dropped')).toBe('store')
    expect(latest().body).toMatchObject({ store: false })
    expect(data).toMatchObject({ store: false })
  })

  it.each([false, true])('the bytes come back untouched; streamed: %s', async stream => {
    script = () => answer({ pieces: THOUGHTS })
    const body = { ...HI, reasoning: { effort: 'low', summary: 'auto' }, stream }
    const theirs = await (await direct(body)).text()
    const ours = await (await post({ ...body, model: 'gpt' }, { headers: SILENT })).text()
    // The upstream numbers its answers
    const numberless = (text: string) => text.replaceAll(/upstream\d+x0*/g, 'id')
    expect(numberless(ours)).toBe(numberless(theirs))
  })

  it.each([
    ['event', 300_000],
    ['whole', 300_000],
    ['event', 60_000],
  ] as const)(
    'a stream that repeats a large toolbox three times is whole, and nothing is added (written by %s, %i bytes)',
    async (writes, bytes) => {
      script = () => answer({ text: 'Hello there.', writes, gapMs: 20 })
      const tools = [{ ...WEATHER, description: 'W'.repeat(bytes) }]
      const body = { ...HI, tools, stream: true }
      await fresh(async (_, own) => {
        const theirs = await (await direct(body)).text()
        const ours = await (await post({ ...body, model: 'gpt' }, { at: own, headers: SILENT })).text()
        const numberless = (text: string) => text.replaceAll(/upstream\d+x0*/g, 'id')
        expect(numberless(ours) === numberless(theirs)).toBe(true)
        await own.idle()
      })
    },
  )

  it('encrypted reasoning reaches the caller and goes up again, at OpenAI alone', async () => {
    script = () => answer({ pieces: THOUGHTS })
    const include = ['reasoning.encrypted_content' as const]
    const first = await openai.responses.create({ ...HI, model: 'gpt', reasoning: { summary: 'auto' }, include })
    expect(first.output[0]).toMatchObject({ type: 'reasoning', encrypted_content: expect.stringMatching(/./) })
    const input: ResponseInput = [
      { role: 'user', content: 'Hi' },
      ...(JSON.parse(JSON.stringify(first.output)) as ResponseInput),
      { role: 'user', content: 'Go on.' },
    ]
    await openai.responses.create({ model: 'gpt', input, include })
    const { body } = latest()
    expect(isObject(body) && list(body.input)?.[1]).toEqual(JSON.parse(JSON.stringify(first.output[0])))
    for (const model of ['azure', 'claude', 'gemini']) {
      const response = await openai.responses.create({ model, input })
      expect(response.output_text).toBe('Hello there.')
      expect(latest().text).not.toContain('gAAAA')
      expect(latest().text).not.toContain('Let me think.')
    }
  })
})

describe('what only OpenAI’s own API can do', () => {
  const patching = { ...HI, tools: [{ type: 'apply_patch' as const }] }

  it('stays with OpenAI’s models, even when they fail', async () => {
    script = () => status(500)
    const before = upstream.requests.length
    await fresh(async sdk => {
      await errorOf(() => sdk.responses.create({ ...patching, model: 'auto' }))
    })
    expect(new Set(upstream.requests.slice(before).map(({ path }) => path))).toEqual(new Set(['/openai/v1/responses']))
  })

  it('is refused with its name where there are none', async () => {
    const calls = await callsDuring(async () => {
      const error = await errorOf(() => openai.responses.create({ ...patching, model: 'others' }))
      expect(error).toBeInstanceOf(OpenAI.BadRequestError)
      expect(error.message).toContain('tools[0] (apply_patch)')
    })
    expect(calls).toBe(0)
  })

  it('is left out and listed where an answer without it is still an answer', async () => {
    const body = { ...HI, store: true, truncation: 'auto' as const, include: ['reasoning.encrypted_content' as const] }
    for (const model of ['azure', 'claude', 'gemini']) {
      const { response } = await openai.responses.create({ ...body, model }).withResponse()
      expect(response.headers.get('x-router-dropped')).toBe('store, include, truncation')
    }
  })
})

it('what another provider has no word for is listed by the caller’s own', async () => {
  const body = { ...HI, model: 'claude', text: { verbosity: 'low' as const }, tools: [WEATHER] }
  const { response } = await openai.responses.create(body).withResponse()
  expect(response.headers.get('x-router-dropped')).toContain('text.verbosity')
})

describe('thinking of other providers', () => {
  it.each(['azure', 'claude', 'gemini'])('of %s is shown as a summary, and goes up to nobody', async model => {
    script = () => answer({ pieces: THOUGHTS })
    const body = { ...HI, model, max_output_tokens: 4_000, ...(model !== 'azure' && { reasoning: { effort: 'low' as const } }) }
    const whole = await openai.responses.create(body)
    const streamed = await openai.responses.stream(body).finalResponse()
    for (const { output } of [whole, streamed]) {
      expect(output).toMatchObject([
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me think.' }] },
        { type: 'message', content: [{ text: 'Hello there.' }] },
      ])
    }
    const input: ResponseInput = [
      { role: 'user', content: 'Hi' },
      ...(JSON.parse(JSON.stringify(whole.output)) as ResponseInput),
      { role: 'user', content: 'Go on.' },
    ]
    for (const next of MODELS) {
      await openai.responses.create({ model: next, input })
      expect(latest().text).toContain('Hello there.')
      expect(latest().text).not.toContain('Let me think.')
    }
  })
})

it('is open to pages of the origins that the configuration lists, headers included', async () => {
  const own = await startRouter({
    config: {
      models: { gpt: modelAt(upstream.url, 'openai') },
      routes: [{ name: 'all', use: ['gpt'] }],
      access: { origins: ['https://app.example.com'] },
    },
  })
  try {
    const headers = { origin: 'https://app.example.com' }
    const preflight = await fetch(new URL('/v1/responses', own.url), {
      method: 'OPTIONS',
      headers: {
        ...headers,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-stainless-os',
      },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-stainless-os')
    const response = await post({ ...HI, model: 'gpt' }, { headers, at: own })
    expect(response.headers.get('access-control-expose-headers')).toContain('x-router-model')
  } finally {
    await own.close()
  }
})
