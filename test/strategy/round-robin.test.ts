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

  test('takes the credentials of one model in turn, at that model’s turns, the others right behind as its stand-ins', () => {
    const key = (name: string) => candidate(`a:${name}`, {}, { of: 'a' })
    const models = [key('x'), candidate('b'), key('y')]
    const byKey = roundRobin.prepare(modelsOf(models), {})
    const ranked = [0, 1, 2, 3, 4].map(turn => idsOf(byKey(models, situation({ turn }))).join(' '))
    expect(ranked).toEqual(['a:x a:y b', 'b a:x a:y', 'a:y a:x b', 'b a:y a:x', 'a:x a:y b'])
  })

  test('gives the share of an excluded model to all others alike, not to the next in line', () => {
    const eligible = all.filter(({ model }) => model.id !== 'b')
    const counts = firsts(300, turn => rank(eligible, situation({ turn })))
    expect(Object.fromEntries(counts)).toEqual({ d: 100, a: 100, c: 100 })
  })
})
