/**
 * What a code unit is to a reader of words, in one array look-up for nearly all that is read: a regular expression per character would cost
 * more than all the rest of the classification.
 */

export const NOTHING = 0
export const BLANK = 1
export const LETTER = 2
export const DIGIT = 3
/** A character that carries a meaning by itself, or of a script that sets no blanks: Chinese, Japanese, Korean, Thai. */
export const SYLLABLE = 4
export const APOSTROPHE = 5
export const LINE_BREAK = 6
export const SIGN = 7

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

const KINDS = new Uint8Array(TABLED)
const LETTERS = new Uint16Array(TABLED)
const SIGNS_OF = new Map<number, number>()
for (const sign of SIGNS)
  if (sign !== 'other') for (const character of LISTED[sign]) SIGNS_OF.set(character.charCodeAt(0), SIGNS.indexOf(sign))
const TABLED_SIGNS = Uint8Array.from({ length: TABLED }, (_, unit) => SIGNS_OF.get(unit) ?? 0)

for (let unit = 0; unit < TABLED; unit++) {
  const character = String.fromCharCode(unit)
  KINDS[unit] = tabledKind(character)
  if (KINDS[unit] === LETTER) LETTERS[unit] = character.toLowerCase().normalize('NFD').charCodeAt(0)
}

function tabledKind(character: string): number {
  if (character === '\n' || character === '\r') return LINE_BREAK
  if (/\s/.test(character)) return BLANK
  if (character === "'") return APOSTROPHE
  if (/[0-9]/.test(character)) return DIGIT
  if (/\p{L}/u.test(character)) return LETTER
  return /[\p{P}\p{S}\p{N}]/u.test(character) ? SIGN : NOTHING
}

export function kindOf(unit: number): number {
  return unit < TABLED ? (KINDS[unit] ?? NOTHING) : kindBeyond(unit)
}

function kindBeyond(unit: number): number {
  // modifier letters and combining marks: the letter before them was read already
  if (unit < 0x02b0) return LETTER
  if (unit < 0x0370) return NOTHING
  if (unit === 0x061f) return SIGN
  if (unit < 0x0e00) return LETTER
  if (unit < 0x10a0) return SYLLABLE
  if (unit < 0x1100) return LETTER
  if (unit < 0x1200) return SYLLABLE
  if (unit < 0x2000) return LETTER
  if (unit < 0x2e80) return general(unit)
  if (unit < 0x3040) return unit === 0x3000 ? BLANK : SIGN
  if (unit < 0xd800) return SYLLABLE
  // the first half of an emoji stands for it
  if (unit < 0xdc00) return SIGN
  if (unit < 0xf900) return NOTHING
  if (unit < 0xfb00) return SYLLABLE
  return unit < 0xff00 ? LETTER : SIGN
}

function general(unit: number): number {
  if (unit <= 0x200a || unit === 0x202f) return BLANK
  if (unit <= 0x200f) return NOTHING
  return unit === 0x2018 || unit === 0x2019 ? APOSTROPHE : SIGN
}

/** A letter in lower case and without its accent, since half of all typed prompts drop them; zero for what is none. */
export function letterOf(unit: number): number {
  if (unit < TABLED) return LETTERS[unit] ?? 0
  return kindBeyond(unit) === LETTER ? smallLetter(unit) : 0
}

function smallLetter(unit: number): number {
  // Greek and Cyrillic capitals
  if (unit >= 0x0391 && unit <= 0x03a9) return unit + 0x20
  if (unit >= 0x0410 && unit <= 0x042f) return unit + 0x20
  return unit >= 0x0400 && unit <= 0x040f ? unit + 0x50 : unit
}

export function signIndexOf(unit: number): number {
  return unit < TABLED ? (TABLED_SIGNS[unit] ?? 0) : (SIGNS_OF.get(unit) ?? 0)
}
