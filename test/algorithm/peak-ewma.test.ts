import { describe, expect, test } from 'vitest'
import { observePeak, type PeakEwma, readPeak } from '../../src/algorithm/peak-ewma'

const HALF_LIFE_MS = 1_000

const peakOf = (samples: readonly (readonly [number, number])[]) =>
  samples.reduce<PeakEwma | undefined>((state, [sample, atMs]) => observePeak(state, sample, atMs, HALF_LIFE_MS), undefined)

describe('by hand, with a half-life of a second', () => {
  test.each<[string, readonly (readonly [number, number])[], PeakEwma | undefined]>([
    ['nothing', [], undefined],
    [
      'a peak is believed at once',
      [
        [100, 0],
        [200, 1],
      ],
      { value: 200, atMs: 1 },
    ],
    [
      'a lower sample pulls down by the time that passed',
      [
        [100, 0],
        [50, 1_000],
      ],
      { value: 75, atMs: 1_000 },
    ],
    [
      'a lower sample at the same instant does nothing',
      [
        [100, 0],
        [50, 0],
      ],
      { value: 100, atMs: 0 },
    ],
    [
      'a late peak raises without moving the time back',
      [
        [100, 1_000],
        [300, 0],
      ],
      { value: 300, atMs: 1_000 },
    ],
    [
      'what is not a number is no sample',
      [
        [100, 0],
        [Number.NaN, 5],
      ],
      { value: 100, atMs: 0 },
    ],
  ])('%s', (_, samples, expected) => {
    expect(peakOf(samples)).toEqual(expected)
  })

  test('left alone it fades, and reading does not change it', () => {
    const state = peakOf([[200, 1_000]])
    expect(readPeak(state, 3_000, HALF_LIFE_MS)).toBe(50)
    expect(readPeak(state, 1_000, HALF_LIFE_MS)).toBe(200)
    expect(readPeak(undefined, 0, HALF_LIFE_MS)).toBeUndefined()
  })
})
