import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { Ngrams } from '../../src/context/ngrams'
import { SHAPE_SIZE, shapeOf } from '../../src/context/shape'

function of(text: string, characters = text.length): Float64Array {
  const ngrams = new Ngrams()
  ngrams.add(text)
  const shape = new Float64Array(SHAPE_SIZE)
  shapeOf(ngrams, characters, shape)
  return shape
}

suite('shape', () => {
  test.each([
    ['length', 0, 'aaa', Math.log1p(3) / 3 - 1.5],
    ['words', 1, 'a b c', Math.log1p(3) / 3 - 1],
    ['questions, up to three', 3, '? ? ? ? ?', 1.5],
    ['share of digits', 5, 'ab 12', 2],
    ['backslashes', 8, '\\frac', Math.log1p(1) / 2],
    ['capitals', 11, 'AAAA', 1],
    ['characters that are words', 13, '漢字', 1],
    ['options', 14, 'A. x\nB. y', 0.4],
    ['items of a list', 18, '- x\n- y', 0.4],
  ])('%s', (_, index, text, value) => {
    expect(of(text)[index]).toBeCloseTo(value, 10)
  })

  test('a turn of which only the ends were read counts with its whole length', () => {
    expect(of('word', 100_000)[0]).toBeCloseTo(Math.log1p(100_000) / 3 - 1.5, 10)
  })

  test('stays within a few units of zero', () => {
    // log1p(10⁷) / 3 - 1.5 = 3.9 is the largest that a body of ten megabytes can bring
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_800 }), fc.nat(10_000_000), (text, more) => {
        for (const each of of(text, text.length + more)) {
          expect(each).toBeGreaterThanOrEqual(-1.5)
          expect(each).toBeLessThan(6)
        }
      }),
      { seed: 22 },
    )
  })
})
