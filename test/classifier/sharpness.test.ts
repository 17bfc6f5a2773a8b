import { expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { sharpnessOf } from '../../src/context/classifier'
import { fitSharpness } from './sharpness'

test.each([
  ['all alike', 0.5, 0],
  ['the more is known the more', 1.6, 0.6],
])('finds by how much scores are too sure: %s', (_, factor, power) => {
  const random = createRandom(2)
  const observed = Array.from({ length: 4_000 }, () => {
    const scores = [4 * random(), 4 * random(), 4 * random()]
    const known = Math.floor(400 * random() ** 2)
    const sharp = factor * (known + 5) ** (-power / 2)
    const odds = scores.map(score => Math.exp(sharp * score))
    let left = random() * odds.reduce((sum, each) => sum + each, 0)
    const right = odds.findIndex(each => {
      left -= each
      return left < 0
    })
    return { scores, right: [Math.max(0, right)], known: known + 1, weight: 1 }
  })
  const found = fitSharpness(observed)
  for (const known of [10, 100, 300])
    expect(Math.abs(sharpnessOf(found, known) / (factor * (known + 4) ** (-power / 2)) - 1)).toBeLessThan(0.1)
})
