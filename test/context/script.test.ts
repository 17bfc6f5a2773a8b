import { expect, describe as suite, test } from 'vitest'
import { type Script, scriptOf, tallyScripts } from '../../src/context/script'

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
    expect(tallyScripts('𠮷😀')).toEqual(
      new Map<Script, number>([
        ['han', 1],
        ['symbol', 1],
        ['none', 2],
      ]),
    )
  })
})
