import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { withinDeadline } from '../../src/strategy/deadline'
import type { Candidate, Load } from '../../src/strategy/strategy'
import { candidate, firsts, idsOf, situation } from './given'

/** Starts after `baseMs`, always, and writes 100 tokens, always. */
const steady = (id: string, baseMs: number, perTokenMs: number, dollars: number, given: Partial<Load> = {}): Candidate =>
  candidate(
    id,
    {
      firstToken: { baseMs, slopeMsPerToken: 0 },
      perTokenMs,
      p95Ratio: 1,
      answerTokens: { median: 100, spread: 0 },
      ...given,
    },
    { price: { input: 0, output: dollars }, maxInFlight: 1_000_000 },
  )

const rank = (
  tiers: readonly (readonly Candidate[])[],
  deadlineMs: number,
  { byPrice = true, maxOutputTokens = undefined as number | undefined, given = {} as Parameters<typeof situation>[0] } = {},
) => {
  const asked = situation(given)
  return withinDeadline(
    tiers.map(tier => tier.map(({ model }) => ({ model, score: 0 }))),
    tiers.flat(),
    { ...asked, features: { ...asked.features, maxOutputTokens } },
    { deadlineMs, byPrice },
  )
}

// Complete after 1,100, 2,200 and 4,500 ms
const FAST = steady('fast', 100, 10, 9)
const PLAIN = steady('plain', 200, 20, 3)
const CHEAP = steady('cheap', 500, 40, 1)
const ALL = [FAST, PLAIN, CHEAP]

describe('the cheapest of those that finish in time comes first', () => {
  test.each([
    [5_000, ['cheap', 'plain', 'fast']],
    [3_000, ['plain', 'fast', 'cheap']],
    [1_500, ['fast', 'plain', 'cheap']],
    // Nobody can: whoever is least late, by the start where all are sure to be late
    [1_000, ['fast', 'plain', 'cheap']],
  ])('within %i ms', (deadlineMs, expected) => {
    expect(idsOf(rank([ALL], deadlineMs))).toEqual(expected)
  })

  test('a limit on the answer makes slow models quick enough', () => {
    // 50 tokens of the cheapest are there after 2,500 ms
    expect(idsOf(rank([ALL], 3_000, { maxOutputTokens: 50 }))[0]).toBe('cheap')
  })

  test('a model without a price is the dearest', () => {
    const free = candidate('unknown', { ...FAST.load }, { maxInFlight: 1_000_000 })
    expect(idsOf(rank([[free, CHEAP, FAST]], 5_000))).toEqual(['cheap', 'fast', 'unknown'])
  })

  test('waiting prompts, a slow-down and failures count', () => {
    const busy = steady('cheap', 500, 40, 1, { firstToken: { baseMs: 500, slopeMsPerToken: 1 }, waitingTokens: 2_000 })
    const slow = steady('cheap', 500, 40, 1, { slowdown: 8 })
    const broken = steady('cheap', 500, 40, 1, { failureRate: 0.9 })
    for (const cheap of [busy, slow, broken]) expect(idsOf(rank([[FAST, PLAIN, cheap]], 5_000))[0]).toBe('plain')
  })
})

test('the cheapest is spared as its rate limit runs low, as everywhere', () => {
  // An eighth of what is enough: seven of eight go elsewhere
  const scarce = steady('cheap', 500, 40, 1, { headroom: { share: 0.1 } })
  const random = createRandom(5)
  const count = firsts(2_000, () => rank([[FAST, PLAIN, scarce]], 5_000, { given: { random } })).get('cheap') ?? 0
  expect(Math.abs(count / 2_000 - 0.125)).toBeLessThan(4 * Math.sqrt((0.125 * 0.875) / 2_000))
})

