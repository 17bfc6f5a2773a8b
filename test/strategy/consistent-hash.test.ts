import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { createRing } from '../../src/algorithm/ring'
import { consistentHash } from '../../src/strategy/consistent-hash'
import type { Candidate } from '../../src/strategy/strategy'
import { candidate, idsOf, load, model, situation } from './given'

const ids = ['a', 'b', 'c']
const models = ids.map(id => model(id))
const [owner = '', second = '', third = ''] = createRing(models).walk('conversation')
const rank = consistentHash.prepare(models, {})

/** In flight by place on the conversation's walk: owner, second, third. */
const loaded = (...inFlight: readonly [number, number, number]): readonly Candidate[] =>
  [owner, second, third].map((id, place) => candidate(id, { inFlight: inFlight[place] ?? 0 }))

const fresh = { ageMs: 0, arrivalsPerSecond: 0, meanPromptTokens: 100 }

describe('the ranking of a conversation', () => {
  test.each([
    ['an idle fleet', loaded(0, 0, 0), fresh, [owner, second, third]],
    // All load 31, fair 10.3, bound ceil(12.92) = 13
    ['the owner at its bound with this request', loaded(12, 9, 9), fresh, [owner, second, third]],
    ['the owner above it', loaded(13, 9, 8), fresh, [second, third, owner]],
    ['two above it keep the order of the ring', loaded(14, 15, 1), fresh, [third, owner, second]],
    // ceil(1.25 × 2 / 3) = 1, yet two are allowed
    ['a single request in a small fleet', loaded(1, 0, 0), fresh, [owner, second, third]],
    ['two requests in a small fleet', loaded(2, 0, 0), fresh, [second, third, owner]],
    // 2 + 30 unseen / 3 = 12
    [
      'an old view leaves room for what it may hide',
      loaded(11, 0, 0),
      { ...fresh, ageMs: 1_000, arrivalsPerSecond: 30 },
      [owner, second, third],
    ],
    ['but not for more', loaded(12, 0, 0), { ...fresh, ageMs: 1_000, arrivalsPerSecond: 30 }, [second, third, owner]],
    [
      'a view from a clock ahead counts as fresh',
      loaded(1, 0, 0),
      { ...fresh, ageMs: -1_000, arrivalsPerSecond: 30 },
      [owner, second, third],
    ],
    ['no view, no bound', loaded(1_000, 0, 0), undefined, [owner, second, third]],
  ])('%s', (_, candidates, view, expected) => {
    expect(idsOf(rank(candidates, situation({ view })))).toEqual(expected)
  })

  test('follows the weights: a heavier model has a higher bound', () => {
    const heavy = [owner, second, third].map((id, place) =>
      candidate(id, { inFlight: place === 0 ? 15 : 8 }, { weight: place === 0 ? 2 : 1 }),
    )
    // All load 32, the owner's share 1/2: bound 20
    expect(idsOf(rank(heavy, situation()))[0]).toBe(owner)
  })

  test('explains itself by the part of the bound that would be used', () => {
    expect(rank(loaded(12, 9, 8), situation()).map(({ score }) => score)).toEqual([13 / 13, 10 / 13, 9 / 13])
    expect(rank(loaded(12, 9, 8), situation({ view: undefined })).map(({ score }) => score)).toEqual([0, 0, 0])
  })
})

