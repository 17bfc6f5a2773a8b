import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import type { ConfigInput } from '../../src/config'
import { idsIn, rankContest, sharedBy } from '../../src/router/contest'
import { CENTRAL_WAIT_MS, FRESH_WAIT_MS, type Informed, inform } from '../../src/router/inform'
import type { Sized } from '../../src/router/question'
import type { Hearing } from '../../src/router/world'
import { type Ruling, ruleOn } from '../../src/state/central'
import { LocalLoad } from '../../src/state/local-load'
import { REFRESH_MS } from '../../src/state/refresh'
import type { Snapshot } from '../../src/state/report'
import { SyncSchedule } from '../../src/state/sync-schedule'
import { Tracker } from '../../src/state/tracker'
import { type Asking, modelsNamed, planOf, questionOf } from './given'
import { VirtualHost, VirtualWorld } from './virtual-world'

type Route = Partial<NonNullable<ConfigInput['routes']>[number]>

/** An isolate and a tracker that answers after `answersAfterMs`. */
function setUp(route: Route, answersAfterMs: number | 'never' = 30) {
  const world = new VirtualWorld()
  const host = new VirtualHost()
  const tracker = new Tracker()
  const schedule = new SyncSchedule(() => 0)
  const plan = planOf({
    models: modelsNamed('a', 'b', 'c'),
    routes: [{ name: 'r', use: ['a', 'b', 'c'], strategy: 'least-connections', ...route }],
  })
  const calls = { syncs: 0, questions: 0 }
  const answered = <T>(make: () => T): Promise<T | undefined> =>
    new Promise(resolve => {
      if (answersAfterMs !== 'never') world.after(answersAfterMs, () => resolve(make()))
    })
  const hearing: Hearing = {
    ...host.hearing,
    intervalMs: () => schedule.intervalMs,
    mayWait: () => schedule.mayWait(world.nowMs),
    waited: inTime => schedule.waited(inTime, world.nowMs),
    sync: () => {
      const startedMs = world.nowMs
      if (!schedule.begin(startedMs)) return undefined
      calls.syncs += 1
      const report = host.load.report(startedMs)
      return answered(() => {
        schedule.end(startedMs, 100)
        host.load.accept(tracker.sync(report, world.nowMs), startedMs)
        return true
      }).then(result => result === true)
    },
    ask: (contest, question) => {
      calls.questions += 1
      const startedMs = world.nowMs
      const report = host.load.report(startedMs)
      return answered((): Ruling => {
        const inquiry = {
          question,
          promptTokens: contest.allTokens,
          ids: idsIn(contest),
          sharedBy: (model: string) => sharedBy(contest, model),
        }
        const { snapshot, ...ruling } = ruleOn(tracker, report, inquiry, world.nowMs, seen => rankContest(contest, seen))
        host.load.accept(snapshot, startedMs)
        return ruling
      })
    },
  }
  host.hearing = hearing
  const sized = (asking: Asking = {}): Sized => ({
    ...questionOf(asking),
    load: id => host.load.load(id, world.nowMs),
    view: host.load.view(world.nowMs),
    nowMs: world.nowMs,
    seed: 1,
    random: createRandom(1),
    promptTokens: 10,
  })
  /** What becomes of a request, and when. */
  const ask = (asking: Asking = {}) => {
    const startedMs = world.nowMs
    const state: { informed: Informed | undefined; afterMs: number | undefined } = { informed: undefined, afterMs: undefined }
    const informing = inform(plan, sized(asking), host, world)
    const done = (informed: Informed) => {
      state.informed = informed
      state.afterMs = world.nowMs - startedMs
    }
    if (informing instanceof Promise) void informing.then(done)
    else done(informing)
    return state
  }
  /** The tracker's last word, with what it is not in the mood to say by itself. */
  const told = (more: Partial<Snapshot>) =>
    host.load.accept({ ...tracker.sync(host.load.report(world.nowMs), world.nowMs), ...more }, world.nowMs)
  const hear = () => host.load.accept(tracker.sync(host.load.report(world.nowMs), world.nowMs), world.nowMs)
  /** Others have seen nothing but failures. */
  const fail = (model: string) => {
    const load = new LocalLoad('failing')
    for (let i = 0; i < 20; i++) load.take(model, 10, world.nowMs).settle({ verdict: 'failed' }, world.nowMs)
    tracker.sync(load.report(world.nowMs), world.nowMs)
  }
  const other = (model: string) => {
    const load = new LocalLoad('other')
    load.take(model, 10, world.nowMs)
    tracker.sync(load.report(world.nowMs), world.nowMs)
  }
  return { world, host, plan, calls, ask, hear, told, other, fail, sized, schedule }
}

