import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer } from '../support/plan'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { startUpstream, type Upstream } from '../support/upstream'

/** Feedback on real answers through the built Worker: what it moves, and what is refused. */

let upstream: Upstream
let router: Router

beforeAll(async () => {
  upstream = await startUpstream(() => answer())
  router = await startRouter({
    config: {
      models: { a: modelAt(upstream.url, 'openai', { model: 'a' }), b: modelAt(upstream.url, 'openai', { model: 'b' }) },
      pools: { all: ['a', 'b'] },
      strategy: 'model-aware',
    },
    workers: 2,
  })
})
afterAll(async () => {
  await router.close()
  await upstream.close()
})

const CODING = 'Write a Python function that reverses a linked list, and explain its complexity.'
const headers = { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json' }

/** The model, and what feedback has to name. */
async function ask(model: string, content = CODING, worker = 0) {
  const response = await router.chat(
    { model, messages: [{ role: 'user', content }] },
    { headers: { 'x-router-priority': 'accuracy' }, worker },
  )
  await response.text()
  return { model: response.headers.get('x-router-model'), id: response.headers.get('x-router-request-id') ?? '' }
}

async function tell(body: unknown, worker = 0) {
  const response = await fetch(new URL('/v1/feedback', router.urls[worker]), {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return {
    status: response.status,
    body: (await response.json()) as { model?: string; topic?: string; error?: { param: string; code: string } },
  }
}

type Profiles = Record<string, Record<string, Record<string, { value: number; worth: number; feedback: number }>>>
async function profiles(): Promise<Profiles> {
  const response = await fetch(new URL('/admin/profiles', router.url), { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
  return ((await response.json()) as { profiles: Profiles }).profiles
}

describe('feedback', () => {
  it('moves what is believed of the model that answered, on the topic of the request, by Bayes’ rule', async () => {
    const { id } = await ask('a')
    expect(await tell({ request_id: id, score: 1, metric: 'creativity' })).toMatchObject({
      status: 200,
      body: { model: 'a', topic: 'coding' },
    })
    await expect
      .poll(async () => (await profiles()).a?.coding?.creativity?.feedback, { timeout: 12_000, interval: 200 })
      .toBeCloseTo(1, 2)
    const { a, b } = await profiles()
    // over all (0.5 × 10 + 1) / 11, and from there (that × 10 + 1) / 11 on the topic
    expect(a?.coding?.creativity?.value).toBeCloseTo(((6 / 11) * 10 + 1) / 11, 2)
    expect(a?.coding?.accuracy?.value).toBe(0.5)
    expect(b?.coding?.creativity).toBeUndefined()
  })

  it('changes which model is chosen, in every isolate', async () => {
    const before = await ask('all', CODING, 1)
    const other = before.model === 'a' ? 'b' : 'a'
    for (let i = 0; i < 8; i++) await tell({ request_id: (await ask(other)).id, score: 1 })
    await expect.poll(async () => (await ask('all', CODING, 1)).model, { timeout: 15_000, interval: 200 }).toBe(other)
  })

  it('is taken once per request', async () => {
    const { id } = await ask('a')
    expect((await tell({ request_id: id, score: 0.5 }, 0)).status).toBe(200)
    expect(await tell({ request_id: id, score: 0.5 }, 1)).toMatchObject({ status: 409, body: { error: { code: 'repeated' } } })
    expect((await tell({ request_id: id, score: 1, metric: 'ethics' })).status).toBe(409)
  })

  it('works for streams and messages, and the id leads to the log', async () => {
    const response = await router.chat({ model: 'b', stream: true, messages: [{ role: 'user', content: 'Hello' }] })
    await response.text()
    const id = response.headers.get('x-router-request-id') ?? ''
    expect(id.startsWith(`${response.headers.get('x-request-id')}.`)).toBe(true)
    expect((await tell({ request_id: id, score: 0 })).status).toBe(200)
    const messages = await fetch(new URL('/v1/messages', router.url), {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'b', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] }),
    })
    await messages.text()
    expect((await tell({ request_id: messages.headers.get('x-router-request-id'), score: 1 })).body.model).toBe('b')
  })

  it.each<[string, (id: string) => unknown, string]>([
    ['an id that was made up', () => ({ request_id: crypto.randomUUID(), score: 1 }), 'request_id'],
    ['an id without its signature', id => ({ request_id: id.slice(0, id.lastIndexOf('.')), score: 1 }), 'request_id'],
    ['a signature of another answer', id => ({ request_id: `${id.slice(0, -4)}AAAA`, score: 1 }), 'request_id'],
    ['no id', () => ({ score: 1 }), 'request_id'],
    ['a score above 1', id => ({ request_id: id, score: 1.1 }), 'score'],
    ['a score in words', id => ({ request_id: id, score: 'good' }), 'score'],
    ['an unknown metric', id => ({ request_id: id, score: 1, metric: 'beauty' }), 'metric'],
  ])('with %s is refused by name', async (_, body, param) => {
    const { id } = await ask('a')
    expect(await tell(body(id))).toMatchObject({ status: 400, body: { error: { param } } })
  })

  it('needs a client key', async () => {
    const response = await fetch(new URL('/v1/feedback', router.url), { method: 'POST', body: '{}' })
    expect(response.status).toBe(401)
  })
})

describe('measured profiles', () => {
  const put = async (body: unknown) => {
    const response = await fetch(new URL('/admin/profiles', router.url), {
      method: 'PUT',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as { error?: { param: string } } }
  }
  const measured = {
    accuracy: { value: 0.91, evidence: 30, interval: [0.8, 0.96] },
    speed: { firstTokenMs: { p50: 300 } },
    topics: { math_reasoning: { accuracy: { value: 0.2, evidence: 12 } } },
  }

  it('are taken as a run writes them down, and hold by topic', async () => {
    expect((await put({ version: 1, measuredAt: '2026-01-01', profiles: { b: measured } })).status).toBe(200)
    const { b } = await profiles()
    // (0.91 × 10 + 0.2 × 12) / 22: a dozen answers on a topic start from what is known over all
    expect(b?.math_reasoning?.accuracy).toMatchObject({ value: 0.523, worth: 22 })
    expect(b?.math_reasoning?.creativity?.value).toBeDefined()
  })

  it.each<[string, unknown, string]>([
    ['of a model that does not exist', { profiles: { c: measured } }, 'profiles.c'],
    ['with a figure above 1', { profiles: { b: { accuracy: 91 } } }, 'models.b.profile.accuracy'],
    ['on a topic that there is not', { profiles: { b: { topics: { poetry: {} } } } }, 'models.b.profile.topics.poetry'],
    ['that are none', { profiles: {} }, 'profiles'],
  ])('%s are refused by name', async (_, body, param) => {
    expect(await put(body)).toMatchObject({ status: 400, body: { error: { param } } })
  })
})
