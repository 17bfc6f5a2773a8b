import { describe, expect, test } from 'vitest'
import { roundRobin } from '../../src/strategy/round-robin'
import { candidate, firsts, idsOf, modelsOf, situation } from './given'

const all = ['d', 'b', 'a', 'c'].map(id => candidate(id))
const rank = roundRobin.prepare(modelsOf(all), {})

describe('round robin', () => {
  test.each([
    [0, 'dbac'],
    [1, 'bacd'],
    [2, 'acdb'],
    [3, 'cdba'],
    [4, 'dbac'],
    [4_000_001, 'bacd'],
  ])('rotates in the order of the configuration: turn %d is %s', (turn, expected) => {
    expect(idsOf(rank(all, situation({ turn }))).join('')).toBe(expected)
  })

  test('gives the share of an excluded model to all others alike, not to the next in line', () => {
    const eligible = all.filter(({ model }) => model.id !== 'b')
    const counts = firsts(300, turn => rank(eligible, situation({ turn })))
    expect(Object.fromEntries(counts)).toEqual({ d: 100, a: 100, c: 100 })
  })
})
