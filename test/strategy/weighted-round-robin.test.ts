import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { weightedRoundRobin } from '../../src/strategy/weighted-round-robin'
import { candidate, firsts, idsOf, modelsOf, situation } from './given'

describe('weighted round robin', () => {
  const all = [candidate('a', {}, { weight: 5 }), candidate('b'), candidate('c')]
  const rank = weightedRoundRobin.prepare(modelsOf(all), {})

  // The schedule of 5, 1, 1 is a a b a a c a
  test.each([
    [0, 'abc'],
    [2, 'bac'],
    [3, 'acb'],
    [5, 'cab'],
    [6, 'abc'],
    [12, 'cab'],
  ])('ranks in the order of the schedule: turn %d is %s', (turn, expected) => {
    expect(idsOf(rank(all, situation({ turn }))).join('')).toBe(expected)
  })

  test('keeps the weights 2, 1 and 0.5 exactly over each full period, from any turn on', () => {
    const models = [candidate('a', {}, { weight: 2 }), candidate('b'), candidate('c', {}, { weight: 0.5 })]
    const one = weightedRoundRobin.prepare(modelsOf(models), {})
    for (const start of [0, 3, 1_000_003]) {
      const counts = firsts(70, turn => one(models, situation({ turn: start + turn })))
      expect(Object.fromEntries(counts)).toEqual({ a: 40, b: 20, c: 10 })
    }
  })

  test('keeps exact shares among whatever subset is eligible, and never strays a whole request from them', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(weights, fc.nat(5), (list, excluded) => {
        const models = list.map((weight, index) => candidate(`m${index}`, {}, { weight }))
        const eligible = models.filter((_, index) => index !== excluded)
        const total = eligible.reduce((sum, { model }) => sum + model.weight, 0)
        const one = weightedRoundRobin.prepare(modelsOf(models), {})
        const served = new Map<string, number>()
        let furthest = 0
        for (let turn = 0; turn < 2 * total; turn++) {
          const id = one(eligible, situation({ turn }))[0]?.model.id ?? ''
          served.set(id, (served.get(id) ?? 0) + 1)
          for (const { model } of eligible) {
            furthest = Math.max(furthest, Math.abs((served.get(model.id) ?? 0) - ((turn + 1) * model.weight) / total))
          }
        }
        expect(furthest).toBeLessThan(1)
        for (const { model } of eligible) expect(served.get(model.id)).toBe(2 * model.weight)
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  test('ranks the same after more subsets than it keeps schedules for', () => {
    const models = Array.from({ length: 8 }, (_, index) => candidate(`m${index}`, {}, { weight: index + 1 }))
    const one = weightedRoundRobin.prepare(modelsOf(models), {})
    const before = one(models, situation({ turn: 17 }))
    for (let subset = 0; subset < 256; subset++)
      one(
        models.filter((_, index) => (subset >> index) & 1),
        situation(),
      )
    expect(one(models, situation({ turn: 17 }))).toEqual(before)
  })
})
