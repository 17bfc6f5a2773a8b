import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EFFECTIVE_WITHIN_MS } from '../../src/state/registry-view'
import { answer } from '../support/plan'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { startUpstream, type Upstream } from '../support/upstream'

/** Changes at run time, over two Workers that share the objects as two isolates do. */

let upstream: Upstream
let router: Router

const config = (url: string) => ({
  models: {
    gpt: modelAt(url, 'openai', { model: 'gpt-a' }),
    claude: modelAt(url, 'openai', { model: 'gpt-b' }),
    gemini: modelAt(url, 'openai', { model: 'gpt-c' }),
  },
  pools: { all: ['gpt', 'claude', 'gemini'] },
  routes: [{ name: 'default', use: ['all'] }],
  access: { upstreams: ['api.groq.com'] },
})

beforeAll(async () => {
  upstream = await startUpstream(() => answer())
  router = await startRouter({ config: config(upstream.url), workers: 2 })
})
afterAll(async () => {
  await router.close()
  await upstream.close()
})

interface AdminAnswer {
  readonly status: number
  readonly etag: string | null
  readonly body: {
    readonly version: number
    readonly effectiveWithinMs: number
    readonly model: Record<string, unknown>
    readonly models: Record<string, Record<string, unknown>>
    readonly versions: readonly { readonly version: number; readonly who: string; readonly what: string; readonly atMs: number }[]
    readonly error: { readonly message: string; readonly param: string | null; readonly code: string }
  }
}

