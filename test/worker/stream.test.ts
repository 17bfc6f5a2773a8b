import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sendRaw } from '../support/raw-client'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import {
  answer,
  closedPort,
  cut,
  emptyBody,
  html,
  huge,
  invalidJson,
  type Plan,
  refusal,
  reset,
  type Script,
  startUpstream,
  status,
  truncatedJson,
  type Upstream,
} from '../support/upstream'

/** What a client sees: native bytes, translated answers, silent fallback, honest errors. The clients are the official SDK and a bare socket. */

let upstream: Upstream
let script: Script
let router: Router
let openai: OpenAI
const messages = [{ role: 'user' as const, content: 'Say hello.' }]

beforeAll(async () => {
  upstream = await startUpstream(request => script(request))
  router = await startRouter({
    config: {
      models: {
        gpt: modelAt(upstream.url, 'openai'),
        claude: modelAt(upstream.url, 'anthropic'),
        gemini: modelAt(upstream.url, 'google'),
        gone: { provider: 'openai-compatible', model: 'x', baseUrl: `${await closedPort()}/v1` },
      },
      routes: [{ name: 'all', use: ['gpt'], fallback: ['claude', 'gemini'] }],
      limits: { firstTokenMs: 1_000, idleMs: 500 },
    },
  })
  openai = new OpenAI({ baseURL: new URL('/v1', router.url).href, apiKey: CLIENT_KEY })
})
beforeEach(() => {
  script = () => answer({ text: 'Hello there.' })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

describe.each(['gpt', 'claude', 'gemini'])('the OpenAI SDK against %s', model => {
  it('gets a JSON answer with usage', async () => {
    const { data, response } = await openai.chat.completions.create({ model, messages }).withResponse()
    expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: 'Hello there.' } })
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0))
    expect(response.headers.get('x-router-model')).toBe(model)
  })

  it('gets a stream, with usage only if it asks', async () => {
    const collect = async (include_usage: boolean) => {
      const stream = await openai.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage } })
      const chunks = []
      for await (const chunk of stream) chunks.push(chunk)
      return chunks
    }
    const plain = await collect(false)
    expect(plain.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Hello there.')
    expect(plain.some(chunk => chunk.usage)).toBe(false)
    expect((await collect(true)).at(-1)?.usage?.completion_tokens).toBeGreaterThan(0)
  })

  it('has its tool called and answered', async () => {
    script = ({ attempt, body }) =>
      JSON.stringify(body).includes('22 degrees')
        ? answer({ text: 'It is warm.' })
        : answer({
            pieces: [{ kind: 'tool-call', id: `call_${attempt}`, name: 'weather', deltas: ['{"city":', '"Rome"}'] }],
            finish: 'tool-calls',
          })
    const tools = [
      {
        type: 'function' as const,
        function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
      },
    ]
    const first = await openai.chat.completions.create({ model, messages, tools, tool_choice: 'required' })
    const call = first.choices[0]?.message.tool_calls?.[0]
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    if (call?.type !== 'function' || first.choices[0] === undefined) throw new Error('no call')
    expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Rome' })
    const second = await openai.chat.completions.create({
      model,
      tools,
      messages: [...messages, first.choices[0].message, { role: 'tool', tool_call_id: call.id, content: '22 degrees' }],
    })
    expect(second.choices[0]?.message.content).toBe('It is warm.')
  })

  it('raises its own error class for a refused request, with the provider’s message', async () => {
    script = () => status(400)
    await expect(openai.chat.completions.create({ model, messages })).rejects.toBeInstanceOf(OpenAI.BadRequestError)
  })

  it('does not multiply the router’s attempts by its own', async () => {
    script = () => status(429, { retryAfterSeconds: 1 })
    const before = upstream.requests.length
    const error: unknown = await openai.chat.completions.create({ model, messages }).catch((reason: unknown) => reason)
    if (!(error instanceof OpenAI.RateLimitError)) throw error
    expect(upstream.requests.length - before).toBe(Number(error.headers?.get('x-router-attempts')))
  })
})

describe('the native path', () => {
  it('hands on the upstream’s own bytes', async () => {
    const sent =
      'data: {"id":"x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hé"}}],"own_field":1}\r\n\r\n: a comment\n\ndata: [DONE]\n\n'
    script = () => ({
      kind: 'raw',
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      steps: [{ kind: 'send', afterMs: 0, data: sent }, { kind: 'end' }],
    })
    const response = await router.chat({ model: 'gpt', messages, stream: true })
    expect(await response.text()).toBe(sent)
  })

  it('sends unknown fields of the request up and the answer’s down', async () => {
    script = () => answer({ text: 'Hi.' })
    const response = await router.chat({ model: 'gpt', messages, logit_bias: { 50256: -100 }, verbosity: 'low' })
    await response.text()
    expect(upstream.requests.at(-1)?.body).toMatchObject({ logit_bias: { 50256: -100 }, verbosity: 'low', model: 'gpt-5.2' })
  })
})

