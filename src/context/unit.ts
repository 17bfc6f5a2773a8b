/**
 * What a code unit is to a reader of words, in one array look-up for nearly all that is read: a regular expression per character would cost
 * more than all the rest of the classification.
 */

export const NOTHING = 0
export const BLANK = 1
export const DIGIT = 2
/** A character that carries a meaning by itself, or of a script that sets no blanks: Chinese, Japanese, Korean, Thai. */
export const SYLLABLE = 3
export const APOSTROPHE = 4
export const LINE_BREAK = 5
/** Of the first of `SIGNS`; the others follow. */
export const FIRST_SIGN = 6

/** Signs by what they hint at; the rest count for nothing. */
export const SIGNS = [
  'other',
  'question',
  'exclamation',
  'period',
  'comma',
  'colon',
  'quote',
  'tick',
  'backslash',
  'dollar',
  'dash',
  'operator',
  'bracket',
] as const
export type Sign = (typeof SIGNS)[number]
export const LAST_SIGN = FIRST_SIGN + SIGNS.length - 1

const LISTED: Readonly<Record<Exclude<Sign, 'other'>, string>> = {
  question: '?？؟¿',
  exclamation: '!！¡',
  period: '.。',
  comma: ',，、',
  colon: ':：',
  quote: '"“”„«»「」',
  tick: '`',
  backslash: '\\',
  dollar: '$',
  dash: '-*•',
  operator: '=+<>^%×÷',
  bracket: '{}[];_()',
}

/** Latin letters end here; beyond it a few ranges decide. */
const TABLED = 0x0250

const CODES = new Uint16Array(TABLED)
const SIGNS_OF = new Map<number, number>()
for (const sign of SIGNS)
  if (sign !== 'other') for (const character of LISTED[sign]) SIGNS_OF.set(character.charCodeAt(0), SIGNS.indexOf(sign))
const signCodeOf = (unit: number): number => FIRST_SIGN + (SIGNS_OF.get(unit) ?? 0)

for (let unit = 0; unit < TABLED; unit++) CODES[unit] = tabledCode(String.fromCharCode(unit))

function tabledCode(character: string): number {
  if (character === '\n' || character === '\r') return LINE_BREAK
  if (/\s/.test(character)) return BLANK
  if (character === "'") return APOSTROPHE
  if (/[0-9]/.test(character)) return DIGIT
  if (/\p{L}/u.test(character)) return character.toLowerCase().normalize('NFD').charCodeAt(0)
  return /[\p{P}\p{S}\p{N}]/u.test(character) ? signCodeOf(character.charCodeAt(0)) : NOTHING
}

/**
 * What it is: one of the codes above; of a sign its place in `SIGNS`, counted from `FIRST_SIGN`; of a letter, beyond `LAST_SIGN`, its lower case
 * without its accent, since half of all typed prompts drop them.
 */
export function codeOf(unit: number): number {
  return unit < TABLED ? (CODES[unit] ?? NOTHING) : codeBeyond(unit)
}

function codeBeyond(unit: number): number {
  // most of what lies beyond the table in prompts is Chinese, Japanese or Korean
  if (unit >= 0x3040 && unit < 0xd800) return SYLLABLE
  // modifier letters and combining marks: the letter before them was read already
  if (unit < 0x02b0) return smallLetter(unit)
  if (unit < 0x0370) return NOTHING
  if (unit === 0x061f) return signCodeOf(unit)
  if (unit < 0x0e00) return smallLetter(unit)
  if (unit < 0x10a0) return SYLLABLE
  if (unit < 0x1100) return smallLetter(unit)
  if (unit < 0x1200) return SYLLABLE
  if (unit < 0x2000) return smallLetter(unit)
  if (unit < 0x2e80) return general(unit)
  if (unit < 0x3040) return unit === 0x3000 ? BLANK : signCodeOf(unit)
  // the first half of an emoji stands for it
  if (unit < 0xdc00) return signCodeOf(unit)
  if (unit < 0xf900) return NOTHING
  if (unit < 0xfb00) return SYLLABLE
  return unit < 0xff00 ? smallLetter(unit) : signCodeOf(unit)
}

function general(unit: number): number {
  if (unit <= 0x200a || unit === 0x202f) return BLANK
  if (unit <= 0x200f) return NOTHING
  return unit === 0x2018 || unit === 0x2019 ? APOSTROPHE : signCodeOf(unit)
}

function smallLetter(unit: number): number {
  // Greek and Cyrillic capitals
  if (unit >= 0x0391 && unit <= 0x03a9) return unit + 0x20
  if (unit >= 0x0410 && unit <= 0x042f) return unit + 0x20
  return unit >= 0x0400 && unit <= 0x040f ? unit + 0x50 : unit
}
