import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { waterFill } from '../../src/algorithm/water-fill'
import { type Expectation, withFailures } from '../../src/strategy/failure-cost'

const expectation = (timeMs: number, slopeMsPerToken: number, failureRate: number): Expectation => ({
  timeMs,
  slopeMsPerToken,
  failureRate,
})

describe('by hand', () => {
  test.each([
    [
      'without failures nothing changes',
      [expectation(100, 1, 0), expectation(300, 2, 0)],
      [
        [100, 1],
        [300, 2],
      ],
    ],
    // (100 + 0.5 × 300) / 0.5 and (1 + 0.5³ × 2) / 0.5
    [
      'half of the attempts fail and go to the other',
      [expectation(100, 1, 0.5), expectation(300, 2, 0)],
      [
        [500, 2.5],
        [300, 2],
      ],
    ],
    // (100 + 0.5 × 300) / 0.5 and (300 + 0.2 × 100) / 0.8
    [
      'both fail at times',
      [expectation(100, 0, 0.5), expectation(300, 0, 0.2)],
      [
        [500, 0],
        [400, 0],
      ],
    ],
    // The lower of two others; for the others nothing changes
    [
      'a third that hangs changes nothing',
      [expectation(100, 0, 0.5), expectation(1e6, 0, 0), expectation(300, 0, 0)],
      [
        [500, 0],
        [1e6, 0],
        [300, 0],
      ],
    ],
    // For the first the others answer with 0.1, 0.1 and 1, whose middle is the sound one
    [
      'nor do others that fail fast',
      [expectation(100, 0, 0.5), expectation(1, 0, 0.9), expectation(2, 0, 0.9), expectation(300, 0, 0)],
      [
        [500, 0],
        [2_710, 0],
        [2_720, 0],
        [300, 0],
      ],
    ],
    ['a lone candidate is its own next try', [expectation(100, 0, 0.5)], [[300, 0]]],
    ['nobody, nothing', [], []],
  ])('%s', (_, given, expected) => {
    const figures = withFailures(given)
    expect(figures).toHaveLength(expected.length)
    for (const [index, [levelMs = 0, slope = 0]] of expected.entries()) {
      expect(figures[index]?.levelMs).toBeCloseTo(levelMs, 9)
      expect(figures[index]?.slopeMsPerToken).toBeCloseTo(slope, 9)
    }
  })

  test('where all fail alike the quickest stays first, and even at a rate of 1 they can be told apart', () => {
    const times = fc.array(fc.double({ min: 1, max: 1e5, noNaN: true }), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (list, failureRate) => {
        const ascending = list.toSorted((a, b) => a - b)
        const levels = withFailures(ascending.map(timeMs => expectation(timeMs, 0, failureRate))).map(({ levelMs }) => levelMs)
        for (const [index, level] of levels.entries()) {
          expect(Number.isFinite(level)).toBe(true)
          // Up to the rounding of a sum and a quotient
          if (index > 0) expect(level).toBeGreaterThanOrEqual((levels[index - 1] ?? 0) * (1 - 1e-12))
        }
      }),
      { seed: 3 },
    )
  })
})

describe('beside a sound model', () => {
  const time = fc.double({ min: 1, max: 1e5, noNaN: true })
  const slope = fc.double({ min: 1e-3, max: 10, noNaN: true })
  const sound = fc.array(fc.tuple(time, slope), { minLength: 1, maxLength: 5 })

  test('one that fails half of the time or more ranks behind the best of them, however fast it fails', () => {
    fc.assert(
      fc.property(sound, fc.double({ min: 0.5, max: 1, noNaN: true }), (others, failureRate) => {
        const [failing, ...rest] = withFailures([
          expectation(1e-6, 0, failureRate),
          ...others.map(([t, s]) => expectation(t, s, 0)),
        ])
        expect(failing?.levelMs).toBeGreaterThan(Math.min(...rest.map(({ levelMs }) => levelMs)) * (1 - 1e-12))
      }),
      { seed: 1 },
    )
  })

  test('its share is at most (1 - f) / (1 - f + f³), whatever work the view hides: 2.1 % for f = 0.98, four fifths for 0.5', () => {
    fc.assert(
      fc.property(
        sound,
        fc.tuple(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.double({ min: 0, max: 10, noNaN: true })),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
        (others, [t, s], failureRate, work) => {
          const figures = withFailures([
            expectation(t, s, failureRate),
            ...others.map(([time, slope]) => expectation(time, slope, 0)),
          ])
          const [share = 1] = waterFill(
            figures.map(({ levelMs }) => levelMs),
            figures.map(({ slopeMsPerToken }) => slopeMsPerToken),
            work,
          )
          // Failure rates above 0.999 count as 0.999; a tie at exactly f = 0.5 may go either way
          fc.pre(failureRate > 0.5)
          const f = Math.min(failureRate, 0.999)
          expect(share).toBeLessThanOrEqual((1 - f) / (1 - f + f ** 3) + 1e-9)
        },
      ),
      { seed: 2, numRuns: 1_000 },
    )
  })
})

test('what a failed attempt costs is the time of an idle one elsewhere, however long the queues there are', () => {
  const failing = expectation(100, 1, 0.5)
  const queued = { ...expectation(5_000, 2, 0), idleMs: 300 }
  // (100 + 0.5 × 300) / 0.5
  expect(withFailures([failing, queued]).map(({ levelMs }) => levelMs)).toEqual([500, 5_000])
})

test('a bend goes through the same formula as the slope', () => {
  const failing = { ...expectation(100, 1, 0.5), bend: { after: 10, slope: 3 } }
  // (1 + 0.5³ × 2) / 0.5 and (3 + 0.5³ × 2) / 0.5, after as much work as before
  expect(withFailures([failing, expectation(300, 2, 0)])[0]).toMatchObject({
    slopeMsPerToken: 2.5,
    bend: { after: 10, slope: 6.5 },
  })
})
