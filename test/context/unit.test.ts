import { expect, describe as suite, test } from 'vitest'
import {
  APOSTROPHE,
  BLANK,
  codeOf,
  DIGIT,
  FIRST_SIGN,
  LAST_SIGN,
  LINE_BREAK,
  NOTHING,
  SIGNS,
  SYLLABLE,
} from '../../src/context/unit'

const first = (text: string): number => text.charCodeAt(0)

suite('the code of a unit', () => {
  test.each([
    ['7', DIGIT],
    [' ', BLANK],
    ['\u00a0', BLANK],
    ['\u3000', BLANK],
    ['\n', LINE_BREAK],
    ["'", APOSTROPHE],
    ['’', APOSTROPHE],
    ['漢', SYLLABLE],
    ['か', SYLLABLE],
    ['한', SYLLABLE],
    ['ไ', SYLLABLE],
    ['\u0301', NOTHING],
    ['\u200b', NOTHING],
    ['\u0000', NOTHING],
  ])('%j is %i', (character, kind) => {
    expect(codeOf(first(character))).toBe(kind)
  })

  test('the second half of an emoji is nothing: it was counted already', () => {
    expect(codeOf('😀'.charCodeAt(1))).toBe(NOTHING)
  })
})

suite('a letter', () => {
  test.each([
    ['a', 'a'],
    ['É', 'e'],
    ['Ä', 'a'],
    ['ß', 'ß'],
    ['Ж', 'ж'],
    ['Ё', 'ё'],
    ['Σ', 'σ'],
    ['z', 'z'],
    ['ع', 'ع'],
    ['क', 'क'],
  ])('%s folds to %s', (letter, folded) => {
    expect(codeOf(first(letter))).toBe(first(folded))
  })

  test('and nothing else of the Latin scripts lies beyond the signs', () => {
    for (let unit = 0; unit < 0x250; unit++)
      expect(codeOf(unit) > LAST_SIGN, String(unit)).toBe(/\p{L}/u.test(String.fromCharCode(unit)))
  })
})

test.each([
  ['?', 'question'],
  ['？', 'question'],
  ['，', 'comma'],
  ['。', 'period'],
  ['{', 'bracket'],
  ['“', 'quote'],
  ['§', 'other'],
  ['€', 'other'],
  ['😀', 'other'],
] as const)('%s is a sign of the kind %s', (sign, name) => {
  expect(SIGNS[codeOf(first(sign)) - FIRST_SIGN]).toBe(name)
})
