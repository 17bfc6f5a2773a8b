/** What is a letter, a capital, a gap, by UTF-16 code unit: one look into a table, where a regex would cost more than all else. */
import { scriptIndexOf } from './script'

/** Lower case of each letter, 0 for what is no letter; all cased letters of living scripts are below 2500 but Cherokee's. */
const FOLDED_UNITS = 0x2500
const FOLDED = new Uint16Array(FOLDED_UNITS)
for (let unit = 0; unit < FOLDED_UNITS; unit++) {
  const letter = String.fromCharCode(unit)
  // the marks of Arabic, Indian and Ethiopic scripts belong to the word, their digits and full stops do not
  if (scriptIndexOf(unit) !== 0 && /[\p{L}\p{M}]/u.test(letter)) FOLDED[unit] = letter.toLowerCase().charCodeAt(0)
}
const SYMBOL = scriptIndexOf(0x2190)

/** A letter in lower case; 0 for what is no letter, NaN included. */
export function letterOf(unit: number): number {
  if (!(unit >= 0)) return 0
  if (unit < FOLDED_UNITS) return FOLDED[unit] ?? 0
  // the mark of byte order stands in a block of Arabic letters
  if (unit === 0xfeff) return 0
  const script = scriptIndexOf(unit)
  return script === 0 || script === SYMBOL ? 0 : unit
}

export const isCapital = (unit: number): boolean => {
  const letter = letterOf(unit)
  return letter !== 0 && letter !== unit
}
export const isGap = (unit: number): boolean =>
  unit === 0x20 || unit === 0x0a || unit === 0x09 || unit === 0x0d || unit === 0x3000
