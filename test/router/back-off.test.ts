import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { backOffMs } from '../../src/router/back-off'

describe('before the same model is asked again', () => {
  // The latest moment doubles from 100 ms up to 2 s
  it.each([
    [0, 100],
    [1, 200],
    [2, 400],
    [4, 1_600],
    [5, 2_000],
    [30, 2_000],
    [5_000, 2_000],
  ])('repeat %i waits anything from nothing to %i ms', (repeat, longestMs) => {
    expect(backOffMs(repeat, 0, () => 0)).toBe(0)
    expect(backOffMs(repeat, 0, () => 0.5)).toBe(longestMs / 2)
    expect(backOffMs(repeat, 0, () => 1 - Number.EPSILON)).toBeCloseTo(longestMs, 6)
  })

  it('never waits less than the upstream asked for, nor longer than that and 2 s', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.nat(60_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (repeat, atLeastMs, drawn) => {
          const waitMs = backOffMs(repeat, atLeastMs, () => drawn)
          expect(waitMs).toBeGreaterThanOrEqual(atLeastMs)
          expect(waitMs).toBeLessThanOrEqual(atLeastMs + 2_000)
        },
      ),
      { seed: 20_261_124 },
    )
  })

  it('spreads evenly over the whole of it: each tenth gets a tenth', () => {
    const random = createRandom(1)
    const tenths = new Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i++) {
      const tenth = Math.floor(backOffMs(2, 500, random) / 40 - 12.5)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    // Deviation sqrt(10,000 × 0.1 × 0.9) = 30; five times that, ten times over, is passed once in 100,000 seeds
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })
})
