import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { sendRaw } from '../support/raw-client'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { answer, refusal, type Script, slow, startUpstream, status, type Upstream } from '../support/upstream'

/** What the router does so that no request is lost: asking again, hedging, keep-alive, cool-downs by scope, conversations that stay. */

let upstream: Upstream
let script: Script
let router: Router | undefined
const messages = [{ role: 'user' as const, content: 'Say hello.' }]

beforeEach(async () => {
  script = () => answer({ text: 'Hello there.' })
  upstream = await startUpstream(request => script(request))
})
afterEach(async () => {
  await router?.close()
  await upstream.close()
})

async function start(
  config: Partial<ConfigInput> & Pick<ConfigInput, 'models'>,
  workers = 1,
  onLog?: (line: string) => void,
): Promise<Router> {
  router = await startRouter({ config, workers, ...(onLog !== undefined && { onLog }) })
  return router
}

const count = (from: 'openai' | 'anthropic' | 'google') => upstream.requests.filter(({ dialect }) => dialect === from).length

describe('asking the same model again', () => {
  it('helps when it is the only one and its trouble passes', async () => {
    const { chat } = await start({ models: { only: modelAt(upstream.url, 'openai') } })
    script = ({ index }) => (index < 3 ? status(503) : answer({ text: 'Third time.' }))
    const response = await chat({ model: 'only', messages })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('Third time.')
    expect(response.headers.get('x-router-attempts')).toBe('3')
  })

  it('waits as long as the upstream asks', async () => {
    const { chat } = await start({ models: { only: modelAt(upstream.url, 'openai') } })
    script = ({ index }) => (index === 1 ? status(429, { retryAfterSeconds: 1 }) : answer())
    const response = await chat({ model: 'only', messages })
    expect(response.status).toBe(200)
    await response.text()
    const [first, second] = upstream.requests
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000)
  })

  it('is not done when the deadline leaves no time for it', async () => {
    const { chat } = await start({ models: { only: modelAt(upstream.url, 'openai') } })
    script = () => status(429, { retryAfterSeconds: 2 })
    const response = await chat({ model: 'only', messages }, { headers: { 'x-router-deadline-ms': '1000' } })
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('2')
    await response.text()
    expect(upstream.requests).toHaveLength(1)
  })

  it('keeps to the budget when everything fails: 40 requests cost about 20 % more, and the floor, instead of twice as much again', async () => {
    const { chat } = await start({ models: { only: modelAt(upstream.url, 'openai') } })
    script = () => status(500)
    for (let i = 0; i < 40; i++) await (await chat({ model: 'only', messages })).text()
    // What is spent fades with a window of 10 s, and so the few seconds that this takes earn a few more; without a budget it would be 120
    expect(upstream.requests.length).toBeLessThanOrEqual(40 + 40 * 0.2 + 10 + 10)
  })
})

describe('cool-downs', () => {
  it('a refused key leaves out every model of its account, and no other, in the other Worker as well', async () => {
    const { chat, admin } = await start(
      {
        models: {
          a: modelAt(upstream.url, 'openai', { secret: 'OPENAI_API_KEY' }),
          b: modelAt(upstream.url, 'openai', { secret: 'OPENAI_API_KEY', model: 'gpt-5-mini' }),
          c: modelAt(upstream.url, 'anthropic'),
        },
        routes: [{ name: 'all', use: ['a'], fallback: ['b', 'c'] }],
      },
      2,
    )
    script = ({ dialect }) => (dialect === 'openai' ? refusal('bad-key') : answer())
    const first = await chat({ model: 'all', messages })
    await first.text()
    expect(first.headers.get('x-router-model')).toBe('c')
    // b shares the key: it is not even tried
    expect(count('openai')).toBe(1)
    // The news travels with the next sync
    await expect.poll(async () => (await admin()).decisions.length).toBe(1)
    const second = await chat({ model: 'all', messages }, { worker: 1 })
    await second.text()
    expect(second.headers.get('x-router-attempts')).toBe('1')
    expect(count('openai')).toBe(1)
  })

  it('a place that a provider does not serve leaves out the provider here', async () => {
    const { chat } = await start({
      models: {
        a: modelAt(upstream.url, 'openai'),
        b: modelAt(upstream.url, 'openai', { secret: 'ANTHROPIC_API_KEY' }),
        c: modelAt(upstream.url, 'google'),
      },
      routes: [{ name: 'all', use: ['a'], fallback: ['b', 'c'] }],
    })
    script = ({ dialect }) => (dialect === 'openai' ? refusal('wrong-place') : answer())
    for (let i = 0; i < 2; i++) await (await chat({ model: 'all', messages })).text()
    expect(count('openai')).toBe(1)
    expect(count('google')).toBe(2)
  })

  it('a model that is nearly out of its rate limit is spared before it refuses', async () => {
    const { chat } = await start({
      models: { a: modelAt(upstream.url, 'openai'), b: modelAt(upstream.url, 'anthropic') },
      routes: [{ name: 'all', use: ['a'], fallback: ['b'] }],
    })
    const headers = {
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-remaining-requests': '3',
      'x-ratelimit-reset-requests': '20s',
    }
    script = ({ dialect }) => answer(dialect === 'openai' ? { headers } : {})
    const models = []
    for (let i = 0; i < 3; i++) {
      const response = await chat({ model: 'all', messages })
      await response.text()
      models.push(response.headers.get('x-router-model'))
    }
    expect(models).toEqual(['a', 'b', 'b'])
  })
})