async function admin(
  method: string,
  path: string,
  body?: unknown,
  { on = router, worker = 0, headers = {} }: { on?: Router; worker?: number; headers?: Record<string, string> } = {},
): Promise<AdminAnswer> {
  const response = await fetch(new URL(path, on.urls[worker]), {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, etag: response.headers.get('etag'), body: (await response.json()) as AdminAnswer['body'] }
}

const ask = (key: string, worker = 0, on = router) =>
  on
    .chat(
      { model: 'all', messages: [{ role: 'user', content: 'hi' }] },
      { headers: { 'x-router-strategy': 'consistent-hash', 'x-router-key': key }, worker },
    )
    .then(async response => {
      await response.text()
      return response.headers.get('x-router-model')
    })

const KEYS = Array.from({ length: 40 }, (_, index) => `key-${index}`)
const owners = async (worker = 0): Promise<(string | null)[]> => {
  const models: (string | null)[] = []
  // One at a time: with nothing in flight the bound on load moves nobody
  for (const key of KEYS) models.push(await ask(key, worker))
  return models
}

/** Until `holds`, or the published bound has passed. */
async function withinTheBound(holds: () => Promise<boolean>): Promise<number> {
  const startedMs = Date.now()
  while (!(await holds())) {
    if (Date.now() - startedMs > EFFECTIVE_WITHIN_MS) throw new Error(`does not hold after ${EFFECTIVE_WITHIN_MS} ms`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return Date.now() - startedMs
}

describe('a change through the admin API', () => {
  it('that drains a model moves its keys in every isolate within the bound, and no others; back again, all return', async () => {
    const before = await owners(1)
    expect(new Set(before)).toEqual(new Set(['gpt', 'claude', 'gemini']))
    const drained = await admin(
      'PATCH',
      '/admin/models/claude',
      { state: 'draining' },
      { headers: { 'x-router-actor': 'alice' } },
    )
    expect(drained).toMatchObject({ status: 200, body: { effectiveWithinMs: EFFECTIVE_WITHIN_MS, model: { state: 'draining' } } })

    // At once where the change was made, within the bound elsewhere
    const [key = ''] = KEYS.filter((_, index) => before[index] === 'claude')
    expect(await ask(key, 0)).not.toBe('claude')
    await withinTheBound(async () => (await ask(key, 1)) !== 'claude')
    const after = await owners(1)
    for (const [index, owner] of before.entries())
      owner === 'claude' ? expect(after[index]).not.toBe('claude') : expect(after[index]).toBe(owner)

    await admin('PATCH', '/admin/models/claude', { state: null })
    await withinTheBound(async () => (await ask(key, 1)) === 'claude')
    expect(await owners(1)).toEqual(before)
  })

  it('is in the history with who and what, newest first', async () => {
    const { body } = await admin('GET', '/admin/history')
    const drained = body.versions.find(({ what }) => what === 'claude: state draining')
    expect(drained?.who).toMatch(/^alice \(key [0-9a-f]{8}\)$/)
    expect(Math.abs((drained?.atMs ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(body.versions.map(({ version }) => version)).toEqual(body.versions.map((_, index) => body.version - index))
    expect(JSON.stringify(body)).not.toContain(ADMIN_KEY)
  })

  it('adds a model that joins a pool, reachable by its id, and a removal takes both away', async () => {
    const definition = {
      provider: 'openai-compatible',
      baseUrl: 'https://api.groq.com/openai/v1',
      model: 'llama-4',
      joins: ['all'],
    }
    expect(await admin('PUT', '/admin/models/groq/llama', definition)).toMatchObject({
      status: 200,
      body: { model: { model: 'llama-4', origin: 'registry' } },
    })
    const listed = await fetch(new URL('/v1/models', router.url), { headers: { authorization: `Bearer ${CLIENT_KEY}` } })
    expect(JSON.stringify(await listed.json())).toContain('"groq/llama"')
    expect((await admin('DELETE', '/admin/models/groq/llama')).status).toBe(200)
    expect((await admin('GET', '/admin/models/groq/llama')).status).toBe(404)
    const gone = await router.chat({ model: 'groq/llama', messages: [{ role: 'user', content: 'hi' }] })
    expect(gone.status).toBe(404)
  })

  it('that disables a model makes it unknown to clients, with a message that says why', async () => {
    await admin('PATCH', '/admin/models/gemini', { state: 'disabled' })
    const response = await router.chat({ model: 'gemini', messages: [{ role: 'user', content: 'hi' }] })
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('\\"gemini\\" is disabled')])
    await admin('PATCH', '/admin/models/gemini', { state: null })
  })

  it('can be rolled back', async () => {
    const { body } = await admin('GET', '/admin/models')
    await admin('PATCH', '/admin/models/gpt', { weight: 50 })
    expect((await admin('GET', '/admin/models/gpt')).body.model.weight).toBe(50)
    expect((await admin('POST', '/admin/rollback', { version: body.version })).status).toBe(200)
    expect((await admin('GET', '/admin/models/gpt')).body.model.weight).toBe(1)
    expect((await admin('POST', '/admin/rollback', { version: 99_999 })).status).toBe(404)
  })

  it('is refused with 412 when it was meant for another version', async () => {
    const { etag, body } = await admin('GET', '/admin/models')
    expect(etag).toBe(`"${body.version}"`)
    const headers = { 'if-match': etag ?? '' }
    expect((await admin('PATCH', '/admin/models/gpt', { weight: 2 }, { headers })).status).toBe(200)
    expect((await admin('PATCH', '/admin/models/gpt', { weight: 3 }, { headers })).status).toBe(412)
    expect((await admin('GET', '/admin/models/gpt')).body.model.weight).toBe(2)
    await admin('PATCH', '/admin/models/gpt', { weight: null })
  })

  it('takes its version by any of several tags, also one that compression on the way has made weak', async () => {
    const { body } = await admin('GET', '/admin/models')
    const tags = [`W/"${body.version}"`, `"1", "${body.version + 1}"`, '*', `W/"1"`, `${body.version + 3}`]
    const statuses: number[] = []
    for (const tag of tags)
      statuses.push((await admin('PATCH', '/admin/models/gpt', { weight: 4 }, { headers: { 'if-match': tag } })).status)
    expect(statuses).toEqual([200, 200, 200, 412, 412])
    await admin('PATCH', '/admin/models/gpt', { weight: null })
  })

  it('is not rolled back over somebody else’s, where a version is named', async () => {
    const { etag, body } = await admin('GET', '/admin/models')
    await admin('PATCH', '/admin/models/gpt', { weight: 4 })
    const back = (tag: string | null) =>
      admin('POST', '/admin/rollback', { version: body.version }, { headers: { 'if-match': tag ?? '' } })
    expect((await back(etag)).status).toBe(412)
    expect((await admin('GET', '/admin/models/gpt')).body.model.weight).toBe(4)
    expect((await back(`"${body.version + 1}"`)).status).toBe(200)
    expect((await admin('GET', '/admin/models/gpt')).body.model.weight).toBe(1)
  })

  it('by many operators at once loses none', async () => {
    const { body } = await admin('GET', '/admin/models')
    const ids = ['gpt', 'claude', 'gemini']
    const done = await Promise.all(
      ids.map((id, index) => admin('PATCH', `/admin/models/${id}`, { weight: 10 + index }, { worker: index % 2 })),
    )
    expect(done.map(({ status }) => status)).toEqual([200, 200, 200])
    const after = await admin('GET', '/admin/models')
    expect(after.body.version).toBe(body.version + 3)
    expect(ids.map(id => after.body.models[id]?.weight)).toEqual([10, 11, 12])
    for (const id of ids) await admin('PATCH', `/admin/models/${id}`, { weight: null })
  })

  it.each<[string, string, string, unknown, string | null]>([
    ['a wrong value', 'PATCH', 'gpt', { weight: 0 }, 'models.gpt.weight'],
    ['an unknown field', 'PATCH', 'gpt', { wieght: 2 }, 'models.gpt.wieght'],
    ['a body that is not JSON', 'PATCH', 'gpt', '{', null],
    [
      'a host that the configuration does not allow',
      'PUT',
      'evil',
      { provider: 'openai-compatible', baseUrl: 'https://evil.com', model: 'x' },
      'baseUrl',
    ],
    ['one of the router’s own secrets', 'PATCH', 'gpt', { secret: 'ROUTER_ADMIN_KEY' }, 'secret'],
    ['an id that no header could carry', 'PUT', 'a%20b', { provider: 'openai', model: 'x' }, 'id'],
    ['something nested without end', 'PATCH', 'gpt', `{"profile":{"speed":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`, null],
    ['a number that JSON cannot write', 'PATCH', 'gpt', '{"price":{"input":1e999,"output":1}}', 'models.gpt.price.input'],
    ['a reserved id', 'PUT', '__proto__', { provider: 'openai', model: 'x' }, 'id'],
  ])('that holds %s is refused by name, and nothing changes', async (_, method, id, body, param) => {
    const before = await admin('GET', '/admin/models')
    const refused = await admin(method, `/admin/models/${id}`, body)
    expect([refused.status, refused.body.error.param]).toEqual([400, param])
    expect((await admin('GET', '/admin/models')).body).toEqual(before.body)
  })

  it('that is too large for its way to the registry is refused, and nothing changes', async () => {
    const before = await admin('GET', '/admin/models')
    const refused = await admin('PATCH', '/admin/models/gpt', { headers: { 'x-large': 'x'.repeat(70_000) } })
    expect([refused.status, refused.body.error.code]).toEqual([413, 'body_too_large'])
    expect((await admin('GET', '/admin/models')).body).toEqual(before.body)
  })

  it('needs the admin key', async () => {
    for (const authorization of ['', `Bearer ${CLIENT_KEY}`]) {
      const response = await fetch(new URL('/admin/models/gpt', router.url), {
        method: 'PATCH',
        headers: { authorization },
        body: '{"weight":9}',
      })
      expect(response.status).toBe(401)
    }
    expect((await admin('GET', '/admin/models/gpt')).body.model.weight).toBe(1)
  })

  it('never shows the key that signs request ids', async () => {
    for (const path of ['/admin/models', '/admin/state', '/admin/history'])
      expect(JSON.stringify((await admin('GET', path)).body)).not.toMatch(/[0-9a-f]{64}|signingKey/)
  })
})

describe('the registry', () => {
  it('keeps changes over a restart', async () => {
    const persist = await mkdtemp(join(tmpdir(), 'ringroad-registry-'))
    try {
      const first = await startRouter({ config: config(upstream.url), persist })
      await admin('PATCH', '/admin/models/gpt', { weight: 4 }, { on: first })
      await first.close()
      const second = await startRouter({ config: config(upstream.url), persist })
      expect(await ask('any', 0, second)).toBeTruthy()
      expect((await admin('GET', '/admin/models/gpt', undefined, { on: second })).body.model.weight).toBe(4)
      await second.close()
    } finally {
      await rm(persist, { recursive: true })
    }
  })

  it('brings no address back that the configuration has ceased to allow', async () => {
    const persist = await mkdtemp(join(tmpdir(), 'ringroad-registry-'))
    const llama = { provider: 'openai-compatible', baseUrl: 'https://api.groq.com/openai/v1', model: 'llama-4', joins: ['all'] }
    try {
      const first = await startRouter({ config: config(upstream.url), persist })
      expect((await admin('PUT', '/admin/models/llama', llama, { on: first })).status).toBe(200)
      await first.close()
      const second = await startRouter({ config: { ...config(upstream.url), access: { upstreams: [] } }, persist })
      expect(await ask('any', 0, second)).toBeTruthy()
      expect((await admin('GET', '/admin/models/llama', undefined, { on: second })).status).toBe(404)
      expect((await admin('POST', '/admin/rollback', { version: 1 }, { on: second })).status).toBe(200)
      expect((await admin('GET', '/admin/models/llama', undefined, { on: second })).status).toBe(404)
      // And what does not fit any more stands in nobody's way
      expect((await admin('PATCH', '/admin/models/gpt', { weight: 4 }, { on: second })).body.model.weight).toBe(4)
      await second.close()
    } finally {
      await rm(persist, { recursive: true })
    }
  })

  it('that is away stops a cold isolate, which cannot know what is disabled, in the caller’s dialect and with a time to come back', async () => {
    const router = await startRouter({ config: config(upstream.url), brokenTracker: true, brokenRegistry: true })
    const refused = await router.chat({ model: 'all', messages: [{ role: 'user', content: 'hi' }] })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.text()).toContain('registry_away')
    expect((await admin('PATCH', '/admin/models/gpt', { weight: 4 }, { on: router })).status).toBe(503)
    await router.close()
  })

  it('that hangs holds nobody for long, neither clients nor operators', async () => {
    const router = await startRouter({ config: config(upstream.url), brokenTracker: true, brokenRegistry: true, hanging: true })
    const paths = ['/admin/models', '/admin/history', '/admin/state', '/metrics']
    const answers = await Promise.all([
      router.chat({ model: 'all', messages: [{ role: 'user', content: 'hi' }] }),
      ...paths.map(path => fetch(new URL(path, router.url), { headers: { authorization: `Bearer ${ADMIN_KEY}` } })),
    ])
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
    for (const answer of answers) await answer.text()
    await router.close()
  })

  it('is asked directly where the tracker is away', async () => {
    const router = await startRouter({ config: config(upstream.url), brokenTracker: true })
    expect(await ask('any', 0, router)).toBeTruthy()
    await router.close()
  })
})

it('a change of a model whose name every object brings along is told only once it was made', async () => {
  const models = { toString: modelAt(upstream.url, 'openai', { model: 'gpt-a' }) }
  const own = await startRouter({ config: { models, routes: [{ name: 'default', use: ['toString'] }] } })
  try {
    const told = async () => (await admin('GET', '/admin/models/toString', undefined, { on: own })).body.model
    expect(await told()).toMatchObject({ origin: 'file', changed: [] })
    const changed = await admin('PATCH', '/admin/models/toString', { weight: 2 }, { on: own })
    expect(changed.status).toBe(200)
    expect(await told()).toMatchObject({ origin: 'file, changed', changed: ['weight'], weight: 2 })
    const response = await own.chat({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] })
    await response.text()
    expect([response.status, response.headers.get('x-router-model')]).toEqual([200, 'toString'])
  } finally {
    await own.close()
  }
})
