import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dimensionsOf, toBase64, unit } from '../../../src/provider/translation/vector'

const vectors = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 5_000 })

describe('a vector in base64', () => {
  it('is what a little-endian reader of single precision reads', () => {
    fc.assert(
      fc.property(vectors, vector => {
        const bytes = Buffer.from(toBase64(vector), 'base64')
        expect(vector.map((_, at) => bytes.readFloatLE(at * 4))).toEqual(vector)
        expect(bytes.length).toBe(vector.length * 4)
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  it('has as many dimensions as its numbers', () => {
    fc.assert(
      fc.property(vectors, vector => {
        expect(dimensionsOf(toBase64(vector))).toBe(vector.length)
        expect(dimensionsOf(vector)).toBe(vector.length)
      }),
      { seed: 1, numRuns: 50 },
    )
  })
})

describe('a vector scaled to length 1', () => {
  it('keeps its direction, and doing it again changes next to nothing', () => {
    const plain = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 100 })
    fc.assert(
      fc.property(plain, vector => {
        const length = Math.hypot(...vector)
        // Squares of smaller numbers than these vanish
        fc.pre(length > 1e-100)
        const scaled = unit(vector)
        // Each of 100 squares is off by half a unit in the last place at most
        expect(Math.hypot(...scaled)).toBeCloseTo(1, 12)
        for (const [at, value] of unit(scaled).entries()) expect(value).toBeCloseTo(scaled[at] ?? Number.NaN, 12)
        for (const [at, value] of scaled.entries()) expect(value * length).toBeCloseTo(vector[at] ?? Number.NaN, 12)
      }),
      { seed: 1 },
    )
  })
})
