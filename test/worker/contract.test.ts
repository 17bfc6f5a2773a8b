import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { answer, type Script, startUpstream, type Upstream } from '../support/upstream'

/** The public contract from outside: who is let in, what is refused and how, what every answer tells. */

let upstream: Upstream
let router: Router
let script: Script
const HI = { model: 'auto', messages: [{ role: 'user', content: 'Say hello.' }] }

beforeAll(async () => {
  upstream = await startUpstream(request => script(request))
  router = await startRouter({
    config: {
      models: {
        gpt: modelAt(upstream.url, 'openai', { capabilities: ['tools', 'vision'] }),
        gpt2: modelAt(upstream.url, 'openai', { capabilities: ['tools', 'vision'] }),
        claude: modelAt(upstream.url, 'anthropic', { contextWindow: 2_000 }),
        gemini: modelAt(upstream.url, 'google'),
        keyless: modelAt(upstream.url, 'openai', { model: 'other', secret: 'NOT_SET' }),
      },
      pools: { fast: ['gemini', 'gpt'], nobody: ['keyless'] },
      routes: [
        { name: 'support', when: { topic: ['technical_support'] }, use: ['gpt'], fallback: ['claude'] },
        { name: 'pictures', when: { modality: ['image'] }, use: ['gemini'] },
        { name: 'default', use: ['claude'], fallback: ['gemini'] },
      ],
      limits: { bodyBytes: 100_000 },
      access: { origins: ['https://app.example.com'] },
    },
  })
})
beforeEach(() => {
  script = () => answer({ text: 'Hello there.' })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

const get = (path: string, key?: string, worker: Router = router) =>
  fetch(new URL(path, worker.url), key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })

describe('access', () => {
  it.each([
    ['no key', {}],
    ['an unknown key', { authorization: 'Bearer client-key-3' }],
    ['a prefix of a key', { authorization: 'Bearer client-key' }],
    ['the admin key', { authorization: `Bearer ${ADMIN_KEY}` }],
    ['an empty key', { authorization: 'Bearer ' }],
  ])('refuses %s on /v1 with 401 and calls nobody', async (_, headers: Record<string, string>) => {
    const before = upstream.requests.length
    const response = await fetch(new URL('/v1/chat/completions', router.url), {
      method: 'POST',
      headers,
      body: JSON.stringify(HI),
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('x-should-retry')).toBe('false')
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key' } })
    expect(upstream.requests.length).toBe(before)
  })

  it.each(['client-key-1', 'client-key-2'])('lets %s in', async key => {
    expect((await get('/v1/models', key)).status).toBe(200)
  })

  it.each(['/admin/state', '/metrics'])('%s asks for the admin key and not a client key', async path => {
    expect((await get(path)).status).toBe(401)
    expect((await get(path, CLIENT_KEY)).status).toBe(401)
    expect((await get(path, ADMIN_KEY)).status).toBe(200)
  })

  it('is closed without ROUTER_KEYS, even to the admin key, and says what to set', async () => {
    const closed = await startRouter({ bindings: { ROUTER_KEYS: undefined } })
    try {
      for (const path of ['/v1/models', '/admin/state', '/metrics']) {
        const response = await get(path, ADMIN_KEY, closed)
        expect(response.status).toBe(503)
        expect(await response.text()).toContain('wrangler secret put ROUTER_KEYS')
      }
      expect(await (await get('/health', undefined, closed)).json()).toMatchObject({ missing_secrets: ['ROUTER_KEYS'] })
    } finally {
      await closed.close()
    }
  })

  it('does not open for a Host, an address or a header that claims to be local', async () => {
    const response = await fetch(new URL('/v1/models', router.url), {
      headers: { host: 'localhost', 'x-forwarded-for': '127.0.0.1', 'cf-connecting-ip': '127.0.0.1' },
    })
    expect(response.status).toBe(401)
  })
})

describe('bad input is refused with the field it is about, and nobody is called', () => {
  const message = (content: unknown) => [{ role: 'user', content }]
  const cases: readonly [name: string, body: unknown, param: string | null, status?: number][] = [
    ['not JSON', '{"model": ', null],
    ['not an object', '7', null],
    ['no model', { messages: message('hi') }, 'model'],
    ['no messages', { model: 'auto' }, 'messages'],
    ['empty messages', { model: 'auto', messages: [] }, 'messages'],
    ['an unknown role', { model: 'auto', messages: [{ role: 'wizard', content: 'hi' }] }, 'messages[0].role'],
    ['a content that is a number', { model: 'auto', messages: message(7) }, 'messages[0].content'],
    ['a part without text', { model: 'auto', messages: message([{ type: 'text' }]) }, 'messages[0].content[0].text'],
    ['temperature as text', { ...HI, temperature: 'hot' }, 'temperature'],
    ['max_tokens of 0', { ...HI, max_tokens: 0 }, 'max_tokens'],
    ['stream as text', { ...HI, stream: 'yes' }, 'stream'],
    ['a tool without a name', { ...HI, tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    ['an unknown model', { ...HI, model: 'gpt-99' }, 'model', 404],
    ['a model without its secret', { ...HI, model: 'keyless' }, 'model', 404],
    ['a pool with nobody live', { ...HI, model: 'nobody' }, 'model', 404],
    ['an unknown strategy', { ...HI, metadata: { 'x-router-strategy': 'luck' } }, 'x-router-strategy'],
    ['an unknown priority', { ...HI, metadata: { 'x-router-priority': 'beauty' } }, 'x-router-priority'],
    ['a deadline that is no number', { ...HI, metadata: { 'x-router-deadline-ms': 'soon' } }, 'x-router-deadline-ms'],
    ['a list with an unknown model', { ...HI, metadata: { 'x-router-models': 'gpt, gpt-99' } }, 'x-router-models', 404],
    ['a body over the limit', { ...HI, messages: message('x'.repeat(100_001)) }, null, 413],
  ]
  it.each(cases)('%s', async (_, body, param, status = 400) => {
    const before = upstream.requests.length
    const response = await router.chat(body)
    const { error } = (await response.json()) as { error: { message: string; type: string; param: string | null } }
    expect(response.status).toBe(status)
    expect(error.type).toBe('invalid_request_error')
    expect(error.param).toBe(param)
    expect(error.message.length).toBeGreaterThan(10)
    expect(upstream.requests.length).toBe(before)
    await router.idle()
  })

  it('a request that no model of the route can serve says which lacks what', async () => {
    const response = await router.chat({ ...HI, model: 'claude', messages: message('word '.repeat(4_000)) })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'context_length_exceeded', param: 'messages' } })
  })

  it('a request without a body is refused', async () => {
    expect((await router.chat('')).status).toBe(400)
  })
})

describe('what `model` may name', () => {
  it.each([
    ['auto', 'default', 'claude'],
    ['support', 'support', 'gpt'],
    ['claude', 'claude', 'claude'],
    ['claude-sonnet-5', 'claude-sonnet-5', 'claude'],
  ])('%s is routed by %s to %s', async (model, route, expected) => {
    const response = await router.chat({ ...HI, model })
    await response.text()
    expect(response.headers.get('x-router-route')).toBe(route)
    expect(response.headers.get('x-router-model')).toBe(expected)
  })

  it('an upstream name that two models share is a pool of both', async () => {
    const seen = new Set<string | null>()
    for (let i = 0; i < 4; i++) {
      const response = await router.chat({ ...HI, model: 'gpt-5.2' }, { headers: { 'x-router-strategy': 'round-robin' } })
      await response.text()
      seen.add(response.headers.get('x-router-model'))
    }
    expect(seen).toEqual(new Set(['gpt', 'gpt2']))
  })

  it('lists every name, and no model whose secret is missing', async () => {
    const { data } = (await (await get('/v1/models', CLIENT_KEY)).json()) as { data: { id: string }[] }
    const names = data.map(({ id }) => id)
    expect(names).toEqual(expect.arrayContaining(['auto', 'gpt', 'claude', 'fast', 'support', 'gpt-5.2', 'gemini-3-flash']))
    expect(names).not.toContain('keyless')
    expect((await get('/v1/models/gpt', CLIENT_KEY)).status).toBe(200)
    expect((await get('/v1/models/gpt-99', CLIENT_KEY)).status).toBe(404)
  })
})

describe('controls', () => {
  it('travel as headers or in metadata, and never go up', async () => {
    const before = upstream.requests.length
    const response = await router.chat(
      { ...HI, model: 'fast', metadata: { 'x-router-models': 'gpt', team: 'a' }, store: true },
      { headers: { 'x-router-priority': 'cost', 'x-router-key': 'k' } },
    )
    await response.text()
    const [sent] = upstream.requests.slice(before)
    expect(response.headers.get('x-router-model')).toBe('gpt')
    expect(JSON.stringify(sent?.body)).not.toContain('x-router')
    expect(sent?.body).toMatchObject({ metadata: { team: 'a' } })
    expect(Object.keys(sent?.headers ?? {}).filter(name => name.startsWith('x-router'))).toEqual([])
  })

  it.each([
    'round-robin',
    'weighted-round-robin',
    'random',
    'least-connections',
    'adaptive',
    'consistent-hash',
    'model-aware',
    'contextual',
  ])('x-router-strategy: %s ranks and answers', async strategy => {
    const response = await router.chat({ ...HI, model: 'fast' }, { headers: { 'x-router-strategy': strategy } })
    expect(response.status).toBe(200)
    await response.text()
    expect(response.headers.get('x-router-strategy')).toBe(strategy)
    expect(['gemini', 'gpt']).toContain(response.headers.get('x-router-model'))
  })

  it('the same hash key goes to the same model', async () => {
    const models = new Set<string | null>()
    for (let i = 0; i < 6; i++) {
      const headers = { 'x-router-strategy': 'consistent-hash', 'x-router-key': 'customer-7' }
      const response = await router.chat({ ...HI, model: 'fast' }, { headers })
      await response.text()
      models.add(response.headers.get('x-router-model'))
    }
    expect(models.size).toBe(1)
  })
})

describe('POST /v1/route', () => {
  const explain = async (body: unknown) => {
    const response = await fetch(new URL('/v1/route', router.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${CLIENT_KEY}` },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, never> }
  }

  it('explains the decision without calling anyone', async () => {
    const before = upstream.requests.length
    const content = 'My wifi printer is offline and shows an error. How do I fix it?'
    const { body } = await explain({ model: 'auto', messages: [{ role: 'user', content }] })
    expect(body).toMatchObject({
      features: { language: { value: 'en' }, topic: { value: 'technical_support' }, task: {}, complexity: {} },
      route: 'support',
      candidates: [
        { model: 'gpt', rank: 1 },
        { model: 'claude', rank: 2 },
      ],
    })
    expect(upstream.requests.length).toBe(before)
  })

  it('gives every candidate that was left out its reason, and every route passed over its own', async () => {
    const { body } = await explain({ model: 'auto', messages: [{ role: 'user', content: 'word '.repeat(4_000) }] })
    expect(body).toMatchObject({
      route: 'default',
      candidates: [
        { model: 'gemini', rank: 1 },
        { model: 'claude', rank: null },
      ],
    })
    expect(JSON.stringify(body)).toContain('context-window')
    expect(body.passed_over).toHaveLength(2)
  })

  it('refuses what the chat endpoint would refuse', async () => {
    expect((await explain({ model: 'gpt-99', messages: HI.messages })).status).toBe(404)
    expect((await explain({ model: 'auto' })).status).toBe(400)
  })
})

describe('browsers', () => {
  const origin = 'https://app.example.com'
  it('a preflight from a known origin is answered without a key, the SDKs’ headers included', async () => {
    const response = await fetch(new URL('/v1/chat/completions', router.url), {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-stainless-os,x-router-strategy',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-allow-headers')).toContain('x-stainless-os')
  })

  it('an answer exposes the router’s headers to a known origin and to no other', async () => {
    const response = await router.chat(HI, { headers: { origin } })
    await response.text()
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    for (const name of [
      'x-router-model',
      'x-router-route',
      'x-router-strategy',
      'x-router-attempts',
      'x-router-request-id',
      'server-timing',
    ]) {
      expect(response.headers.get(name)).not.toBeNull()
      expect(response.headers.get('access-control-expose-headers')).toContain(name)
    }
    const other = await router.chat(HI, { headers: { origin: 'https://evil.example' } })
    await other.text()
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('errors are readable too', async () => {
    const response = await fetch(new URL('/v1/chat/completions', router.url), { method: 'POST', headers: { origin }, body: '{}' })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  })
})

describe('configuration by variable', () => {
  it('a wrong one never throws: /v1 answers 503 with field, expected and found, and /health is unhealthy', async () => {
    const wrong = await startRouter({
      bindings: { ROUTER_CONFIG: '{"models": {"a": {"provider": "openai", "model": "x", "weight": -1}}}' },
    })
    try {
      const response = await wrong.chat(HI)
      const { error } = (await response.json()) as { error: { message: string } }
      expect(response.status).toBe(503)
      expect(error.message).toContain('models.a.weight')
      expect(error.message).toContain('-1')
      const health = await get('/health', undefined, wrong)
      expect(health.status).toBe(503)
      expect(await health.json()).toMatchObject({ status: 'unhealthy', config_problems: [{ field: 'models.a.weight' }] })
    } finally {
      await wrong.close()
    }
  })

  it('works as JSON text as well as an object', async () => {
    const config = { models: { only: modelAt(upstream.url, 'openai') } }
    const text = await startRouter({ bindings: { ROUTER_CONFIG: JSON.stringify(config) } })
    try {
      const response = await text.chat(HI)
      await response.text()
      expect(response.headers.get('x-router-model')).toBe('only')
    } finally {
      await text.close()
    }
  })

  it('without a provider secret the default configuration says which to set', async () => {
    const none = { OPENAI_API_KEY: undefined, ANTHROPIC_API_KEY: undefined, GEMINI_API_KEY: undefined }
    const bare = await startRouter({ bindings: none })
    try {
      const response = await bare.chat(HI)
      expect(response.status).toBe(503)
      expect(await response.text()).toContain('wrangler secret put OPENAI_API_KEY')
    } finally {
      await bare.close()
    }
  })
})

it('an unknown path under /v1 is a 404 in OpenAI’s shape that lists what exists', async () => {
  const response = await get('/v1/images/generations', CLIENT_KEY)
  expect(response.status).toBe(404)
  const { error } = (await response.json()) as { error: { message: string } }
  expect(error.message).toContain('POST /v1/chat/completions')
})

it('metrics are Prometheus text with a line per model', async () => {
  await (await router.chat({ ...HI, model: 'gpt' })).text()
  await router.idle()
  await expect.poll(async () => (await get('/metrics', ADMIN_KEY)).text()).toMatch(/ringroad_in_flight\{model="gpt"\} 0/)
})
