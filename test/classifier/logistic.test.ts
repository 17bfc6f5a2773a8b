import { expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { probability } from '../../src/context/classifier'
import { fitLogistic } from './logistic'

test('finds the slope and offset that made the data', () => {
  const random = createRandom(1)
  const observed = Array.from({ length: 20_000 }, () => {
    const score = 4 * random() - 2
    return { score, wanted: random() < probability(1.5 * score - 0.5) ? 1 : 0 }
  })
  const { slope, offset } = fitLogistic(observed)
  // standard errors are about 0.02
  expect(slope).toBeCloseTo(1.5, 1)
  expect(offset).toBeCloseTo(-0.5, 1)
})

test('with scores that are all alike says how often', () => {
  const { slope, offset } = fitLogistic([1, 0, 0, 0].map(wanted => ({ score: 0, wanted })))
  expect(probability(slope * 0 + offset)).toBeCloseTo(0.25, 4)
})
