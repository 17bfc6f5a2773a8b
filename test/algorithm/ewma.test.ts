import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decay, type Ewma, evidence, observe, readWithPrior } from '../../src/algorithm/ewma'

const HALF_LIFE_MS = 1_000

/** Samples as [value, at ms], in the order in which they are reported. */
const average = (samples: readonly (readonly [number, number])[]) =>
  samples.reduce<Ewma | undefined>((state, [sample, atMs]) => observe(state, sample, atMs, HALF_LIFE_MS), undefined)

describe('by hand, with a half-life of a second', () => {
  test.each<[string, readonly (readonly [number, number])[], Ewma | undefined]>([
    ['nothing', [], undefined],
    ['the first sample is the average', [[10, 5]], { value: 10, weight: 1, atMs: 5 }],
    [
      'samples at one instant count alike',
      [
        [10, 0],
        [20, 0],
      ],
      { value: 15, weight: 2, atMs: 0 },
    ],
    // Two samples have halved to the weight of one
    [
      'an old pair weighs as much as one new sample',
      [
        [10, 0],
        [20, 0],
        [30, 1_000],
      ],
      { value: 22.5, weight: 2, atMs: 1_000 },
    ],
    [
      'a sample reported a second late weighs half',
      [
        [30, 1_000],
        [0, 0],
      ],
      { value: 20, weight: 1.5, atMs: 1_000 },
    ],
    [
      'what is not a number is no sample',
      [
        [10, 0],
        [Number.NaN, 0],
        [Number.POSITIVE_INFINITY, 9],
      ],
      { value: 10, weight: 1, atMs: 0 },
    ],
  ])('%s', (_, samples, expected) => {
    expect(average(samples)).toEqual(expected)
  })

  test('what is left halves every second and does not grow backwards', () => {
    expect([0, 1_000, 3_000, -5_000].map(ms => decay(ms, HALF_LIFE_MS))).toEqual([1, 0.5, 0.125, 1])
  })

  test('evidence fades while the average stays', () => {
    const state = average([
      [8, 0],
      [8, 0],
    ])
    expect(evidence(state, 2_000, HALF_LIFE_MS)).toBe(0.5)
    expect(state?.value).toBe(8)
    expect(evidence(undefined, 0, HALF_LIFE_MS)).toBe(0)
  })

  test.each([
    // Two failures behind one imagined success: 2 / 3; after a second one against one, after a minute none
    [0, 2 / 3],
    [1_000, 0.5],
    [60_000, 0],
  ])('after %d ms a rate of 1 with a prior of 0 reads %d', (nowMs, expected) => {
    expect(
      readWithPrior(
        average([
          [1, 0],
          [1, 0],
        ]),
        nowMs,
        HALF_LIFE_MS,
        0,
        1,
      ),
    ).toBeCloseTo(expected, 12)
  })

  test('a prior without weight is the answer only where there is nothing else', () => {
    expect(readWithPrior(undefined, 0, HALF_LIFE_MS, 0.25, 0)).toBe(0.25)
    expect(readWithPrior(average([[1, 0]]), 500, HALF_LIFE_MS, 0.25, 0)).toBe(1)
  })
})

describe('any samples', () => {
  const samples = fc.array(fc.tuple(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.integer({ min: 0, max: 5_000 })), {
    minLength: 1,
    maxLength: 20,
  })

  test('the average is the mean weighed by age, in whatever order they are reported', () => {
    fc.assert(
      fc.property(samples, list => {
        const state = average(list)
        const latestMs = Math.max(...list.map(([, atMs]) => atMs))
        const weights = list.map(([, atMs]) => 2 ** ((atMs - latestMs) / HALF_LIFE_MS))
        const weight = weights.reduce((a, b) => a + b, 0)
        const mean = list.reduce((sum, [value], index) => sum + value * (weights[index] ?? 0), 0) / weight
        expect(state?.value).toBeCloseTo(mean, 6)
        expect(state?.weight).toBeCloseTo(weight, 9)
        expect(state?.atMs).toBe(latestMs)
      }),
      { seed: 1 },
    )
  })

  test('the state survives JSON', () => {
    fc.assert(
      fc.property(samples, list => {
        const state = average(list)
        // JSON has no negative zero, which equals zero in every sum
        expect(JSON.parse(JSON.stringify({ ...state, value: (state?.value ?? 0) + 0 }))).toEqual({
          ...state,
          value: (state?.value ?? 0) + 0,
        })
      }),
      { seed: 2 },
    )
  })
})
