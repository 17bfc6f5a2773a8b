import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import type { Load } from '../../src/strategy/strategy'
import { sparedAmong, sparedLast } from '../../src/strategy/thinning'
import { candidate, idsOf } from './given'

const DRAWS = 20_000

/** How often `a` is not spared. */
function kept(headroom: Load['headroom'], usualHeadroom?: number, ageMs = 0, size = 1): number {
  const a = candidate('a', { headroom, usualHeadroom })
  const all = [a, candidate('b')]
  const random = createRandom(1)
  let count = 0
  for (let i = 0; i < DRAWS; i++) if (!sparedAmong(all, ageMs, random, size).has(a.model)) count += 1
  return count / DRAWS
}

// Four standard deviations of 20,000 draws are 1.4 %
const NOISE = 0.014

describe('a model whose rate limit runs low', () => {
  test.each([
    ['is not spared with four fifths of it left', { share: 0.8 }, undefined, 1],
    ['is spared half of the time with half of that', { share: 0.4 }, undefined, 0.5],
    ['is spared nine times of ten with a tenth of that', { share: 0.08 }, undefined, 0.1],
    ['is always spared with nothing left', { share: 0 }, undefined, 0],
    ['is not spared where no limit is known', null, undefined, 1],
    ['is spared by what is left on average where nothing newer is known', null, 0.4, 0.5],
    ['is tried now and then when on average nothing is left', undefined, 0, 0.0625],
    ['is judged by the latest where that is known', { share: 0.8 }, 0.1, 1],
  ])('%s', (_, headroom, usual, expected) => {
    expect(Math.abs(kept(headroom, usual) - expected)).toBeLessThan(NOISE)
  })

  // Empty, and full again in 5 s: what is 5 s old counts 5,000 / 12 / 5,000 = a twelfth, and 11/12 × 0.3 are kept of 0.8
  test.each([
    ['counts in full while the figure is young', 700, 0],
    ['is judged by the average the more the older the figure is', 5_000, 0.344],
    // Next to nothing, and 0.3 of 0.8
    ['is judged by the average for the most part in the end', 9_999, 0.375],
  ])('%s', (_, ageMs, expected) => {
    expect(Math.abs(kept({ share: 0, forMs: 10_000 - ageMs }, 0.3, ageMs) - expected)).toBeLessThan(NOISE)
  })

  test('is judged by the figure, however old, where nobody knows how long the limit takes to refill', () => {
    expect(kept({ share: 0 }, 0.3, 60_000)).toBe(0)
  })

  test.each([
    ['half as long', 0.5, 0.125],
    ['as long', 1, 0.25],
    ['twice as long', 2, 0.5],
    ['ten times as long', 10, 1],
  ])('is rather kept for prompts that would take long elsewhere: for one %s as the mean', (_, size, expected) => {
    expect(Math.abs(kept({ share: 0.2 }, undefined, 0, size) - expected)).toBeLessThan(NOISE)
  })

  test.each([
    ['is spared for certain when the next request would be refused', 0.99, 0],
    ['is not for that', 1, 1],
  ])('of which it is known how many requests it lets through %s', (_, left, expected) => {
    const a = candidate('a', { headroom: { share: 0.9 }, quota: { left, refillMs: 100 } })
    expect(sparedAmong([a], 0, () => 0).size).toBe(1 - expected)
  })

  test('costs no draw where no limit runs low, so that decisions are the same as without', () => {
    const random = () => {
      throw new Error('it drew')
    }
    expect(sparedAmong([candidate('a', { headroom: { share: 0.9 } }), candidate('b')], 0, random).size).toBe(0)
  })
})

test('whoever is spared comes last, and the order stays otherwise', () => {
  const all = ['a', 'b', 'c', 'd'].map(id => candidate(id))
  const ranking = all.map(({ model }, score) => ({ model, score }))
  const spared = new Set(all.map(({ model }) => model).filter(({ id }) => id === 'a' || id === 'c'))
  expect(idsOf(sparedLast(ranking, spared))).toEqual(['b', 'd', 'a', 'c'])
  expect(sparedLast(ranking, new Set())).toBe(ranking)
})
