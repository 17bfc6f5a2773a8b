import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { REGIONS, type Region } from '../../src/durable/region'
import { trackerClient } from '../../src/durable/tracker-client'
import type { Env } from '../../src/env'
import type { Contest } from '../../src/router/contest'
import { LocalLoad } from '../../src/state/local-load'
import type { Snapshot } from '../../src/state/report'
import { KnownRows } from '../../src/state/rows'
import { LEASE_MS } from '../../src/state/tracker'

/** The real object in workerd, through itty-durable: what survives, what expires, what a repeated report does. */

declare module 'cloudflare:workers' {
  namespace Cloudflare {
    interface Env {
      LOAD_TRACKER: DurableObjectNamespace
    }
  }
}

const { LOAD_TRACKER } = env as unknown as Env

/** A region (as far as there are any) and models of its own for each test keep them apart: what regions tell each other is told by the names of models. */
const regions: Region[] = [...REGIONS, ...REGIONS]
function setUp() {
  const region = regions.pop()
  if (region === undefined) throw new Error('more tests than regions')
  const client = trackerClient(LOAD_TRACKER, region)
  const stub = LOAD_TRACKER.get(LOAD_TRACKER.idFromName(`region:${region}`))
  const isolate = (id: string) => {
    const load = new LocalLoad(id)
    const sync = async (): Promise<Snapshot> => {
      const sentAtMs = Date.now()
      const snapshot = await client.sync(load.report(sentAtMs))
      load.accept(snapshot, sentAtMs)
      return snapshot
    }
    return { load, sync }
  }
  const models = ['one', 'two'].map(name => `${name} ${regions.length}`) as [string, string]
  return { client, stub, isolate, region, models }
}

const contestOf = (...models: readonly string[]): Contest => ({
  strategy: 'least-connections',
  sides: [models.map(id => [id, 1, 1_000, '#account:K', '#place:K'])],
  hashKey: '',
  lastModel: null,
  promptTokens: 10,
  allTokens: 10,
  turns: 1,
  nowMs: Date.now(),
  seed: 1,
})

afterEach(() => {
  vi.useRealTimers()
})

