import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { adaptive } from '../../src/strategy/adaptive'
import type { Candidate, Situation } from '../../src/strategy/strategy'
import { chiSquare, chiSquareBound } from '../algorithm/chi-square'
import { candidate, firsts, idsOf, modelsOf, situation } from './given'

const rankOf = (all: readonly Candidate[], given: Parameters<typeof situation>[0] = {}, promptTokens = 100) =>
  adaptive.prepare(modelsOf(all), {})(all, situation(given, promptTokens))

const sharesOf = (all: readonly Candidate[], view: Situation['view'], draws: number) => {
  const rank = adaptive.prepare(modelsOf(all), {})
  const counts = firsts(draws, (turn, random) => rank(all, situation({ view, turn, random })))
  return all.map(each => (counts.get(each.model.id) ?? 0) / draws)
}

const line = (baseMs: number, slopeMsPerToken: number) => ({ baseMs, slopeMsPerToken })

describe('the expected time to first token, by hand', () => {
  test.each([
    ['base and own prompt', candidate('a', { firstToken: line(200, 0.5) }), 250],
    ['the prompts that wait ahead', candidate('a', { firstToken: line(200, 0.5), waitingTokens: 1_000 }), 750],
    // An average prompt of 100 tokens takes 250 ms idle, hence 2.5 ms for each of 100 that the model takes
    ['10 in flight of 100 at most', candidate('a', { firstToken: line(200, 0.5), inFlight: 10 }), 275],
    ['at its limit twice the idle time', candidate('a', { firstToken: line(200, 0.5), inFlight: 100 }), 500],
    ['a slow-down of three, on all of it', candidate('a', { firstToken: line(200, 0.5), inFlight: 10, slowdown: 3 }), 825],
    ['a line through zero still crowds, from 1 ms', candidate('a', { firstToken: line(0, 0), inFlight: 50 }), 0.5],
  ])('%s', (_, one, expected) => {
    expect(rankOf([one])[0]?.score).toBeCloseTo(expected, 9)
  })
})

test('where nobody sent a prompt lately, this one is taken for an average one', () => {
  const one = candidate('a', { firstToken: line(200, 0.5), inFlight: 10 })
  const view = { ageMs: 0, arrivalsPerSecond: 0, meanPromptTokens: 0 }
  expect(rankOf([one], { view })[0]?.score).toBeCloseTo(275, 9)
})

describe('with a fresh view', () => {
  test('the least expected time comes first and the rest follow in order, nothing left to chance', () => {
    const all = [
      candidate('a', { firstToken: line(100, 0.1), waitingTokens: 5_000 }), // 610
      candidate('b', { firstToken: line(300, 0.1) }), // 310
      candidate('c', { firstToken: line(100, 0.1), slowdown: 5 }), // 550
    ]
    for (let seed = 0; seed < 20; seed++) expect(idsOf(rankOf(all, { random: createRandom(seed) }))).toEqual(['b', 'c', 'a'])
  })

  test('the size of the prompt decides between a quick start and quick reading', () => {
    const all = [candidate('starts', { firstToken: line(100, 1) }), candidate('reads', { firstToken: line(500, 0.01) })]
    expect(idsOf(rankOf(all, {}, 100))).toEqual(['starts', 'reads'])
    expect(idsOf(rankOf(all, {}, 5_000))).toEqual(['reads', 'starts'])
  })
})

describe('with an old view', () => {
  test('the first is drawn by how the tokens that arrived since would have filled the models', () => {
    // Slopes 1 + 0.02 and 1 + 0.02: levels 200 and 302 stand 102 apart, which 100 tokens of work fill. Of 200 tokens a takes 150.
    const all = [
      candidate('a', { firstToken: line(100, 1) }, { maxInFlight: 100 }),
      candidate('b', { firstToken: line(100, 1), waitingTokens: 102 }, { maxInFlight: 100 }),
    ]
    const view = { ageMs: 1_000, arrivalsPerSecond: 2, meanPromptTokens: 100 }
    const [a = 0, b = 0] = sharesOf(all, view, 20_000)
    expect(chiSquare([a * 20_000, b * 20_000], [15_000, 5_000])).toBeLessThan(chiSquareBound(1))
  })

  test.each([
    ['one prompt after the other, by the order in which they read', 1, 0.25],
    ['side by side, by nothing but their own times', 0, 1],
  ])('tokens that arrived since are shared by models that read %s', (_, ahead, share) => {
    // 500,000 tokens: a queue of them would raise the one by 0.03 ms a token and the other by 0.01, far above both bases
    const all = [
      candidate('starts', { firstToken: { ...line(400, 0.03), ahead } }, { maxInFlight: 1_000_000 }),
      candidate('reads', { firstToken: { ...line(900, 0.01), ahead } }, { maxInFlight: 1_000_000 }),
    ]
    const [starts = 0] = sharesOf(all, { ageMs: 5_000, arrivalsPerSecond: 100, meanPromptTokens: 1_000 }, 4_000)
    expect(starts).toBeCloseTo(share, 1)
  })

  test('hosted models without slope do not attract the whole fleet: a second of 1,000 requests is shared by what each can carry', () => {
    const all = [
      candidate('a', { firstToken: line(400, 0) }, { maxInFlight: 200 }),
      candidate('b', { firstToken: line(500, 0) }, { maxInFlight: 200 }),
    ]
    const view = { ageMs: 1_000, arrivalsPerSecond: 1_000, meanPromptTokens: 100 }
    // In requests the slopes are 2 and 2.5 ms: surface (1,000 + 400/2 + 500/2.5) / (1/2 + 1/2.5) = 1,555.6, hence 577.8 and 422.2
    const [a = 0, b = 0] = sharesOf(all, view, 20_000)
    expect(chiSquare([a * 20_000, b * 20_000], [11_556, 8_444])).toBeLessThan(chiSquareBound(1))
  })
})

