import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { creativities, diversity, novelty, tokensOf } from '../../src/profile/creativity'

const words = (text: string) => text.split(' ')

describe('diversity', () => {
  it.each([
    ['a b c d', 1],
    ['a a a a', 0.25],
    ['a b a b', 0.5],
  ])('of %j, shorter than a window, is %d', (text, value) => {
    expect(diversity(words(text))).toBe(value)
  })

  it('of a long text is the mean over its windows', () => {
    // 26 words, the last repeats the first: both windows of 25 hold 25 distinct ones
    const tokens = Array.from({ length: 25 }, (_, index) => `w${index}`)
    expect(diversity([...tokens, 'w0'])).toBe(1)
    // The last repeats its neighbour: 25 and then 24 distinct
    expect(diversity([...tokens, 'w24'])).toBeCloseTo((25 + 24) / 50, 12)
  })

  it('does not fall because the same text goes on', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words('a b c d e f g h')), { minLength: 25, maxLength: 40 }), tokens => {
        const period = tokens.slice(0, 25)
        const once = diversity([...period, ...period])
        expect(diversity([...period, ...period, ...period])).toBeCloseTo(once, 1)
      }),
      { seed: 1 },
    )
  })

  it('of nothing is 0', () => {
    expect(diversity([])).toBe(0)
  })
})

describe('novelty', () => {
  it.each([
    // abc, bcd, cde: one of three is known
    ['a b c d e', ['x b c d y'], 2 / 3],
    ['a b c', ['a b c'], 0],
    ['a b c', [], 1],
    ['a b', ['a b'], 1],
  ])('of %j beside %j is %d', (own, others, value) => {
    expect(novelty(words(own), others.map(words))).toBeCloseTo(value, 12)
  })
})

describe('creativity', () => {
  it('is the product of the three', () => {
    // "a b a c": diversity 3/4; phrases aba and bac, of which the other holds aba: novelty 1/2. Constraints 2/3
    const [first, second] = creativities([
      { brief: 'one', text: 'A b a c', satisfaction: 2 / 3 },
      { brief: 'two', text: 'a b a', satisfaction: 1 },
    ])
    expect(first).toBeCloseTo((2 / 3) * (3 / 4) * (1 / 2), 12)
    expect(second).toBe(0)
  })

  it('holds no answer to the same brief against another', () => {
    const same = { brief: 'one', text: 'a b c', satisfaction: 1 }
    expect(creativities([same, same])).toEqual([1, 1])
  })

  it('counts characters in Chinese and words without case or accents elsewhere', () => {
    expect(tokensOf('春天来了。')).toEqual(['春', '天', '来', '了'])
    expect(tokensOf('L’ÉTÉ, déjà')).toEqual(['l', 'ete', 'deja'])
  })
})
