import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { weightedChoice, weightedOrder } from '../../src/algorithm/sampling'
import { chiSquare, chiSquareBound } from './chi-square'

const DRAWS = 60_000

function tally<T>(values: readonly T[], draw: () => unknown): number[] {
  const counts = new Map<unknown, number>(values.map(value => [value, 0]))
  for (let i = 0; i < DRAWS; i++) {
    const value = draw()
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts.values()]
}

describe('weightedOrder', () => {
  test('draws each place in proportion to the weights of what is left', () => {
    // Weights 3, 2, 1: e.g. 102 has 2/6 for the 1 in front, then 3/4 for the 0 among 3 and 1
    const probabilities = { '012': 1 / 3, '021': 1 / 6, '102': 1 / 4, '120': 1 / 12, '201': 1 / 10, '210': 1 / 15 }
    const random = createRandom(1)
    const counts = tally(Object.keys(probabilities), () => weightedOrder([3, 2, 1], random).join(''))
    const expected = Object.values(probabilities).map(probability => probability * DRAWS)
    expect(counts).toHaveLength(6)
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareBound(5))
  })

  test('keeps proportions where the weights are too small or too great to divide by', () => {
    for (const scale of [5e-324 * 4, 1e-200, 1e300]) {
      const random = createRandom(2)
      const [first = 0, second = 0] = tally(['0', '1'], () => String(weightedOrder([scale * 3, scale], random)[0]))
      expect(chiSquare([first, second], [DRAWS * 0.75, DRAWS * 0.25])).toBeLessThan(chiSquareBound(1))
    }
  })

  test('names every index once, whatever the weights and draws, and those without weight last', () => {
    const weights = fc.array(fc.oneof(fc.double(), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1)), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(weights, fc.constantFrom(0, 0.5, 1 - 2 ** -53), (list, drawn) => {
        const order = weightedOrder(list, () => drawn)
        expect(order.toSorted((a, b) => a - b)).toEqual([...list.keys()])
        const positive = order.map(index => (list[index] ?? 0) > 0 && Number.isFinite(list[index]))
        expect(positive).toEqual(positive.toSorted((a, b) => Number(b) - Number(a)))
      }),
      { seed: 3 },
    )
  })

  test('orders those without weight at random, too', () => {
    const random = createRandom(4)
    const counts = tally(['12', '21'], () => weightedOrder([1, 0, 0], random).slice(1).join(''))
    expect(counts).toHaveLength(2)
    expect(chiSquare(counts, [DRAWS / 2, DRAWS / 2])).toBeLessThan(chiSquareBound(1))
  })
})

describe('weightedChoice', () => {
  test.each([
    [0, 0],
    [0.24, 0],
    [0.25, 2],
    [0.74, 2],
    [0.75, 3],
    [0.999, 3],
  ])('of weights 1, 0, 2, 1 at a draw of %d is %d', (drawn, index) => {
    expect(weightedChoice([1, 0, 2, 1], () => drawn)).toBe(index)
  })

  test('is even where there is no weight, and nothing where there is nothing', () => {
    expect(weightedChoice([0, 0], () => 0.7)).toBe(1)
    expect(weightedChoice([], () => 0.7)).toBeUndefined()
  })

  test('keeps to the weights', () => {
    const random = createRandom(5)
    const weights = [0.5, 0, 2, 1, 6.5]
    const counts = tally([...weights.keys()], () => weightedChoice(weights, random))
    expect(counts[1]).toBe(0)
    const expected = weights.map(weight => weight * (DRAWS / 10))
    const positive = [0, 2, 3, 4]
    expect(
      chiSquare(
        positive.map(i => counts[i] ?? 0),
        positive.map(i => expected[i] ?? 0),
      ),
    ).toBeLessThan(chiSquareBound(3))
  })

  test('never takes one without weight while another has some, and never runs off the end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }),
        fc.constantFrom(0, 0.3, 1 - 2 ** -53),
        (weights, drawn) => {
          const index = weightedChoice(weights, () => drawn) ?? -1
          expect(index).toBeGreaterThanOrEqual(0)
          if (weights.some(weight => weight > 0)) expect(weights[index]).toBeGreaterThan(0)
        },
      ),
      { seed: 6 },
    )
  })
})
