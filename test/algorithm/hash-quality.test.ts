/**
 * Whether the hash may be taken for a random function: by what flips when a bit of a key flips, and by where the keys go that a router is given.
 * Everything is seeded; tolerances are those of a perfect hash, at odds that are named.
 */
import { describe, expect, test } from 'vitest'
import { fingerprint, hash32 } from '../../src/algorithm/hash'
import { createRandom } from '../../src/algorithm/random'
import type { Random } from '../../src/algorithm/sampling'
import { chiSquare, chiSquareBound } from './chi-square'

const OUTPUT_BITS = 32

describe('a flipped bit of a key', () => {
  const units = 12
  const rounds = 2_000
  const inputBits = units * 16

  /** By input bit, `rounds` differences between the hashes of a text and of the same text with that bit flipped. */
  const differencesOf = (seed: number): readonly Uint32Array[] => {
    const random = createRandom(seed)
    const printable = () => 32 + Math.floor(random() * 95)
    return Array.from({ length: inputBits }, (_, inputBit) =>
      Uint32Array.from({ length: rounds }, () => {
        const codes = Array.from({ length: units }, printable)
        const flipped = codes.map((code, at) => (at === inputBit >> 4 ? code ^ (1 << (inputBit & 15)) : code))
        return hash32(String.fromCharCode(...codes)) ^ hash32(String.fromCharCode(...flipped))
      }),
    )
  }
  const differences = differencesOf(11)
  const flips = differences.map(list =>
    Array.from({ length: OUTPUT_BITS }, (_, bit) => list.reduce((sum, difference) => sum + ((difference >>> bit) & 1), 0)),
  )
  /** Standard deviations of a binomial count from its mean. */
  const deviation = (count: number, trials: number, p: number) => (count - trials * p) / Math.sqrt(trials * p * (1 - p))

  test('flips each bit of the hash with probability one half, at any place of the key', () => {
    // 192 × 32 = 6,144 cells: 5 standard deviations leave a perfect hash odds of 1 in 280 to have one outside
    const worst = Math.max(...flips.flat().map(count => Math.abs(deviation(count, rounds, 0.5))))
    expect(worst).toBeLessThan(5)
  })

  test('does so on the whole: squared deviations add up to what chance gives', () => {
    const sum = flips.flat().reduce((total, count) => total + deviation(count, rounds, 0.5) ** 2, 0)
    expect(sum).toBeLessThan(chiSquareBound(inputBits * OUTPUT_BITS))
  })

  test('flips any two bits of the hash independently of each other', () => {
    // Both of a pair flip in a quarter of the cases. 496 pairs over 384,000 flips each: 5 standard deviations are odds of 1 in 3,500
    const both = Array.from({ length: OUTPUT_BITS }, () => new Array<number>(OUTPUT_BITS).fill(0))
    for (const difference of differences.flatMap(list => [...list]))
      for (const [high, row] of both.entries())
        if ((difference >>> high) & 1)
          for (let low = 0; low < high; low++) row[low] = (row[low] ?? 0) + ((difference >>> low) & 1)
    const pairs = both.flatMap((row, high) => row.slice(0, high))
    expect(pairs).toHaveLength(496)
    expect(Math.max(...pairs.map(count => Math.abs(deviation(count, inputBits * rounds, 0.25))))).toBeLessThan(5)
  })
})

const digits = (random: Random, count: number, radix: number) =>
  Array.from({ length: count }, () => Math.floor(random() * radix).toString(radix)).join('')
const pick = (random: Random, words: readonly string[]) => words[Math.floor(random() * words.length)] ?? ''

const SYSTEM =
  'You are the assistant of a shop for bicycles. Answer briefly, in the language of the question, and never promise a delivery date. '
const NAMES = ['anna', 'ben', 'chiara', 'dmitri', 'elif', 'farid', 'grace', 'hiro', 'ines', 'jan', 'kofi', 'li', 'maria', 'noor']
const HOSTS = ['example.com', 'mail.example.org', 'example.net']
const WORDS = 'the chain of my bicycle jumps when I go uphill in third gear and the brake squeals since it rained'.split(' ')

