/** That `adaptive` keeps clear of the point from which a model makes new prompts wait. */
import { describe, expect, test } from 'vitest'
import { adaptive } from '../../src/strategy/adaptive'
import type { Candidate, Situation } from '../../src/strategy/strategy'
import { candidate, firsts, idsOf, modelsOf, situation } from './given'

const quick = (inFlight: number) =>
  candidate('quick', { firstToken: { baseMs: 100, slopeMsPerToken: 0.01 }, concurrency: 10, answerMs: 5_000, inFlight })
const steady = candidate('steady', { firstToken: { baseMs: 300, slopeMsPerToken: 0.01 }, concurrency: 100, answerMs: 5_000 })

const rankOf = (all: readonly Candidate[]) => adaptive.prepare(modelsOf(all), {})(all, situation())

const shareOf = (id: string, all: readonly Candidate[], view: Situation['view']) => {
  const rank = adaptive.prepare(modelsOf(all), {})
  return (firsts(10_000, (turn, random) => rank(all, situation({ view, turn, random }))).get(id) ?? 0) / 10_000
}

describe('a model with room for ten answers', () => {
  test('is taken up to the tenth, and then costs the time until one of them ends', () => {
    expect(idsOf(rankOf([quick(9), steady]))).toEqual(['quick', 'steady'])
    const ranked = rankOf([quick(10), steady])
    expect(idsOf(ranked)).toEqual(['steady', 'quick'])
    // 500 ms until one of ten answers of 5 s ends, and a hundredth of the idle 101 ms for one more in flight
    expect((ranked[1]?.score ?? 0) - (rankOf([quick(9)])[0]?.score ?? 0)).toBeCloseTo(501.01, 6)
  })

  test('is left some room where the view is old', () => {
    const old = { ageMs: 2_000, arrivalsPerSecond: 5, meanPromptTokens: 100 }
    expect(shareOf('quick', [quick(9), steady], { ...old, ageMs: 0 })).toBe(1)
    expect(shareOf('quick', [quick(9), steady], old)).toBeLessThan(0.1)
    expect(shareOf('quick', [quick(0), steady], old)).toBeGreaterThan(0.5)
  })

  test('without a view gets what it can write of all that is written: a tenth of what ten times as many can', () => {
    expect(shareOf('quick', [quick(0), steady], undefined)).toBeCloseTo(1 / 11, 1)
  })
})
