import { describe, expect, it } from 'vitest'
import { askOnce, type Syncing, syncInTime, syncOnce } from '../../src/durable/sync'
import type { Contest } from '../../src/router/contest'
import { KnownRegistry } from '../../src/state/known-registry'
import { LocalLoad } from '../../src/state/local-load'
import type { Report } from '../../src/state/report'
import { SYNC_TIMEOUT_MS, SyncSchedule } from '../../src/state/sync-schedule'
import { Tracker } from '../../src/state/tracker'
import { settled, VirtualWorld } from '../router/virtual-world'

type Answer = (report: Report) => ReturnType<Syncing['client']['sync']>

function given(answer?: Answer) {
  const world = new VirtualWorld()
  const tracker = new Tracker()
  const load = new LocalLoad('isolate')
  const schedule = new SyncSchedule(() => 0)
  const calls: number[] = []
  const answers: Answer[] = answer === undefined ? [] : [answer]
  const syncing: Syncing = {
    load,
    registry: new KnownRegistry(),
    schedule,
    now: world.now,
    after: world.after,
    client: {
      sync: report => {
        calls.push(world.nowMs)
        return answers[0]?.(report) ?? Promise.resolve({ ...tracker.sync(report, world.nowMs), registry: null, isFresh: true })
      },
      rule: () => Promise.reject(new Error('nobody asks')),
    },
  }
  const news = () => load.take('m', 10, world.nowMs).settle({ verdict: 'failed' }, world.nowMs)
  return { world, tracker, load, schedule, syncing, calls, answers, news, startMs: world.nowMs }
}

describe('a sync', () => {
  it('carries the report out and the snapshot back, whose age counts from the moment the report left', async () => {
    const { syncing, load, tracker, world, news } = given()
    news()
    expect(await syncOnce(syncing)).toBe('told')
    expect(tracker.state(world.nowMs).models.m?.recentFailures).toBe(1)
    expect(load.hasNews).toBe(false)
    expect(load.view(world.nowMs + 70)?.ageMs).toBe(70)
    expect(world.armed).toBe(0)
  })

  it('tells how long the last one took, from which the tracker knows whether it is behind', async () => {
    const told: (number | undefined)[] = []
    const { syncing, world, tracker } = given(async report => {
      told.push(report.tookMs)
      await new Promise<void>(resolve => world.after(70, resolve))
      return { ...tracker.sync(report, world.nowMs), registry: null, isFresh: true }
    })
    for (let turn = 0; turn < 2; turn++) {
      const synced = syncOnce(syncing)
      await world.pass(70)
      expect(await synced).toBe('told')
    }
    expect(told).toEqual([undefined, 70])
  })

  it('is not begun while another is under way', async () => {
    const { syncing, world } = given(() => new Promise(() => {}))
    const first = syncOnce(syncing)
    expect(await syncOnce(syncing)).toBe('busy')
    await world.pass(SYNC_TIMEOUT_MS)
    expect(await first).toBe('failed')
  })

  it.each<[string, Answer]>([
    ['that rejects', () => Promise.reject(new Error('away'))],
    ['that never answers', () => new Promise(() => {})],
  ])('with a tracker %s fails in time, and what was to be told is kept', async (_, answer) => {
    const { syncing, world, answers, tracker, news } = given(answer)
    news()
    const result = syncOnce(syncing)
    await world.pass(SYNC_TIMEOUT_MS)
    expect(await result).toBe('failed')
    expect(world.armed).toBe(0)
    answers.length = 0
    expect(await syncOnce(syncing)).toBe('told')
    expect(tracker.state(world.nowMs).models.m?.recentFailures).toBe(1)
  })

  it('given up while another has taken over does not end that one', async () => {
    const { syncing, world, schedule } = given(() => new Promise(() => {}))
    const lost = syncOnce({ ...syncing, after: (ms, callback) => world.after(ms + 500, callback) })
    await world.pass(SYNC_TIMEOUT_MS)
    const second = syncOnce(syncing)
    await world.pass(500)
    expect(await lost).toBe('failed')
    expect(schedule.begin(world.nowMs)).toBe(false)
    await world.pass(SYNC_TIMEOUT_MS)
    expect(await second).toBe('failed')
  })
})

