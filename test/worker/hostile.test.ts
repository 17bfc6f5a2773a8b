import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { sendRaw } from '../support/raw-client'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { answer, noEndMarker, raw, refusal, type Script, startUpstream, type Upstream } from '../support/upstream'

/** Clients and upstreams that do what none should: nothing leaks, nobody else suffers, no sound model is blamed. */

let upstream: Upstream
let script: Script
let router: Router
const messages = [{ role: 'user' as const, content: 'Say hello.' }]

const config = (url: string): ConfigInput => ({
  models: { gpt: modelAt(url, 'openai'), claude: modelAt(url, 'anthropic') },
  limits: { firstTokenMs: 5_000, idleMs: 600, totalMs: 2_000 },
})

beforeEach(async () => {
  script = () => answer({ text: 'Hello there.' })
  upstream = await startUpstream(request => script(request))
  router = await startRouter({ config: config(upstream.url) })
})
afterEach(async () => {
  await router.close()
  await upstream.close()
})

const post = (body: unknown) =>
  sendRaw({
    url: new URL('/v1/chat/completions', router.url).href,
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT_KEY}` },
    body,
  })
const failureRate = async (model: string) => (await router.admin()).models[model]?.failureRate ?? 0

describe('a client that takes nothing', () => {
  it.each(['gpt', 'claude'])('of %s frees its lease soon after the limits, and the model is not blamed', async model => {
    // More than all buffers between hold, so that writing blocks
    script = () => answer({ text: 'word '.repeat(400_000), chunks: 4_000 })
    const client = await post({ model, messages, stream: true })
    await client.until(({ status }) => status === 200)
    client.pause()
    await expect.poll(async () => (await router.admin()).isolate.inFlight, { timeout: 8_000 }).toBe(0)
    await router.idle()
    expect(await failureRate(model)).toBe(0)
    client.reset()
  })
})

describe('an upstream that keeps the connection open behind its end marker', () => {
  it('has answered: the client gets its end at once, and the model is not blamed', async () => {
    const events = 'data: {"id":"x","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    script = () => raw([{ kind: 'send', afterMs: 0, data: events }, { kind: 'stall' }], { type: 'text/event-stream' })
    for (let i = 0; i < 6; i++) {
      const response = await router.chat({ model: 'gpt', messages, stream: true })
      expect(await response.text()).toBe(events)
    }
    await router.idle()
    expect(await failureRate('gpt')).toBe(0)
  })

  it('while a stream without its end marker is still a failure', async () => {
    script = () => noEndMarker()
    const text = await (await router.chat({ model: 'gpt', messages, stream: true })).text()
    expect(text).toContain('"error"')
  })
})

it('an answer that goes on until the whole time is over is told so, and is no failure of its model', async () => {
  script = () => answer({ chunks: 400, gapMs: 20 })
  const text = await (await router.chat({ model: 'gpt', messages, stream: true })).text()
  expect(text).toContain('"error"')
  expect(text).not.toContain('[DONE]')
  await router.idle()
  expect(await failureRate('gpt')).toBe(0)
})

describe('field names that a client makes up', () => {
  it.each([
    ['with a line break', { 'a\r\nset-cookie: x': 1 }],
    ['that no header can carry', { 'für dich': 1 }],
    ['by the thousand', Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`field_${i}`, i]))],
  ])('%s break neither the answer nor its headers', async (_, fields) => {
    for (const stream of [false, true]) {
      const response = await router.chat({ model: 'claude', messages, stream, ...fields })
      expect(response.status).toBe(200)
      expect(response.headers.get('set-cookie')).toBeNull()
      expect((response.headers.get('x-router-dropped') ?? '').length).toBeLessThan(2_000)
      await response.text()
    }
    await router.idle()
  })
})

it('one flagged prompt does not switch off the account for everyone', async () => {
  const flagged = JSON.stringify({ error: { message: 'Your input was flagged', code: 403, metadata: { reasons: ['violence'] } } })
  script = ({ index }) => (index === 1 ? raw(flagged, { status: 403 }) : answer())
  expect((await router.chat({ model: 'gpt', messages })).status).toBe(403)
  const next = await router.chat({ model: 'gpt', messages })
  expect(next.status).toBe(200)
  await next.text()
})

it('large requests that would not fit are told to come back, and the others go on', async () => {
  const models = { gpt: modelAt(upstream.url, 'openai', { contextWindow: 100_000_000 }) }
  const big = await startRouter({ config: { models, limits: { bodyBytes: 20_000_000, totalMs: 20_000 } } })
  try {
    script = () => answer({ firstMs: 1_500 })
    const body = JSON.stringify({ model: 'gpt', messages: [{ role: 'user', content: 'x'.repeat(15_000_000) }] })
    const responses = await Promise.all(Array.from({ length: 5 }, () => big.chat(body)))
    const statuses = responses.map(({ status }) => status).sort()
    expect(statuses).toContain(200)
    expect(statuses.filter(status => status === 503).length).toBeGreaterThanOrEqual(1)
    for (const response of responses) {
      if (response.status === 503) expect(response.headers.get('retry-after')).toBe('1')
      await response.text()
    }
    const later = await big.chat({ model: 'gpt', messages })
    expect(later.status).toBe(200)
    await later.text()
  } finally {
    await big.close()
  }
})

it('a revoked key shows: in the state, and in the log by kind', async () => {
  script = ({ dialect }) => (dialect === 'openai' ? refusal('bad-key') : answer())
  await (await router.chat({ model: 'auto', messages }, { headers: { 'x-router-models': 'gpt,claude' } })).text()
  await expect
    .poll(async () => (await router.admin()).models.gpt)
    .toMatchObject({ accountLeftOutForMs: expect.any(Number), ejectedForMs: 0 })
  const state = (await router.admin()).models.gpt as unknown as { accountLeftOutForMs: number }
  expect(state.accountLeftOutForMs).toBeGreaterThan(200_000)
})