describe('a conversation that has spilled', () => {
  test.each([
    // Bound 13 throughout (fleet of 30): 0.8 of it is 10.4
    ['stays while its owner is nearly full', loaded(11, 10, 9), second, [second, owner, third]],
    ['goes home once its owner is down to 0.8 of its bound', loaded(9, 11, 10), second, [owner, second, third]],
    ['moves on when it is over the bound where it is', loaded(12, 13, 5), second, [owner, third, second]],
    ['stays with the last on the walk as well', loaded(11, 10, 9), third, [third, owner, second]],
  ])('%s', (_, candidates, lastModel, expected) => {
    expect(idsOf(rank(candidates, situation({ lastModel })))).toEqual(expected)
  })

  test('takes no notice of a last model that is not eligible', () => {
    const eligible = loaded(11, 10, 9).slice(0, 2)
    expect(idsOf(rank(eligible, situation({ lastModel: third })))).toEqual([owner, second])
  })

  test('does not bounce while the owner hovers around its bound', () => {
    let lastModel: string | undefined
    const visited: string[] = []
    for (const ownersLoad of [12, 13, 12, 13, 12, 11, 12, 9, 9]) {
      lastModel = idsOf(
        rank(loaded(ownersLoad, Math.floor((30 - ownersLoad) / 2), Math.ceil((30 - ownersLoad) / 2)), situation({ lastModel })),
      )[0]
      visited.push(lastModel ?? '')
    }
    expect(visited.map(id => (id === owner ? 'home' : 'away'))).toEqual(['home', ...new Array(6).fill('away'), 'home', 'home'])
  })
})

describe('many conversations', () => {
  const fleet = ['a', 'b', 'c', 'd', 'e'].map(id => model(id))
  const all = fleet.map(each => ({ model: each, load: load(), quality: each.profile }))
  const rankAll = consistentHash.prepare(fleet, {})
  const keys = Array.from({ length: 2_000 }, (_, index) => `conversation ${index}`)
  const firstOf = (candidates: readonly Candidate[], hashKey: string) => idsOf(rankAll(candidates, situation({ hashKey })))[0]

  test('move only if their own model is out', () => {
    const without = all.filter(({ model: each }) => each.id !== 'c')
    for (const hashKey of keys) {
      const before = firstOf(all, hashKey)
      if (before !== 'c') expect(firstOf(without, hashKey)).toBe(before)
    }
  })

  test('go home when it is back', () => {
    for (const hashKey of keys.slice(0, 200)) {
      const home = firstOf(all, hashKey)
      const away = firstOf(
        all.filter(({ model: each }) => each.id !== home),
        hashKey,
      )
      expect(idsOf(rankAll(all, situation({ hashKey, lastModel: away })))[0]).toBe(home)
    }
  })

  test.each([
    ['distinct keys', () => 1],
    // One key in four requests: without bounds its owner would carry over twice the fair share
    ['one key that makes a quarter of the traffic', (random: () => number) => (random() < 0.25 ? 0 : 1)],
  ])('load no model above 1.25 times the fair share while the state is exact: %s', (_, cold) => {
    const random = createRandom(7)
    const inFlight = new Map(fleet.map(({ id }) => [id, 0]))
    const running: string[] = []
    let worst = 0
    for (let turn = 0; turn < 6_000; turn++) {
      // From 600 in flight on, that is 120 a model, one ends at random for each that comes
      if (running.length >= 600) {
        const [ended = ''] = running.splice(Math.floor(random() * running.length), 1)
        inFlight.set(ended, (inFlight.get(ended) ?? 0) - 1)
      }
      const hashKey = cold(random) === 0 ? 'hot' : `key ${turn}`
      const candidates = fleet.map(each => ({
        model: each,
        load: load({ inFlight: inFlight.get(each.id) ?? 0 }),
        quality: each.profile,
      }))
      const chosen = idsOf(rankAll(candidates, situation({ hashKey, view: fresh })))[0] ?? ''
      inFlight.set(chosen, (inFlight.get(chosen) ?? 0) + 1)
      running.push(chosen)
      if (running.length >= 600) worst = Math.max(worst, Math.max(...inFlight.values()) / (running.length / fleet.length))
    }
    // At 600 in flight the bound is ceil(1.25 × 600 / 5) = 150 = 1.25 × 120 exactly
    expect(worst).toBeLessThanOrEqual(1.25)
    expect(worst).toBeGreaterThan(1.1)
  })
})