describe('an old view of requests under way', () => {
  const view = { ageMs: 5_000, arrivalsPerSecond: 0, meanPromptTokens: 100 }
  const full = { firstToken: line(100, 0.01), concurrency: 10, answerMs: 5_000, inFlight: 20 }

  test('is taken to have gone on: of ten that wait for a place none does after the time of an answer', () => {
    const others = candidate('others', { ...full, told: 20 })
    const own = candidate('own', { ...full, told: 0 })
    const [scoreOfOthers = 0, scoreOfOwn = 0] = [others, own].map(each => rankOf([each], { view })[0]?.score ?? 0)
    // Eleven too many, with places every 500 ms; or one
    expect(scoreOfOwn - scoreOfOthers).toBeCloseTo(10 * 500 + 10 * 1.01, 6)
  })

  test('leaves more room where what has come since has partly gone as well', () => {
    // 15 arrivals in 5 s, of which 1 - 1/e = 63 % are still there: 14 places take 22 of them
    const all = [
      candidate('near', { firstToken: line(100, 0.01), concurrency: 30, answerMs: 5_000 }),
      candidate('far', { firstToken: line(300, 0.01), concurrency: 30, answerMs: 5_000 }),
    ]
    const [near = 0] = sharesOf(all, { ...view, arrivalsPerSecond: 3 }, 5_000)
    expect(near).toBe(1)
    const [nearOfForever = 0] = sharesOf(
      all.map(({ model, ...rest }) => ({ ...rest, model, load: { ...rest.load, answerMs: 1e9 } })),
      { ...view, arrivalsPerSecond: 9 },
      5_000,
    )
    expect(nearOfForever).toBeLessThan(0.9)
  })
})

describe('when the first fails', () => {
  test('what it leaves is shared out like everything else, instead of running to the one that looks best in an old view', () => {
    const all = [
      candidate('broken', { firstToken: line(50, 1) }),
      candidate('b', { firstToken: line(100, 1) }),
      candidate('c', { firstToken: line(110, 1) }),
    ]
    const rank = adaptive.prepare(modelsOf(all), {})
    const random = createRandom(3)
    const view = { ageMs: 1_000, arrivalsPerSecond: 20, meanPromptTokens: 100 }
    const seconds = { b: 0, c: 0 }
    for (let turn = 0; turn < 10_000; turn++) {
      const [first, second] = idsOf(rank(all, situation({ view, turn, random })))
      if (first === 'broken' && (second === 'b' || second === 'c')) seconds[second] += 1
    }
    // 2,000 tokens fill both, c ten ms less: nearly half each
    expect(seconds.c / (seconds.b + seconds.c)).toBeGreaterThan(0.45)
  })
})

describe('a model that fails fast', () => {
  const all = [
    candidate('broken', { firstToken: line(5, 0), failureRate: 0.98 }),
    candidate('b', { firstToken: line(600, 0.2) }),
    candidate('c', { firstToken: line(900, 0.05) }),
  ]

  test.each([
    ['a fresh view', { ageMs: 0, arrivalsPerSecond: 100, meanPromptTokens: 100 }],
    ['a view of a second', { ageMs: 1_000, arrivalsPerSecond: 100, meanPromptTokens: 100 }],
    ['an endlessly old view', { ageMs: 1e12, arrivalsPerSecond: 100, meanPromptTokens: 100 }],
    ['no view', undefined],
  ])('gets at most 2 %% of the traffic with %s', (_, view) => {
    // 1 - f = 2 % of the two best at the very most; 4 standard deviations of 20,000 draws are 0.4 %
    expect(sharesOf(all, view, 20_000)[0]).toBeLessThan(0.024)
  })

  test('gets no more while nothing is known of anyone but its failures', () => {
    const unknown = [candidate('broken', { failureRate: 0.98 }), candidate('b'), candidate('c')]
    const fresh = { ageMs: 0, arrivalsPerSecond: 100, meanPromptTokens: 100 }
    expect(sharesOf(unknown, fresh, 20_000)[0]).toBeLessThan(0.024)
  })
})

