import { describe, expect, it } from 'vitest'
import { remaining, remainingShare } from '../../src/strategy/aging'

describe('of the requests that were told of', () => {
  it.each([
    ['all are there in a fresh view', [8, 10, 1_000, 0], 8],
    ['all are taken to be there where nobody knows how long an answer takes', [8, 10, undefined, 5_000], 8],
    ['as many as e to the minus one after the time of an answer', [8, 10, 1_000, 1_000], 8 / Math.E],
    // Ten places free up ten times a second: after half a second five of twenty have gone
    ['those in a queue go as places become free', [20, 10, 1_000, 500], 15],
    ['a queue is gone when each of its requests has found a place', [20, 10, 1_000, 1_000], 10],
    ['and then they go like the others', [20, 10, 1_000, 2_000], 10 / Math.E],
    ['there is no queue where nobody knows of a limit', [20, undefined, 1_000, 1_000], 20 / Math.E],
    ['none are left in an endlessly old view', [20, 10, 1_000, Number.POSITIVE_INFINITY], 0],
  ] as const)('%s', (_, [count, room, answerMs, ageMs], expected) => {
    expect(remaining(count, room, answerMs, ageMs)).toBeCloseTo(expected, 9)
  })

  it('never more are left of fewer, nor after longer', () => {
    for (let count = 0; count < 40; count++)
      for (let ageMs = 0; ageMs < 5_000; ageMs += 250) {
        const left = remaining(count, 10, 1_000, ageMs)
        expect(left).toBeLessThanOrEqual(remaining(count + 1, 10, 1_000, ageMs))
        expect(left).toBeGreaterThanOrEqual(remaining(count, 10, 1_000, ageMs + 250))
      }
  })
})

it('of those that came steadily meanwhile, what a sum over small steps says is left', () => {
  const steps = Array.from({ length: 10_000 }, (_, step) => Math.exp(-(step + 0.5) / 10_000 / 0.4))
  const share = steps.reduce((sum, each) => sum + each, 0) / steps.length
  expect(remainingShare(400, 1_000)).toBeCloseTo(share, 6)
  expect(remainingShare(undefined, 1_000)).toBe(1)
  expect(remainingShare(400, 0)).toBe(1)
  expect(remainingShare(400, 1e-6)).toBeCloseTo(1, 6)
})
