import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { clear, gatherClause, lettersFor } from '../../src/context/language-letters'

const ROOM_UNITS = 400
const letters = lettersFor(ROOM_UNITS)

function clausesOf(text: string, strictly = true): readonly string[] {
  clear(letters)
  const clauses: string[] = []
  for (let index = 0; index < text.length; ) {
    const before = letters.length
    index = gatherClause(text, index, letters, strictly)
    if (letters.length > before) clauses.push(String.fromCharCode(...letters.units.subarray(before, letters.length)).trim())
  }
  return clauses
}
const wordsOf = (text: string, strictly = true): string => clausesOf(text, strictly).join(' ')

suite('words that tell a language', () => {
  test.each([
    ['in lower case, without punctuation and numbers', 'Wo ist, bitte, Gleis 9?', 'wo ist bitte gleis'],
    ['with the accents and the marks of their script', 'École हिन्दी', 'école हिन्दी'],
    ['parted by apostrophes and hyphens', "l'été est-il là", 'l été est il là'],
    ['that change their script are two', 'в Dockerе', 'в docker е'],
    ['of Japanese are parted by script', '東京へ行く', '東京 へ 行 く'],
  ])('%s', (_, text, words) => {
    expect(wordsOf(text)).toBe(words)
  })

  test.each([
    ['a fence', 'vorher ```js\nconst the = of\n``` nachher', 'vorher nachher'],
    ['a fence that is left open', 'vorher ```js\nconst the = of', 'vorher'],
    ['inline code', 'was macht `git rebase` hier', 'was macht hier'],
    ['an address', 'siehe https://example.com/the/best?way=1 dazu', 'siehe dazu'],
    ['an address without its scheme', 'siehe www.example.com/the/best dazu', 'siehe dazu'],
    ['the address of a person', 'schreib john.doe@example.com heute', 'schreib heute'],
    ['a file', 'öffne index.html jetzt', 'öffne jetzt'],
    ['a path', 'lösche /usr/local/bin jetzt', 'lösche jetzt'],
    ['the name of a call', 'warum gibt print(value) nichts aus', 'warum gibt value nichts aus'],
    ['a name with humps', 'nutzt GitHub oder getElementById', 'nutzt oder'],
    ['a name with digits', 'mit ipv6 und utf8', 'mit und'],
    ['a tag', 'was bedeutet das <div> hier oben', 'was bedeutet das hier oben'],
    ['a formula', 'löse $\\frac{x}{two}$ nach x', 'löse nach x'],
    ['an abbreviation', 'was heißt HTTP hier', 'was heißt hier'],
    ['a quotation', 'übersetze "the weather is nice" bitte', 'übersetze bitte'],
    ['a quotation in the marks of another country', 'übersetze «the weather» und 「天気」 bitte', 'übersetze und bitte'],
    ['a line of code', 'Was tut das?\nfor (let i = 0; i < n; i++) {\n', 'was tut das'],
  ])('are not %s', (_, text, words) => {
    expect(wordsOf(text)).toBe(words)
  })

  test.each([
    ['prefixes of Bantu languages and Irish eclipses, which have one hump', 'isiZulu tÉireann', 'isizulu téireann'],
    ['a plural in brackets', 'your letter(s) here', 'your letter s here'],
    ['what is shouted', 'READ THIS NOW', 'read this now'],
    ['prices, which have no second mark', 'it costs $5 or so', 'it costs or so'],
    ['what stands behind a stray quotation mark', 'a 5" screen is small', 'a screen is small'],
    ['a line about code in a script that no code is written in', 'print(0.1+0.2)为什么不是0.3', '为什么不是'],
  ])('are also %s', (_, text, words) => {
    expect(wordsOf(text)).toBe(words)
  })

  test('are quotations and abbreviations where there is nothing else', () => {
    expect(wordsOf('"the weather is nice"', false)).toBe('the weather is nice')
    expect(wordsOf('HTTP', false)).toBe('http')
  })
})

suite('clauses', () => {
  test('end at a line break and at a colon', () => {
    expect(clausesOf('Translate to German: the sea\nis blue')).toEqual(['translate to german', 'the sea', 'is blue'])
  })

  test('end after some thirty letters where a text has neither', () => {
    const [first = ''] = clausesOf('word '.repeat(40))
    expect(first.length).toBeGreaterThanOrEqual(28)
    expect(first.length).toBeLessThan(35)
  })

  test('never run over the room there is, however long the text and its words', () => {
    for (const text of ['x'.repeat(5_000), 'ab '.repeat(5_000), '漢'.repeat(5_000)]) {
      clausesOf(text)
      expect(letters.length).toBeLessThanOrEqual(ROOM_UNITS)
    }
  })

  test('always come to an end, and hold nothing but words between blanks', () => {
    const signs = fc.constantFrom(...'aäBéЖ天あ"«»`$.:@/\\ <>(){}=9\n「」')
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: signs, maxLength: 200 }))
    fc.assert(
      fc.property(text, fc.boolean(), (anything, strictly) => {
        clausesOf(anything, strictly)
        const gathered = String.fromCharCode(...letters.units.subarray(0, letters.length))
        expect(gathered).toMatch(/^ (\S+ )*$/u)
      }),
      { seed: 20, numRuns: 500 },
    )
  })
})
