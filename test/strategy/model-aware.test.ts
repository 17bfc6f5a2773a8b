import { describe, expect, test } from 'vitest'
import type { Model } from '../../src/model'
import { modelAware } from '../../src/strategy/model-aware'
import type { Candidate } from '../../src/strategy/strategy'
import { candidate, firsts, idsOf, modelsOf, profile as profileOf, situation } from './given'

const rankOf = (all: readonly Candidate[], given: Parameters<typeof situation>[0] = {}, promptTokens = 100) =>
  modelAware.prepare(modelsOf(all), {})(all, situation(given, promptTokens))

const scoreOf = (all: readonly Candidate[], id: string, given: Parameters<typeof situation>[0] = {}, promptTokens = 100) =>
  rankOf(all, given, promptTokens).find(({ model }) => model.id === id)?.score

const profile = (accuracy: number, creativity: number, ethics: number): Partial<Model> => ({
  profile: profileOf(accuracy, creativity, ethics),
})

describe('the score, by hand', () => {
  test('without a priority all five weigh a fifth, and what is unknown counts 0.5', () => {
    // (0.9 + 0.6 + 0.3 + 0.5 + 0.5) / 5
    expect(scoreOf([candidate('a', {}, profile(0.9, 0.6, 0.3))], 'a')).toBeCloseTo(0.56, 12)
  })

  test('a priority weighs 0.7 and the other four 0.075 each', () => {
    // 0.7 × 0.9 + 0.075 × (0.6 + 0.3 + 0.5 + 0.5)
    expect(scoreOf([candidate('a', {}, profile(0.9, 0.6, 0.3))], 'a', { priority: 'accuracy' })).toBeCloseTo(0.7725, 12)
  })

  // First token 100 + 1 × 100 = 200 ms, then 200 tokens of 10 ms: 2,200 ms; the other takes 400 and 200 × 20
  const quick = candidate('quick', { firstToken: { baseMs: 100, slopeMsPerToken: 1 }, perTokenMs: 10 })
  const slow = candidate('slow', { firstToken: { baseMs: 300, slopeMsPerToken: 1 }, perTokenMs: 20 })

  test.each([
    ['1 for the fastest', [quick, slow], 'quick', 1],
    ['by ratio for another', [quick, slow], 'slow', 2_200 / 4_400],
    ['by the live load', [candidate('quick', { ...quick.load, slowdown: 12 }), slow], 'quick', 4_400 / 4_400],
    ['by the live load, further', [candidate('quick', { ...quick.load, waitingTokens: 6_600 }), slow], 'quick', 4_400 / 8_800],
    [
      '0.5 where one of the two times is unknown',
      [candidate('quick', { ...quick.load, perTokenMs: undefined }), slow],
      'quick',
      0.5,
    ],
  ])('speed is %s', (_, all, id, speed) => {
    // Three qualities of 0.5 and an unknown price: 0.075 × 2 besides
    expect(scoreOf(all, id, { priority: 'speed' })).toBeCloseTo(0.7 * speed + 0.15, 12)
  })

  const priced = (id: string, input: number, output: number) => candidate(id, {}, { price: { input, output } })

  test.each([
    ['1 for the cheapest', [priced('a', 1, 1), priced('b', 10, 10)], 'a', 1],
    ['half at ten times as much', [priced('a', 1, 1), priced('b', 10, 10)], 'b', 0.5],
    ['0 at a hundred times', [priced('a', 1, 1), priced('b', 100, 100)], 'b', 0],
    ['0 beyond', [priced('a', 1, 1), priced('b', 5_000, 5_000)], 'b', 0],
    ['0.5 where the price is unknown', [priced('a', 1, 1), candidate('b')], 'b', 0.5],
    // A prompt of 100 and an answer of 200: (100 × 1 + 200 × 7) / 300 = 5 against 0.5
    ['by prompt and answer together', [priced('a', 0.5, 0.5), priced('b', 1, 7)], 'b', 0.5],
    ['1 for all that cost next to nothing', [priced('a', 0, 0), priced('b', 0.01, 0.01)], 'b', 1],
    ['half at ten times next to nothing', [priced('a', 0, 0), priced('b', 0.1, 0.1)], 'b', 0.5],
  ])('cost is %s', (_, all, id, cost) => {
    expect(scoreOf(all, id, { priority: 'cost' })).toBeCloseTo(0.7 * cost + 0.15, 12)
  })
})

describe('the ranking', () => {
  const all = [
    candidate('accurate', {}, profile(0.95, 0.6, 0.7)),
    candidate('creative', {}, profile(0.7, 0.95, 0.7)),
    candidate('careful', {}, profile(0.7, 0.6, 0.98)),
  ]

  test.each([
    ['accuracy', 'accurate'],
    ['creativity', 'creative'],
    ['ethics', 'careful'],
  ] as const)('goes by %s when the request asks for it', (priority, first) => {
    expect(idsOf(rankOf(all, { priority }))[0]).toBe(first)
  })

  test('takes the priority of the route where the request names none, and that of the request before it', () => {
    const rank = modelAware.prepare(modelsOf(all), { priority: 'creativity' })
    expect(idsOf(rank(all, situation()))[0]).toBe('creative')
    expect(idsOf(rank(all, situation({ priority: 'ethics' })))[0]).toBe('careful')
  })

  test('lets the other four decide between equals in the priority', () => {
    const equals = [candidate('a', {}, profile(0.9, 0.5, 0.5)), candidate('b', {}, profile(0.9, 0.9, 0.5))]
    expect(idsOf(rankOf(equals, { priority: 'accuracy' }))).toEqual(['b', 'a'])
  })

  test('breaks ties by weight, then by id', () => {
    expect(
      idsOf(rankOf([candidate('c'), candidate('b'), candidate('a', {}, { weight: 0.5 }), candidate('d', {}, { weight: 3 })])),
    ).toEqual(['d', 'b', 'c', 'a'])
  })
})

describe('with exploration', () => {
  const known = (mean: number, count: number): Partial<Model> => ({ profile: { ...profileOf(), accuracy: { mean, count } } })
  const share = (id: string, all: readonly Candidate[], minShare: number) => {
    const rank = modelAware.prepare(modelsOf(all), { priority: 'accuracy', explore: { minShare } })
    return (firsts(4_000, (_, random) => rank(all, situation({ random }))).get(id) ?? 0) / 4_000
  }

  test('a model that little is known of is tried, one that is known to be worse hardly ever', () => {
    const best = candidate('best', {}, known(0.8, 500))
    expect(share('other', [best, candidate('other', {}, known(0.6, 4))], 0)).toBeGreaterThan(0.15)
    expect(share('other', [best, candidate('other', {}, known(0.6, 500))], 0)).toBe(0)
  })

  test('every model keeps its least share, however bad it seems', () => {
    const all = [
      candidate('best', {}, known(0.9, 500)),
      candidate('bad', {}, known(0.1, 500)),
      candidate('worse', {}, known(0.05, 500)),
    ]
    // 4,000 draws with share 0.05: standard error 0.0034
    for (const id of ['bad', 'worse']) expect(Math.abs(share(id, all, 0.05) - 0.05)).toBeLessThan(0.015)
  })

  test('nobody is lost from the ranking', () => {
    const all = ['a', 'b', 'c'].map(id => candidate(id))
    const rank = modelAware.prepare(modelsOf(all), { explore: { minShare: 0.3 } })
    expect([...idsOf(rank(all, situation()))].sort()).toEqual(['a', 'b', 'c'])
  })
})