describe('a question', () => {
  const ruling = { ranking: ['a'], seen: { loads: {}, view: { ageMs: 0, arrivalsPerSecond: 0, meanPromptTokens: 0 } } }
  const contest: Contest = {
    strategy: 'adaptive',
    sides: [],
    hashKey: '',
    lastModel: null,
    promptTokens: 10,
    allTokens: 10,
    turns: 1,
    nowMs: 0,
    seed: 1,
  }

  it('carries the report out and the snapshot back as a sync does, so that the next sync has time', async () => {
    const { syncing, load, tracker, world, news, schedule } = given()
    news()
    const asked: (number | undefined)[] = []
    const rule: Syncing['client']['rule'] = async (report, _, question) => {
      asked.push(question)
      return { ...tracker.sync(report, world.nowMs), registry: null, isFresh: true, ruling }
    }
    expect(await askOnce({ ...syncing, client: { ...syncing.client, rule } }, contest, 7)).toEqual(ruling)
    expect(asked).toEqual([7])
    expect(load.hasNews).toBe(false)
    expect(tracker.state(world.nowMs).models.m?.recentFailures).toBe(1)
    expect(load.heardAgoMs(world.nowMs)).toBe(0)
    expect(schedule.plan(world.nowMs)).toBe(100)
  })

  it('tells how long the last call took, each call once, and the next call how long it took itself', async () => {
    const { syncing, tracker, world } = given()
    const told: (number | undefined)[] = []
    const rule: Syncing['client']['rule'] = async report => {
      told.push(report.tookMs)
      await new Promise<void>(resolve => world.after(70, resolve))
      return { ...tracker.sync(report, world.nowMs), registry: null, isFresh: true, ruling }
    }
    const asking = { ...syncing, client: { ...syncing.client, rule } }
    const first = [askOnce(asking, contest, 1), askOnce(asking, contest, 2)]
    await world.pass(70)
    await Promise.all(first)
    const next = [askOnce(asking, contest, 3), askOnce(asking, contest, 4)]
    await world.pass(70)
    await Promise.all(next)
    expect(told).toEqual([undefined, undefined, 70, undefined])
  })

  it('puts off the sync that is planned, since it has told everything', async () => {
    const { syncing, world, tracker, news, calls, startMs } = given()
    const rule: Syncing['client']['rule'] = async report => {
      return { ...tracker.sync(report, world.nowMs), registry: null, isFresh: true, ruling }
    }
    const asking = { ...syncing, client: { ...syncing.client, rule } }
    news()
    await syncInTime(asking)
    void syncInTime(asking)
    for (let question = 1; question <= 10; question++) {
      await world.pass(50)
      await askOnce(asking, contest, question)
    }
    expect(calls.map(atMs => atMs - startMs)).toEqual([0])
    await world.pass(1_000)
    expect(calls.map(atMs => atMs - startMs)).toEqual([0, 600])
    expect(world.armed).toBe(0)
  })

  it('is asked beside a sync that is under way', async () => {
    const { syncing, tracker, world } = given(() => new Promise(() => {}))
    const syncOfAnother = syncOnce(syncing)
    const rule: Syncing['client']['rule'] = async report => {
      return { ...tracker.sync(report, world.nowMs), registry: null, isFresh: true, ruling }
    }
    expect(await askOnce({ ...syncing, client: { ...syncing.client, rule } }, contest, 1)).toEqual(ruling)
    await world.pass(SYNC_TIMEOUT_MS)
    expect(await syncOfAnother).toBe('failed')
  })

  it('to a tracker that is away has no answer, and what was to be told is kept', async () => {
    const { syncing, load, news } = given()
    news()
    expect(await askOnce(syncing, contest, 1)).toBeUndefined()
    expect(load.hasNews || load.report(0).batch > 0).toBe(true)
  })
})

describe('syncing in time', () => {
  it('tells at once, and together what comes within the interval', async () => {
    const { syncing, world, calls, news, load, startMs } = given()
    news()
    await syncInTime(syncing)
    for (let i = 0; i < 10; i++) {
      news()
      void syncInTime(syncing)
      await world.pass(5)
    }
    await world.pass(1_000)
    expect(calls.map(atMs => atMs - startMs)).toEqual([0, 100])
    expect(load.hasNews).toBe(false)
    expect(world.armed).toBe(0)
  })

  it('goes on until everything is told', async () => {
    const { syncing, world, calls, news, load, answers, startMs } = given()
    // Something new happens while the first call is under way
    answers.push(async () => {
      answers.length = 0
      news()
      throw new Error('away')
    })
    news()
    const synced = syncInTime(syncing)
    await world.pass(1_000)
    await synced
    expect(calls.map(atMs => atMs - startMs)).toEqual([0, 100, 200])
    expect(load.hasNews).toBe(false)
  })

  it('gives up after three failures and never rejects: routing goes on without', async () => {
    const { syncing, world, calls, news } = given(() => Promise.reject(new Error('away')))
    news()
    const synced = syncInTime(syncing)
    await world.pass(10_000)
    await expect(synced).resolves.toBeUndefined()
    expect(calls).toHaveLength(3)
    await settled()
    expect(world.armed).toBe(0)
  })
})
