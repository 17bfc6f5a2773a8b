import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sendRaw } from '../support/raw-client'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import {
  answer,
  cut,
  eof,
  headersOnly,
  type Script,
  silence,
  slow,
  stall,
  startUpstream,
  status,
  type Upstream,
} from '../support/upstream'

/** Whatever happens to a request, its lease ends; and Workers that share a tracker see each other's load. */

let upstream: Upstream
let script: Script
let router: Router

const config = (url: string) => ({
  models: {
    a: modelAt(url, 'openai', { capabilities: ['tools' as const] }),
    b: modelAt(url, 'anthropic'),
  },
  routes: [
    { name: 'native', use: ['a'] },
    { name: 'translated', use: ['b'] },
  ],
  limits: { firstTokenMs: 400, idleMs: 400, totalMs: 60_000 },
})
const ask = (model: string, stream: boolean) => ({ model, stream, messages: [{ role: 'user', content: 'Say hello.' }] })
const rawAsk = (worker: Router, model: string, stream: boolean) =>
  sendRaw({
    url: new URL('/v1/chat/completions', worker.url).href,
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json' },
    body: ask(model, stream),
  })
const inFlight = async (worker = 0) =>
  Object.values((await router.admin(worker)).models).reduce((sum, model) => sum + model.inFlight, 0)

beforeAll(async () => {
  upstream = await startUpstream(request => script(request))
  router = await startRouter({ config: config(upstream.url), workers: 2 })
})
beforeEach(() => {
  script = () => answer({ text: 'Hello there.' })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

describe.each([
  ['native', 'a'],
  ['translated', 'b'],
])('in flight returns to 0, %s path, after', (_, model) => {
  it.each([
    ['a JSON answer', false, () => answer()],
    ['a stream', true, () => answer({ chunks: 5, gapMs: 5 })],
    ['an upstream error', true, () => status(500)],
    ['a refusal of the request', false, () => status(400)],
    ['a cut before the first content', true, () => cut('opening')],
    ['a cut in the stream', true, () => cut(2, { chunks: 5 })],
    ['a stream without its end', true, () => eof(2, { chunks: 5 })],
    ['a cut JSON answer', false, () => cut('opening')],
    ['a stall', true, () => stall(2, { chunks: 5 })],
    ['headers and then nothing', true, () => headersOnly()],
    ['a first token that never comes', true, () => slow(30_000)],
  ] as const)('%s', async (_name, stream, plan) => {
    script = plan
    const response = await router.chat(ask(model, stream))
    await response.text()
    await router.idle()
  })

  it('a deadline that passes', async () => {
    script = silence
    const response = await router.chat(ask(model, false), { headers: { 'x-router-deadline-ms': '200' } })
    expect(response.status).toBe(504)
    await router.idle()
  })

  it.each([false, true])(
    'a client that resets before the answer (stream: %s), and the upstream is left within 100 ms',
    async stream => {
      script = silence
      const before = upstream.requests.length
      const client = await rawAsk(router, model, stream)
      const request = await upstream.request(before + 1)
      await new Promise(resolve => setTimeout(resolve, 50))
      const leftAt = performance.now()
      client.reset()
      const ending = await request.ending
      expect(ending.how).toBe('aborted')
      expect(ending.atMs - leftAt).toBeLessThan(100)
      await router.idle()
    },
  )

  it.each(['reset', 'leave'] as const)('a client that ends by %s during the stream, and the upstream is left', async how => {
    script = () => answer({ chunks: 400, gapMs: 20 })
    const before = upstream.requests.length
    const client = await rawAsk(router, model, true)
    await client.until(({ body }) => body.includes('"content":'))
    const request = await upstream.request(before + 1)
    const leftAt = performance.now()
    client[how]()
    const ending = await request.ending
    expect(ending.how).toBe('aborted')
    // a FIN shows only when the next byte, 20 ms later, is answered by a reset
    expect(ending.atMs - leftAt).toBeLessThan(how === 'reset' ? 100 : 150)
    await router.idle()
  })
})

describe('shared load', () => {
  it('two Workers see each other’s requests in flight, while they last', async () => {
    script = () => answer({ chunks: 30, gapMs: 50 })
    const responses = await Promise.all([
      router.chat(ask('a', true), { worker: 0 }),
      router.chat(ask('a', true), { worker: 0 }),
      router.chat(ask('a', true), { worker: 1 }),
    ])
    await expect.poll(() => inFlight(0)).toBe(3)
    expect(await inFlight(1)).toBe(3)
    await Promise.all(responses.map(response => response.text()))
    await router.idle()
  })

  it('what one Worker learned of a model’s speed, the other routes by', async () => {
    const fresh = await startRouter({ config: config(upstream.url), workers: 2 })
    try {
      script = ({ dialect }) => answer(dialect === 'openai' ? { firstMs: 300 } : { firstMs: 10 })
      for (const model of ['a', 'b']) await (await fresh.chat(ask(model, true), { worker: 0 })).text()
      const known = { baseMs: expect.any(Number) }
      await expect.poll(async () => (await fresh.admin()).models).toMatchObject({ a: known, b: known })
      const headers = { 'x-router-models': 'a,b', 'x-router-strategy': 'adaptive' }
      for (let i = 0; i < 5; i++) {
        const response = await fresh.chat(ask('auto', true), { worker: 1, headers })
        await response.text()
        expect(response.headers.get('x-router-model')).toBe('b')
      }
    } finally {
      await fresh.close()
    }
  })

  it('a client that resets during a sync does not wedge the isolate', async () => {
    script = () => answer({ chunks: 3, gapMs: 5 })
    for (let i = 0; i < 20; i++) {
      const client = await rawAsk(router, 'a', true)
      // Anywhere between the request's start and the first syncs
      await new Promise(resolve => setTimeout(resolve, i * 7))
      client.reset()
    }
    const response = await router.chat(ask('a', true))
    expect(response.status).toBe(200)
    await response.text()
    await router.idle()
    await expect.poll(async () => (await router.admin()).isolate.viewAgeMs ?? Number.POSITIVE_INFINITY).toBeLessThan(5_000)
  })
})

it('without its tracker the router goes on routing, on what it knows itself', async () => {
  const alone = await startRouter({ config: config(upstream.url), brokenTracker: true })
  try {
    for (let i = 0; i < 5; i++) {
      const response = await alone.chat(ask('a', i % 2 === 0))
      expect(response.status).toBe(200)
      await response.text()
    }
  } finally {
    await alone.close()
  }
})

it('a long stream alone in its isolate keeps its lease beyond the time that a lease lasts', { timeout: 60_000 }, async () => {
  const alone = await startRouter({ config: config(upstream.url) })
  try {
    script = () => answer({ chunks: 125, gapMs: 200 })
    const response = await alone.chat(ask('a', true))
    const ended = response.text()
    // Leases expire after 20 s unless they are renewed
    await new Promise(resolve => setTimeout(resolve, 22_500))
    expect((await alone.admin()).models.a?.inFlight).toBe(1)
    await ended
    await alone.idle()
  } finally {
    await alone.close()
  }
})
