/**
 * What the mere shape of a text gives away, whatever its language: length, numbers, code, formulas, options to choose from, lists. Amounts
 * without an upper end are put on a logarithmic scale, the others cut off, so that each lies within a few units of zero.
 */
import type { Ngrams } from './ngrams'
import { SIGNS, type Sign } from './unit'

export const SHAPE_SIZE = 23

/** Logarithms of counts below this come from a table: to compute them would take as long as all the rest of the shape. */
const TABLED = 2_048
const LOG1P = Float64Array.from({ length: TABLED }, (_, count) => Math.log1p(count))
const log1p = (count: number): number => (count < TABLED ? (LOG1P[count] ?? 0) : Math.log1p(count))

/** Fills `shape` from what `ngrams` counted of a turn of `characters`, of which perhaps only the ends were read. */
export function shapeOf(ngrams: Ngrams, characters: number, shape: Float64Array): void {
  const { words, letters, capitals, longWords, numbers, digits, syllables, lines, options, items, signs } = ngrams
  const sign = (place: number): number => signs[place] ?? 0
  const read = Math.max(1, letters + digits + syllables)
  const perWord = 1 / Math.max(1, words)
  shape[0] = log1p(characters) / 3 - 1.5
  shape[1] = log1p(words) / 3 - 1
  shape[2] = log1p(lines) / 2
  shape[3] = Math.min(3, sign(PLACES.question)) / 2
  shape[4] = log1p(numbers) / 2
  shape[5] = (digits / read) * 4
  shape[6] = log1p(sign(PLACES.operator)) / 2
  shape[7] = Math.min(2, (sign(PLACES.bracket) / read) * 8)
  shape[8] = log1p(sign(PLACES.backslash)) / 2
  shape[9] = log1p(sign(PLACES.dollar)) / 2
  shape[10] = Math.min(1, sign(PLACES.tick) / 3)
  shape[11] = Math.min(1, (capitals / Math.max(1, letters)) * 4)
  shape[12] = Math.min(2, (letters * perWord) / 5) - 1
  shape[13] = syllables / read
  shape[14] = Math.min(10, options) / 5
  shape[15] = Math.min(1, sign(PLACES.exclamation))
  shape[16] = Math.min(2, sign(PLACES.quote)) / 2
  shape[17] = Math.min(2, sign(PLACES.colon)) / 2
  shape[18] = Math.min(5, items) / 5
  shape[19] = longWords * perWord * 2
  shape[20] = Math.min(2, sign(PLACES.comma) * perWord * 5)
  shape[21] = Math.min(2, sign(PLACES.period) * perWord * 5)
  shape[22] = Math.min(2, (sign(PLACES.operator) / read) * 8)
}

const placeOf = (name: Sign): number => SIGNS.indexOf(name)
/** For names written out: where the name is a variable, V8 has to search for it each time. */
const PLACES: Readonly<Record<Sign, number>> = {
  other: placeOf('other'),
  question: placeOf('question'),
  exclamation: placeOf('exclamation'),
  period: placeOf('period'),
  comma: placeOf('comma'),
  colon: placeOf('colon'),
  quote: placeOf('quote'),
  tick: placeOf('tick'),
  backslash: placeOf('backslash'),
  dollar: placeOf('dollar'),
  dash: placeOf('dash'),
  operator: placeOf('operator'),
  bracket: placeOf('bracket'),
}
