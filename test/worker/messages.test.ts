import Anthropic from '@anthropic-ai/sdk'
import type { MessageParam, ToolUseBlock } from '@anthropic-ai/sdk/resources/messages'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Piece, textPiece, toolCallPiece } from '../providers/answer'
import { isObject, list, object } from '../providers/json'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import {
  answer,
  cut,
  errorEvent,
  type Received,
  refusal,
  type Script,
  slow,
  startUpstream,
  status,
  toolCall,
  type Upstream,
} from '../support/upstream'

/** `POST /v1/messages` as Anthropic's own client meets it, whoever answers behind it. */

let upstream: Upstream
let router: Router
let anthropic: Anthropic
let script: Script
const MODELS = ['claude', 'gpt', 'gemini'] as const
const messages: MessageParam[] = [{ role: 'user', content: 'Say hello.' }]
const HI = { max_tokens: 100, messages }

const start = () =>
  startRouter({
    config: {
      models: {
        claude: modelAt(upstream.url, 'anthropic', { model: 'claude-sonnet-4-5' }),
        gpt: modelAt(upstream.url, 'openai'),
        gemini: modelAt(upstream.url, 'google'),
      },
      pools: { others: ['gpt', 'gemini'] },
      routes: [{ name: 'all', use: ['claude'], fallback: ['gpt', 'gemini'] }],
      limits: { keepAliveMs: 100, bodyBytes: 100_000 },
    },
  })

