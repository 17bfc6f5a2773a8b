import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { charge } from '../../src/context/token-charge'

const whole = (text: string): number => charge(text, 0, text.length)

suite('a charge', () => {
  // hundredths of a token, by hand from the table of charges
  test.each([
    ['nothing', '', 0],
    ['the fifth letter is the first to cost: 100 + 9', 'Hello', 109],
    ['letters after a change of case count anew: 100 + 100 + 9', 'abcdeFghij', 218],
    ['a capital after a capital goes on with the word: 100 + 9', 'ABCDE', 109],
    ['a capital after an accent goes on with the word: 180', 'éA', 180],
    ['a capital after a small letter begins one, whatever stood before: 100 + 80 + 100', 'aéaA', 280],
    ['digits end a word: 100 + 190 + 100', 'a1b', 390],
    ['the fourth and the seventh digit cost: 190 + 100 + 100', '1234567', 390],
    ['a number behind another is one of its own: 190 + 190', '123 4', 380],
    ['the fifth Cyrillic letter is the first to cost: 130 + 39', 'Приве', 169],
    ['a change of script begins a word: 100 + 130', 'aж', 230],
    ['one blank between words is free: 100 + 100', 'a b', 200],
    ['the second blank costs, and those after it do not: 100 + 35 + 100', 'a    b', 235],
    ['a blank that begins a text or a line is indentation: 35 + 100 + 65 + 35', ' a\n\t', 235],
    ['the low half of a pair changes nothing: 180 + 180', '😀😀', 360],
    ['a lone low half within a word does not end it: 100 + 9', 'abcd\udc00e', 109],
    ['a sign of multiplication is a symbol: 190 + 180 + 190', '2×3', 560],
    ['a full-width full stop is punctuation: 85 + 55', '好。', 140],
  ])('%s', (_, text, hundredths) => {
    expect(whole(text)).toBe(hundredths)
  })

  test('is for the part of a text that it is asked about, as if that stood alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(40), fc.nat(40), (text, one, other) => {
        const [from, to] = [Math.min(one, other, text.length), Math.min(Math.max(one, other), text.length)]
        expect(charge(text, from, to)).toBe(whole(text.slice(from, to)))
      }),
      { seed: 19 },
    )
  })

  test('of texts that a line break parts is the sum of theirs and of its own', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        // a blank after the break is indentation, as at the start
        expect(whole(`${one}\n${other}`)).toBe(whole(one) + whole('\n') + whole(other))
      }),
      { seed: 20 },
    )
  })
})
