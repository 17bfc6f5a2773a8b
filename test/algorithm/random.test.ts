import { describe, expect, test } from 'vitest'
import { createRandom, shuffle } from '../../src/algorithm/random'
import { chiSquare, chiSquareBound } from './chi-square'

const draw = (seed: number, count: number) => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random())
}

describe('createRandom', () => {
  test('repeats itself for the same seed and not for another', () => {
    expect(draw(7, 5)).toEqual(draw(7, 5))
    const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 52, Number.MAX_SAFE_INTEGER]
    expect(new Set(seeds.map(seed => draw(seed, 1)[0])).size).toBe(seeds.length)
  })

  test('is uniform interval by interval, and in pairs', () => {
    const numbers = draw(1, 100_000)
    const intervals = new Array<number>(50).fill(0)
    const pairs = new Array<number>(100).fill(0)
    for (const [index, number] of numbers.entries()) {
      const interval = Math.floor(number * 50)
      intervals[interval] = (intervals[interval] ?? 0) + 1
      if (index % 2 === 1) {
        const pair = Math.floor((numbers[index - 1] ?? 0) * 10) * 10 + Math.floor(number * 10)
        pairs[pair] = (pairs[pair] ?? 0) + 1
      }
    }
    // A number outside [0, 1) would have made a further interval
    expect(Object.keys(intervals)).toHaveLength(50)
    expect(chiSquare(intervals, new Array<number>(50).fill(2_000))).toBeLessThan(chiSquareBound(49))
    expect(chiSquare(pairs, new Array<number>(100).fill(500))).toBeLessThan(chiSquareBound(99))
  })

  test('has first numbers that are uniform over neighbouring seeds', () => {
    const intervals = new Array<number>(20).fill(0)
    for (let seed = 0; seed < 20_000; seed++) {
      const interval = Math.floor(createRandom(seed)() * 20)
      intervals[interval] = (intervals[interval] ?? 0) + 1
    }
    expect(chiSquare(intervals, new Array<number>(20).fill(1_000))).toBeLessThan(chiSquareBound(19))
  })
})

describe('shuffle', () => {
  test('makes every order as likely as any other', () => {
    const random = createRandom(2)
    const counts = new Map<string, number>()
    for (let round = 0; round < 24_000; round++) {
      const order = shuffle(['a', 'b', 'c', 'd'], random).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    expect(chiSquare([...counts.values()], new Array<number>(24).fill(1_000))).toBeLessThan(chiSquareBound(23))
  })

  test('leaves its input as it was', () => {
    const items = Object.freeze([1, 2, 3])
    expect(shuffle(items, createRandom(3)).toSorted()).toEqual([1, 2, 3])
    expect(shuffle([], createRandom(3))).toEqual([])
  })
})
