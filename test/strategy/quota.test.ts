import { describe, expect, test } from 'vitest'
import { limitOf } from '../../src/strategy/quota'
import { candidate } from './given'

describe('a limit on requests', () => {
  test.each([
    // A standard deviation of 16 is 4
    ['before its end', 16, 12],
    ['at once with one left', 1, 0],
    ['at once with nothing left', -2, 0],
  ])('of which that is known ends %s, and from there on is steep', (_, left, requests) => {
    const { load } = candidate('a', { quota: { left, refillMs: 100 } })
    expect(limitOf(load, 50)).toEqual({ after: requests * 50, slope: 40 })
  })

  test('of which it is not known how many requests it lets through has no end', () => {
    expect(limitOf(candidate('a', { headroom: { share: 0.1 } }).load, 50)).toBeUndefined()
  })
})
