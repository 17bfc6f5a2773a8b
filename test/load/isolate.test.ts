import { expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { poisson } from './isolate'

// Of 20,000 draws the mean is off by √(mean / 20,000) in one standard deviation, and the variance, which is the mean, by about √(2 / 20,000) of itself
it.each([0.01, 1, 19, 21, 130])('draws from the Poisson distribution of mean %d', expected => {
  const random = createRandom(7)
  const draws = Array.from({ length: 20_000 }, () => poisson(expected, random))
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length
  expect(Math.abs(mean - expected)).toBeLessThan(5 * Math.sqrt(expected / draws.length))
  // Where the mean is small, the variance is that of a rare event, off by as much as the mean is
  expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / expected) / draws.length))
})
