import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { Bursts } from '../../src/state/bursts'
import { START_MS } from './fleet'

/** After two minutes in which `countAt` says how many come in each tenth of a second. */
function factorOf(countAt: (tenth: number) => number): number {
  const bursts = new Bursts()
  for (let tenth = 0; tenth < 1_200; tenth++) {
    const count = countAt(tenth)
    if (count > 0) bursts.arrive(count, START_MS + tenth * 100)
  }
  return bursts.factor
}

/** As many as come independently of each other, with this mean (Knuth's way). */
function poisson(mean: number, random: () => number): number {
  let count = 0
  for (let left = random(); left > Math.exp(-mean); left *= random()) count += 1
  return count
}

describe('how many more come together', () => {
  it('is none before anyone has come', () => {
    expect(new Bursts().factor).toBe(1)
  })

  it.each([1, 2, 3])('is about none where they come independently of each other (seed %i)', seed => {
    const random = createRandom(seed)
    // Some 40 effective seconds of 10 requests: the variance is known to a quarter of itself, and it is a tenth of the mean's square
    expect(factorOf(() => poisson(1, random))).toBeLessThan(1.1)
  })

  it('is none where they come like clockwork', () => {
    expect(factorOf(() => 1)).toBe(1)
  })

  it('is five where ten seconds of requests come in two', () => {
    // 50 in each of two seconds: the one meets 49 others in its second, where 10 come on average; the prior draws it down
    const factor = factorOf(tenth => (tenth % 100 < 20 ? 5 : 0))
    expect(factor).toBeGreaterThan(4)
    expect(factor).toBeLessThan(5)
  })

  it('is bounded, and forgotten in a few minutes', () => {
    const bursts = new Bursts()
    bursts.arrive(1_000, START_MS)
    bursts.arrive(1, START_MS + 60_000)
    expect(bursts.factor).toBe(10)
    for (let second = 61; second < 400; second++) bursts.arrive(10, START_MS + second * 1_000)
    expect(bursts.factor).toBeLessThan(1.1)
  })
})
