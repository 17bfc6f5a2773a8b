import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import type { ConfigInput } from '../../src/config'
import { type Contest, contestOf, idsIn, isContest, rankContest } from '../../src/router/contest'
import { decide } from '../../src/router/decide'
import type { Sized } from '../../src/router/question'
import type { Seen } from '../../src/state/central'
import type { ModelLoad } from '../../src/state/local-load'
import { type Asking, idle, modelsNamed, planOf, questionOf } from './given'

const sized = (asking: Asking, seed = 1): Sized => ({
  ...questionOf(asking),
  seed,
  random: createRandom(seed),
  promptTokens: asking.features?.promptTokens ?? 100,
})

const config = (route: Partial<NonNullable<ConfigInput['routes']>[number]> = {}): ConfigInput => ({
  models: modelsNamed('a', 'b', 'c', 'd'),
  routes: [{ name: 'r', use: ['a', 'b', 'c'], fallback: ['d'], strategy: 'adaptive', ...route }],
})

const contested = (input: ConfigInput, asking: Asking = {}): Contest => {
  const contest = contestOf(planOf(input), sized(asking))
  if (contest === undefined) throw new Error('there is no contest')
  return contest
}

/** As after the way to the tracker. */
const sent = (contest: Contest): Contest => {
  const read: unknown = JSON.parse(JSON.stringify(contest))
  if (!isContest(read)) throw new Error('the tracker would not know it')
  return read
}

const seenBy = (contest: Contest, loads: Readonly<Record<string, Partial<ModelLoad>>>, ageMs = 0): Seen => ({
  loads: Object.fromEntries(idsIn(contest).map(id => [id, { ...idle, ...loads[id] }])),
  view: { ageMs, arrivalsPerSecond: 10, meanPromptTokens: 100 },
})

describe('a contest', () => {
  it('is of the models that may take the request, and leaves the fallback to the isolate', () => {
    const models = {
      ...modelsNamed('a', 'b', 'c', 'd'),
      b: { ...modelsNamed('b').b, provider: 'openai' as const, model: 'm', contextWindow: 50 },
    }
    const { sides } = contested({ ...config(), models })
    expect(sides.map(side => side.map(([id]) => id))).toEqual([['a', 'c']])
  })

  it('has those first that are tried on this conversation', () => {
    const { sides } = contested(config({ use: ['b', 'c'], canary: { use: ['a'], share: 1 } }))
    expect(sides.map(side => side.map(([id]) => id))).toEqual([['a'], ['b', 'c']])
  })

  it('is none where there is nothing to choose from, or more to look at than load', () => {
    const none = (input: ConfigInput, asking: Asking = {}) => contestOf(planOf(input), sized(asking))
    expect(none(config({ use: ['a'] }))).toBeUndefined()
    expect(none(config({ strategy: 'model-aware' }))).toBeUndefined()
    expect(none(config({ strategy: 'round-robin' }))).toBeUndefined()
    expect(none(config(), { model: 'nobody' })).toBeUndefined()
    expect(none(config(), { controls: { models: ['a', 'b'] } })).toBeUndefined()
    expect(none(config({ strategy: 'round-robin' }), { controls: { strategy: 'adaptive' } })).toBeDefined()
  })

  it('is small: a header holds it beside a report', () => {
    const ids = Array.from({ length: 60 }, (_, index) => `provider/some-model-name-${index}`)
    const of = (length: number) =>
      contestOf(planOf({ ...config({ use: ids.slice(0, length), fallback: [] }), models: modelsNamed(...ids) }), sized({}))
    expect(JSON.stringify(of(20)).length).toBeLessThan(4_000)
    expect(of(60)).toBeUndefined()
  })

  it('is plain ASCII, whatever the client sent', () => {
    const asking = { fields: { user: 'Jürgen 🙂' }, hashKey: 'ab12' }
    expect(JSON.stringify(contested(config(), asking))).toMatch(/^[\x20-\x7e]*$/)
  })

  it.each([null, 1, {}, { sides: [[1]] }, { sides: [[['a', 1, 1, 'x']]], strategy: 'adaptive' }])(
    'of another shape is refused: %j',
    value => {
      expect(isContest(value)).toBe(false)
    },
  )
})

