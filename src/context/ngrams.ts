/**
 * The n-grams of a text as hashes, in one pass and without a string for any of them: words, pairs and triples of words, the words of the
 * opening, and the stems of longer words, by which inflected forms still find their relatives. Of scripts without
 * blanks each character counts as a word.
 *
 * The features of Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (ICML 2009) and Bojanowski et al., "Enriching
 * Word Vectors with Subword Information" (TACL 2017).
 */
import { BLANK, codeOf, DIGIT, FIRST_SIGN, LAST_SIGN, LINE_BREAK, NOTHING, SIGNS, SYLLABLE } from './unit'

const FNV_OFFSET = 0x811c9dc5 | 0
const FNV_PRIME = 0x01000193

/** Odd numbers that keep the kinds of n-grams apart: the same letters as a word and as a piece of one are two features. */
const PAIR = 0x9e3779b1
const TRIPLE = 0x85ebca77
const OPENING = 0x5bd1e995
const STEM = 0x165667b1
const MARK = 0x3c6ef372
/** Numbers differ by their digits' count only: 0 to 5 and more. */
const NUMBER = 0x4e000
const MOST_DIGITS = 5

/** Imperatives and question words stand among the first three words. */
const OPENING_WORDS = 3
const SHORT_STEM = 4
const LONG_STEM = 6
const LONG_WORD = 9
/** No word adds more: itself, its pair and triple, two stems, its place in the opening. */
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
    let { size, words, letters, capitals, longWords, syllables } = this
    let previous = 0
    let beforePrevious = 0
    let lineStart = 0
    let at = 0
    while (at < length && size < MOST_NGRAMS - MOST_OF_WORD) {
      const start = at
      const unit = text.charCodeAt(at++)
      const code = codeOf(unit)
      let word = 0
      if (code > LAST_SIGN) {
        word = Math.imul(FNV_OFFSET ^ code, FNV_PRIME)
        capitals += isSmaller(unit, FIRST_BEHIND_CAPITALS)
        let stem4 = 0
        let stem6 = 0
        let count = 1
        let next = 0
        for (; at < length; at++) {
          next = text.charCodeAt(at)
          const letter = codeOf(next)
          if (letter <= LAST_SIGN) {
            if (letter === NOTHING) continue
            break
          }
          capitals += isSmaller(next, FIRST_BEHIND_CAPITALS)
          word = Math.imul(word ^ letter, FNV_PRIME)
          count++
          if (count === SHORT_STEM) stem4 = word
          else if (count === LONG_STEM) stem6 = word
        }
        letters += count
        longWords += isSmaller(LONG_WORD - 1, count)
        // written in any case and kept if the word is long enough: a branch that goes either way by chance costs more
        hashes[size] = mixed(stem4 ^ STEM)
        size += isSmaller(SHORT_STEM, count)
        hashes[size] = mixed(stem6 ^ STEM)
        size += isSmaller(LONG_STEM, count)
        // most words end in a blank, of which there is nothing else to know
        if (next === 0x20) at++
        else if (count === 1 && start - lineStart <= 2 && at < length && isLabelEnd(next)) this.options++
      } else if (code === BLANK) continue
      else if (code === SYLLABLE) {
        word = Math.imul(FNV_OFFSET ^ unit, FNV_PRIME)
        syllables++
      } else if (code === DIGIT) {
        while (at < length && codeOf(text.charCodeAt(at)) === DIGIT) at++
        const count = at - start
        this.numbers++
        this.digits += count
        word = NUMBER + Math.min(count, MOST_DIGITS)
        if (start - lineStart <= 2 && at < length && isLabelEnd(text.charCodeAt(at))) this.items++
      } else {
        if (code >= FIRST_SIGN) {
          const sign = code - FIRST_SIGN
          signs[sign] = (signs[sign] ?? 0) + 1
          hashes[size++] = mixed(Math.imul(unit, PAIR) ^ MARK)
          if (sign === DASH && start === lineStart) this.items++
          if (ENDS_SENTENCE[sign] === 1) previous = 0
        } else if (code === LINE_BREAK) {
          this.lines++
          lineStart = at
          previous = 0
        }
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
    this.letters = letters
    this.capitals = capitals
    this.longWords = longWords
    this.syllables = syllables
  }
}

/** `Z` is the last capital of ASCII. */
const FIRST_BEHIND_CAPITALS = 0x5b
/** One or zero, without a branch; of numbers far below 2³¹. */
const isSmaller = (one: number, other: number): number => (one - other) >>> 31

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