describe('local', () => {
  it.each<[string, Route, Asking]>([
    ['is the default', {}, {}],
    ['is what remains of a wish under a strategy that goes by turns', { strategy: 'round-robin', decide: 'central' }, {}],
    ['is what remains with one model alone', { use: ['a'], decide: 'central' }, {}],
    ['is what remains for a list in the client’s order', { decide: 'central' }, { controls: { models: ['a', 'b'] } }],
  ])('%s, and makes no promise and no call', (_, route, asking) => {
    const { plan, sized, host, world, calls } = setUp(route)
    const informed = inform(plan, sized(asking), host, world)
    expect(informed).not.toBeInstanceOf(Promise)
    expect(informed).toMatchObject({ decided: { mode: 'local', by: 'isolate', waitedMs: 0 } })
    expect(calls).toEqual({ syncs: 0, questions: 0 })
    expect(world.armed).toBe(0)
  })
})

describe('fresh', () => {
  it('goes on at once with a young view', async () => {
    const { world, hear, ask, calls } = setUp({ decide: 'fresh' })
    hear()
    await world.pass(REFRESH_MS)
    const asked = ask()
    await world.pass(0)
    expect(asked.afterMs).toBe(0)
    expect(calls.syncs).toBe(0)
    expect(world.armed).toBe(0)
  })

  it('waits for news where the view is old, and decides by them', async () => {
    const { world, hear, ask, other, calls } = setUp({ decide: 'fresh' })
    hear()
    await world.pass(REFRESH_MS + 1)
    other('a')
    const asked = ask()
    await world.pass(29)
    expect(asked.afterMs).toBeUndefined()
    await world.pass(1)
    expect(asked.afterMs).toBe(30)
    expect(asked.informed?.question.load('a').inFlight).toBe(1)
    expect(asked.informed?.question.view?.ageMs).toBe(30)
    expect(asked.informed?.decided).toEqual({ mode: 'fresh', by: 'isolate', waitedMs: 30 })
    expect(calls.syncs).toBe(1)
    expect(world.armed).toBe(0)
  })

  it('shares one call among all that wait, each with a timer of its own', async () => {
    const { world, ask, calls } = setUp({ decide: 'fresh' })
    const asked = Array.from({ length: 20 }, () => ask())
    await world.pass(35)
    expect(asked.map(({ afterMs }) => afterMs ?? Number.POSITIVE_INFINITY).every(ms => ms <= 35)).toBe(true)
    expect(calls.syncs).toBe(1)
    expect(world.armed).toBe(0)
  })

  it('goes on when whoever made the call is gone with it', async () => {
    const { world, ask, schedule, calls } = setUp({ decide: 'fresh' })
    // Its promise settles for nobody
    expect(schedule.begin(world.nowMs)).toBe(true)
    const asked = ask()
    await world.pass(FRESH_WAIT_MS)
    expect(asked.afterMs).toBe(FRESH_WAIT_MS)
    expect(calls.syncs).toBe(0)
    expect(world.armed).toBe(0)
  })

  it('never waits longer than its bound, and after two in vain not at all for a while', async () => {
    const { world, ask } = setUp({ decide: 'fresh' }, 'never')
    const first = ask()
    await world.pass(1_000)
    const second = ask()
    await world.pass(1_000)
    const third = ask()
    await world.pass(1_000)
    expect([first, second, third].map(({ afterMs }) => afterMs)).toEqual([FRESH_WAIT_MS, FRESH_WAIT_MS, 0])
    await world.pass(1_000)
    const later = ask()
    await world.pass(1_000)
    expect(later.afterMs).toBe(FRESH_WAIT_MS)
    expect(world.armed).toBe(0)
  })

  it('takes no more than a quarter of the time that the client gives', async () => {
    const { world, ask } = setUp({ decide: 'fresh' }, 'never')
    const asked = ask({ controls: { deadlineMs: 200 } })
    await world.pass(1_000)
    expect(asked.afterMs).toBe(50)
  })

  it('is as old as the tracker wants it to be, where it wants to be left alone for longer', async () => {
    const { world, hear, ask, schedule } = setUp({ decide: 'fresh' })
    schedule.told(world.nowMs, 1_000)
    hear()
    await world.pass(1_000)
    const young = ask()
    await world.pass(1)
    expect(young.afterMs).toBe(0)
    const old = ask()
    await world.pass(100)
    expect(old.afterMs).toBe(30)
  })
})

