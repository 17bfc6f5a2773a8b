import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { MOST_NGRAMS, Ngrams } from '../../src/context/ngrams'

function of(...texts: readonly string[]): Ngrams {
  const ngrams = new Ngrams()
  for (const text of texts) ngrams.add(text)
  return ngrams
}
const hashes = (...texts: readonly string[]): ReadonlySet<number> => {
  const { hashes, size } = of(...texts)
  return new Set(hashes.subarray(0, size))
}
const shared = (one: string, other: string): number => {
  const others = hashes(other)
  return [...hashes(one)].filter(hash => others.has(hash)).length
}

suite('n-grams', () => {
  test.each([
    ['one short word: itself and as an opening', 'cat', 2],
    ['two: their pair besides', 'the cat', 5],
    ['three: another pair, and a triple', 'the cat sat', 9],
    ['four: the fourth is no opening', 'the cat sat too', 12],
    ['nothing pairs across the end of a sentence: a sign and two words with openings', 'cat. sat', 5],
    ['a comma does not part them', 'cat, sat', 6],
    ['a word of six letters has a stem', 'poetry', 3],
    ['one of seven a longer stem as well', 'printer', 4],
    ['characters of Chinese are words', '写诗', 5],
    ['nothing', '', 0],
    ['blanks', ' \t ', 0],
  ])('%s', (_, text, count) => {
    expect(of(text).size).toBe(count)
  })

  test('case and accents make no difference', () => {
    expect(hashes('Où EST l’Été')).toEqual(hashes('ou est l’ete'))
  })

  test('nor does an accent written apart', () => {
    expect(hashes('e\u0301te\u0301')).toEqual(hashes('été'))
  })

  test('numbers differ by their digits alone', () => {
    expect(hashes('in 1987')).toEqual(hashes('in 2024'))
    expect(hashes('in 87')).not.toEqual(hashes('in 2024'))
  })

  test('inflected forms keep a stem', () => {
    expect(shared('installieren', 'installiert')).toBe(2)
    expect(shared('installieren', 'verkaufen')).toBe(0)
  })

  test('order matters to pairs and not to words', () => {
    // three words and their three openings, and the stem of the one of five letters
    expect(shared('dog bites man', 'man bites dog')).toBe(3 + 3 + 1)
  })

  test('the opening is that of the first text alone', () => {
    expect(of('write it now please', 'cat').size).toBe(of('write it now please').size + 1)
  })

  test('hold nothing of what was read before', () => {
    const ngrams = of('some other text? with 3 numbers\n- and items')
    ngrams.clear()
    ngrams.add('the cat')
    const fresh = of('the cat')
    const { size } = fresh
    expect({ ...ngrams, hashes: ngrams.hashes.slice(0, size) }).toEqual({ ...fresh, hashes: fresh.hashes.slice(0, size) })
  })

  test('counts of numbers, options, items and the like', () => {
    const { words, letters, capitals, longWords, numbers, digits, syllables, lines, options, items, questions } = of(
      'Which ONE?\nA. red\nB) extraordinary\n1. 2024\n- 漢字',
    )
    expect({ words, letters, capitals, longWords, numbers, digits, syllables, lines, options, items, questions }).toEqual({
      words: 10,
      letters: 5 + 3 + 1 + 3 + 1 + 13,
      capitals: 1 + 3 + 1 + 1,
      longWords: 1,
      numbers: 2,
      digits: 5,
      syllables: 2,
      lines: 4,
      options: 2,
      items: 2,
      questions: 1,
    })
  })

  test('any text is read to its end or as far as there is room', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.nat(20), (text, times) => {
        const { size } = of(text.repeat(times))
        expect(size).toBeLessThanOrEqual(MOST_NGRAMS)
      }),
      { seed: 21 },
    )
    expect(of('漢'.repeat(100_000)).size).toBeGreaterThan(MOST_NGRAMS - 10)
    expect(of('漢'.repeat(100_000)).size).toBeLessThanOrEqual(MOST_NGRAMS)
  })
})
