import { expect, describe as suite, test } from 'vitest'
import { type Script, scriptOf } from '../../src/context/script'

suite('script', () => {
  const CASES: readonly (readonly [string, Script])[] = [
    ['a', 'latin'],
    ['Z', 'latin'],
    ['ß', 'latin'],
    ['ế', 'latin'],
    ['÷', 'symbol'],
    ['7', 'none'],
    [' ', 'none'],
    ['@', 'none'],
    ['[', 'none'],
    ['。', 'none'],
    ['ж', 'cyrillic'],
    ['ω', 'greek'],
    ['漢', 'han'],
    ['ひ', 'kana'],
    ['カ', 'kana'],
    ['한', 'hangul'],
    ['ع', 'arabic'],
    ['א', 'hebrew'],
    ['ह', 'devanagari'],
    ['ไ', 'thai'],
    ['∑', 'symbol'],
  ]
  test.each(CASES)('%s is %s', (character, script) => {
    expect(scriptOf(character.charCodeAt(0))).toBe(script)
  })

  test('a character of two code units counts once, in the script of its first', () => {
    expect(Array.from({ length: 4 }, (_, index) => scriptOf('𠮷😀'.charCodeAt(index)))).toEqual(['han', 'none', 'symbol', 'none'])
  })
})
