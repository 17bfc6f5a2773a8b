import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { waterFill } from '../../src/algorithm/water-fill'

const { POSITIVE_INFINITY: ENDLESS, NaN: UNKNOWN } = Number

describe('by hand', () => {
  test.each([
    ['no work goes to the lowest', [1, 3, 6], [1, 1, 2], 0, [1, 0, 0]],
    ['no work goes to equals by how slowly they rise', [2, 2, 3], [1, 3, 1], 0, [3 / 4, 1 / 4, 0]],
    ['little work raises the lowest to the next', [1, 3, 6], [1, 1, 2], 2, [1, 0, 0]],
    ['surface (6 + 1 + 3) / 2 = 5', [1, 3, 6], [1, 1, 2], 6, [4 / 6, 2 / 6, 0]],
    ['surface (13 + 1 + 3 + 6/2) / 2.5 = 8', [1, 3, 6], [1, 1, 2], 13, [7 / 13, 5 / 13, 1 / 13]],
    ['endless work goes by how slowly each rises', [1, 3, 6], [1, 1, 2], ENDLESS, [0.4, 0.4, 0.2]],
    ['the order of the vessels does not matter', [6, 1, 3], [2, 1, 1], 13, [1 / 13, 7 / 13, 5 / 13]],
    ['one that never rises takes what is left', [1, 3, 5], [1, 0, 1], 10, [0.2, 0.8, 0]],
    ['one that never rises and is lowest takes all', [3, 1, 5], [1, 0, 1], 10, [0, 1, 0]],
    ['one that never rises and is not reached takes nothing', [1, 9], [1, 0], 5, [1, 0]],
    ['two that never rise share evenly', [1, 3, 3, 3], [1, 0, 0, 1], 10, [0.2, 0.4, 0.4, 0]],
    ['endless work goes to those that never rise', [1, 3], [1, 0], ENDLESS, [0, 1]],
    ['no finite level, no work', [1, ENDLESS, UNKNOWN], [1, 1, 1], 5, [1, 0, 0]],
    ['no finite slope, no work', [1, 1], [1, ENDLESS], 5, [1, 0]],
    ['nothing finite at all', [ENDLESS, UNKNOWN], [1, 1], 5, [0.5, 0.5]],
    ['unknown work counts as none', [1, 2], [1, 1], UNKNOWN, [1, 0]],
    ['a lone vessel', [7], [0.5], 3, [1]],
    ['no vessels', [], [], 3, []],
  ])('%s', (_, levels, slopes, work, expected) => {
    const shares = waterFill(levels, slopes, work)
    expect(shares).toHaveLength(expected.length)
    for (const [index, share] of expected.entries()) expect(shares[index]).toBeCloseTo(share, 12)
  })
})

