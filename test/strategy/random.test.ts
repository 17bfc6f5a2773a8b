import { describe, expect, test } from 'vitest'
import { random } from '../../src/strategy/random'
import { chiSquare, chiSquareBound } from '../algorithm/chi-square'
import { candidate, firsts, idsOf, modelsOf, situation } from './given'

describe('random', () => {
  const all = [candidate('a', {}, { weight: 3 }), candidate('b', {}, { weight: 2 }), candidate('c')]
  const rank = random.prepare(modelsOf(all), {})

  test('puts each first by weight', () => {
    const counts = firsts(30_000, (turn, source) => rank(all, situation({ turn, random: source })))
    const observed = ['a', 'b', 'c'].map(id => counts.get(id) ?? 0)
    expect(chiSquare(observed, [15_000, 10_000, 5_000])).toBeLessThan(chiSquareBound(2))
  })

  test('puts each second by weight among the rest', () => {
    // P(b second) = P(a first) × 2/3 + P(c first) × 2/5 = 1/3 + 1/15; likewise a: 1/3 × 3/4 + 1/6 × 3/5, c: 1/2 × 1/3 + 1/3 × 1/4
    const counts = firsts(30_000, (turn, source) => rank(all, situation({ turn, random: source })).slice(1))
    const observed = ['a', 'b', 'c'].map(id => counts.get(id) ?? 0)
    expect(
      chiSquare(
        observed,
        [0.35, 0.4, 0.25].map(share => share * 30_000),
      ),
    ).toBeLessThan(chiSquareBound(2))
  })

  test('explains itself by the weights', () => {
    const ranking = rank(all, situation())
    expect(ranking.map(({ score }) => score)).toEqual(ranking.map(({ model }) => model.weight))
    expect(idsOf(ranking)).toHaveLength(3)
  })
})
