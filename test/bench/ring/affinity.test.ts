import { describe, expect, test } from 'vitest'
import { affinityOf } from './affinity'

const scene = { isolates: 10, viewAgeMs: 250, load: 0.5, seed: 7, countedMs: 100_000 }

// A simulation takes a second, and several times that beside other work
describe('the affinity of conversations', { timeout: 60_000 }, () => {
  const usual = affinityOf(scene)

  test('is the same whenever it is measured with one seed', () => {
    expect(affinityOf(scene)).toEqual(usual)
  })

  test('rests on views of the age that was asked for', () => {
    // Uniform between 0 and 500 ms: the mean of some 1,250 has a standard deviation of 500 / sqrt(12 × 1,250) = 4 ms
    expect(Math.abs(usual.meanViewAgeMs - 250)).toBeLessThan(16)
  })

  test('does not depend on the age of views where there is one isolate, which knows everything itself', () => {
    const fresh = affinityOf({ ...scene, isolates: 1, viewAgeMs: 0 })
    const old = affinityOf({ ...scene, isolates: 1, viewAgeMs: 5_000 })
    expect(old.kept).toBe(fresh.kept)
    expect(old.atHome).toBe(fresh.atHome)
  })

  test('is far above chance, and below all, since loads are bounded', () => {
    expect(usual.kept).toBeGreaterThan(4 / 8)
    expect(usual.kept).toBeLessThan(1)
  })

  test('suffers from old views on a busy fleet', () => {
    const busy = { ...scene, load: 0.9 }
    expect(affinityOf({ ...busy, viewAgeMs: 5_000 }).kept).toBeLessThan(affinityOf({ ...busy, viewAgeMs: 0 }).kept - 0.1)
  })
})