/** What is hashed in practice: clients' keys, and beginnings of conversations. */
const KEYS: readonly (readonly [string, number, (index: number, random: Random) => string])[] = [
  [
    'random UUIDs',
    51_200,
    (_, random) =>
      `${digits(random, 8, 16)}-${digits(random, 4, 16)}-4${digits(random, 3, 16)}-a${digits(random, 3, 16)}-${digits(random, 12, 16)}`,
  ],
  [
    'UUIDs that begin with a time',
    51_200,
    (index, random) => {
      const time = (1_700_000_000_000 + index * 7).toString(16).padStart(12, '0')
      return `${time.slice(0, 8)}-${time.slice(8)}-7${digits(random, 3, 16)}-9${digits(random, 3, 16)}-${digits(random, 12, 16)}`
    },
  ],
  ['user-0, user-1, …', 51_200, index => `user-${index}`],
  ['numbers of fixed width', 51_200, index => index.toString().padStart(12, '0')],
  ['numbers in the middle', 51_200, index => `tenant/${index}/chat`],
  ['e-mail addresses', 51_200, (index, random) => `${pick(random, NAMES)}.${index.toString(36)}@${pick(random, HOSTS)}`],
  ['what stands for a text: its fingerprint', 51_200, index => fingerprint(`conversation ${index}`)],
  [
    'prompts of 3,000 characters with a common beginning',
    12_800,
    (index, random) => `${SYSTEM.repeat(20)}${index} ${Array.from({ length: 60 }, () => pick(random, WORDS)).join(' ')}`,
  ],
  [
    'prompts of 3,000 characters that differ in one word at their beginning',
    12_800,
    index => `Customer ${index}. ${SYSTEM.repeat(22)}`,
  ],
]

describe.each(KEYS)('%s', (_, count, keyOf) => {
  const random = createRandom(12)
  const hashes = Uint32Array.from({ length: count }, (_unused, index) => hash32(keyOf(index, random)))

  test.each([
    ['the upper bits', 256, (hash: number) => hash >>> 24],
    ['the middle bits', 256, (hash: number) => (hash >>> 12) & 255],
    ['the lower bits', 256, (hash: number) => hash & 255],
    ['the remainder by a number that is no power of two', 100, (hash: number) => hash % 100],
    ['the place on a circle of a thousand equal arcs', 1_000, (hash: number) => Math.floor((hash / 2 ** 32) * 1_000)],
  ])('fills buckets evenly, by %s', (_unused, size, bucketOf) => {
    const buckets = new Array<number>(size).fill(0)
    for (const hash of hashes) buckets[bucketOf(hash)] = (buckets[bucketOf(hash)] ?? 0) + 1
    expect(chiSquare(buckets, new Array<number>(size).fill(count / size))).toBeLessThan(chiSquareBound(size - 1))
  })

  test('keeps different keys apart as a random function does', () => {
    // Of n keys n² / 2³³ pairs collide by chance, a Poisson number: 0.3 for 51,200, so that 5 or more have odds below 1 in 30,000
    expect(count - new Set(hashes).size).toBeLessThan(5)
  })
})

describe('keys that count up', () => {
  const count = 64_000

  // A key and the next, the next ten and the next hundred, as the digit moves that changes
  test.each([1, 2, 10, 100, 1_000])('go nowhere in particular: a bucket says nothing of the one %d keys on', step => {
    for (const bucketOf of [(hash: number) => hash >>> 28, (hash: number) => hash & 15]) {
      const pairs = new Array<number>(256).fill(0)
      for (let index = 0; index < count; index++) {
        const pair = 16 * bucketOf(hash32(`user-${index}`)) + bucketOf(hash32(`user-${index + step}`))
        pairs[pair] = (pairs[pair] ?? 0) + 1
      }
      expect(chiSquare(pairs, new Array<number>(256).fill(count / 256))).toBeLessThan(chiSquareBound(255))
    }
  })

  test('have steps of every size: the way from one hash to the next is uniform', () => {
    const steps = new Array<number>(256).fill(0)
    for (let index = 0; index < count; index++) {
      const step = (hash32(`user-${index + 1}`) - hash32(`user-${index}`)) >>> 24
      steps[step] = (steps[step] ?? 0) + 1
    }
    expect(chiSquare(steps, new Array<number>(256).fill(count / 256))).toBeLessThan(chiSquareBound(255))
  })
})
