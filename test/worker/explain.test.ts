import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { answer } from '../support/plan'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { startUpstream, type Upstream } from '../support/upstream'

/** Why a request was decided as it was: asked before, logged, and made again after. */

let upstream: Upstream
let router: Router
const lines: string[] = []

const config = (url: string): ConfigInput => ({
  models: {
    gpt: modelAt(url, 'openai', { model: 'gpt-a' }),
    claude: modelAt(url, 'openai', { model: 'gpt-b' }),
    vectors: modelAt(url, 'openai', { model: 'text-embedding-3-small' }),
  },
  routes: [
    { name: 'blue', when: { 'metadata.team': ['blue'] }, use: ['claude'] },
    { name: 'tools', when: { tools: true }, use: ['claude'] },
    { name: 'both', when: { tools: true, stream: true }, use: ['claude'] },
    { name: 'default', use: ['gpt', 'claude'], strategy: 'random' },
  ],
  log: 'decision',
})

beforeAll(async () => {
  upstream = await startUpstream(() => answer())
  router = await startRouter({ config: config(upstream.url), onLog: line => lines.push(line) })
})
afterAll(async () => {
  await router.close()
  await upstream.close()
})

type Body = Readonly<Record<string, unknown>>

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: Body }> {
  const key = path.startsWith('/admin') ? ADMIN_KEY : CLIENT_KEY
  const response = await fetch(new URL(path, router.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

const HELLO = { model: 'auto', messages: [{ role: 'user', content: 'Hello there' }] }

describe('POST /v1/route', () => {
  it('says what the decision rests on', async () => {
    const { status, body } = await post('/v1/route', HELLO, { 'x-router-key': 'ann' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      features: { language: {}, topic: {}, task: {}, complexity: {}, modalities: ['text'], tools: false, turns: 1 },
      route: 'default',
      strategy: 'random',
      passed_over: [
        { route: 'blue', field: 'metadata.team', wanted: ['blue'], found: null, why: expect.any(String) },
        { route: 'tools', field: 'tools', wanted: true, found: false },
        { route: 'both', field: 'tools' },
      ],
      panic: false,
      hash_key: expect.stringMatching(/^[0-9a-f]{16}$/),
      config_hash: expect.stringMatching(/^[0-9a-f]{16}$/),
      seed: expect.any(Number),
    })
    expect(JSON.stringify(body)).not.toContain('ann')
  })

  it('has one hash for one configuration, and one fingerprint for one key', async () => {
    const [one, other] = [await post('/v1/route', HELLO), await post('/v1/route', HELLO)]
    expect(one.body.config_hash).toBe(other.body.config_hash)
    expect(one.body.hash_key).toBe(other.body.hash_key)
    expect((await post('/v1/route', HELLO, { 'x-router-key': 'ann' })).body.hash_key).not.toBe(one.body.hash_key)
  })

  it.each<[string, string, Body, Record<string, string>, Body]>([
    [
      "Anthropic's Messages by the version that its clients name",
      '/v1/route',
      { model: 'auto', max_tokens: 5, messages: HELLO.messages, tools: [{ name: 'f', input_schema: { type: 'object' } }] },
      { 'anthropic-version': '2023-06-01' },
      { route: 'tools' },
    ],
    ['Responses by their input', '/v1/route', { model: 'auto', input: 'Hello there' }, {}, { route: 'default' }],
    [
      'Responses that hold items',
      '/v1/route',
      { model: 'auto', input: [{ role: 'user', content: 'Hello there' }], metadata: { team: 'blue' } },
      {},
      { route: 'blue' },
    ],
    ['embeddings of a list', '/v1/route', { model: 'vectors', input: ['one', 'two'] }, {}, { route: 'vectors' }],
    ['what the address says', '/v1/route?for=embeddings', { model: 'vectors', input: 'one' }, {}, { route: 'vectors' }],
  ])('takes %s', async (_, path, body, headers, expected) => {
    expect(await post(path, body, headers)).toMatchObject({ status: 200, body: expected })
  })

  it('names the endpoints that it knows', async () => {
    const { status, body } = await post('/v1/route?for=images', HELLO)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('chat/completions, messages, responses, embeddings')
  })
})

/** Asks, and brings the line that is logged of it. */
async function logged(body: unknown, headers: Record<string, string> = {}): Promise<{ line: Body; text: string }> {
  const response = await router.chat(body, { headers })
  await response.text()
  const id = response.headers.get('x-router-request-id')?.split('.')[0] ?? 'no id'
  for (let tries = 0; tries < 200; tries++) {
    const text = lines.find(each => each.includes('"routed"') && each.includes(id))
    if (text !== undefined) return { line: JSON.parse(text) as Body, text }
    // It comes by way of another process
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error(`no line was logged of ${id}`)
}

describe('the log of decisions', () => {
  it('holds neither prompt nor key, in one line that is not long', async () => {
    const { line, text } = await logged(
      {
        ...HELLO,
        messages: [{ role: 'user', content: 'My secret plan is Xanadu' }],
        metadata: { team: 'private', note: 'mine' },
      },
      { 'x-router-key': 'ann@example.com' },
    )
    expect(line).toMatchObject({
      event: 'routed',
      route: 'default',
      seed: expect.any(Number),
      decision: { asked: { model: 'auto' } },
    })
    expect(text).not.toMatch(/Xanadu|private|mine|ann@|client-key|secret-value/)
    expect(text.length).toBeLessThan(3_000)
  })

  it('can be replayed: the decision comes out bit for bit as it was', async () => {
    for (let i = 0; i < 5; i++) {
      const { line } = await logged(HELLO)
      const { status, body } = await post('/admin/replay', line)
      expect(status).toBe(200)
      expect(body).toMatchObject({
        matches: true,
        difference: null,
        assumed_idle: [],
        decision: { route: 'default', seed: line.seed },
      })
    }
  })

  it('of a request that was refused as well', async () => {
    const { line } = await logged({ ...HELLO, model: 'gpt-99' })
    expect((await post('/admin/replay', line)).body).toMatchObject({
      matches: true,
      decision: null,
      refused: { code: 'model_not_found' },
    })
  })

  it('of another configuration is refused, and shows on demand what the one that holds now would do', async () => {
    const { line } = await logged(HELLO)
    await fetch(new URL('/admin/models/gpt', router.url), {
      method: 'PATCH',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify({ state: 'draining' }),
    })
    const refused = await post('/admin/replay', line)
    expect(refused.status).toBe(409)
    expect(JSON.stringify(refused.body)).toContain(String(line.configHash))
    expect(await post('/admin/replay', { ...line, config: 'current' })).toMatchObject({
      status: 200,
      body: {
        matches: false,
        difference: { path: expect.stringMatching(/^ranking/) },
        config_hash: { recorded: line.configHash },
      },
    })
    const own = await logged(HELLO)
    expect(own.line.configHash).not.toBe(line.configHash)
    expect((await post('/admin/replay', own.line)).body).toMatchObject({ matches: true })
  })

  it('needs the line whole, and the admin key', async () => {
    const { line } = await logged(HELLO)
    expect((await post('/admin/replay', { configHash: line.configHash })).status).toBe(400)
    const broken = await post('/admin/replay', { ...line, decision: { ...(line.decision as Body), seed: 'x' } })
    expect(broken).toMatchObject({ status: 400, body: { error: { param: 'decision.seed' } } })
    const response = await fetch(new URL('/admin/replay', router.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${CLIENT_KEY}` },
      body: JSON.stringify(line),
    })
    expect(response.status).toBe(401)
  })
})

it('/health and /admin/state warn of routes that nothing reaches', async () => {
  const warning = 'routes.2 ("both") is never reached: whatever it matches, "tools" matches before it.'
  const health = (await (await fetch(new URL('/health', router.url))).json()) as Body
  expect(health.warnings).toContain(warning)
  expect((await router.admin()) as unknown as Body).toMatchObject({ warnings: expect.arrayContaining([warning]) })
})
