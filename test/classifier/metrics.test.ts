import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { calibrationError, routingQuality, spearman } from './metrics'

const routed = (...pairs: readonly (readonly [gain: number, guess: number])[]) => pairs.map(([gain, guess]) => ({ gain, guess }))

suite('routing quality', () => {
  test('of equal guesses is chance', () => {
    const quality = routingQuality(routed([1, 0], [0, 0], [0, 0], [1, 0]))
    expect(quality).toEqual({ area: expect.closeTo(0.5), half: expect.closeTo(0.5), fourFifths: expect.closeTo(0.8) })
  })

  test('worked by hand: two gains in front of two without', () => {
    // the gap recovered rises to 1 at half the requests: 0, .2, .4, .6, .8, 1, 1 … by tenths, of which the trapezia make 0.75
    const quality = routingQuality(routed([1, 4], [1, 3], [0, 2], [0, 1]))
    expect(quality).toEqual({ area: expect.closeTo(0.75), half: expect.closeTo(0.25), fourFifths: expect.closeTo(0.4) })
  })

  test('can pass 1, and the strong model may lose', () => {
    expect(routingQuality(routed([1, 4], [1, 3], [0, 2], [-1, 1]))?.area).toBeGreaterThan(1)
    expect(routingQuality(routed([-1, 1], [0, 2]))).toBeUndefined()
  })

  test('depends on the order of guesses alone', () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom(0, 1, 1, -1), fc.nat(20)), { minLength: 5, maxLength: 60 })
    fc.assert(
      fc.property(pairs, each => {
        const one = routingQuality(routed(...each))
        const other = routingQuality(routed(...each.map(([gain, guess]) => [gain, 3 * guess + 7] as const)))
        expect(other).toEqual(one)
      }),
      { seed: 31 },
    )
  })
})

suite('rank correlation', () => {
  test.each([
    ['the same order', [1, 2, 3], [10, 20, 90], 1],
    ['the opposite one', [1, 2, 3], [3, 2, 1], -1],
    ['no difference at all', [1, 1, 1], [1, 2, 3], 0],
    // ranks 0.5, 0.5, 2 against 0, 1, 2: 1.5 / √(1.5 × 2)
    ['ties', [1, 1, 2], [1, 2, 3], 1.5 / Math.sqrt(3)],
  ])('%s', (_, one, other, correlation) => {
    expect(spearman(one, other)).toBeCloseTo(correlation, 10)
  })
})

suite('calibration error', () => {
  test('is none where what is said comes true as often', () => {
    expect(calibrationError([0, 1, 1, 1].map(came => ({ confidence: 0.75, came })))).toBe(0)
  })
  test('is the mean distance, weighed by how many say so', () => {
    // three say 0.95 and one is right, one says 0.25 and is not: (|2.85 - 1| + 0.25) / 4
    const stated = [
      { confidence: 0.95, came: 1 },
      { confidence: 0.95, came: 0 },
      { confidence: 0.95, came: 0 },
      { confidence: 0.25, came: 0 },
    ]
    expect(calibrationError(stated)).toBeCloseTo(0.525, 10)
  })
})
