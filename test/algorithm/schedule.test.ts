import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSchedule, toSlotCounts } from '../../src/algorithm/schedule'

describe('slot counts', () => {
  test.each([
    [[1], [1]],
    [[0.7], [1]],
    [
      [2, 1, 0.5],
      [4, 2, 1],
    ],
    [
      [0.3, 0.1],
      [3, 1],
    ],
    [
      [1 / 3, 1],
      [1, 3],
    ],
    [
      [0.1, 1, 100],
      [1, 10, 1000],
    ],
    [
      [6, 4],
      [3, 2],
    ],
    [
      [1, 9999],
      [1, 9999],
    ],
    // 1 / (1 + π) of 10,000 is 2414.53
    [
      [1, Math.PI],
      [2415, 7585],
    ],
    // Nobody gets nothing, even if the period grows for it
    [
      [1e6, 1],
      [9999, 1],
    ],
    [
      [1e9, 1, 1],
      [9999, 1, 1],
    ],
    [
      [0, 1],
      [1, 10_000],
    ],
    [
      [Number.NaN, 0],
      [5000, 5000],
    ],
    [[], []],
  ])('of weights %j are %j', (weights, counts) => {
    expect(toSlotCounts(weights)).toEqual(counts)
  })

  test('are off by at most one slot of the longest period where they must be rounded', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }), weights => {
        const counts = toSlotCounts(weights)
        const period = counts.reduce((a, b) => a + b, 0)
        const total = weights.reduce((a, b) => a + b, 0)
        expect(period).toBeLessThanOrEqual(10_000)
        for (const [item, weight] of weights.entries()) {
          expect(Math.abs((counts[item] ?? 0) / period - weight / total)).toBeLessThan(1 / 10_000)
        }
      }),
      { seed: 1 },
    )
  })
})

describe('a schedule on paper', () => {
  const letters = (weights: readonly number[]) =>
    createSchedule(weights)
      .slots.map(item => 'abcdef'[item])
      .join('')

  test.each([
    [[3], 'a'],
    [[1, 1], 'ab'],
    [[2, 1], 'aba'],
    [[5, 1, 1], 'aabaaca'],
    [[1, 1, 1, 1], 'abcd'],
  ])('for weights %j is %s', (weights, expected) => {
    expect(letters(weights)).toBe(expected)
  })

  test.each([
    [0, [0, 1, 2]],
    [2, [1, 0, 2]],
    [3, [0, 2, 1]],
    [5, [2, 0, 1]],
    [6, [0, 1, 2]],
    [7 * 1_000_003 + 5, [2, 0, 1]],
    [-2, [2, 0, 1]],
  ])('for weights 5, 1, 1 is met from turn %d on in the order %j', (turn, order) => {
    expect(createSchedule([5, 1, 1]).from(turn)).toEqual(order)
  })

  test('of nothing is empty', () => {
    expect(createSchedule([]).slots).toEqual([])
    expect(createSchedule([]).from(3)).toEqual([])
  })
})

describe('any schedule', () => {
  const weightLists = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 })

  test('gives exact shares over each full period, wherever it starts', () => {
    fc.assert(
      fc.property(weightLists, fc.nat(), (weights, start) => {
        const { slots, from } = createSchedule(weights)
        const counts = weights.map(() => 0)
        for (let turn = start; turn < start + slots.length; turn++) {
          const first = from(turn)[0] ?? 0
          counts[first] = (counts[first] ?? 0) + 1
        }
        const total = weights.reduce((a, b) => a + b, 0)
        expect(counts.map(count => count * total)).toEqual(weights.map(weight => weight * slots.length))
      }),
      { seed: 2 },
    )
  })

  test('strays at no prefix by more than 1 - 1 / (2n - 2) requests from any share, hence by less than 1', () => {
    fc.assert(
      fc.property(weightLists, weights => {
        const { slots } = createSchedule(weights)
        const total = weights.reduce((a, b) => a + b, 0)
        const bound = weights.length === 1 ? 0 : 1 - 1 / (2 * weights.length - 2)
        const served = weights.map(() => 0)
        let furthest = 0
        for (const [index, item] of slots.entries()) {
          served[item] = (served[item] ?? 0) + 1
          for (const [other, weight] of weights.entries()) {
            furthest = Math.max(furthest, Math.abs((served[other] ?? 0) - (weight * (index + 1)) / total))
          }
        }
        // Products of whole numbers, so the comparison is exact but for one division
        expect(furthest).toBeLessThanOrEqual(bound + 1e-9)
      }),
      { seed: 3, numRuns: 300 },
    )
  })

  test('names every item once from any turn on', () => {
    fc.assert(
      fc.property(weightLists, fc.integer(), (weights, turn) => {
        expect(
          createSchedule(weights)
            .from(turn)
            .toSorted((a, b) => a - b),
        ).toEqual([...weights.keys()])
      }),
      { seed: 4 },
    )
  })
})