describe('hedging', () => {
  it('asks a second model when the first is slower than nearly all before, and stops the loser within 100 ms', async () => {
    const { chat, idle } = await start({
      models: { a: modelAt(upstream.url, 'openai'), b: modelAt(upstream.url, 'anthropic') },
      routes: [{ name: 'quick', use: ['a'], fallback: ['b'], hedge: true }],
    })
    script = () => answer({ firstMs: 20 })
    // Enough to learn the 95th percentile and to earn a hedge at 3 %; by the model's own name, so that a busy machine does not spend it before
    for (let i = 0; i < 40; i++) await (await chat({ model: 'a', messages, stream: true })).text()
    await idle()
    script = ({ dialect }) => (dialect === 'openai' ? slow(3_000) : answer({ firstMs: 20, text: 'Hedged.' }))
    const startedMs = performance.now()
    const response = await chat({ model: 'quick', messages, stream: true })
    expect(await response.text()).toContain('Hedged.')
    expect(response.headers.get('x-router-model')).toBe('b')
    expect(response.headers.get('x-router-attempts')).toBe('2')
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    const loser = upstream.requests.findLast(({ dialect }) => dialect === 'openai')
    const winner = upstream.requests.findLast(({ dialect }) => dialect === 'anthropic')
    const ending = await loser?.ending
    expect(ending?.how).toBe('aborted')
    expect((ending?.atMs ?? 0) - (winner?.atMs ?? 0)).toBeLessThan(20 + 100 + 100)
    await idle()
  })

  it('does not let an error win, and is off unless the route asks for it', async () => {
    const { chat } = await start({
      models: { a: modelAt(upstream.url, 'openai'), b: modelAt(upstream.url, 'anthropic') },
      routes: [
        { name: 'quick', use: ['a'], fallback: ['b'], hedge: true },
        { name: 'plain', use: ['a'], fallback: ['b'] },
      ],
    })
    script = () => answer({ firstMs: 20 })
    for (let i = 0; i < 80; i++) await (await chat({ model: 'plain', messages, stream: true })).text()
    script = ({ dialect }) => (dialect === 'openai' ? slow(800, { text: 'Slow but sound.' }) : status(500))
    const hedged = await chat({ model: 'quick', messages, stream: true })
    expect(await hedged.text()).toContain('sound.')
    expect(hedged.headers.get('x-router-model')).toBe('a')
    expect(count('anthropic')).toBe(1)
    await (await chat({ model: 'plain', messages, stream: true })).text()
    expect(count('anthropic')).toBe(1)
  })
})

