import { expect, describe as suite, test } from 'vitest'
import { BUCKETS, gramsOf, mostGrams } from '../../src/context/language-grams'

function bucketsOf(word: string): readonly number[] {
  const units = Uint16Array.from(` ${word} `, letter => letter.charCodeAt(0))
  const room = new Uint16Array(mostGrams(word.length))
  return [...room.subarray(0, gramsOf(units, 1, units.length - 1, room, 0))]
}

suite('letter runs', () => {
  test('of "ab" are those of two to four letters of " ab ": 3 at the border, 2 from a, 1 from b', () => {
    expect(bucketsOf('ab')).toHaveLength(6)
  })

  test('of a longer word have five letters at most, and the word comes on top', () => {
    // " abcdefg " has 9 places: 4 runs from each of the first five, then 3, 2, 1 from e, f, g; and the word
    expect(bucketsOf('abcdefg')).toHaveLength(5 * 4 + 3 + 2 + 1 + 1)
  })

  test('of one letter are only those with an accent', () => {
    expect(bucketsOf('é')).toHaveLength(bucketsOf('e').length + 1)
  })

  test('of Chinese have two characters at most', () => {
    expect(bucketsOf('天气好')).toHaveLength(4 * 2)
  })

  test('never exceed the room that is promised for a word', () => {
    for (let letters = 1; letters <= 40; letters++)
      expect(bucketsOf('x'.repeat(letters)).length).toBeLessThanOrEqual(mostGrams(letters))
  })

  test('of two words that begin alike are alike at the beginning', () => {
    expect(bucketsOf('haus').slice(0, 4)).toEqual(bucketsOf('hausen').slice(0, 4))
  })

  test('spread as evenly as by chance', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz']
    const runs = letters.flatMap(a => letters.flatMap(b => letters.map(c => a + b + c)))
    // from the border run " a", " ab", " abc", " abc ": the fourth is all three with both borders
    const buckets = new Set(runs.map(run => bucketsOf(run)[3]))
    // n balls into B bins hit B (1 - exp(-n / B)) of them; the standard deviation stays below the root of n
    const expected = BUCKETS * (1 - Math.exp(-runs.length / BUCKETS))
    expect(Math.abs(buckets.size - expected)).toBeLessThan(4 * Math.sqrt(runs.length))
  })
})
