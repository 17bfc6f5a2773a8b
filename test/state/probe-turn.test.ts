import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { LocalLoad } from '../../src/state/local-load'
import { hasTurn, turnShare } from '../../src/state/probe-turn'
import { Tracker } from '../../src/state/tracker'
import { START_MS } from './fleet'

const SECOND = 1_000
const names = (count: number) => Array.from({ length: count }, (_, index) => `isolate-${index}`)

describe('the share of isolates that have a turn', () => {
  it.each([
    // isolates, requests a second over the fleet, ms since it has been due; three are to have a turn and a request, and twice as many every two seconds
    ['a lone isolate', 1, 500, 0, 1],
    ['few', 3, 500, 0, 1],
    ['ten busy ones', 10, 500, 0, 0.3],
    ['ten busy ones, after two seconds', 10, 500, 2_000, 0.6],
    ['a thousand busy ones', 1_000, 100_000, 0, 0.003],
    ['a thousand busy ones, after ten seconds', 1_000, 100_000, 10_000, 0.096],
    ['a thousand busy ones, after an hour', 1_000, 100_000, 3_600_000, 1],
    ['a thousand of which a hundred have a request in a second', 1_000, 100, 0, 0.03],
    ['a thousand that hardly have any', 1_000, 2.5, 0, 1],
    ['a fleet of which nothing is known', 1, 0, 0, 1],
  ])('of %s', (_, isolates, arrivalsPerSecond, dueForMs, share) => {
    expect(turnShare(isolates, arrivalsPerSecond, dueForMs)).toBeCloseTo(share, 12)
  })
})

describe('a turn', () => {
  it('lasts a second and is that of other isolates in the next', () => {
    const having = (atMs: number) => names(1_000).filter(name => hasTurn(name, 0.01, atMs))
    expect(having(START_MS + 999)).toEqual(having(START_MS))
    expect(having(START_MS + SECOND)).not.toEqual(having(START_MS))
  })

  it('comes to as many as it should, and to everyone in the end', () => {
    const turns = names(1_000).map(name => {
      let count = 0
      for (let second = 0; second < 2_000; second++) count += Number(hasTurn(name, 0.003, START_MS + second * SECOND))
      return count
    })
    const all = turns.reduce((sum, count) => sum + count, 0)
    // 6,000 expected, with a deviation of 77
    expect(Math.abs(all - 6_000)).toBeLessThan(300)
    // Nobody: e^-6 of a thousand
    expect(turns.filter(count => count === 0).length).toBeLessThan(12)
  })
})