describe('whom the tracker ranks', () => {
  it('are those that can serve now', () => {
    const contest = contested(config({ strategy: 'least-connections' }))
    const [first] = contest.sides[0] ?? []
    if (first === undefined) throw new Error('nobody is in it')
    const [a, , , account] = first
    expect(rankContest(contest, seenBy(contest, { [a]: { ejectedForMs: 100 } }))).not.toContain('a')
    expect(rankContest(contest, seenBy(contest, { [a]: { ejectedForMs: 100, probe: true } }))).toContain('a')
    expect(rankContest(contest, seenBy(contest, { [a]: { inFlight: 1_000 } }))).not.toContain('a')
    expect(rankContest(contest, seenBy(contest, { [account]: { ejectedForMs: 1 } }))).not.toContain('a')
    expect(rankContest(contest, seenBy(contest, { [a]: { headroom: { share: 0.01, forMs: 9 } } })).at(-1)).toBe('a')
  })

  const load = fc.record(
    {
      inFlight: fc.nat(20),
      waitingTokens: fc.nat(5_000),
      firstToken: fc.record({
        baseMs: fc.double({ min: 1, max: 900, noNaN: true }),
        slopeMsPerToken: fc.double({ min: 0, max: 0.5, noNaN: true }),
      }),
      slowdown: fc.double({ min: 0.5, max: 8, noNaN: true }),
      failureRate: fc.double({ min: 0, max: 1, noNaN: true }),
      recentFailures: fc.nat(3),
      cached: fc.constantFrom(undefined, { first: 0.1, home: 0.8, away: 0.2 }),
      ejectedForMs: fc.constantFrom(0, 0, 0, 500),
      probe: fc.boolean(),
      headroom: fc.constantFrom(null, { share: 0.02, forMs: 500 }, { share: 0.9, forMs: 500 }),
    },
    { requiredKeys: [] },
  )
  const given = fc.record({
    strategy: fc.constantFrom('adaptive' as const, 'least-connections' as const, 'consistent-hash' as const),
    canary: fc.boolean(),
    loads: fc.record({ a: load, b: load, c: load, d: load }),
    weights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
    ageMs: fc.constantFrom(0, 0, 300),
    seed: fc.nat(1_000_000),
    hashKey: fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '0', '1'), minLength: 4, maxLength: 8 }),
    lastModel: fc.constantFrom(undefined, 'a', 'b'),
    promptTokens: fc.integer({ min: 1, max: 20_000 }),
    turns: fc.integer({ min: 1, max: 3 }),
    isPopular: fc.boolean(),
  })

  it('are ranked as the isolate ranks them from the loads that the tracker saw, by every strategy', () => {
    fc.assert(
      fc.property(
        given,
        ({ strategy, canary, loads, weights, ageMs, seed, hashKey, lastModel, promptTokens, turns, isPopular }) => {
          const models = Object.fromEntries(
            Object.entries(modelsNamed('a', 'b', 'c', 'd') ?? {}).map(([id, model], at) => [
              id,
              { ...model, weight: weights[at] ?? 1 },
            ]),
          )
          const route = { strategy, ...(canary && { use: ['b', 'c'], canary: { use: ['a'], share: 1 } }) }
          const plan = planOf({ ...config(route), models })
          const asking = { hashKey, lastModel, isPopular, features: { promptTokens, turns } }
          const contest = contestOf(plan, sized(asking, seed))
          if (contest === undefined) throw new Error('there is no contest')
          const seen = seenBy(contest, loads, ageMs)
          const ranked = rankContest(sent(contest), seen)
          const question = sized({ ...asking, view: seen.view }, seed)
          const decision = decide(plan, { ...question, load: id => seen.loads[id] ?? { ...idle, ...loads.d } })
          // Where nobody can serve, the isolate falls back, or tries the least bad
          if (ranked.length === 0 || !decision.ok) return
          const contestants = contest.sides.flat().map(([id]) => id)
          const decided = decision.value.ranking.map(({ model }) => model.id).filter(id => contestants.includes(id))
          expect(ranked).toEqual(decided)
        },
      ),
      { seed: 20_261_124, numRuns: 500 },
    )
  })
})
