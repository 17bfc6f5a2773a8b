/**
 * The words of a text that say in which language it was written, and not those that any prompt may hold: code, names of files and
 * products, addresses, what is quoted to be translated. One pass over UTF-16 code units, a clause at a time, so that the reader can
 * stop as soon as it is certain; nothing is allocated, and no regex looks at a character.
 */
import { afterForeign, endOfToken, isAddress, isPartOfName } from './language-foreign'
import { isCapital, isGap, letterOf } from './language-letter'
import { scriptIndexOf } from './script'

/** What was gathered so far. Reused from text to text: `clear` before the first clause. */
export interface Letters {
  /** Words in lower case, a blank (20) before and after each. */
  readonly units: Uint16Array
  /** Units that hold something. */
  length: number
}

/** A clause of this many letters ends at the next word, so that a text without line breaks is looked at in parts as well. */
const CLAUSE_LETTERS = 28
/** No language has longer words in ordinary text; encoded data and Chinese sentences, which have no blanks, are cut here. */
const WORD_LETTERS = 40
/** `HTTP`, `SQL`, `TODO`: shorter words in capitals are abbreviations, the same in every language. */
const ABBREVIATION_LETTERS = 5
/** A line with so many brackets and operators, and one to so many letters, is code: prose has one to about forty. */
const CODE_SIGNS = 2
const LETTERS_PER_CODE_SIGN = 6
/** Unless there is nothing else to read: then it may be a question about a formula. */
const FEWEST_LETTERS_PER_CODE_SIGN = 4

/** What code has and prose hardly. */
const SIGNS = new Uint8Array(0x80)
for (const sign of '{}[]()=<>;|&*+_$\\') SIGNS[sign.charCodeAt(0)] = 1

const BLANK = 0x20
const LINE_BREAK = 0x0a
const COLON = 0x3a
const FULL_WIDTH_COLON = 0xff1a
const LATIN = scriptIndexOf(0x61)

export function clear(letters: Letters): void {
  letters.units[0] = BLANK
  letters.length = 1
}

export function lettersFor(mostUnits: number): Letters {
  const letters: Letters = { units: new Uint16Array(mostUnits), length: 0 }
  clear(letters)
  return letters
}

/**
 * Appends the words of the clause that begins at `from`, and returns where the next begins: after a line break, a colon, or enough
 * letters. `strictly` leaves out quotations and abbreviations as well, which may be all that there is to read.
 */
export function gatherClause(text: string, from: number, letters: Letters, strictly: boolean): number {
  const { units } = letters
  const room = units.length - WORD_LETTERS - 2
  const before = letters.length
  let signs = 0
  let index = from
  while (index < text.length && letters.length < room) {
    const unit = text.charCodeAt(index)
    const letter = letterOf(unit)
    if (letter !== 0) {
      index = gatherWord(text, index, letters, strictly)
      if (letters.length - before >= CLAUSE_LETTERS) break
      continue
    }
    if (unit === BLANK) {
      index++
      continue
    }
    const after = afterForeign(text, index, strictly)
    if (after > index) {
      index = after
      continue
    }
    index++
    if (unit < 0x80) signs += SIGNS[unit] ?? 0
    if (unit === LINE_BREAK || unit === FULL_WIDTH_COLON || (unit === COLON && signs === 0 && isGap(text.charCodeAt(index))))
      break
  }
  const perSign = strictly ? LETTERS_PER_CODE_SIGN : FEWEST_LETTERS_PER_CODE_SIGN
  const isCode = signs >= CODE_SIGNS && signs * perSign >= letters.length - before
  if (isCode && isLatin(units, before, letters.length)) letters.length = before
  return letters.length < room ? index : text.length
}

/** Appends the word that begins at `start` unless it is none of a human language; returns where to go on. */
function gatherWord(text: string, start: number, letters: Letters, strictly: boolean): number {
  const { units } = letters
  const script = scriptIndexOf(text.charCodeAt(start))
  let length = letters.length
  let capitals = 0
  let humps = 0
  let index = start
  let wasSmall = false
  for (; index < text.length && index - start < WORD_LETTERS; index++) {
    const unit = text.charCodeAt(index)
    const letter = letterOf(unit)
    if (letter === 0 || scriptIndexOf(unit) !== script) break
    const capital = letter !== unit
    if (capital) {
      capitals++
      if (wasSmall) humps++
    }
    wasSmall = !capital
    units[length++] = letter
  }
  if (script === LATIN) {
    if (isAddress(text, start, index)) return endOfToken(text, index)
    if (isPartOfName(text, start, index)) return index
    // `GitHub`, `getElementById`, but not `isiZulu` or `hÉireann`
    if (humps > 1 || (humps === 1 && isCapital(text.charCodeAt(start)))) return index
    const isAbbreviation = capitals === index - start && capitals > 1 && capitals <= ABBREVIATION_LETTERS
    if (strictly && isAbbreviation && !isShouted(text, start, index)) return index
  }
  units[length++] = BLANK
  letters.length = length
  return index
}

/** `READ THIS`: the next or the last word is in capitals as well. */
function isShouted(text: string, start: number, end: number): boolean {
  // behind the ends of the text there is NaN, which is no letter
  const after = text.charCodeAt(end + 1)
  const before = text.charCodeAt(start - 2)
  return (isCapital(after) && isCapital(text.charCodeAt(end + 2))) || isCapital(before)
}

/** Code is written in Latin letters: a line with others is about code. */
function isLatin(units: Uint16Array, from: number, end: number): boolean {
  for (let index = from; index < end; index++)
    if (units[index] !== BLANK && scriptIndexOf(units[index] ?? 0) !== LATIN) return false
  return true
}