beforeAll(async () => {
  upstream = await startUpstream(request => script(request))
  router = await start()
  anthropic = client()
})
beforeEach(() => {
  script = () => answer({ text: 'Hello there.' })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

const client = (apiKey = CLIENT_KEY, at = router) => new Anthropic({ baseURL: at.url.href.replace(/\/$/, ''), apiKey })

/** A router that remembers nothing: failures get a model left out for a while, which is no other test's business. */
async function fresh(act: (sdk: Anthropic) => Promise<void>): Promise<void> {
  const own = await start()
  try {
    await act(client(CLIENT_KEY, own))
  } finally {
    await own.close()
  }
}

const post = (body: unknown, headers: Record<string, string> = {}, path = '/v1/messages') =>
  fetch(new URL(path, router.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': CLIENT_KEY, ...headers },
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

async function errorOf(act: () => Promise<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  try {
    await act()
  } catch (error) {
    if (error instanceof Anthropic.APIError) return error
    throw error
  }
  throw new Error('it succeeded')
}

describe.each(MODELS)('the Anthropic SDK against %s', model => {
  it('gets a message with usage, and hears who answered', async () => {
    const { data, response } = await anthropic.messages.create({ ...HI, model, system: 'Be brief.' }).withResponse()
    expect(data).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    expect(data.content).toMatchObject([{ type: 'text', text: 'Hello there.' }])
    expect(data.usage.input_tokens).toBe(12)
    expect(data.usage.output_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-router-model')).toBe(model)
    expect(response.headers.get('x-router-attempts')).toBe('1')
  })

  it('gets a stream whose final message is the same, usage included', async () => {
    const stream = anthropic.messages.stream({ ...HI, model })
    const texts: string[] = []
    stream.on('text', delta => texts.push(delta))
    const message = await stream.finalMessage()
    expect(texts.length).toBeGreaterThan(1)
    expect(message.content).toMatchObject([{ type: 'text', text: 'Hello there.' }])
    expect(message.stop_reason).toBe('end_turn')
    expect(message.usage.input_tokens).toBe(12)
    expect(message.usage.output_tokens).toBeGreaterThan(0)
  })

  it.each([false, true])('has its tools called and answered; streamed: %s', async streamed => {
    const tools = [{ name: 'weather', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } }]
    script = ({ text }) =>
      text.includes('22 degrees')
        ? answer({ text: 'It is warm.' })
        : toolCall(toolCallPiece('toolu_1', 'weather', { city: 'Zürich' }), toolCallPiece('toolu_2', 'weather', { city: 'Bern' }))
    const ask = (turns: MessageParam[]) => {
      const body = { model, max_tokens: 100, messages: turns, tools }
      return streamed ? anthropic.messages.stream(body).finalMessage() : anthropic.messages.create(body)
    }
    const first = await ask(messages)
    expect(first.stop_reason).toBe('tool_use')
    const calls = first.content.filter((block): block is ToolUseBlock => block.type === 'tool_use')
    expect(calls.map(({ name, input }) => ({ name, input }))).toEqual([
      { name: 'weather', input: { city: 'Zürich' } },
      { name: 'weather', input: { city: 'Bern' } },
    ])
    const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: '22 degrees' }))
    const second = await ask([...messages, { role: 'assistant', content: first.content }, { role: 'user', content: results }])
    expect(second.content).toMatchObject([{ type: 'text', text: 'It is warm.' }])
    // The conversation that went up holds both calls and both results
    expect(latest().text.match(/22 degrees/g)).toHaveLength(2)
    expect(latest().text).toContain('Zürich')
  })

  it('sends an image', async () => {
    const image = { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png' as const, data: 'AAAA' } }
    await anthropic.messages.create({ model, max_tokens: 9, messages: [{ role: 'user', content: [image] }] })
    const { body } = latest()
    const sent = JSON.stringify(body)
    expect(sent).toContain('AAAA')
    expect(sent).toContain('image/png')
  })

  it('raises where the stream breaks after content has come', async () => {
    script = () => cut(2, { chunks: 10 })
    await fresh(async sdk => {
      const calls = await callsDuring(async () => {
        const error = await errorOf(() => sdk.messages.stream({ ...HI, model }).finalMessage())
        expect(error.status).toBeUndefined()
        expect(error.error).toMatchObject({ type: 'error', error: { type: 'api_error' } })
      })
      expect(calls).toBe(1)
    })
  })

  it('stops the upstream when it gives up', async () => {
    script = () => answer({ chunks: 1_000, gapMs: 20 })
    const stream = await anthropic.messages.create({ ...HI, model, stream: true })
    for await (const event of stream) if (event.type === 'content_block_delta') break
    expect((await latest().ending).how).toBe('aborted')
    await router.idle()
  })

  it('holds pings while the first token is slow, and takes the answer after them', async () => {
    script = () => slow(350)
    const response = await post({ ...HI, model, stream: true })
    const text = await response.text()
    expect(response.headers.get('x-router-model')).toBe('pending')
    expect(text.startsWith('event: ping\ndata: {"type": "ping"}\n\n')).toBe(true)
    expect(text).toContain(`"x-router-model":"${model}"`)
    const message = await anthropic.messages.stream({ ...HI, model }).finalMessage()
    expect(message.content).toMatchObject([{ type: 'text', text: 'Hello from upstream.' }])
  })
})

describe('errors are of the class that Anthropic’s client knows, and nobody is asked twice', () => {
  it.each([
    ['bad-request', Anthropic.BadRequestError, 400, 'invalid_request_error', 1],
    ['rate-limited', Anthropic.RateLimitError, 429, 'rate_limit_error', 3],
    ['overloaded', Anthropic.InternalServerError, 503, 'overloaded_error', 3],
  ] as const)('%s', async (trouble, kind, code, type, wanted) => {
    script = () => refusal(trouble, { retryAfterSeconds: 60 })
    await fresh(async sdk => {
      const calls = await callsDuring(async () => {
        const error = await errorOf(() => sdk.messages.create({ ...HI, model: 'auto' }))
        expect(error).toBeInstanceOf(kind)
        expect(error.status).toBe(code)
        expect(error.error).toMatchObject({ type: 'error', error: { type }, request_id: expect.stringMatching(/./) })
        expect(error.headers?.get('x-should-retry')).toBe('false')
      })
      expect(calls).toBe(wanted)
    })
  })

  it('a wrong key', async () => {
    const error = await errorOf(() => client('wrong').messages.create({ ...HI, model: 'auto' }))
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
  })

  it('an unknown model', async () => {
    const error = await errorOf(() => anthropic.messages.create({ ...HI, model: 'gpt-99' }))
    expect(error).toBeInstanceOf(Anthropic.NotFoundError)
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  it.each([
    ['no JSON', '{"model": ', 400, 'JSON'],
    ['no max_tokens', { model: 'auto', messages }, 400, 'max_tokens'],
    [
      'a block without text',
      { ...HI, model: 'auto', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      400,
      'messages[0].content[0].text',
    ],
    ['a body over the limit', { ...HI, model: 'auto', system: 'x'.repeat(100_001) }, 413, 'larger'],
  ])('%s is refused before anybody is asked', async (_, body, code, word) => {
    const calls = await callsDuring(async () => {
      const response = await post(body)
      expect(response.status).toBe(code)
      const told = (await response.json()) as { type: string; error: { type: string; message: string } }
      expect(told.type).toBe('error')
      expect(told.error.type).toBe(code === 413 ? 'request_too_large' : 'invalid_request_error')
      expect(told.error.message).toContain(word)
    })
    expect(calls).toBe(0)
  })

  it('a path that does not exist', async () => {
    const response = await post({}, {}, '/v1/messages/batches')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  it('a router without keys is closed', async () => {
    const closed = await startRouter({ bindings: { ROUTER_KEYS: undefined } })
    try {
      const response = await fetch(new URL('/v1/messages', closed.url), { method: 'POST', body: JSON.stringify(HI) })
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
    } finally {
      await closed.close()
    }
  })
})

it('a key is taken as x-api-key and as Bearer', async () => {
  const body = { ...HI, model: 'claude' }
  expect((await post(body)).status).toBe(200)
  expect((await post(body, { 'x-api-key': '', authorization: `Bearer ${CLIENT_KEY}` })).status).toBe(200)
})

describe('falling back', () => {
  it.each([false, true])('from Claude to another provider goes unnoticed; streamed: %s', async streamed => {
    script = ({ dialect }) => (dialect === 'anthropic' ? status(500) : answer({ text: 'Hello from afar.' }))
    const body = { ...HI, model: 'auto' }
    await fresh(async sdk => {
      const message = await (streamed ? sdk.messages.stream(body).finalMessage() : sdk.messages.create(body))
      expect(message.content).toMatchObject([{ type: 'text', text: 'Hello from afar.' }])
    })
  })

  it('an error event in the first event of a stream does not commit', async () => {
    script = ({ dialect }) => (dialect === 'anthropic' ? errorEvent('start') : answer({ text: 'Hello from afar.' }))
    await fresh(async sdk => {
      const message = await sdk.messages.stream({ ...HI, model: 'auto' }).finalMessage()
      expect(message.content).toMatchObject([{ type: 'text', text: 'Hello from afar.' }])
    })
  })

  it('an error after content has come is raised, natively as the upstream worded it', async () => {
    script = () => errorEvent(2, { chunks: 10 })
    await fresh(async sdk => {
      const error = await errorOf(() => sdk.messages.stream({ ...HI, model: 'claude' }).finalMessage())
      expect(error.error).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
    })
  })

  it('all failing behind pings is an error in the stream', async () => {
    script = () => status(500, { afterMs: 250 })
    await fresh(async sdk => {
      const error = await errorOf(() => sdk.messages.stream({ ...HI, model: 'auto' }).finalMessage())
      expect(error.error).toMatchObject({ type: 'error', error: { type: expect.stringMatching(/_error$/) } })
    })
  })
})

const THOUGHTS: readonly Piece[] = [{ kind: 'reasoning', deltas: ['Let me ', 'think.'] }, textPiece('Hello there.')]
const THINKING = { type: 'enabled' as const, budget_tokens: 1024 }
const BIG = { ...HI, max_tokens: 4_000 }

describe('where the upstream speaks Messages too', () => {
  it('the body goes up as it came, with the model’s name in it, under the caller’s version and betas', async () => {
    const body = {
      ...HI,
      model: 'claude',
      top_k: 5,
      brand_new: { deep: [1, null, 'ü'] },
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }],
    }
    await post(body, { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'one-2026,two-2026', 'x-router-strategy': 'random' })
    const { headers, body: sent } = latest()
    expect(sent).toEqual({ ...body, model: 'claude-sonnet-4-5' })
    expect(headers).toMatchObject({ 'anthropic-version': '2023-06-01', 'anthropic-beta': 'one-2026,two-2026' })
    expect(headers['x-api-key']).toBe('sk-ant-secret-value')
    expect(Object.keys(headers).filter(name => name.startsWith('x-router'))).toEqual([])
  })

  it.each([false, true])('the bytes come back untouched; streamed: %s', async stream => {
    script = () => answer({ pieces: THOUGHTS })
    const body = { ...BIG, thinking: THINKING, stream }
    const direct = await fetch(`${upstream.url}/anthropic/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ ...body, model: 'claude-sonnet-4-5' }),
    })
    const theirs = await direct.text()
    const ours = await (await post({ ...body, model: 'claude' })).text()
    // The upstream numbers its answers
    const numberless = (text: string) => text.replaceAll(/upstream\d+x0*/g, 'id')
    expect(numberless(ours)).toBe(numberless(theirs))
  })

  it('signed thinking reaches the caller and goes up again with its signature', async () => {
    script = () => answer({ pieces: THOUGHTS })
    const first = await anthropic.messages.stream({ ...BIG, model: 'claude', thinking: THINKING }).finalMessage()
    expect(first.content[0]).toMatchObject({ type: 'thinking', thinking: 'Let me think.', signature: expect.stringMatching(/./) })
    const turns: MessageParam[] = [
      ...messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: 'Go on.' },
    ]
    await anthropic.messages.create({ ...BIG, model: 'claude', thinking: THINKING, messages: turns })
    const { body } = latest()
    expect(isObject(body) && object(list(body.messages)?.[1])?.content).toEqual(JSON.parse(JSON.stringify(first.content)))
  })
})

describe('what only Anthropic can do', () => {
  const searching = { ...HI, tools: [{ type: 'web_search_20250305' as const, name: 'web_search' as const }] }

  it('stays with Anthropic’s models, even when they fail', async () => {
    script = () => status(500)
    const before = upstream.requests.length
    await fresh(async sdk => {
      await errorOf(() => sdk.messages.create({ ...searching, model: 'auto' }))
    })
    expect(new Set(upstream.requests.slice(before).map(({ dialect }) => dialect))).toEqual(new Set(['anthropic']))
  })

  it('is refused with its name where there are none', async () => {
    const calls = await callsDuring(async () => {
      const error = await errorOf(() => anthropic.messages.create({ ...searching, model: 'others' }))
      expect(error).toBeInstanceOf(Anthropic.BadRequestError)
      expect(error.message).toContain('tools[0] (web_search_20250305)')
    })
    expect(calls).toBe(0)
  })

  it('is left out and listed where an answer without it is still an answer', async () => {
    const { response } = await anthropic.messages
      .create({ ...HI, model: 'gpt', top_k: 5 } as typeof HI & { model: string })
      .withResponse()
    expect(response.headers.get('x-router-dropped')).toContain('top_k')
    expect(latest().body).not.toHaveProperty('top_k')
  })

  it('a field whose name no header can hold is left out all the same', async () => {
    const response = await post({ ...HI, model: 'gpt', 'bröken\nname': 1, top_k: 5 })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-router-dropped')).toBe('top_k')
  })
})

describe('thinking of other providers', () => {
  it('is shown without a signature to callers who ask for it, and never goes up to Anthropic', async () => {
    script = () => answer({ pieces: THOUGHTS })
    const first = await anthropic.messages.stream({ ...BIG, model: 'gemini', thinking: THINKING }).finalMessage()
    expect(first.content).toMatchObject([
      { type: 'thinking', thinking: 'Let me think.', signature: '' },
      { type: 'text', text: 'Hello there.' },
    ])
    const turns: MessageParam[] = [
      ...messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: 'Go on.' },
    ]
    for (const model of MODELS) {
      await anthropic.messages.create({ ...BIG, model, thinking: THINKING, messages: turns })
      expect(latest().text).toContain('Hello there.')
      expect(latest().text).not.toContain('Let me think.')
    }
  })

  it('is not shown to callers who did not', async () => {
    script = () => answer({ pieces: THOUGHTS })
    for (const streamed of [false, true]) {
      const body = { ...HI, model: 'gemini' }
      const message = await (streamed ? anthropic.messages.stream(body).finalMessage() : anthropic.messages.create(body))
      expect(message.content).toMatchObject([{ type: 'text', text: 'Hello there.' }])
    }
  })
})

describe('POST /v1/messages/count_tokens', () => {
  const count = (model: string) => anthropic.messages.countTokens({ model, messages }).withResponse()

  it('is answered by the Anthropic model that the request would go to', async () => {
    const calls = await callsDuring(async () => {
      const { data, response } = await count('auto')
      expect(data.input_tokens).toBeGreaterThan(0)
      expect(response.headers.get('x-router-model')).toBe('claude')
    })
    expect(calls).toBe(1)
    expect(latest()).toMatchObject({
      path: '/anthropic/v1/messages/count_tokens',
      body: { model: 'claude-sonnet-4-5', messages },
    })
  })

  it('is an estimate for others, and nobody is asked', async () => {
    const calls = await callsDuring(async () => {
      const { data, response } = await count('gpt')
      // Three words, a full stop, and seven tokens around a single message
      expect(data.input_tokens).toBeGreaterThan(7)
      expect(data.input_tokens).toBeLessThan(15)
      expect(response.headers.get('x-router-model')).toBeNull()
    })
    expect(calls).toBe(0)
  })

  it.each([
    ['an estimate when the counting fails', 500, undefined],
    ['an error when the request makes no sense to who counts', 400, 'invalid_request_error'],
  ])('is %s', async (_, code, type) => {
    script = () => status(code)
    await fresh(async sdk => {
      const counting = () => sdk.messages.countTokens({ model: 'claude', messages })
      if (type === undefined) expect((await counting()).input_tokens).toBeGreaterThan(7)
      else expect((await errorOf(counting)).error).toMatchObject({ type: 'error', error: { type } })
    })
  })

  it('names the field at fault', async () => {
    const response = await post({ model: 'auto' }, {}, '/v1/messages/count_tokens')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining('messages') },
    })
  })
})
