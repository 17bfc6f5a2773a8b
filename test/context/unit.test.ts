import { expect, describe as suite, test } from 'vitest'
import {
  APOSTROPHE,
  BLANK,
  DIGIT,
  kindOf,
  LETTER,
  LINE_BREAK,
  letterOf,
  NOTHING,
  SIGN,
  SIGNS,
  SYLLABLE,
  signIndexOf,
} from '../../src/context/unit'

const first = (text: string): number => text.charCodeAt(0)

suite('the kind of a code unit', () => {
  test.each([
    ['a', LETTER],
    ['Ä', LETTER],
    ['ж', LETTER],
    ['ع', LETTER],
    ['क', LETTER],
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
    ['?', SIGN],
    ['，', SIGN],
    ['€', SIGN],
    ['😀', SIGN],
    ['\u0301', NOTHING],
    ['\u200b', NOTHING],
    ['\u0000', NOTHING],
  ])('%j is %i', (character, kind) => {
    expect(kindOf(first(character))).toBe(kind)
  })

  test('the second half of an emoji is nothing: it was counted already', () => {
    expect(kindOf('😀'.charCodeAt(1))).toBe(NOTHING)
  })
})

test.each([
  ['É', 'e'],
  ['ß', 'ß'],
  ['Ж', 'ж'],
  ['Ё', 'ё'],
  ['Σ', 'σ'],
  ['z', 'z'],
  ['ع', 'ع'],
])('%s folds to %s', (letter, folded) => {
  expect(letterOf(first(letter))).toBe(first(folded))
})

test.each(['1', ' ', '?', '漢', '\u0301'])('%j is no letter', character => {
  expect(letterOf(first(character))).toBe(0)
})

test.each([
  ['?', 'question'],
  ['？', 'question'],
  ['。', 'period'],
  ['{', 'bracket'],
  ['“', 'quote'],
  ['§', 'other'],
] as const)('%s is of the kind %s', (sign, name) => {
  expect(SIGNS[signIndexOf(first(sign))]).toBe(name)
})