describe('a model that is well again', () => {
  it.each([
    ['where an isolate has a request every few minutes', 1_000, 3],
    ['where each has one every second', 200, 200],
  ])('is back within seconds %s, after a try or a few', (_, isolates, perSecond) => {
    const [random, tracker] = [createRandom(5), new Tracker()]
    const fleet = names(isolates).map(name => new LocalLoad(name))
    const someone = () => fleet[Math.floor(random() * isolates)] ?? new LocalLoad('nobody')
    const sync = (load: LocalLoad) => load.accept(tracker.sync(load.report(nowMs), nowMs), nowMs)
    let nowMs = START_MS
    const delaysMs: number[] = []
    let tries = 0
    for (let round = 0; round < 20; round++) {
      const failing = someone()
      for (let i = 0; i < 20; i++) failing.take('m', 100, nowMs).settle({ verdict: 'failed' }, nowMs)
      sync(failing)
      const dueMs = nowMs + (tracker.state(nowMs).models.m?.ejectedForMs ?? 0)
      while (tracker.state(nowMs).models.m?.ejectedForMs !== 0) {
        nowMs += 1_000 / perSecond
        const load = someone()
        // Whoever has heard nothing for long asks first
        if (load.heardAgoMs(nowMs) > 10_000) sync(load)
        const { ejectedForMs, probe } = load.load('m', nowMs)
        // Every second request is another model's
        if ((ejectedForMs === 0 || probe) && random() < 0.5) {
          tries += 1
          load.take('m', 100, nowMs).settle({ verdict: 'succeeded' }, nowMs)
        } else load.take('n', 100, nowMs).settle({ verdict: 'succeeded' }, nowMs)
        sync(load)
      }
      delaysMs.push(nowMs - dueMs)
    }
    expect(delaysMs.reduce((sum, ms) => sum + ms, 0) / delaysMs.length).toBeLessThan(2_000)
    expect(Math.max(...delaysMs)).toBeLessThan(10_000)
    // Others hear of a success within a second
    expect(tries).toBeLessThan(120)
  })

  it.each([
    // of a fleet of 2,000 more isolates with 10,000 requests a second, which do not go there
    ['in a small region of a large fleet', 10, 1, 1, { isolates: 2_000, arrivalsPerSecond: 10_000 }],
    ['behind a route that one request in 100 takes', 100, 100, 0.01, { isolates: 0, arrivalsPerSecond: 0 }],
  ])('is back within seconds %s', (_, isolates, perSecond, share, elsewhere) => {
    const [random, tracker] = [createRandom(6), new Tracker()]
    const fleet = names(isolates).map(name => new LocalLoad(name))
    const someone = () => fleet[Math.floor(random() * isolates)] ?? new LocalLoad('nobody')
    let nowMs = START_MS
    const sync = (load: LocalLoad) => load.accept(tracker.sync(load.report(nowMs), nowMs), nowMs)
    const failing = new LocalLoad('failing')
    for (let i = 0; i < 20; i++) failing.take('m', 100, nowMs).settle({ verdict: 'failed' }, nowMs)
    sync(failing)
    const dueMs = nowMs + (tracker.state(nowMs).models.m?.ejectedForMs ?? 0)
    while (tracker.state(nowMs).models.m?.ejectedForMs !== 0 && nowMs < dueMs + 100_000) {
      nowMs += 1_000 / perSecond
      tracker.hear('rest', { ...elsewhere, tokensPerSecond: 0, models: {} }, nowMs)
      const load = someone()
      if (load.heardAgoMs(nowMs) > 10_000) sync(load)
      const goesThere = random() < share
      const { ejectedForMs, probe } = load.load('m', nowMs)
      const model = goesThere && (ejectedForMs === 0 || probe) ? 'm' : 'n'
      load.take(model, 100, nowMs).settle({ verdict: 'succeeded' }, nowMs)
      sync(load)
    }
    expect(nowMs - dueMs).toBeLessThan(30_000)
  })

  it('is let back in by its first token, and not only by its last', () => {
    const tracker = new Tracker()
    const load = new LocalLoad('lone')
    const sync = (nowMs: number) => load.accept(tracker.sync(load.report(nowMs), nowMs), nowMs)
    for (let i = 0; i < 20; i++) load.take('m', 100, START_MS, [], true).settle({ verdict: 'failed' }, START_MS)
    sync(START_MS)
    const lease = load.take('m', 100, START_MS + 5_000, [], true)
    sync(START_MS + 5_000)
    expect(tracker.state(START_MS + 5_000).models.m?.ejectedForMs).toBe(10_000)
    lease.firstToken(START_MS + 5_300)
    sync(START_MS + 5_300)
    expect(tracker.state(START_MS + 5_300).models.m?.ejectedForMs).toBe(0)
  })

  it('is not hidden by its failures from whoever is to try it', () => {
    const load = new LocalLoad('lone')
    for (let i = 0; i < 20; i++) load.take('m', 100, START_MS).settle({ verdict: 'failed' }, START_MS)
    expect(load.load('m', START_MS + 4_999)).toMatchObject({ probe: false, failureRate: expect.closeTo(0.93, 1) })
    expect(load.load('m', START_MS + 5_000)).toMatchObject({ probe: true, failureRate: 0 })
  })
})
