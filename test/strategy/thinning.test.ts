import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { thinned } from '../../src/strategy/thinning'
import { candidate, idsOf } from './given'

const DRAWS = 20_000

/** How often `a`, ranked first, stays first. */
function kept(headroom: { share: number } | null | undefined, usualHeadroom?: number): number {
  const all = [candidate('a', { headroom, usualHeadroom }), candidate('b')]
  const ranking = all.map(({ model }, score) => ({ model, score }))
  const random = createRandom(1)
  let first = 0
  for (let i = 0; i < DRAWS; i++) if (thinned(ranking, all, random)[0]?.model.id === 'a') first += 1
  return first / DRAWS
}

describe('a model whose rate limit runs low', () => {
  // Four standard deviations of 20,000 draws are 1.4 %
  test.each([
    ['is not spared with half of it left', { share: 0.5 }, undefined, 1],
    ['is spared half of the time with a quarter left', { share: 0.25 }, undefined, 0.5],
    ['is spared nine times of ten with a twentieth left', { share: 0.05 }, undefined, 0.1],
    ['is always spared with nothing left', { share: 0 }, undefined, 0],
    ['is not spared where no limit is known', null, undefined, 1],
    ['is spared by what is left on average where nothing newer is known', null, 0.25, 0.5],
    ['is tried now and then when on average nothing is left', undefined, 0, 0.1],
    ['is judged by the latest where that is known', { share: 0.5 }, 0.1, 1],
  ])('%s', (_, headroom, usual, expected) => {
    expect(Math.abs(kept(headroom, usual) - expected)).toBeLessThan(0.014)
  })

  test('comes last, and the order stays otherwise', () => {
    const all = [
      candidate('a', { headroom: { share: 0 } }),
      candidate('b'),
      candidate('c', { headroom: { share: 0 } }),
      candidate('d'),
    ]
    const ranking = all.map(({ model }, score) => ({ model, score }))
    expect(idsOf(thinned(ranking, all, createRandom(1)))).toEqual(['b', 'd', 'a', 'c'])
  })

  test('costs no draw where no limit runs low, so that decisions are the same as without', () => {
    const all = [candidate('a', { headroom: { share: 0.9 } }), candidate('b')]
    const ranking = all.map(({ model }, score) => ({ model, score }))
    const random = () => {
      throw new Error('it drew')
    }
    expect(thinned(ranking, all, random)).toBe(ranking)
  })
})
