import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { adaptive } from '../../src/strategy/adaptive'
import { affinitiesOf, firstByLot } from '../../src/strategy/affinity'
import type { Load, Situation } from '../../src/strategy/strategy'
import { candidate, situation } from './given'

const LONG = 4_000
const cached = { first: 0, home: 0.9, away: 0.1 }
/** 400 ms for a long prompt when idle. */
const given = (of: Partial<Load> = {}): Partial<Load> => ({ firstToken: { baseMs: 0, slopeMsPerToken: 0.1 }, cached, ...of })
const MODELS = ['a', 'b', 'c'] as const
const fleet = (busy: string | undefined = undefined, waitingTokens = 0) =>
  MODELS.map(id => candidate(id, given(id === busy ? { waitingTokens } : {})))

/** The second turn of a conversation, in a fresh view. */
const later = (hashKey: string, of: Partial<Situation> = {}): Situation => {
  const base = situation({ hashKey, ...of }, LONG)
  return { ...base, features: { ...base.features, turns: 2 } }
}

function homeOf(hashKey: string, candidates = fleet()): string {
  const at = affinitiesOf(candidates, later(hashKey))?.findIndex(({ relation }) => relation === 'home') ?? -1
  return candidates[at]?.model.id ?? 'nowhere'
}

const rank = adaptive.prepare(
  fleet().map(({ model }) => model),
  {},
)
const firstOf = (candidates = fleet(), situationOf = later('k')) => rank(candidates, situationOf)[0]

describe('the home of a conversation', () => {
  it('is the same for every isolate and in any order', () => {
    for (let i = 0; i < 50; i++) expect(homeOf(`k${i}`, fleet().toReversed())).toBe(homeOf(`k${i}`))
  })

  it('falls to each model by its weight', () => {
    const weighted = [candidate('a', given(), { weight: 3 }), candidate('b', given())]
    let atA = 0
    for (let i = 0; i < 4_000; i++) if (homeOf(`k${i}`, weighted) === 'a') atA += 1
    // Binomial with p = 3/4: a deviation is 0.7 %, and four of them
    expect(Math.abs(atA / 4_000 - 0.75)).toBeLessThan(0.028)
  })

  it('stays where it is when another model goes', () => {
    for (let i = 0; i < 200; i++) {
      const home = homeOf(`k${i}`)
      const gone = MODELS.find(id => id !== home)
      expect(
        homeOf(
          `k${i}`,
          fleet().filter(({ model }) => model.id !== gone),
        ),
      ).toBe(home)
    }
  })

  it('is of no interest for short prompts, without a key, and where the key is more than a conversation', () => {
    expect(affinitiesOf(fleet(), situation({}, 1_023))).toBeUndefined()
    expect(affinitiesOf(fleet(), later(''))).toBeUndefined()
    expect(affinitiesOf(fleet(), later('k', { isPopular: true }))).toBeUndefined()
  })
})

describe('adaptive', () => {
  it('goes home where all stand level, also in the first turn', () => {
    for (let i = 0; i < 30; i++) {
      expect(firstOf(fleet(), later(`k${i}`))?.model.id).toBe(homeOf(`k${i}`))
      expect(firstOf(fleet(), situation({ hashKey: `k${i}` }, LONG))?.model.id).toBe(homeOf(`k${i}`))
    }
  })

  it.each([
    // The cache saves (0.9 - 0.1) × 4,000 tokens, which count four times
    ['stays while the queue costs less than the cache saves', 12_700, true],
    ['leaves once it costs more', 12_900, false],
  ])('%s', (_, waitingTokens, stays) => {
    const home = homeOf('k')
    expect(firstOf(fleet(home, waitingTokens))?.model.id === home).toBe(stays)
  })

  it('stays for nothing at a provider that tells of no cache', () => {
    const none = MODELS.map(id => candidate(id, given({ cached: undefined, waitingTokens: id === homeOf('k') ? 100 : 0 })))
    expect(firstOf(none)?.model.id).not.toBe(homeOf('k'))
  })

  it('takes the model that the isolate remembers for a home too', () => {
    const home = homeOf('k')
    const [other = ''] = MODELS.filter(id => id !== home)
    expect(firstOf(fleet(home, 3_300), later('k', { lastModel: other }))?.model.id).toBe(other)
  })

  it('expects less time where more is cached, and says how the conversation stands to each', () => {
    const ranking = rank(fleet(), later('k'))
    // 0.1 of the prompt is cached anywhere: 3,600 tokens are left
    for (const { score } of ranking) expect(score).toBeCloseTo(360, -1)
    expect(ranking.map(({ relation }) => relation)).toEqual(['home', 'away', 'away'])
  })

  it('draws every request anew where no model is known to cache, or one key would drown one model', () => {
    const old = { ageMs: 1_000_000, arrivalsPerSecond: 1_000, meanPromptTokens: LONG }
    const uncached = MODELS.map(id => candidate(id, given({ cached: undefined })))
    const count = new Map<string, number>()
    const random = createRandom(7)
    for (let i = 0; i < 3_000; i++) {
      const first = firstOf(uncached, later('one key', { view: old, random }))?.model.id ?? ''
      count.set(first, (count.get(first) ?? 0) + 1)
    }
    // Binomial with p = 1/3: a deviation is 26, and four of them
    for (const id of MODELS) expect(Math.abs((count.get(id) ?? 0) - 1_000)).toBeLessThan(104)
  })

  it('keeps the turns of a conversation together where models cache, whatever else is drawn', () => {
    const old = { ageMs: 1_000_000, arrivalsPerSecond: 1_000, meanPromptTokens: LONG }
    for (let i = 0; i < 100; i++) {
      const first = firstOf(fleet(), later(`k${i}`, { view: old }))?.model.id
      expect(firstOf(fleet(), later(`k${i}`, { view: old, random: createRandom(i) }))?.model.id).toBe(first)
    }
  })
})

describe('a choice by lots', () => {
  it('is in proportion to the weights, and nobody without one is chosen', () => {
    const random = createRandom(3)
    const count = [0, 0, 0]
    for (let i = 0; i < 4_000; i++) {
      const first = firstByLot([1, 3, 0], [random() || 0.5, random() || 0.5, random() || 0.5]) ?? -1
      count[first] = (count[first] ?? 0) + 1
    }
    expect(count[2]).toBe(0)
    expect(Math.abs((count[1] ?? 0) / 4_000 - 0.75)).toBeLessThan(0.028)
    expect(firstByLot([0, 0], [0.1, 0.2])).toBeUndefined()
  })
})