describe('central', () => {
  it('decides by what the tracker saw, which counts whom it chose', async () => {
    const { world, ask, other } = setUp({ decide: 'central' })
    other('a')
    other('a')
    const asked = ask()
    await world.pass(30)
    expect(asked.informed?.decided).toEqual({ mode: 'central', by: 'tracker', waitedMs: 30 })
    const { question } = asked.informed ?? {}
    expect(question?.load('a').inFlight).toBe(1)
    // Its view has no age, however long the answer took
    expect(question?.view?.ageMs).toBe(0)
    expect(world.armed).toBe(0)
  })

  it('spreads what is asked at once, although nobody knows of the others’ answers yet', async () => {
    const { world, ask } = setUp({ decide: 'central' })
    const asked = Array.from({ length: 6 }, () => ask())
    await world.pass(30)
    const sums = asked.map(({ informed }) =>
      ['a', 'b', 'c'].reduce((sum, id) => sum + (informed?.question.load(id).inFlight ?? 0), 0),
    )
    expect(sums).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('keeps what the isolate knows of failures that it has not told yet', async () => {
    const { world, ask, host } = setUp({ decide: 'central' })
    const asked = ask()
    host.load.take('a', 10, world.nowMs).settle({ verdict: 'failed', coolMs: 5_000 }, world.nowMs)
    await world.pass(30)
    expect(asked.informed?.question.load('a').ejectedForMs).toBe(4_970)
    expect(asked.informed?.question.load('b').ejectedForMs).toBe(0)
  })

  it.each(['x', 'toString', 'constructor'])(
    'goes by what the isolate knows of a model that the tracker did not tell of (%s)',
    async name => {
      const { world, ask, host } = setUp({ decide: 'central' })
      host.load.take(name, 25, world.nowMs)
      const asked = ask()
      await world.pass(30)
      expect(asked.informed?.decided.by).toBe('tracker')
      expect(asked.informed?.question.load(name)).toMatchObject({ inFlight: 1, waitingTokens: 25, ejectedForMs: 0 })
    },
  )

  it('tries a model whose time is over when the tracker says so, whosever turn it is', async () => {
    const { world, ask, hear, told, host, other, fail } = setUp({ decide: 'central' })
    for (const model of ['b', 'c']) for (let i = 0; i < 40; i++) other(model)
    fail('a')
    hear()
    const outMs = host.load.load('a', world.nowMs).ejectedForMs
    expect(outMs).toBeGreaterThan(0)
    await world.pass(outMs)
    // Of so many it is hardly ever one's turn
    told({ isolates: 1e9, arrivalsPerSecond: 1e9 })
    expect(host.load.load('a', world.nowMs).probe).toBe(false)
    const asked = ask()
    await world.pass(30)
    expect(asked.informed?.question.load('a')).toMatchObject({ probe: true })
  })

  it('decides by itself when the tracker does not answer in time, and after two in vain does not ask for a while', async () => {
    const { world, ask, calls, host } = setUp({ decide: 'central' }, 'never')
    const first = ask()
    const second = ask()
    await world.pass(CENTRAL_WAIT_MS)
    expect([first, second].map(({ afterMs }) => afterMs)).toEqual([CENTRAL_WAIT_MS, CENTRAL_WAIT_MS])
    expect(first.informed?.decided.by).toBe('isolate')
    // Until it has acted on it the question is open
    expect(host.load.report(world.nowMs).asked).toEqual([1, 2])
    first.informed?.settle('a')
    second.informed?.settle('b')
    expect(host.load.report(world.nowMs).asked).toBeUndefined()
    const third = ask()
    await world.pass(0)
    expect(third.informed?.decided).toEqual({ mode: 'central', by: 'isolate', waitedMs: 0 })
    expect(calls).toEqual({ syncs: 0, questions: 2 })
    expect(world.armed).toBe(0)
  })

  it('asks on after clients that were in a hurry: their waits say nothing of the tracker', async () => {
    const { world, ask } = setUp({ decide: 'central' })
    for (let i = 0; i < 3; i++) {
      const hurried = ask({ controls: { deadlineMs: 40 } })
      // A quarter of it, while the tracker takes 30
      await world.pass(10)
      expect(hurried.informed?.decided).toEqual({ mode: 'central', by: 'isolate', waitedMs: 10 })
      expect(hurried.informed?.question.controls.deadlineMs).toBe(30)
      await world.pass(100)
    }
    const patient = ask()
    await world.pass(30)
    expect(patient.informed?.decided.by).toBe('tracker')
  })

  it('is fresh where quality counts as well as load', async () => {
    const { world, ask, calls } = setUp({ decide: 'central', strategy: 'model-aware' })
    const asked = ask()
    await world.pass(30)
    expect(asked.informed?.decided).toEqual({ mode: 'fresh', by: 'isolate', waitedMs: 30 })
    expect(calls).toEqual({ syncs: 1, questions: 0 })
  })

  it('spares a tracker that has no time for every request: the others are fresh', async () => {
    const { world, host, ask, calls, told } = setUp({ decide: 'central' })
    told({ askShare: 0.25 })
    const young = Array.from({ length: 400 }, () => ask({ controls: { deadlineMs: 10_000 } }))
    await world.pass(30)
    const spared = young.filter(({ informed }) => informed?.decided.spared)
    expect(calls.questions).toBeGreaterThan(0)
    expect(spared.length).toBe(400 - calls.questions)
    expect(spared[0]?.informed?.decided).toEqual({ mode: 'central', by: 'isolate', waitedMs: 0, spared: true })
    expect(host.load.report(world.nowMs).wanted).toBe(400)
    told({ askShare: 0 })
    await world.pass(REFRESH_MS + 1)
    const old = ask()
    await world.pass(30)
    expect(old.informed?.decided).toEqual({ mode: 'central', by: 'isolate', waitedMs: 30, spared: true })
    expect(calls.syncs).toBe(1)
  })

  it('asks for the share that it was told, by chance', async () => {
    const { world, ask, calls, told } = setUp({ decide: 'central' })
    for (let turn = 0; turn < 400; turn++) {
      told({ askShare: 0.25 })
      ask()
      await world.pass(30)
    }
    // 100, and four deviations of a binomial count
    expect(Math.abs(calls.questions - 100)).toBeLessThan(35)
    expect(calls.syncs).toBe(0)
  })

  it('asks no more at once than a tracker can have answered, whatever it was told', async () => {
    const { ask, calls, world } = setUp({ decide: 'central' }, 'never')
    const asked = Array.from({ length: 100 }, () => ask())
    await world.pass(0)
    expect(calls.questions).toBe(64)
    await world.pass(CENTRAL_WAIT_MS)
    for (const { informed } of asked) informed?.settle(undefined)
    expect(asked.every(({ afterMs = Number.POSITIVE_INFINITY }) => afterMs <= CENTRAL_WAIT_MS)).toBe(true)
  })

  it('that only looks opens no question', async () => {
    const { plan, sized, host, world } = setUp({ decide: 'central' })
    const informing = inform(plan, sized(), host, world, { peek: true })
    await world.pass(30)
    expect((await informing).decided.by).toBe('tracker')
    expect(host.load.report(world.nowMs).asked).toBeUndefined()
  })
})
