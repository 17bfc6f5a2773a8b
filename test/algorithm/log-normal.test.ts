import { describe, expect, test } from 'vitest'
import { chanceWithin, ninths } from '../../src/algorithm/log-normal'

describe('the chance of at most so much', () => {
  // Of the standard normal: 84.13 % lie below one deviation, 97.72 % below two; the approximation is off by 0.01 at most
  test.each([
    ['the median', 100, 0.5],
    ['one spread above', 100 * Math.E ** 0.5, 0.8413],
    ['two spreads above', 100 * Math.E ** 1, 0.9772],
    ['one spread below', 100 / Math.E ** 0.5, 0.1587],
  ])('%s', (_, x, expected) => {
    expect(Math.abs(chanceWithin({ median: 100, spread: 0.5 }, x) - expected)).toBeLessThan(0.01)
  })

  test.each([0, -5, Number.NaN])('nothing takes %s', x => {
    expect(chanceWithin({ median: 100, spread: 0.5 }, x)).toBe(0)
  })

  test('without a spread it is all or nothing', () => {
    expect([99, 100, 101].map(x => chanceWithin({ median: 100, spread: 0 }, x))).toEqual([0, 1, 1])
  })
})

test('the ninths lie in the middle of nine equal parts', () => {
  const distribution = { median: 200, spread: 0.8 }
  const chances = ninths(distribution).map(value => chanceWithin(distribution, value))
  for (const [index, chance] of chances.entries()) expect(Math.abs(chance - (index + 0.5) / 9)).toBeLessThan(0.01)
})
