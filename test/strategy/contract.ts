/**
 * What every strategy owes the router, whatever it ranks by. A new strategy joins by one line in the table of `contract.test.ts`.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, shuffle } from '../../src/algorithm/random'
import { PRIORITIES } from '../../src/model'
import type { Candidate, Load, Situation, Strategy, StrategyOptions } from '../../src/strategy/strategy'
import { candidate, idsOf, model, modelsOf, situation } from './given'

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** From nothing at all to more than any fleet will see. */
const amount = fc.oneof(fc.constantFrom(0, 1, 1e12), fc.double({ min: 0, max: 1e6, noNaN: true }))
const count = fc.oneof(fc.constantFrom(0, 1, 1e12), fc.nat(1_000))

const anyLoad: fc.Arbitrary<Load> = fc.record({
  inFlight: count,
  waitingTokens: count,
  firstToken: fc.option(fc.record({ baseMs: amount, slopeMsPerToken: amount }), { nil: undefined }),
  slowdown: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1e3, noNaN: true })),
  perTokenMs: fc.option(amount, { nil: undefined }),
  failureRate: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
})

const quality = fc.record({
  mean: fc.double({ min: 0, max: 1, noNaN: true }),
  count: fc.double({ min: 0, max: 1e3, noNaN: true }),
})

const anyCandidate = (id: string): fc.Arbitrary<Candidate> =>
  fc
    .record({
      load: anyLoad,
      weight: fc.oneof(fc.constantFrom(1, 0.5, 2, 100), fc.double({ min: 0.01, max: 1e4, noNaN: true })),
      maxInFlight: fc.integer({ min: 1, max: 1_000 }),
      price: fc.option(fc.record({ input: amount, output: amount }), { nil: undefined }),
      profile: fc.record({ accuracy: quality, creativity: quality, ethics: quality, topics: fc.constant({}) }),
    })
    .map(({ load, ...given }) => ({ model: model(id, given), load, quality: given.profile }))

const someCandidates = fc.subarray(IDS).chain(ids => fc.tuple(...ids.map(anyCandidate)).map((list): readonly Candidate[] => list))

const anySituation = fc
  .record({
    turn: fc.nat(),
    hashKey: fc.string(),
    lastModel: fc.option(fc.constantFrom(...IDS, 'gone'), { nil: undefined }),
    priority: fc.option(fc.constantFrom(...PRIORITIES), { nil: undefined }),
    view: fc.option(
      fc.record({
        // Negative where two clocks disagree
        ageMs: fc.oneof(fc.constantFrom(0, -5, 1e12), fc.nat(60_000)),
        arrivalsPerSecond: amount,
        meanPromptTokens: amount,
      }),
      { nil: undefined },
    ),
    promptTokens: count,
  })
  .map(({ promptTokens, ...given }) => situation(given, promptTokens))

/** The same in all respects but with the generator at its start. */
const reseeded = (one: Situation, seed: number): Situation => ({ ...one, random: createRandom(seed) })

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}

export function fulfilsContract(strategy: Strategy, options: StrategyOptions = {}): void {
  const prepareFor = (candidates: readonly Candidate[]) => strategy.prepare(modelsOf(candidates), options)

  describe(`${strategy.name}`, () => {
    test('ranks nothing where there is nothing', () => {
      expect(prepareFor([])([], situation())).toEqual([])
      expect(prepareFor([candidate('a')])([], situation({ view: undefined }))).toEqual([])
    })

    test('ranks the only candidate first, however bad it is', () => {
      const only = candidate('a', {
        inFlight: 1e9,
        failureRate: 1,
        slowdown: 1e3,
        firstToken: { baseMs: 1e9, slopeMsPerToken: 1e9 },
      })
      expect(idsOf(prepareFor([only])([only], situation()))).toEqual(['a'])
    })

    test('ranks exactly the given candidates, each once, with a number for a score, whatever the load and the view', () => {
      fc.assert(
        fc.property(someCandidates, fc.array(fc.nat()), anySituation, (configured, chosen, given) => {
          const candidates = configured.filter((_, index) => !chosen.some(choice => choice % 8 === index))
          const ranking = prepareFor(configured)(candidates, given)
          expect(idsOf(ranking).toSorted()).toEqual(idsOf(candidates).toSorted())
          for (const { score } of ranking) expect(score).not.toBeNaN()
        }),
        { seed: 1, numRuns: 500 },
      )
    })

    test('ranks also a candidate that it was not prepared for', () => {
      const [a, b] = [candidate('a'), candidate('b')]
      expect(idsOf(prepareFor([a])([b, a], situation())).toSorted()).toEqual(['a', 'b'])
    })

    test('is pure: frozen inputs will do, and the same inputs with the same random numbers give the same ranking', () => {
      fc.assert(
        fc.property(someCandidates, anySituation, fc.nat(), (candidates, given, seed) => {
          const rank = strategy.prepare(deepFreeze(modelsOf(candidates)), Object.freeze(options))
          const frozen = deepFreeze(candidates)
          const first = rank(frozen, Object.freeze(reseeded(given, seed)))
          // Others in between must not matter
          rank(frozen.slice(1), Object.freeze(reseeded(given, seed + 1)))
          expect(rank(frozen, Object.freeze(reseeded(given, seed)))).toEqual(first)
          expect(prepareFor(candidates)(frozen, reseeded(given, seed))).toEqual(first)
        }),
        { seed: 2, numRuns: 200 },
      )
    })

    test('does not care in which order the candidates arrive', () => {
      fc.assert(
        fc.property(someCandidates, anySituation, fc.nat(), (candidates, given, seed) => {
          const rank = prepareFor(candidates)
          const mixed = shuffle(candidates, createRandom(seed))
          expect(rank(mixed, reseeded(given, seed))).toEqual(rank(candidates, reseeded(given, seed)))
        }),
        { seed: 3, numRuns: 200 },
      )
    })
  })
}
