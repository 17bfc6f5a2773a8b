import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { FRESH_WAIT_MS } from '../../src/router/inform'
import { REFRESH_MS } from '../../src/state/refresh'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, type RouterOptions, startRouter } from '../support/router'
import { answer, startUpstream, type Upstream } from '../support/upstream'

/** Where a decision gets its view: the built Worker, with a tracker that answers, hangs, or is away. */

const MODELS = ['m0', 'm1', 'm2', 'm3'] as const

let upstream: Upstream
/** A stream of 40 chunks every 25 ms lives through everything that a test does meanwhile. */
let chunks = 40
let router: Router | undefined

/** What no wait for the tracker may reach: a call to it is given up after 2,000 ms, while requests wait for 250 at most. The rest is for a busy machine. */
const WELL_BELOW_CALL_MS = 1_000

beforeAll(async () => {
  upstream = await startUpstream(() => answer({ chunks, gapMs: 25 }))
})
afterEach(async () => {
  chunks = 40
  await router?.close()
  router = undefined
})
afterAll(async () => {
  await upstream?.close()
})

async function started(route: Partial<NonNullable<ConfigInput['routes']>[number]>, options: RouterOptions = {}): Promise<Router> {
  router = await startRouter({
    ...options,
    config: {
      models: Object.fromEntries(MODELS.map(id => [id, modelAt(upstream.url, 'openai', { model: id })])),
      routes: [{ name: 'main', use: [...MODELS], strategy: 'least-connections', ...route }],
      ...(options.onLog !== undefined && { log: 'decision' }),
    },
  })
  return router
}

const ask = (stream = true) => ({ model: 'main', stream, messages: [{ role: 'user', content: 'Say hello.' }] })
const waitMs = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const modelOf = (response: Response) => response.headers.get('x-router-model') ?? 'nobody'

/** What `server-timing` says of the decision; undefined: nothing. */
function decided(response: Response): { readonly by: string; readonly ms: number } | undefined {
  const [, by = '', ms = ''] = /decide;desc="(\w+)";dur=([\d.]+)/.exec(response.headers.get('server-timing') ?? '') ?? []
  return by === '' ? undefined : { by, ms: Number(ms) }
}

