/**
 * The writing system of a character, in one array look-up: both the token estimate and the language guess look at every
 * character of a prompt, and a Unicode property regex per character costs some twenty times as much.
 */

export const SCRIPTS = [
  'none',
  'latin',
  'cyrillic',
  'greek',
  'han',
  'kana',
  'hangul',
  'arabic',
  'hebrew',
  'devanagari',
  'bengali',
  'gurmukhi',
  'gujarati',
  'tamil',
  'telugu',
  'kannada',
  'malayalam',
  'sinhala',
  'thai',
  'lao',
  'burmese',
  'khmer',
  'georgian',
  'armenian',
  'ethiopic',
  'symbol',
] as const
export type Script = (typeof SCRIPTS)[number]

/**
 * First and last code unit of each range. Every Unicode block begins and ends on a multiple of 16, hence the 4,096 cells below.
 * Combining marks (0300) count as Latin, where they almost always stand. High surrogates are told apart by the planes they
 * lead to: D840 onwards is rare Han, D83C to D83E emoji. A low surrogate is `none`: its character was counted already.
 */
const RANGES: readonly (readonly [first: number, last: number, script: Script])[] = [
  [0x00c0, 0x02af, 'latin'],
  [0x0300, 0x036f, 'latin'],
  [0x0370, 0x03ff, 'greek'],
  [0x0400, 0x052f, 'cyrillic'],
  [0x0530, 0x058f, 'armenian'],
  [0x0590, 0x05ff, 'hebrew'],
  [0x0600, 0x06ff, 'arabic'],
  [0x0750, 0x077f, 'arabic'],
  [0x08a0, 0x08ff, 'arabic'],
  [0x0900, 0x097f, 'devanagari'],
  [0x0980, 0x09ff, 'bengali'],
  [0x0a00, 0x0a7f, 'gurmukhi'],
  [0x0a80, 0x0aff, 'gujarati'],
  [0x0b80, 0x0bff, 'tamil'],
  [0x0c00, 0x0c7f, 'telugu'],
  [0x0c80, 0x0cff, 'kannada'],
  [0x0d00, 0x0d7f, 'malayalam'],
  [0x0d80, 0x0dff, 'sinhala'],
  [0x0e00, 0x0e7f, 'thai'],
  [0x0e80, 0x0eff, 'lao'],
  [0x1000, 0x109f, 'burmese'],
  [0x10a0, 0x10ff, 'georgian'],
  [0x1100, 0x11ff, 'hangul'],
  [0x1200, 0x139f, 'ethiopic'],
  [0x1780, 0x17ff, 'khmer'],
  [0x1e00, 0x1eff, 'latin'],
  [0x1f00, 0x1fff, 'greek'],
  [0x2190, 0x2bff, 'symbol'],
  [0x3040, 0x30ff, 'kana'],
  [0x3130, 0x318f, 'hangul'],
  [0x31f0, 0x31ff, 'kana'],
  [0x3400, 0x4dbf, 'han'],
  [0x4e00, 0x9fff, 'han'],
  [0xa960, 0xa97f, 'hangul'],
  [0xac00, 0xd7ff, 'hangul'],
  [0xd830, 0xd83f, 'symbol'],
  [0xd840, 0xd8bf, 'han'],
  [0xf900, 0xfaff, 'han'],
  [0xfb50, 0xfdff, 'arabic'],
  [0xfe70, 0xfeff, 'arabic'],
  [0xff60, 0xff9f, 'kana'],
]

const CELLS = new Uint8Array(4096)
for (const [first, last, script] of RANGES) CELLS.fill(SCRIPTS.indexOf(script), first >> 4, (last >> 4) + 1)

const LATIN = SCRIPTS.indexOf('latin')
const SYMBOL = SCRIPTS.indexOf('symbol')

/** Its place in `SCRIPTS`, for those who count: see `scriptOf`. */
export function scriptIndexOf(unit: number): number {
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) ? LATIN : 0
  // the signs of multiplication and division stand among the accented letters
  if (unit === 0xd7 || unit === 0xf7) return SYMBOL
  return CELLS[unit >> 4] ?? 0
}

/** Of a UTF-16 code unit. Digits, spaces, controls and punctuation are `none`. */
export function scriptOf(unit: number): Script {
  return SCRIPTS[scriptIndexOf(unit)] ?? 'none'
}