describe('the order of the route', () => {
  test('a later tier is not asked first to save money', () => {
    expect(idsOf(rank([[FAST], [CHEAP, PLAIN]], 5_000))).toEqual(['fast', 'cheap', 'plain'])
  })

  test('it is asked first where the route’s own would be late', () => {
    expect(idsOf(rank([[CHEAP], [FAST, PLAIN]], 3_000))).toEqual(['plain', 'fast', 'cheap'])
  })

  test('a list of the client’s own is kept, but for those that would be late', () => {
    expect(idsOf(rank([[CHEAP, FAST, PLAIN]], 3_000, { byPrice: false }))).toEqual(['fast', 'plain', 'cheap'])
  })
})

test('where nothing is known of times, the ranking stays as it was', () => {
  const strangers = ['b', 'a'].map(id => candidate(id, {}, { price: { input: 1, output: 1 } }))
  expect(rank([strangers], 1_000)).toEqual(strangers.map(({ model }) => ({ model, score: 0 })))
})

test('the score is the chance to be in time: even where half of the answers are short enough', () => {
  const varied = steady('a', 100, 10, 1, { answerTokens: { median: 100, spread: 1 } })
  // 90 to 110 tokens: of nine equal parts of all lengths four lie below and one at the middle, which makes it by 100 ms
  const [ranked] = rank([[varied]], 1_200)
  expect(ranked?.score).toBeCloseTo(5 / 9, 9)
})

test('in an old view the cheapest gets what it can do in time and the others the rest', () => {
  // 20 prompts of 100 tokens came unseen, dealt in 16 portions of 125. The cheap one needs 1,250 ms for each and has worked for 4 of the 5 s; it can
  // fall behind by 3,600 - 1,500 ms. So it still is in time with 4 portions, 1,000 ms behind, and takes a fifth; with that it would be late.
  const cheap = steady('cheap', 500, 0.01, 1, { firstToken: { baseMs: 500, slopeMsPerToken: 10 } })
  const dear = steady('dear', 400, 0.01, 9, { firstToken: { baseMs: 400, slopeMsPerToken: 0.1 } })
  const view = { ageMs: 5_000, arrivalsPerSecond: 4, meanPromptTokens: 100 }
  const share = (at: typeof view) =>
    (firsts(2_000, (_, random) => rank([[cheap, dear]], 3_600, { given: { view: at, random } })).get('cheap') ?? 0) / 2_000
  expect(share({ ...view, ageMs: 0 })).toBe(1)
  // Four standard errors of 2,000 draws
  expect(Math.abs(share(view) - 5 / 16)).toBeLessThan(4 * Math.sqrt(((5 / 16) * (11 / 16)) / 2_000))
})

test('every candidate is ranked exactly once, whatever is known', () => {
  const loads = fc.record({
    baseMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
    perTokenMs: fc.option(fc.double({ min: 0.1, max: 100, noNaN: true }), { nil: undefined }),
    median: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
    dollars: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    tier: fc.integer({ min: 0, max: 2 }),
    inFlight: fc.integer({ min: 0, max: 500 }),
  })
  fc.assert(
    fc.property(
      fc.array(loads, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.nat(),
      (given, deadlineMs, ageMs, seed) => {
        const made = given.map(({ baseMs, perTokenMs, median, dollars, inFlight }, index) =>
          candidate(
            `m${index}`,
            {
              firstToken: baseMs === undefined ? undefined : { baseMs, slopeMsPerToken: 0.1 },
              perTokenMs,
              inFlight,
              answerTokens: median === undefined ? undefined : { median, spread: 1 },
            },
            { price: dollars === undefined ? undefined : { input: dollars, output: dollars } },
          ),
        )
        const tiers = [0, 1, 2].map(tier => made.filter((_, index) => given[index]?.tier === tier))
        const view = { ageMs, arrivalsPerSecond: 50, meanPromptTokens: 500 }
        const ranking = rank(tiers, deadlineMs, { given: { view, random: createRandom(seed) } })
        expect(idsOf(ranking).toSorted()).toEqual(idsOf(made).toSorted())
      },
    ),
    { seed: 7 },
  )
})
