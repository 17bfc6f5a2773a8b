import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { bootstrapped, mean, ofMean, quantile, wilson } from '../../src/profile/interval'

describe("Wilson's interval", () => {
  // By hand, z² = 3.84146: of 8 in 10, (0.8 + 0.19207 ∓ 1.95996 √(0.016 + 0.0096036)) / 1.384146
  it.each([
    [0.8, 10, 0.4902, 0.9433],
    // z² / (n + z²) at the ends
    [0, 10, 0, 0.2775],
    [1, 10, 0.7225, 1],
    [0.5, 100, 0.4038, 0.5962],
  ])('of %d in %d', (share, count, low, high) => {
    const [from, to] = wilson(share, count)
    expect(from).toBeCloseTo(low, 4)
    expect(to).toBeCloseTo(high, 4)
  })

  it('holds the share, stays within 0 and 1, and narrows with evidence', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 200 }), (right, more) => {
        const count = right + more
        const [low, high] = wilson(right / count, count)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(right / count)
        expect(high).toBeGreaterThanOrEqual(right / count)
        const [lower, higher] = wilson(right / count, 2 * count)
        expect(higher - lower).toBeLessThan(high - low)
      }),
      { seed: 1 },
    )
  })
})

describe('the interval of a mean of two', () => {
  it('adds the distances as a right angle does', () => {
    // √(0.3² + 0.4²) / 2 below and √(0 + 0.2²) / 2 above
    const [low, high] = ofMean(0.8, 0.6, [0.5, 0.8], [0.2, 0.8])
    expect(low).toBeCloseTo(0.7 - 0.25, 12)
    expect(high).toBeCloseTo(0.7 + 0.1, 12)
  })
})

describe('the bootstrap', () => {
  it('comes close to theory for many values, and is the same for the same seed', () => {
    // Evenly spread over 0..1: standard error 0.2887 / √100, and the limits at 1.96 of it
    const values = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100)
    const [low, high] = bootstrapped(values, createRandom(1))
    // The limits of 2,000 resamples are themselves uncertain by about 0.002
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.02887, 1.9)
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.02887, 1.9)
    expect(bootstrapped(values, createRandom(1))).toEqual([low, high])
  })

  it('has no width where all values are the same', () => {
    expect(bootstrapped([0.4, 0.4], createRandom(2))).toEqual([0.4, 0.4])
  })
})

describe('a quantile', () => {
  it.each([
    [[3, 1, 2], 0.5, 2],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[10, 20], 0.95, 19.5],
    [[7], 0.95, 7],
  ])('of %j at %d is %d', (values, share, result) => {
    expect(quantile(values, share)).toBeCloseTo(result, 12)
  })

  it('of nothing is not a number, as is a mean', () => {
    expect(quantile([], 0.5)).toBeNaN()
    expect(mean([])).toBeNaN()
  })
})
