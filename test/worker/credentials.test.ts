import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { answer, raw, refusal, status } from '../support/plan'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { type Script, startUpstream, type Upstream } from '../support/upstream'

/** One model under several credentials, regions, and canaries, through the built Worker. */

const KEYS = { KEY_EU: 'sk-key-of-eu', KEY_US: 'sk-key-of-us', KEY_V1: 'sk-key-of-v1', KEY_V2: 'sk-key-of-v2' }
let upstream: Upstream
let router: Router
let script: Script
let token: (claims: Record<string, unknown>) => Promise<string>
const lines: string[] = []

const config = (): ConfigInput => ({
  models: {
    gpt: modelAt(upstream.url, 'openai', {
      model: 'gpt-a',
      credentials: { eu: { secret: 'KEY_EU', region: 'eu' }, us: { secret: 'KEY_US', region: 'us' } },
    }),
    claude: modelAt(upstream.url, 'anthropic'),
    next: modelAt(upstream.url, 'openai', { model: 'gpt-b' }),
    vectors: modelAt(upstream.url, 'openai', {
      model: 'text-embedding-3-small',
      credentials: { v1: { secret: 'KEY_V1' }, v2: { secret: 'KEY_V2' } },
    }),
  },
  routes: [
    { name: 'trial', when: { 'metadata.trial': ['yes'] }, use: ['claude'], canary: { use: ['next'], share: 0.5 } },
    { name: 'european', when: { 'metadata.where': ['europe'] }, use: ['claude'], fallback: ['gpt'], regions: ['eu'] },
    { name: 'default', use: ['gpt'], fallback: ['claude'], strategy: 'round-robin' },
  ],
  strategy: 'round-robin',
  limits: { attempts: 2 },
  access: { jwt: { jwksUrl: `${upstream.url}/openai/keys`, audience: 'router' } },
})

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }] }
  token = claims =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setSubject('ann')
      .setIssuedAt()
      .setExpirationTime('1h')
      .setAudience('router')
      .sign(privateKey)
  upstream = await startUpstream(request => (request.path === '/openai/keys' ? raw(JSON.stringify(keys)) : script(request)))
})
/** A router of its own for each: what one finds out of a credential must not decide the next. */
beforeEach(async () => {
  script = () => answer()
  await router?.close()
  router = await startRouter({ config: config(), bindings: KEYS, onLog: line => lines.push(line) })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

type Headers = Readonly<Record<string, string>>
const HELLO = [{ role: 'user', content: 'Hello there' }]

async function ask(body: object = {}, headers: Headers = {}) {
  const response = await router.chat({ model: 'auto', messages: HELLO, ...body }, { headers })
  const text = await response.text()
  const said = (name: string) => response.headers.get(`x-router-${name}`)
  return { status: response.status, text, model: said('model'), attempts: said('attempts'), id: said('request-id') ?? '' }
}

async function call(method: string, path: string, body?: unknown, key = ADMIN_KEY) {
  const response = await fetch(new URL(path, router.url), {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** The upstream refuses this key, and answers any other. */
const refusing =
  (key: string, plan: ReturnType<typeof status>): Script =>
  request =>
    request.headers.authorization === `Bearer ${key}` ? plan : answer()

describe('a model with several credentials', () => {
  it('is asked under all of them', async () => {
    const models = [await ask(), await ask(), await ask(), await ask()].map(({ model }) => model)
    expect(models.toSorted()).toEqual(['gpt:eu', 'gpt:eu', 'gpt:us', 'gpt:us'])
    const sent = upstream.requests.slice(-4).map(({ headers }) => headers.authorization)
    expect(sent.toSorted()).toEqual([KEYS.KEY_EU, KEYS.KEY_EU, KEYS.KEY_US, KEYS.KEY_US].map(key => `Bearer ${key}`))
  })

  it.each<[string, ReturnType<typeof status>, object]>([
    ['a rate limit', status(429, { retryAfterSeconds: 30 }), {}],
    ['a rate limit, in a stream', status(429, { retryAfterSeconds: 30 }), { stream: true }],
    ['a refused key', status(401), {}],
    ['a used up quota', refusal('no-money'), {}],
  ])(
    'goes on under the other after %s, at once and before other models, and then leaves the first alone',
    async (_, plan, body) => {
      script = refusing(KEYS.KEY_EU, plan)
      const answers = [await ask(body), await ask(body), await ask(body)]
      expect(answers.map(({ status: code, model }) => [code, model])).toEqual(answers.map(() => [200, 'gpt:us']))
      // Round robin begins with the refused one in the first or the second of them; after that nobody asks it
      expect(answers.map(({ attempts }) => attempts).toSorted()).toEqual(['1', '1', '2'])
      const { models } = await router.admin()
      expect(models['gpt:us']).toMatchObject({ state: 'active', accountLeftOutForMs: 0 })
    },
  )

  it('that is refused under both still falls back to another model, as a first fallback', async () => {
    script = request => (request.dialect === 'anthropic' ? answer() : status(429, { retryAfterSeconds: 30 }))
    expect(await ask()).toMatchObject({ status: 200, model: 'claude', attempts: '3' })
  })

  it('asks nobody else where the client wants one attempt', async () => {
    script = () => status(429)
    expect(await ask({}, { 'x-router-fallback': 'off' })).toMatchObject({ status: 429, attempts: '1' })
  })

  it('makes embeddings under all of them', async () => {
    for (const _ of [1, 2]) await call('POST', '/v1/embeddings', { model: 'vectors', input: 'a text' }, CLIENT_KEY)
    const sent = upstream.requests.slice(-2).map(({ headers }) => headers.authorization)
    expect(sent.toSorted()).toEqual([`Bearer ${KEYS.KEY_V1}`, `Bearer ${KEYS.KEY_V2}`])
  })

  it('is one model in the catalogue, while each credential may be named', async () => {
    const { body } = await call('GET', '/v1/models', undefined, CLIENT_KEY)
    const listed = body.data as readonly Record<string, unknown>[]
    expect(listed.filter(({ id }) => String(id).startsWith('gpt:'))).toEqual([])
    expect(listed.find(({ id }) => id === 'gpt')).toMatchObject({ upstream_model: 'gpt-a', owned_by: 'openai' })
    expect(await call('GET', '/v1/models/gpt:eu', undefined, CLIENT_KEY)).toMatchObject({
      status: 200,
      body: { owned_by: 'openai' },
    })
    expect(await ask({ model: 'gpt:us' })).toMatchObject({ status: 200, model: 'gpt:us' })
  })

  it('gets the feedback on what it answered, whichever credential it was', async () => {
    for (const name of ['gpt:eu', 'gpt:us']) {
      const { id } = await ask({ model: name })
      const told = await call('POST', '/v1/feedback', { request_id: id, score: 1 }, CLIENT_KEY)
      expect(told).toMatchObject({ status: 200, body: { model: 'gpt' } })
    }
    const profiles = async () =>
      (await call('GET', '/admin/profiles')).body.profiles as Record<string, Record<string, Record<string, { feedback: number }>>>
    expect(Object.keys(await profiles())).toEqual(['gpt', 'claude', 'next', 'vectors'])
    // What was learned is told after a while
    const heard = async () =>
      Object.values((await profiles()).gpt ?? {}).map(({ accuracy }) => Math.round(accuracy?.feedback ?? 0))
    await expect.poll(heard, { timeout: 20_000, interval: 250 }).toContain(2)
  })
})

describe('an operator', () => {
  it('sees each credential in the state and in the metrics, and the model as a whole among the models', async () => {
    await ask({ model: 'gpt:eu' })
    await router.idle()
    const { models } = await router.admin()
    expect(models['gpt:eu']).toMatchObject({ of: 'gpt', region: 'eu', weight: 0.5, state: 'active' })
    const metrics = async () =>
      (await fetch(new URL('/metrics', router.url), { headers: { authorization: `Bearer ${ADMIN_KEY}` } })).text()
    await expect.poll(metrics, { timeout: 5_000 }).toContain('ringroad_in_flight{model="gpt:eu"} 0')
    const { body } = await call('GET', '/admin/models')
    expect(body.models).toMatchObject({
      gpt: { weight: 1, state: 'active', credentials: { eu: { secret: 'KEY_EU', region: 'eu' }, us: { secret: 'KEY_US' } } },
    })
    expect(Object.keys(body.models as object)).toEqual(['gpt', 'claude', 'next', 'vectors'])
    expect(JSON.stringify([models, body])).not.toContain('sk-')
  })

  it('drains one credential by its own name or through its model, and the model under all of them', async () => {
    const drained = await call('PATCH', '/admin/models/gpt:eu', { state: 'draining' })
    expect(drained).toMatchObject({ status: 200, body: { model: { state: 'draining', secret: 'KEY_EU' } } })
    expect([await ask(), await ask()].map(({ model }) => model)).toEqual(['gpt:us', 'gpt:us'])
    await call('PATCH', '/admin/models/gpt', { credentials: { eu: { state: null }, us: { state: 'draining' } } })
    expect([await ask(), await ask()].map(({ model }) => model)).toEqual(['gpt:eu', 'gpt:eu'])
    await call('PATCH', '/admin/models/gpt', { state: 'draining' })
    expect(await ask()).toMatchObject({ status: 200, model: 'claude' })
  })

  it.each<[string, string, string, unknown, number, string]>([
    ['a credential goes by itself', 'DELETE', 'gpt:eu', undefined, 400, 'credential of'],
    ['a credential is defined as a model', 'PUT', 'gpt:eu', { provider: 'openai', model: 'x' }, 400, 'name of its own'],
    ['a credential has a price of its own', 'PATCH', 'gpt:eu', { price: { input: 1, output: 1 } }, 400, 'credentials.eu.price'],
    [
      'a change is of a credential that is not there',
      'PATCH',
      'gpt',
      { credentials: { ap: { weight: 2 } } },
      400,
      'credentials.ap',
    ],
    [
      'an address is one that nobody allows',
      'PATCH',
      'gpt',
      { credentials: { eu: { baseUrl: 'https://evil.example' } } },
      400,
      'credentials.eu.baseUrl',
    ],
    ['the same, by its own name', 'PATCH', 'gpt:eu', { baseUrl: 'https://evil.example' }, 400, 'baseUrl'],
    [
      "a secret is the router's own",
      'PATCH',
      'gpt',
      { credentials: { eu: { secret: 'ROUTER_ADMIN_KEY' } } },
      400,
      'credentials.eu.secret',
    ],
    ['nobody has the name', 'PATCH', 'gpt:ap', { state: 'draining' }, 404, 'There are: gpt, claude, next, vectors'],
  ])('is refused where %s', async (_, method, id, body, code, words) => {
    const refused = await call(method, `/admin/models/${id}`, body)
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([code, expect.stringContaining(words)])
    expect(await call('GET', '/admin/models')).toMatchObject({ body: { version: 0 } })
  })
})

describe('regions', () => {
  it('of a header, of metadata, of a verified claim and of a route decide where a request is served', async () => {
    const claimed = { authorization: `Bearer ${await token({ regions: ['eu'] })}` }
    const asked: readonly [object, Headers][] = [
      [{}, { 'x-router-regions': 'eu' }],
      [{ metadata: { 'x-router-regions': 'EU' } }, {}],
      [{}, claimed],
      [{ metadata: { where: 'europe' } }, {}],
      [{}, { ...claimed, 'x-router-regions': 'us, eu' }],
    ]
    for (const [body, headers] of asked) {
      const models = [await ask(body, headers), await ask(body, headers)].map(({ model }) => model)
      expect(models).toEqual(['gpt:eu', 'gpt:eu'])
    }
    expect(JSON.stringify(upstream.requests.at(-3)?.body)).not.toContain('x-router-regions')
  })

  it('are not left when the model there fails', async () => {
    const before = upstream.requests.length
    script = () => status(429, { retryAfterSeconds: 30 })
    expect(await ask({}, { 'x-router-regions': 'eu' })).toMatchObject({ status: 429, attempts: '1' })
    expect(upstream.requests).toHaveLength(before + 1)
  })

  it.each<[string, object, Headers, string | null]>([
    ['a header asks for one where no model is', {}, { 'x-router-regions': 'ap' }, 'x-router-regions'],
    [
      'the route and the header have none in common',
      { metadata: { where: 'europe' } },
      { 'x-router-regions': 'us' },
      'x-router-regions',
    ],
    ['the named model says nothing of its own', { model: 'claude' }, { 'x-router-regions': 'eu' }, 'x-router-regions'],
  ])('are a 400 that says so, where %s', async (_, body, headers, param) => {
    const refused = await ask(body, headers)
    expect(refused.status).toBe(400)
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'no_model_in_region', param } })
    expect(refused.text).toContain('Regions where it may be served')
  })

  it('of a claim cannot be widened by the client', async () => {
    const headers = { authorization: `Bearer ${await token({ regions: 'eu' })}`, 'x-router-regions': 'us' }
    expect(await ask({}, headers)).toMatchObject({ status: 400 })
    expect(await ask({}, { authorization: `Bearer ${await token({ regions: 7 })}` })).toMatchObject({ status: 400 })
  })
})

describe("OpenAI's own client, set up with an organization and a project of its own", () => {
  let own: Router
  beforeAll(async () => {
    const { models, ...rest } = config()
    const ours = modelAt(upstream.url, 'openai', {
      model: 'gpt-c',
      headers: { 'OpenAI-Organization': 'org-of-the-operator' },
      credentials: {
        one: { headers: { 'OpenAI-Project': 'proj_one_of_the_operator' } },
        two: { headers: { 'OpenAI-Project': 'proj_two_of_the_operator' } },
      },
    })
    own = await startRouter({ config: { ...rest, models: { ...models, ours } }, bindings: KEYS })
  })
  afterAll(() => own?.close())

  const client = () =>
    new OpenAI({
      baseURL: `${own.url.origin}/v1`,
      apiKey: CLIENT_KEY,
      organization: 'org-of-the-caller',
      project: 'proj_of_the_caller',
    })
  const chat = (model: string) =>
    client().chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello there' }] })
  /** What the last upstream got of such headers. */
  const accounts = () => {
    const { headers = {} } = upstream.requests.at(-1) ?? {}
    expect(JSON.stringify(headers)).not.toContain('of_the_caller')
    expect(JSON.stringify(headers)).not.toContain('of-the-caller')
    return [headers['openai-organization'], headers['openai-project']]
  }

  it.each<[string, () => Promise<unknown>]>([
    ['chats with OpenAI', () => chat('next')],
    ['chats with Anthropic', () => chat('claude')],
    ['asks for responses', () => client().responses.create({ model: 'next', input: 'Hello there' })],
    ['asks for embeddings', () => client().embeddings.create({ model: 'vectors', input: 'Hello there' })],
  ])('tells no upstream of them when it %s', async (_, asking) => {
    await asking()
    expect(accounts()).toEqual([undefined, undefined])
  })

  it.each(['one', 'two'])("is answered by the configuration's: credential %s", async name => {
    await chat(`ours:${name}`)
    expect(accounts()).toEqual(['org-of-the-operator', `proj_${name}_of_the_operator`])
  })
})

describe('a canary', () => {
  const trial = (key: string) => [{ metadata: { trial: 'yes' } }, { 'x-router-key': key }] as const

  it('answers its share of the conversations, always the same, and the explanation and the log say so', async () => {
    const keys = Array.from({ length: 24 }, (_, at) => `conversation ${at}`)
    const answered: (string | null)[] = []
    for (const key of keys) {
      const { model, id } = await ask(...trial(key))
      expect((await ask(...trial(key))).model).toBe(model)
      answered.push(model)
      const explained = await fetch(new URL('/v1/route', router.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${CLIENT_KEY}`, 'x-router-key': key },
        body: JSON.stringify({ model: 'auto', messages: HELLO, metadata: { trial: 'yes' } }),
      })
      expect(await explained.json()).toMatchObject({ route: 'trial', canary: model === 'next' })
      const logged = lines.find(line => line.includes('"routed"') && line.includes(id.split('.')[0] ?? '-'))
      expect(logged?.includes('"canary":true')).toBe(model === 'next')
    }
    // Half of 24 within four standard deviations (2.4 each); the keys are fixed, so that this holds always or never
    const { length } = answered.filter(model => model === 'next')
    expect(length).toBeGreaterThan(2)
    expect(length).toBeLessThan(22)
  }, 30_000)

  it('that fails is stood in for, and once drained, everyone goes back', async () => {
    script = request => (request.model === 'gpt-b' ? status(500) : answer())
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(await ask(...trial(key))).toMatchObject({ status: 200, model: 'claude' })
    script = () => answer()
    await call('PATCH', '/admin/models/next', { state: 'draining' })
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(await ask(...trial(key))).toMatchObject({ model: 'claude', attempts: '1' })
  })
})
