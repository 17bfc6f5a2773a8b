/**
 * What the mere shape of a text gives away, whatever its language: length, numbers, code, formulas, options to choose from, lists. Amounts
 * without an upper end are put on a logarithmic scale, the others cut off, so that each lies within a few units of zero.
 */
import type { Ngrams } from './ngrams'
import { SIGNS, type Sign } from './unit'

export const SHAPE_SIZE = 23

/** Fills `shape` from what `ngrams` counted of a turn of `characters`, of which perhaps only the ends were read. */
export function shapeOf(ngrams: Ngrams, characters: number, shape: Float64Array): void {
  const { words, letters, capitals, longWords, numbers, digits, syllables, lines, options, items, signs } = ngrams
  const sign = (name: Sign): number => signs[INDEX[name]] ?? 0
  const read = Math.max(1, letters + digits + syllables)
  const perWord = 1 / Math.max(1, words)
  shape[0] = Math.log1p(characters) / 3 - 1.5
  shape[1] = Math.log1p(words) / 3 - 1
  shape[2] = Math.log1p(lines) / 2
  shape[3] = Math.min(3, sign('question')) / 2
  shape[4] = Math.log1p(numbers) / 2
  shape[5] = (digits / read) * 4
  shape[6] = Math.log1p(sign('operator')) / 2
  shape[7] = Math.min(2, (sign('bracket') / read) * 8)
  shape[8] = Math.log1p(sign('backslash')) / 2
  shape[9] = Math.log1p(sign('dollar')) / 2
  shape[10] = Math.min(1, sign('tick') / 3)
  shape[11] = Math.min(1, (capitals / Math.max(1, letters)) * 4)
  shape[12] = Math.min(2, (letters * perWord) / 5) - 1
  shape[13] = syllables / read
  shape[14] = Math.min(10, options) / 5
  shape[15] = Math.min(1, sign('exclamation'))
  shape[16] = Math.min(2, sign('quote')) / 2
  shape[17] = Math.min(2, sign('colon')) / 2
  shape[18] = Math.min(5, items) / 5
  shape[19] = longWords * perWord * 2
  shape[20] = Math.min(2, sign('comma') * perWord * 5)
  shape[21] = Math.min(2, sign('period') * perWord * 5)
  shape[22] = Math.min(2, (sign('operator') / read) * 8)
}

const indexOf = (name: Sign): number => SIGNS.indexOf(name)
const INDEX: Readonly<Record<Sign, number>> = {
  other: indexOf('other'),
  question: indexOf('question'),
  exclamation: indexOf('exclamation'),
  period: indexOf('period'),
  comma: indexOf('comma'),
  colon: indexOf('colon'),
  quote: indexOf('quote'),
  tick: indexOf('tick'),
  backslash: indexOf('backslash'),
  dollar: indexOf('dollar'),
  dash: indexOf('dash'),
  operator: indexOf('operator'),
  bracket: indexOf('bracket'),
}
