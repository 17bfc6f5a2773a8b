import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fingerprint, hash32 } from '../../src/algorithm/hash'
import { createRandom } from '../../src/algorithm/random'
import { chiSquare, chiSquareBound } from './chi-square'

/** The definition over bytes and unbounded integers: slow, and nothing in common with the code but the constants. */
function reference(text: string): number {
  const word = 0xffffffffn
  let h = 0x811c9dc5n
  for (const byte of Buffer.from(text, 'utf16le')) h = ((h ^ BigInt(byte)) * 0x01000193n) & word
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & word
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & word
  return Number(h ^ (h >> 16n))
}

describe('hash32', () => {
  test.each(['', 'a', 'gpt#0', 'größer', '日本語', '\ud800', '\ud800a', '👩‍🚀'])('is FNV-1a with a finaliser: %j', text => {
    expect(hash32(text)).toBe(reference(text))
  })

  test('agrees with the definition on any string, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), text => {
        expect(hash32(text)).toBe(reference(text))
      }),
      { seed: 1 },
    )
    // Unbounded integers are slow, and slower beside other work
  }, 30_000)

  test('tells apart characters that differ in the upper byte only', () => {
    expect(hash32('\u0061')).not.toBe(hash32('\u0161'))
  })

  test('flips every output bit with probability one half when any one input bit flips', () => {
    const random = createRandom(2)
    const rounds = 2_000
    for (let inputBit = 0; inputBit < 16; inputBit++) {
      const flips = new Array<number>(32).fill(0)
      for (let round = 0; round < rounds; round++) {
        const units = Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * 2 ** 16))
        const place = Math.floor(random() * units.length)
        const flipped = units.map((unit, index) => (index === place ? unit ^ (1 << inputBit) : unit))
        const difference = hash32(String.fromCharCode(...units)) ^ hash32(String.fromCharCode(...flipped))
        for (const [bit, count] of flips.entries()) flips[bit] = count + ((difference >>> bit) & 1)
      }
      // 512 cells in all, each binomial: 5 standard deviations leave less than 1 in 3,000 for a perfect hash
      const tolerance = 5 * Math.sqrt(0.25 / rounds)
      expect(Math.max(...flips.map(count => Math.abs(count / rounds - 0.5)))).toBeLessThan(tolerance)
    }
  })

  test.each([
    ['short numbered names', (index: number) => `gpt#${index}`],
    ['numbers in front', (index: number) => `${index}`],
    ['long common beginnings', (index: number) => `${'You are a helpful assistant. '.repeat(20)}${index}`],
    ['long common endings', (index: number) => `${index}${' and so on'.repeat(20)}`],
  ])('spreads %s evenly, by the upper bits as by the lower', (_, nameOf) => {
    const count = 64_000
    const hashes = Array.from({ length: count }, (_unused, index) => hash32(nameOf(index)))
    for (const bucketOf of [(hash: number) => hash >>> 26, (hash: number) => hash & 63]) {
      const buckets = new Array<number>(64).fill(0)
      for (const hash of hashes) buckets[bucketOf(hash)] = (buckets[bucketOf(hash)] ?? 0) + 1
      expect(chiSquare(buckets, new Array<number>(64).fill(count / 64))).toBeLessThan(chiSquareBound(63))
    }
  })
})

describe('fingerprint', () => {
  test('is 16 hexadecimal digits, leading zeros included', () => {
    for (let i = 0; i < 200; i++) expect(fingerprint(`key ${i}`)).toMatch(/^[0-9a-f]{16}$/)
    expect(fingerprint('')).toBe(reference('').toString(16).padStart(8, '0') + reference('\u0000').toString(16).padStart(8, '0'))
  })

  test('has a second half that tells apart what the first does not', () => {
    // Among 200,000 texts some 5 pairs share 32 bits (200,000² / 2³³); that none did has odds of 1 %, and the seed is fixed
    const random = createRandom(5)
    const halves = new Map<string, string>()
    let shared = 0
    for (let i = 0; i < 200_000; i++) {
      const both = fingerprint(`${random()} ${random()}`)
      const other = halves.get(both.slice(0, 8))
      if (other !== undefined) {
        shared++
        expect(both.slice(8)).not.toBe(other)
      }
      halves.set(both.slice(0, 8), both.slice(8))
    }
    expect(shared).toBeGreaterThan(0)
  })
})