describe('a model that nothing is known of', () => {
  const known = candidate('known', { firstToken: line(200, 0.5) })
  const slow = candidate('slow', { firstToken: line(2_000, 0.5) })

  test('is tried about as often as the best known one when both are idle', () => {
    const [knownShare = 0, slowShare = 0, newShare = 0] = sharesOf([known, slow, candidate('new')], situation().view, 10_000)
    expect(slowShare).toBe(0)
    // The same level and slope: half each, 4 standard deviations being 2 %
    expect(Math.abs(newShare - 0.5)).toBeLessThan(0.02)
    expect(knownShare + newShare).toBeCloseTo(1, 9)
  })

  test('is taken to carry as much as its weight says', () => {
    // Slopes 0.52 and a third more than 0.5 / 3: whoever weighs three times as much gets about three times as many of the first of many
    const view = { ageMs: 1_000, arrivalsPerSecond: 1_000, meanPromptTokens: 1_000 }
    const all = [known, candidate('light'), candidate('heavy', {}, { weight: 3, maxInFlight: 1_000 })]
    const [knownShare = 0, lightShare = 0, heavyShare = 0] = sharesOf(all, view, 20_000)
    expect(heavyShare / lightShare).toBeGreaterThan(2.7)
    expect(Math.abs(lightShare - knownShare)).toBeLessThan(0.02)
  })

  test('is not taken to have more room than its weight says, once another has come to its limit', () => {
    const limited = candidate('known', { firstToken: line(200, 0.01), concurrency: 30, answerMs: 3_000 }, { weight: 3 })
    const full = candidate('new', { inFlight: 11 })
    // Ten places for a third of the weight: two too many wait for the second to end, each 300 ms
    const ranked = rankOf([limited, full])
    expect(idsOf(ranked)).toEqual(['known', 'new'])
    expect(ranked[1]?.score).toBeGreaterThan(600)
  })

  test('is left alone while its trial is under way', () => {
    const trying = candidate('new', { inFlight: 1, waitingTokens: 100 })
    expect(idsOf(rankOf([known, slow, trying]))).toEqual(['known', 'new', 'slow'])
  })

  test('comes before a known one that is busy', () => {
    const busy = candidate('known', { firstToken: line(200, 0.5), inFlight: 5, waitingTokens: 500 })
    expect(idsOf(rankOf([busy, slow, candidate('new')]))).toEqual(['new', 'known', 'slow'])
  })
})

describe('a limit on requests that is far from its end', () => {
  const firstToken = line(500, 0.1)

  test.each([
    ['an old view', { ageMs: 19_000, arrivalsPerSecond: 10, meanPromptTokens: 100 }],
    ['no view', undefined],
  ])('costs a model nothing against one that tells of none, with %s', (_, view) => {
    const limited = candidate('a', { firstToken, headroom: { share: 0.9 }, quota: { left: 9_000, refillMs: 60 } })
    const observed = sharesOf([limited, candidate('b', { firstToken })], view, 10_000).map(share => share * 10_000)
    expect(chiSquare(observed, [5_000, 5_000])).toBeLessThan(chiSquareBound(1))
  })
})

describe('when nothing is known of any', () => {
  const all = [candidate('a', {}, { weight: 3 }), candidate('b', {}, { weight: 2 }), candidate('c')]

  test.each([
    ['a fresh view', situation().view],
    ['no view', undefined],
  ])('the weights decide with %s', (_, view) => {
    const observed = sharesOf(all, view, 30_000).map(share => share * 30_000)
    expect(chiSquare(observed, [15_000, 10_000, 5_000])).toBeLessThan(chiSquareBound(2))
  })

  test('what is in flight counts against the weight', () => {
    const busy = candidate('a', { inFlight: 6 }, { weight: 3 })
    expect(idsOf(rankOf([busy, candidate('b', { inFlight: 1 }, { weight: 2 }), candidate('c', { inFlight: 1 })]))).toEqual([
      'b',
      'c',
      'a',
    ])
  })
})
