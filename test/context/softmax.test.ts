import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { guess } from '../../src/context/softmax'

suite('guess', () => {
  test('two equal scores share the probability with the none-of-them', () => {
    // e^0 each: 1 / 3
    const { value, confidence } = guess(
      [
        { value: 'a', score: 0 },
        { value: 'b', score: 0 },
      ],
      0,
      0.3,
    )
    expect(value).toBe('a')
    expect(confidence).toBeCloseTo(1 / 3, 12)
  })

  test('abstains below the least confidence but says how sure it would be', () => {
    // e^1 / (e^1 + e^2) = 0.2689
    const { value, confidence } = guess([{ value: 'a', score: 1 }], 2, 0.3)
    expect(value).toBeUndefined()
    expect(confidence).toBeCloseTo(0.2689, 4)
  })

  test('without choices there is nothing to be sure of', () => {
    expect(guess([], 1, 0)).toEqual({ value: undefined, confidence: 0 })
  })

  test('stays a probability for scores that would overflow an exponential', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), scores => {
        const { confidence } = guess(
          scores.map(score => ({ value: score, score })),
          0,
          0.3,
        )
        expect(confidence).toBeGreaterThanOrEqual(0)
        expect(confidence).toBeLessThanOrEqual(1)
      }),
      { seed: 12 },
    )
  })
})
