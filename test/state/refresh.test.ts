import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HELD_MS } from '../../src/state/leases'
import { BEAT_MS, beatMs, freshForMs, REFRESH_MS, type Watch } from '../../src/state/refresh'

const watch = (given: Partial<Watch> = {}): Watch => ({ live: 1, isolates: 10, intervalMs: 100, watchedAgoMs: 0, ...given })

describe('a live request', () => {
  it.each<[string, Partial<Watch>, number]>([
    ['alone in its isolate refreshes the view for the next decision', {}, REFRESH_MS],
    ['shares that with the others that live', { live: 3 }, 3 * REFRESH_MS],
    ['beats once a second among many: together they still beat often enough', { live: 40 }, BEAT_MS],
    ['beats as often as the tracker asks for, where that is less', { intervalMs: 700 }, 700],
    ['keeps its lease even if the tracker wants to hear hardly anything', { intervalMs: 5_000 }, BEAT_MS],
    ['beats once a second in the only isolate: there is nobody to see', { isolates: 1 }, BEAT_MS],
    ['beats once a second where no decision looks at load', { watchedAgoMs: Number.POSITIVE_INFINITY }, BEAT_MS],
    ['goes on refreshing for 10 s after the last decision', { watchedAgoMs: 10_000 }, REFRESH_MS],
    ['and then only keeps its lease', { watchedAgoMs: 10_001 }, BEAT_MS],
  ])('%s', (_, given, expected) => {
    expect(beatMs(watch(given))).toBe(expected)
  })

  it('always beats many times within its lease, and all of an isolate never more often than 4 times a second for each second beat', () => {
    const any = fc.record({
      live: fc.integer({ min: 0, max: 5_000 }),
      isolates: fc.integer({ min: 0, max: 5_000 }),
      intervalMs: fc.integer({ min: 0, max: 60_000 }),
      watchedAgoMs: fc.double({ min: 0, noNaN: true }),
    })
    fc.assert(
      fc.property(any, given => {
        const everyMs = beatMs(given)
        expect(everyMs).toBeLessThanOrEqual(HELD_MS / 5)
        expect(everyMs).toBeGreaterThanOrEqual(REFRESH_MS)
        const perSecond = (Math.max(1, given.live) * 1_000) / everyMs
        expect(perSecond).toBeLessThanOrEqual(Math.max(1_000 / REFRESH_MS, given.live))
      }),
      { seed: 7, numRuns: 500 },
    )
  })
})

describe('a view', () => {
  it('is fresh for a quarter of a second, or for as long as the tracker wants to be left alone', () => {
    expect([100, 250, 900].map(freshForMs)).toEqual([REFRESH_MS, REFRESH_MS, 900])
  })
})