describe('patience with a model that is stuck', () => {
  it('ends long before the limit where another is quicker; the log says so, and nobody is left out for it', async () => {
    const lines: string[] = []
    const { chat, idle } = await start(
      {
        models: { a: modelAt(upstream.url, 'openai'), b: modelAt(upstream.url, 'anthropic') },
        routes: [{ name: 'all', use: ['a'], fallback: ['b'] }],
      },
      1,
      line => lines.push(line),
    )
    script = () => answer({ firstMs: 20 })
    for (const model of ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']) await (await chat({ model, messages, stream: true })).text()
    await idle()
    script = ({ dialect }) => (dialect === 'openai' ? slow(30_000) : answer({ firstMs: 20, text: 'Instead.' }))
    const startedMs = performance.now()
    const response = await chat({ model: 'all', messages, stream: true })
    expect(await response.text()).toContain('Instead.')
    const tookMs = performance.now() - startedMs
    expect(tookMs).toBeGreaterThan(1_000)
    // The limit is at 20 s
    expect(tookMs).toBeLessThan(10_000)
    expect(response.headers.get('x-router-model')).toBe('b')
    expect(response.headers.get('x-router-attempts')).toBe('2')
    const left = upstream.requests.findLast(({ dialect }) => dialect === 'openai')
    expect((await left?.ending)?.how).toBe('aborted')
    await idle()
    const failures = lines.flatMap(line => (line.includes('"failures"') ? JSON.parse(line).failures : []))
    expect(failures).toEqual([{ model: 'a', kind: 'timeout', limit: 'first-token', afterMs: expect.any(Number) }])
    expect(failures[0].afterMs).toBeLessThan(tookMs)
    script = () => answer({ text: 'Back.' })
    const next = await chat({ model: 'all', messages, stream: true })
    expect(await next.text()).toContain('Back.')
    expect(next.headers.get('x-router-model')).toBe('a')
  })
})

describe('keep-alive', () => {
  const config = (url: string) => ({
    models: { a: modelAt(url, 'openai'), b: modelAt(url, 'anthropic') },
    routes: [{ name: 'all', use: ['a'], fallback: ['b'] }],
    limits: { keepAliveMs: 150, firstTokenMs: 600 },
  })
  const post = (url: URL, body: unknown, headers = {}) =>
    sendRaw({
      url: new URL('/v1/chat/completions', url).href,
      method: 'POST',
      headers: { authorization: `Bearer ${CLIENT_KEY}`, ...headers },
      body,
    })

  it('starts the response with comments, falls back behind it, and tells the facts in the last comment', async () => {
    const { url, idle } = await start(config(upstream.url))
    script = ({ dialect }) => (dialect === 'openai' ? slow(30_000) : answer({ text: 'At last.' }))
    const client = await post(url, { model: 'all', messages, stream: true })
    const started = await client.until(({ body }) => body.includes(': waiting'))
    expect(started.status).toBe(200)
    expect(started.headers['x-router-model']).toBe('pending')
    const { body } = await client.until(({ complete }) => complete)
    expect(body.split(': waiting').length - 1).toBeGreaterThanOrEqual(3)
    expect(body).toContain('last.')
    expect(body).toContain('[DONE]')
    expect(body.trim().split('\n').at(-1)).toMatch(/^: \{.*"x-router-model":"b"/)
    await idle()
  })

  it('puts the error into the stream when all fail, and never looks finished', async () => {
    const { url, idle } = await start(config(upstream.url))
    script = ({ dialect }) => (dialect === 'openai' ? slow(30_000) : status(400))
    const client = await post(url, { model: 'all', messages, stream: true })
    const { body, status: code } = await client.until(({ complete }) => complete)
    expect(code).toBe(200)
    expect(body).not.toContain('[DONE]')
    expect(JSON.parse(body.trim().split('\n').at(-1)?.slice('data: '.length) ?? '')).toHaveProperty('error.message')
    await idle()
  })

  it('is understood by the OpenAI SDK, and can be switched off', async () => {
    const { url } = await start(config(upstream.url))
    script = () => slow(400, { text: 'Late.' })
    const openai = new OpenAI({ baseURL: new URL('/v1', url).href, apiKey: CLIENT_KEY })
    const { data, response } = await openai.chat.completions.create({ model: 'all', messages, stream: true }).withResponse()
    let text = ''
    for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('Late.')
    expect(response.headers.get('x-router-model')).toBe('pending')
    const off = await openai.chat.completions
      .create({ model: 'all', messages, stream: true }, { headers: { 'x-router-keep-alive': 'off' } })
      .withResponse()
    expect(off.response.headers.get('x-router-model')).toBe('a')
    for await (const _ of off.data);
  })

  it('a client that leaves meanwhile stops the attempt', async () => {
    const { url, idle } = await start(config(upstream.url))
    script = () => slow(30_000)
    const client = await post(url, { model: 'a', messages, stream: true })
    await client.until(({ body }) => body.includes(': waiting'))
    const leftAt = performance.now()
    client.reset()
    const ending = await (await upstream.request(1)).ending
    expect(ending.how).toBe('aborted')
    expect(ending.atMs - leftAt).toBeLessThan(100)
    await idle()
  })
})

describe('a conversation that carries something of its provider', () => {
  it('stays with the dialect whose file it holds', async () => {
    const { chat } = await start({
      models: { claude: modelAt(upstream.url, 'anthropic'), gpt: modelAt(upstream.url, 'openai') },
      routes: [{ name: 'all', use: ['claude'], fallback: ['gpt'] }],
    })
    const content = [
      { type: 'text', text: 'What is in it?' },
      { type: 'file', file: { file_id: 'file-abc' } },
    ]
    const response = await chat({ model: 'all', messages: [{ role: 'user', content }] })
    await response.text()
    expect(response.headers.get('x-router-model')).toBe('gpt')
    const alone = await chat({ model: 'claude', messages: [{ role: 'user', content }] })
    expect(alone.status).toBe(400)
    expect(await alone.text()).toContain('messages[0].content[1].file.file_id')
    expect(count('anthropic')).toBe(0)
  })

  it('loses what another provider signed, and is answered', async () => {
    const { chat } = await start({ models: { gpt: modelAt(upstream.url, 'openai') } })
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'weather', arguments: '{}' },
      extra_content: { google: { thought_signature: 'sealed' } },
    }
    const response = await chat({
      model: 'gpt',
      messages: [
        ...messages,
        { role: 'assistant', content: null, reasoning_content: 'Hm.', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      ],
      tools: [{ type: 'function', function: { name: 'weather' } }],
    })
    await response.text()
    expect(response.status).toBe(200)
    expect(upstream.requests[0]?.text).not.toMatch(/sealed|reasoning_content|extra_content/)
  })
})
