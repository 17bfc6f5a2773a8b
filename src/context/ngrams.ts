/**
 * The n-grams of a text as hashes, in one pass and without a string for any of them: words, pairs and triples of words, the words of the
 * opening, and the stems and endings of longer words, by which compounds and inflected forms still find their relatives. Of scripts without
 * blanks each character counts as a word.
 *
 * The features of Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (ICML 2009) and Bojanowski et al., "Enriching
 * Word Vectors with Subword Information" (TACL 2017).
 */
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
} from './unit'

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** Odd numbers that keep the kinds of n-grams apart: the same letters as a word and as a piece of one are two features. */
const PAIR = 0x9e3779b1
const TRIPLE = 0x85ebca77
const OPENING = 0x5bd1e995
const STEM = 0x165667b1
const ENDING = 0x51ed270b
const MARK = 0x3c6ef372
/** Numbers differ by their digits' count only: 0 to 5 and more. */
const NUMBER = 0x4e000
const MOST_DIGITS = 5

/** Imperatives and question words stand among the first three words. */
const OPENING_WORDS = 3
const SHORT_STEM = 4
const LONG_STEM = 6
const LONG_WORD = 9
/** No word adds more: itself, its pair and triple, two stems, an ending, its place in the opening. */
const MOST_OF_WORD = 8
/** More than the bounded reading of a conversation can have. */
export const MOST_NGRAMS = 1 << 14

export class Ngrams {
  readonly hashes = new Int32Array(MOST_NGRAMS)
  /** Of `hashes`; what lies behind is of earlier texts. */
  size = 0
  readonly signs = new Int32Array(SIGNS.length)
  words = 0
  /** Question marks. */
  get questions(): number {
    return this.signs[QUESTION] ?? 0
  }
  letters = 0
  capitals = 0
  longWords = 0
  numbers = 0
  digits = 0
  syllables = 0
  lines = 0
  /** Lettered answers to choose from: `A.` or `b)` at the beginning of a line. */
  options = 0
  /** Of lists: dashes or numbers at the beginning of a line. */
  items = 0

  clear(): void {
    this.size = 0
    this.signs.fill(0)
    this.words = 0
    this.letters = 0
    this.capitals = 0
    this.longWords = 0
    this.numbers = 0
    this.digits = 0
    this.syllables = 0
    this.lines = 0
    this.options = 0
    this.items = 0
  }

  /** Adds those of `text`. Its first words count as the opening if nothing was read before. */
  add(text: string): void {
    const { hashes, signs } = this
    const { length } = text
    let { size, words, capitals } = this
    let previous = 0
    let beforePrevious = 0
    let lineStart = 0
    let at = 0
    while (at < length && size < MOST_NGRAMS - MOST_OF_WORD) {
      const start = at
      const unit = text.charCodeAt(at++)
      const kind = kindOf(unit)
      let word = 0
      if (kind === LETTER) {
        word = FNV_OFFSET
        let letters = 0
        let last4 = 0
        let stem4 = 0
        let stem6 = 0
        for (at = start; at < length; at++) {
          const next = text.charCodeAt(at)
          const letter = letterOf(next)
          if (letter === 0) {
            if (kindOf(next) === NOTHING) continue
            break
          }
          if (next <= 0x5a) capitals++
          word = Math.imul(word ^ letter, FNV_PRIME)
          last4 = (last4 << 8) ^ letter
          letters++
          if (letters === SHORT_STEM) stem4 = word
          else if (letters === LONG_STEM) stem6 = word
        }
        this.letters += letters
        if (letters >= LONG_WORD) this.longWords++
        if (letters >= SHORT_STEM) hashes[size++] = mixed(last4 ^ ENDING)
        if (letters > SHORT_STEM) hashes[size++] = mixed(stem4 ^ STEM)
        if (letters > LONG_STEM) hashes[size++] = mixed(stem6 ^ STEM)
        if (letters === 1 && start - lineStart <= 2 && at < length && isLabelEnd(text.charCodeAt(at))) this.options++
      } else if (kind === DIGIT) {
        while (at < length && kindOf(text.charCodeAt(at)) === DIGIT) at++
        const digits = at - start
        this.numbers++
        this.digits += digits
        word = NUMBER + Math.min(digits, MOST_DIGITS)
        if (start - lineStart <= 2 && at < length && isLabelEnd(text.charCodeAt(at))) this.items++
      } else if (kind === SYLLABLE) {
        word = Math.imul(FNV_OFFSET ^ unit, FNV_PRIME)
        this.syllables++
      } else {
        if (kind === LINE_BREAK) {
          this.lines++
          lineStart = at
          previous = 0
        } else if (kind === SIGN) {
          const sign = signIndexOf(unit)
          signs[sign] = (signs[sign] ?? 0) + 1
          hashes[size++] = mixed(Math.imul(unit, PAIR) ^ MARK)
          if (sign === DASH && start === lineStart) this.items++
          if (ENDS_SENTENCE[sign] === 1) previous = 0
        } else if (kind !== BLANK && kind !== APOSTROPHE) continue
        if (previous === 0) beforePrevious = 0
        continue
      }
      hashes[size++] = mixed(word)
      if (previous !== 0) {
        const pair = (Math.imul(previous, PAIR) + word) | 0
        hashes[size++] = mixed(pair)
        if (beforePrevious !== 0) hashes[size++] = mixed((Math.imul(beforePrevious, TRIPLE) + pair) | 0)
      }
      if (words < OPENING_WORDS) hashes[size++] = mixed(word ^ OPENING)
      beforePrevious = previous
      previous = word
      words++
    }
    this.size = size
    this.words = words
    this.capitals = capitals
  }
}

const QUESTION = SIGNS.indexOf('question')
const DASH = SIGNS.indexOf('dash')
const ENDS_SENTENCE = Uint8Array.from(SIGNS, sign => (['question', 'exclamation', 'period', 'colon'].includes(sign) ? 1 : 0))

/** `.`, `)` and `:`, plain and full-width. */
const isLabelEnd = (unit: number): boolean =>
  unit === 0x2e || unit === 0x29 || unit === 0x3a || unit === 0xff09 || unit === 0xff1a || unit === 0x3001

/** MurmurHash3's finaliser: the upper and the lower bits are then used as if they were two hashes. One round less, and pairs collide. */
function mixed(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}
