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
    // isolates, requests a second over the fleet; of whom three are to have a turn and a request
    ['a lone isolate', 1, 500, 1],
    ['few', 3, 500, 1],
    ['ten busy ones', 10, 500, 0.3],
    ['a thousand busy ones', 1_000, 100_000, 0.003],
    ['a thousand of which a hundred have a request in a second', 1_000, 100, 0.03],
    ['a thousand that hardly have any', 1_000, 2.5, 1],
    ['a fleet of which nothing is known', 1, 0, 1],
  ])('of %s', (_, isolates, arrivalsPerSecond, share) => {
    expect(turnShare(isolates, arrivalsPerSecond)).toBeCloseTo(share, 12)
  })
})

describe('a turn', () => {
  it('lasts a second and is that of other isolates in the next', () => {
    const having = (atMs: number) => names(1_000).filter(name => hasTurn(name, 'm', 0.01, atMs))
    expect(having(START_MS + 999)).toEqual(having(START_MS))
    expect(having(START_MS + SECOND)).not.toEqual(having(START_MS))
  })

  it('is another for each model', () => {
    const having = (model: string) => names(1_000).filter(name => hasTurn(name, model, 0.01, START_MS))
    expect(having('a')).not.toEqual(having('b'))
  })

  it('comes to as many as it should, and to everyone in the end', () => {
    const turns = names(1_000).map(name => {
      let count = 0
      for (let second = 0; second < 2_000; second++) count += Number(hasTurn(name, 'm', 0.003, START_MS + second * SECOND))
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
    expect(tries).toBeLessThan(80)
  })

  it('is not hidden by its failures from whoever is to try it', () => {
    const load = new LocalLoad('lone')
    for (let i = 0; i < 20; i++) load.take('m', 100, START_MS).settle({ verdict: 'failed' }, START_MS)
    expect(load.load('m', START_MS + 4_999)).toMatchObject({ probe: false, failureRate: expect.closeTo(0.93, 1) })
    expect(load.load('m', START_MS + 5_000)).toMatchObject({ probe: true, failureRate: 0 })
  })
})