describe('LoadTracker', () => {
  // First, as later ones hear of each other's arrivals
  it('takes a repeated report for what it is', async () => {
    const {
      client,
      isolate,
      models: [gpt],
    } = setUp()
    const { load } = isolate('a')
    const lease = load.take(gpt, 10, Date.now())
    lease.firstToken(Date.now() + 500)
    const report = load.report(Date.now())
    const first = await client.sync(report)
    const again = await client.sync(report)
    expect(again.batch).toBe(first.batch)
    expect(again.arrivalsPerSecond).toBe(0)
    const state = await client.look()
    expect(state.models[gpt]?.inFlight).toBe(1)
    expect(state.arrivalsPerSecond).toBeCloseTo(Math.LN2 / 5, 1)
  })

  it('counts what isolates report, and shows each the others only', async () => {
    const {
      client,
      isolate,
      models: [gpt],
    } = setUp()
    const [a, b] = [isolate('a'), isolate('b')]
    a.load.take(gpt, 100, Date.now())
    a.load.take(gpt, 50, Date.now())
    b.load.take(gpt, 7, Date.now())
    await a.sync()
    expect((await b.sync()).models[gpt]).toMatchObject({ inFlight: 2, waitingTokens: 150 })
    expect((await a.sync()).models[gpt]).toMatchObject({ inFlight: 1, waitingTokens: 7 })
    expect((await client.look()).models[gpt]).toMatchObject({ inFlight: 3, waitingTokens: 157 })
  })

  it('forgets the leases of an isolate that fell silent', async () => {
    const {
      client,
      isolate,
      models: [gpt],
    } = setUp()
    const { load, sync } = isolate('crashed')
    load.take(gpt, 10, Date.now())
    await sync()
    expect((await client.look()).models[gpt]?.inFlight).toBe(1)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + LEASE_MS + 1 })
    const state = await client.look()
    expect(state.models[gpt]?.inFlight).toBe(0)
    expect(state.isolates).toBe(0)
  })

  it('remembers latencies and ejections through an eviction, and the leases come back with the next report', async () => {
    const {
      client,
      stub,
      isolate,
      models: [slow, broken],
    } = setUp()
    const a = isolate('a')
    const now = Date.now()
    for (let i = 0; i < 5; i++) {
      const lease = a.load.take(slow, 10, now)
      lease.firstToken(now + 900)
      lease.settle({ verdict: 'succeeded', perTokenMs: 20 }, now + 1_000)
      a.load.take(broken, 10, now).settle({ verdict: 'failed' }, now)
    }
    a.load.take(slow, 10, now)
    await a.sync()
    const before = await client.look()
    expect(before.models[broken]?.ejectedForMs).toBeGreaterThan(0)
    expect(before.models[slow]?.inFlight).toBe(1)

    expect(await runDurableObjectAlarm(stub)).toBe(true)
    await evictDurableObject(stub)
    const after = await client.look()
    expect(after.models[slow]?.baseMs).toBeCloseTo(before.models[slow]?.baseMs ?? 0, -1)
    expect(after.models[slow]?.perTokenMs).toBe(20)
    expect(after.models[broken]?.ejectedForMs).toBeGreaterThan(0)
    expect(after.models[slow]?.inFlight).toBe(0)
    await a.sync()
    expect((await client.look()).models[slow]?.inFlight).toBe(1)
  })

  it('has no alarm while nothing was learned, so that an idle object costs nothing', async () => {
    const { client, stub, isolate } = setUp()
    await client.look()
    await isolate('idle').sync()
    expect(await runDurableObjectAlarm(stub)).toBe(false)
  })

  it('rejects instead of resolving with something that is not its state', async () => {
    const { client } = setUp()
    // itty-durable answers 204 for a method without a result and 500 for one that throws
    await expect(client.sync(undefined as never)).rejects.toThrow()
  })

  it('of a version that knows of no registry says nothing of it', async () => {
    const { models, ...figures } = {
      models: {},
      batch: 0,
      intervalMs: 100,
      isolates: 1,
      arrivalsPerSecond: 0,
      meanPromptTokens: 0,
    }
    const old = {
      idFromName: () => 'id',
      get: () => ({ fetch: async () => Response.json({ ...figures, models }) }),
    } as unknown as DurableObjectNamespace
    const answer = await trackerClient(old, 'enam').sync(new LocalLoad('a').report(0))
    expect(answer).toEqual({ ...figures, models, registry: null, isFresh: false })
  })

  it('that hangs is given up', async () => {
    const hanging = {
      idFromName: () => 'id',
      get: () => ({
        fetch: (_: Request, { signal }: { signal: AbortSignal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      }),
    } as unknown as DurableObjectNamespace
    await expect(trackerClient(hanging, 'enam').look()).rejects.toThrow()
  })

  it('takes the report of an isolate with every model at its limit of samples', async () => {
    const { isolate } = setUp()
    const { load, sync } = isolate('busy')
    const now = Date.now()
    for (let model = 0; model < 20; model++)
      for (let i = 0; i < 200; i++) {
        const lease = load.take(`provider/some-model-name-${model}`, 12_345, now)
        lease.firstToken(now + 1_234)
        lease.settle({ verdict: 'succeeded', perTokenMs: 12.345678 }, now + 5_000)
      }
    // In as many reports as it takes
    let snapshot = await sync()
    while (load.hasNews) snapshot = await sync()
    expect(Object.keys(snapshot.models).filter(id => id.startsWith('provider/'))).toHaveLength(20)
  })

  it('tells an isolate that says what it has only what is new, and the isolate knows the same', async () => {
    const {
      client,
      region,
      models: [gpt, claude],
    } = setUp()
    const rows = new KnownRows()
    const inRows = trackerClient(LOAD_TRACKER, region, { rows })
    const [a, b] = [new LocalLoad('a'), new LocalLoad('b')]
    a.take(gpt, 10, Date.now())
    a.take(claude, 20, Date.now()).firstToken(Date.now() + 300)
    await client.sync(a.report(Date.now()))
    b.take(gpt, 5, Date.now())
    const whole = await client.sync(b.report(Date.now()))
    const answer = await inRows.sync(b.report(Date.now()))
    expect(answer.models[gpt]).toMatchObject({ inFlight: 1, waitingTokens: 10 })
    expect(answer.models[claude]?.baseMs).toBeCloseTo(whole.models[claude]?.baseMs ?? 0, 0)
    const version = rows.version
    const again = await inRows.sync(b.report(Date.now()))
    expect(again.models[gpt]).toMatchObject({ inFlight: 1, waitingTokens: 10 })
    expect(rows.version).toBe(version)
  })

  it('answers a question as it answers a report: with what is new, and with the choice', async () => {
    const {
      client,
      region,
      models: [gpt, claude],
    } = setUp()
    const other = new LocalLoad('other')
    for (const model of [gpt, gpt, claude]) other.take(model, 10, Date.now())
    await client.sync(other.report(Date.now()))
    const [load, rows] = [new LocalLoad('asking'), new KnownRows()]
    const inRows = trackerClient(LOAD_TRACKER, region, { rows })
    const contest = contestOf(gpt, claude)
    const ask = async (of: typeof client) => {
      const question = load.ask(Date.now())
      const answer = await of.rule(load.report(Date.now()), contest, question)
      load.settleAsked(question)
      return answer
    }
    const first = await ask(inRows)
    expect(first.ruling.ranking).toEqual([claude, gpt])
    expect(Object.keys(first.ruling.seen.loads)).toEqual([gpt, claude])
    expect(first.models[gpt]).toMatchObject({ inFlight: 2, waitingTokens: 20 })
    const { version } = rows
    expect(version).not.toBe('')
    // The asker's own place is nothing that it need be told
    const again = await ask(inRows)
    expect(again.models[claude]).toMatchObject({ inFlight: 1, waitingTokens: 10 })
    // A version that says of no rows is told everything
    const whole = await ask(client)
    expect(whole.models[gpt]).toMatchObject({ inFlight: 2, waitingTokens: 20 })
    expect(whole.ruling.ranking).toEqual([claude, gpt])
  })

  it('lets one question have a model whose time is over, and the next not', async () => {
    const {
      region,
      models: [broken, sound],
    } = setUp()
    const failing = new LocalLoad('failing')
    for (let i = 0; i < 20; i++) failing.take(broken, 1, Date.now()).settle({ verdict: 'failed' }, Date.now())
    // More than the failures count for
    for (let i = 0; i < 40; i++) failing.take(sound, 1, Date.now())
    const client = trackerClient(LOAD_TRACKER, region)
    await client.sync(failing.report(Date.now()))
    const outMs = (await client.look()).models[broken]?.ejectedForMs ?? 0
    expect(outMs).toBeGreaterThan(0)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + outMs })
    const contest = contestOf(broken, sound)
    const asked = []
    for (const name of ['one', 'two']) {
      const load = new LocalLoad(name)
      const question = load.ask(Date.now())
      const { ruling } = await trackerClient(LOAD_TRACKER, region, { rows: new KnownRows() }).rule(
        load.report(Date.now()),
        contest,
        question,
      )
      asked.push([ruling.ranking[0], ruling.seen.loads[broken]?.probe])
    }
    expect(asked).toEqual([
      [broken, true],
      [sound, false],
    ])
  })

  it('in shards knows of the other shards’ isolates, and of other regions’', async () => {
    const {
      region,
      models: [gpt],
    } = setUp()
    const elsewhere = setUp()
    const shards = [0, 1, 2].map(shard => trackerClient(LOAD_TRACKER, region, { shard }))
    const loads = shards.map((_, shard) => new LocalLoad(`isolate of ${shard}`))
    const syncAll = () =>
      Promise.all(shards.map((shard, index) => shard.sync((loads[index] ?? new LocalLoad('')).report(Date.now()))))
    loads.forEach((load, index) => {
      for (let i = 0; i <= index; i++) load.take(gpt, 10, Date.now())
    })
    const far = elsewhere.isolate('far')
    far.load.take(gpt, 1, Date.now())
    await expect
      .poll(
        async () => {
          await far.sync()
          await syncAll()
          return (await Promise.all([...shards, elsewhere.client].map(shard => shard.look()))).map(
            ({ models }) => models[gpt]?.inFlight,
          )
        },
        { timeout: 15_000, interval: 100 },
      )
      .toEqual([7, 7, 7, 7])
  }, 20_000)
})