it.each(['gpt', 'claude', 'gemini'])('chunks of %s arrive when they are sent, not when the stream ends', async model => {
  script = () => answer({ text: 'one two three four five', gapMs: 100 })
  const client = await sendRaw({
    url: new URL('/v1/chat/completions', router.url).href,
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT_KEY}` },
    body: { model, messages, stream: true },
  })
  await client.until(({ complete }) => complete)
  const times = client.arrivals.map(({ atMs }) => atMs)
  const last = times.at(-1) ?? 0
  // five chunks 100 ms apart: the first must be there well before the last was sent
  expect(last - (times[0] ?? last)).toBeGreaterThan(250)
  expect(times.length).toBeGreaterThanOrEqual(4)
})

describe('falls back silently while nothing is committed', () => {
  const faults: readonly [string, Plan][] = [
    ['status 500', status(500)],
    ['status 529', status(529)],
    ['a reset', reset()],
    ['HTML', html()],
    ['an empty body', emptyBody()],
    ['a cut before the first content', cut('opening')],
  ]
  it.each(faults)('%s', async (_, plan) => {
    script = ({ dialect }) => (dialect === 'openai' ? plan : answer({ text: 'Second.' }))
    for (const stream of [false, true]) {
      const response = await router.chat({ model: 'all', messages, stream })
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('Second.')
      // The broken model may be ejected meanwhile, and then it is not even tried
      expect(['1', '2']).toContain(response.headers.get('x-router-attempts'))
      expect(['claude', 'gemini']).toContain(response.headers.get('x-router-model'))
    }
  })

  it('unless the request says off', async () => {
    const fresh = await startRouter({
      config: {
        models: { gpt: modelAt(upstream.url, 'openai'), claude: modelAt(upstream.url, 'anthropic') },
        routes: [{ name: 'all', use: ['gpt'], fallback: ['claude'] }],
      },
    })
    try {
      script = ({ dialect }) => (dialect === 'openai' ? status(500) : answer())
      const response = await fresh.chat({ model: 'all', messages }, { headers: { 'x-router-fallback': 'off' } })
      expect(response.status).toBe(503)
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect(response.headers.get('x-router-attempts')).toBe('1')
      await response.text()
    } finally {
      await fresh.close()
    }
  })
})

describe.each(['gpt', 'claude', 'gemini'])('an upstream of %s that makes no sense is an honest 502', model => {
  it.each([
    ['not JSON', invalidJson(), 502],
    ['HTML', html(), 502],
    ['empty', emptyBody(), 502],
    ['truncated', truncatedJson(), 502],
    ['huge', huge(34 * 1024 * 1024), 502],
  ] as const)('JSON: %s', async (_, plan, expected) => {
    script = () => plan
    const response = await router.chat({ model, messages })
    expect(response.status).toBe(expected)
    expect(await response.json()).toMatchObject({ error: { type: 'server_error' } })
  })
  it.each([
    ['not SSE', invalidJson()],
    ['HTML', html()],
    ['empty', emptyBody('text/event-stream')],
    ['no content within the gate', huge(2 * 1024 * 1024, 'text/event-stream')],
  ] as const)('stream: %s', async (_, plan) => {
    script = () => plan
    const response = await router.chat({ model, messages, stream: true })
    expect(response.status).toBe(502)
    await response.text()
    await router.idle()
  })
})

describe.each(['gpt', 'claude', 'gemini'])('after the commit a failure of %s', model => {
  it('ends with an error event and never looks finished', async () => {
    script = () => cut(3, { chunks: 8, gapMs: 5 })
    const response = await router.chat({ model, messages, stream: true })
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(text).not.toContain('[DONE]')
    expect(text).not.toContain('"finish_reason":"stop"')
    expect(JSON.parse(text.trim().split('\n').at(-1)?.slice('data: '.length) ?? '')).toMatchObject({
      error: { code: 'upstream_cut' },
    })
  })

  it('is raised by the OpenAI SDK', async () => {
    script = () => cut(3, { chunks: 8, gapMs: 5 })
    const stream = await openai.chat.completions.create({ model, messages, stream: true })
    const read = async () => {
      for await (const _ of stream);
    }
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError)
  })
})

it('a model that cannot be reached is a 502', async () => {
  const response = await router.chat({ model: 'gone', messages })
  expect(response.status).toBe(502)
  await response.text()
})

it('no key of ours gets out, even where the upstream quotes it', async () => {
  for (const model of ['gpt', 'claude', 'gemini']) {
    for (const trouble of ['no-key', 'bad-key', 'forbidden'] as const) {
      script = () => refusal(trouble)
      const response = await router.chat({ model, messages })
      const text = (await response.text()) + JSON.stringify([...response.headers])
      expect(response.status).toBe(502)
      expect(text).not.toMatch(/secret-value|sk-ant|AIza|sk-openai/)
    }
  }
})