describe('any vessels', () => {
  const vessels = fc.array(
    fc.record({
      level: fc.double({ min: 0, max: 1e4, noNaN: true }),
      slope: fc.oneof({ weight: 5, arbitrary: fc.double({ min: 1e-3, max: 100, noNaN: true }) }, fc.constant(0)),
    }),
    { minLength: 1, maxLength: 10 },
  )

  test('those that take work end at one surface, and nobody below it is left out', () => {
    fc.assert(
      fc.property(vessels, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (list, work) => {
        const shares = waterFill(
          list.map(({ level }) => level),
          list.map(({ slope }) => slope),
          work,
        )
        const after = list.map(({ level, slope }, index) => level + slope * (shares[index] ?? 0) * work)
        const surface = Math.max(...after.filter((_, index) => (shares[index] ?? 0) > 1e-9))
        // Levels up to 10⁴ plus a rise of up to 10⁸: doubles carry 16 digits, of which a sum of ten terms may cost one or two
        const tolerance = 1e-9 * Math.max(1, surface)
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
        for (const [index, level] of after.entries()) {
          expect(shares[index]).toBeGreaterThanOrEqual(0)
          expect(level).toBeGreaterThanOrEqual(surface - tolerance - 1e-9 * work * (list[index]?.slope ?? 0))
        }
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('whatever the numbers, the shares sum up to 1 and none is negative or not a number', () => {
    const wild = fc.array(fc.record({ level: fc.double(), slope: fc.double() }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(wild, fc.double(), (list, work) => {
        const shares = waterFill(
          list.map(({ level }) => level),
          list.map(({ slope }) => slope),
          work,
        )
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0)
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
      }),
      { seed: 2, numRuns: 1_000 },
    )
  })
})

describe('vessels that bend', () => {
  test.each([
    // The first holds 2 up to level 3, and from there on half as much per unit of height
    ['before the bend nothing is different', [1, 9], [1, 1], 2, [{ after: 2, slope: 2 }, undefined], [1, 0]],
    // Surface 5: (5 - 1 - 2) / 2 + 2 = 3 in the first, 2 in the second
    ['beyond it the vessel fills by the other slope', [1, 3], [1, 1], 5, [{ after: 2, slope: 2 }, undefined], [3 / 5, 2 / 5]],
    // Surface 4: 2 + (4 - 3) / 0.5 = 4 in the first, 1 in the second
    ['it may become wider too', [1, 3], [1, 1], 5, [{ after: 2, slope: 0.5 }, undefined], [4 / 5, 1 / 5]],
    [
      'endless work goes by how each rises in the end',
      [1, 3],
      [1, 1],
      ENDLESS,
      [{ after: 2, slope: 3 }, undefined],
      [0.25, 0.75],
    ],
    // As with slope 2 from the start: surface (4 + 1/2 + 3) / 1.5 = 5
    ['one that bends at once has the other slope alone', [1, 3], [1, 1], 4, [{ after: 0, slope: 2 }, undefined], [0.5, 0.5]],
    [
      'a bend that makes no sense is none',
      [1, 3],
      [1, 1],
      6,
      [
        { after: -1, slope: 3 },
        { after: UNKNOWN, slope: 1 },
      ],
      [4 / 6, 2 / 6],
    ],
    ['nor does one that never rises bend', [1, 3], [0, 1], 6, [{ after: 1, slope: 3 }, undefined], [1, 0]],
  ])('%s', (_, levels, slopes, work, bends, expected) => {
    const shares = waterFill(levels, slopes, work, bends)
    for (const [index, share] of expected.entries()) expect(shares[index]).toBeCloseTo(share, 12)
  })

  test('stand level afterwards, wherever they bend', () => {
    const vessel = fc.record({
      level: fc.double({ min: 0, max: 1e3, noNaN: true }),
      slope: fc.double({ min: 1e-2, max: 100, noNaN: true }),
      after: fc.double({ min: 1e-2, max: 1e3, noNaN: true }),
      bent: fc.double({ min: 1e-2, max: 100, noNaN: true }),
    })
    fc.assert(
      fc.property(
        fc.array(vessel, { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0.1, max: 1e5, noNaN: true }),
        (list, work) => {
          const shares = waterFill(
            list.map(({ level }) => level),
            list.map(({ slope }) => slope),
            work,
            list.map(({ after, bent }) => ({ after, slope: bent })),
          )
          const surfaces = list.flatMap(({ level, slope, after, bent }, index) => {
            const amount = (shares[index] ?? 0) * work
            if (amount < 1e-6 * work) return []
            return [level + slope * Math.min(amount, after) + bent * Math.max(0, amount - after)]
          })
          const highest = Math.max(...surfaces)
          // A share of 10⁻⁶ carries ten digits; slopes differ by 10⁴
          for (const surface of surfaces) expect(Math.abs(surface - highest)).toBeLessThanOrEqual(1e-4 * Math.max(1, highest))
          for (const { level } of list) expect(Math.min(level, highest)).toBeLessThanOrEqual(highest)
        },
      ),
      { seed: 3, numRuns: 500 },
    )
  })
})