const counted = (responses: readonly Response[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = Object.fromEntries(MODELS.map(id => [id, 0]))
  for (const response of responses) counts[modelOf(response)] = (counts[modelOf(response)] ?? 0) + 1
  return counts
}

const drained = async (responses: readonly Response[]) => {
  await Promise.all(responses.map(response => response.text()))
}

const explained = async (worker = 0): Promise<{ readonly decided: unknown; readonly view: unknown }> => {
  const response = await fetch(new URL('/v1/route', router?.urls[worker]), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}` },
    body: JSON.stringify(ask()),
  })
  return (await response.json()) as { readonly decided: unknown; readonly view: unknown }
}

describe('central', () => {
  it('spreads a burst from two Workers exactly, and nothing is counted when all have ended', async () => {
    const { chat, idle } = await started({ decide: 'central' }, { workers: 2 })
    // Both isolates have been told of the tracker before
    await drained(await Promise.all([0, 1].map(worker => chat(ask(), { worker }))))
    await idle()
    for (let tries = 0; ; tries++) {
      const burst = await Promise.all(Array.from({ length: 24 }, (_, index) => chat(ask(), { worker: index % 2 })))
      const counts = counted(burst)
      // On a machine that stands still the tracker is too slow now and then, and isolates decide by themselves
      const isCentral = burst.every(response => decided(response)?.by === 'tracker')
      await drained(burst)
      await idle()
      if (!isCentral && tries < 5) continue
      expect(isCentral).toBe(true)
      expect(counts).toEqual({ m0: 6, m1: 6, m2: 6, m3: 6 })
      return
    }
  })

  it('only explains where nothing is sent: nobody is counted', async () => {
    const { chat, idle, admin } = await started({ decide: 'central' })
    await drained([await chat(ask())])
    await idle()
    await expect
      .poll(() => explained())
      .toMatchObject({ decided: { mode: 'central', by: 'tracker' }, view: { age_ms: expect.any(Number) } })
    const { models } = await admin()
    expect(Object.values(models).map(({ inFlight }) => inFlight)).toEqual(MODELS.map(() => 0))
  })

  it('is logged with what the tracker saw, and comes out the same when it is made again', async () => {
    const lines: string[] = []
    const { chat, url, idle } = await started({ decide: 'central' }, { onLog: line => lines.push(line) })
    await drained([await chat(ask())])
    await drained(await Promise.all([chat(ask()), chat(ask()), chat(ask())]))
    await idle()
    const routed = () => lines.filter(line => line.includes('"routed"'))
    await expect.poll(() => routed().length).toBe(4)
    expect(routed().filter(line => line.includes('"by":"tracker"'))).not.toHaveLength(0)
    for (const line of routed()) {
      const response = await fetch(new URL('/admin/replay', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
        body: line,
      })
      expect(await response.json()).toMatchObject({ matches: true, difference: null, decision: { decided: { mode: 'central' } } })
    }
    // And says so where the tracker had no time for it
    const [line = ''] = routed()
    const spared = line.replaceAll(/"mode":"central","by":"\w+"/g, '"mode":"central","by":"isolate","spared":true')
    const response = await fetch(new URL('/admin/replay', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: spared,
    })
    expect(await response.json()).toMatchObject({ decision: { decided: { mode: 'central', by: 'isolate', spared: true } } })
  })
})

describe('fresh', () => {
  it('waits where the view is old, and decides by a new one', async () => {
    const lines: string[] = []
    const { chat, idle } = await started({ decide: 'fresh' }, { onLog: line => lines.push(line) })
    chunks = 1
    await drained([await chat(ask())])
    await idle()
    // Nothing lives that would refresh the view
    await waitMs(4 * REFRESH_MS)
    await drained([await chat(ask())])
    const routed = () => lines.filter(line => line.includes('"routed"'))
    await expect.poll(() => routed().length).toBe(2)
    const { decision } = JSON.parse(routed()[1] ?? '{}') as { readonly decision: { readonly view: { readonly ageMs: number } } }
    expect(decision.view.ageMs).toBeLessThan(4 * REFRESH_MS)
  })

  it('goes on for all that wait at once', async () => {
    const { chat, idle } = await started({ decide: 'fresh' })
    await drained([await chat(ask())])
    await idle()
    await waitMs(2 * REFRESH_MS)
    const burst = await Promise.all(Array.from({ length: 12 }, () => chat(ask())))
    for (const response of burst) expect(decided(response)?.ms).toBeLessThan(WELL_BELOW_CALL_MS)
    await drained(burst)
    await idle()
  })
})

describe.each(['fresh', 'central'] as const)('%s', decide => {
  it.each([
    ['away', false],
    ['hanging', true],
  ])('with a tracker that is %s decides by itself, in bounded time, and soon without waiting', async (_, hanging) => {
    const { chat } = await started({ decide }, { brokenTracker: true, hanging })
    chunks = 1
    for (let i = 0; i < 4; i++) {
      const response = await chat(ask())
      expect(response.status).toBe(200)
      expect(MODELS).toContain(modelOf(response))
      const { by, ms } = decided(response) ?? {}
      expect(by).toBe('isolate')
      expect(ms).toBeLessThan(WELL_BELOW_CALL_MS)
      // Nothing happens in between but a tick of the clock
      if (i >= 2) expect(ms).toBeLessThan(FRESH_WAIT_MS / 2)
      await response.text()
    }
  })
})

describe('local', () => {
  it('says nothing of a wait, and explains from its own view', async () => {
    const { chat } = await started({})
    const response = await chat(ask())
    expect(response.headers.get('server-timing')).not.toContain('decide')
    expect(await explained()).toMatchObject({ decided: { mode: 'local', by: 'isolate', waited_ms: 0 } })
    await drained([response])
  })

  it('makes no call that is waited for once the isolate is warm, however the tracker hangs', async () => {
    const { chat } = await started({}, { brokenTracker: true, hanging: true })
    chunks = 1
    await drained([await chat(ask())])
    const startedMs = performance.now()
    for (let i = 0; i < 5; i++) await drained([await chat(ask())])
    // Five awaited calls would take 10 s until they are given up
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })
})
