/**
 * Reads a conversation until it is certain of its language: the script first, which decides for most of the world's languages by itself;
 * then, among those that share one, the trained model. Clause by clause, so that an instruction counts before the text it is about, and
 * a long prompt costs no more than a short one.
 */
import type { Guess } from './features'
import { clear, gatherClause, type Letters, lettersFor } from './language-letters'
import {
  addWords,
  decode,
  type LanguageModel,
  type LanguageWeights,
  NO_LANGUAGE,
  reset,
  sharedIndexOf,
  type Tally,
  tallyFor,
} from './language-model'
import { chooseScript, ONLY_LANGUAGE, type ScriptChoice } from './language-script'
import { SCRIPTS, scriptIndexOf } from './script'

/** Letters and blanks looked at, at most: more changes one guess in a thousand. */
const MOST_UNITS = 200
/** No unit begins more than five letter runs, and a whole word is one more. */
const MOST_RUNS = 6 * MOST_UNITS
/** Of each text: code and numbers are passed over, but not for ever. */
const READ_CHARACTERS = 1_000
/** A last turn with fewer letters ("ok, shorter") is read together with what was said before. */
const ENOUGH_UNITS = 24
/** If leaving out quotations leaves fewer letters than this, the quotations are what there is to read. */
const FEWEST_UNITS = 10
/** A Latin letter alone is a variable or an item of a list. */
const LEAST_EVIDENCE = 2 / 3
/** With less evidence than so many letters nothing is certain. */
const FEWEST_CERTAIN = 8
/** Nor is it as long as the text is in several scripts. */
const CERTAIN_SHARE = 0.9
/** Log odds of the best over the second best language at which further clauses are not read: 99 %. */
const CERTAIN = 4.6
/** With a colon behind it, it is an instruction about what follows: 90 % will do. */
const CERTAIN_INSTRUCTION = 2.2
const COLON = 0x3a
/** Log odds of languages that all together change no confidence by a thousandth. */
const NEGLIGIBLE = -11
/** Log odds of a language over no language at which Latin words are a sentence. */
const SENTENCE = 3
/** Below this the guess abstains: better none than a wrong one. */
const LEAST_LANGUAGE_CONFIDENCE = 0.2

const SHARED_LATIN = sharedIndexOf('latin')
const SHARED_OF: readonly number[] = SCRIPTS.map(sharedIndexOf)

const UNKNOWN: Guess<string> = { value: undefined, confidence: 0 }

/** What is read of a text, with accents that were typed as marks of their own put onto their letters. */
function composed(text: string): string {
  const read = text.slice(0, READ_CHARACTERS)
  return /[\u0300-\u036f]/.test(read) ? read.normalize('NFC') : read
}

/** Keeps the room it works in from text to text; what it answers rests on the text alone. */
export class LanguageReader {
  readonly #model: LanguageModel
  readonly #letters: Letters = lettersFor(MOST_UNITS)
  readonly #tally: Tally
  /** By the number of letter runs that were summed: see `#unit`. */
  readonly #units: Float64Array

  constructor(weights: LanguageWeights) {
    this.#model = decode(weights)
    this.#tally = tallyFor(this.#model)
    const { factor, offset, power } = this.#model.calibration
    this.#units = Float64Array.from({ length: MOST_RUNS }, (_, runs) => factor * (runs + offset) ** -power)
  }

  /** Of the last turn, and where that is too short of what was said before, the most telling first. Code and addresses may be left in. */
  guess(last: string, ...before: readonly string[]): Guess<string> {
    if (!this.#readLast(composed(last))) for (const text of before) if (this.#readClauses(composed(text), true)) break
    return this.#judge()
  }

  /** True if it says enough. */
  #readLast(text: string): boolean {
    this.#begin()
    if (this.#readClauses(text, true)) return true
    if (this.#letters.length <= FEWEST_UNITS) {
      this.#begin()
      this.#readClauses(text, false)
    }
    return this.#letters.length >= ENOUGH_UNITS
  }

  #begin(): void {
    clear(this.#letters)
    reset(this.#tally)
  }

  /** Adds what `text` says; true if that is certain before the text ends. */
  #readClauses(text: string, strictly: boolean): boolean {
    const letters = this.#letters
    let index = 0
    while (index < text.length) {
      const before = letters.length
      index = gatherClause(text, index, letters, strictly)
      if (letters.length === before) continue
      addWords(this.#model, this.#tally, letters.units, before - 1, letters.length)
      if (this.#isCertain(text.charCodeAt(index - 1) === COLON ? CERTAIN_INSTRUCTION : CERTAIN)) return true
    }
    return false
  }

  #choose(): ScriptChoice | undefined {
    return chooseScript(this.#tally.letters, scriptIndexOf(this.#letters.units[1] ?? 0), this.#isLatinSentence)
  }

  /** Whether the Latin words are in a language, not names. */
  readonly #isLatinSentence = (): boolean => {
    const { sums } = this.#tally
    const [best] = this.#rank(SHARED_LATIN)
    const lead = (sums[best] ?? 0) - (sums[this.#model.none] ?? 0)
    return lead * this.#unit(SHARED_LATIN) >= SENTENCE
  }

  /** The two best languages of a shared script, by place among the model's codes; -1 if there is no second. */
  #rank(shared: number): readonly [best: number, second: number] {
    const { sums } = this.#tally
    const [first, end] = this.#model.ranges[shared] ?? [0, 0]
    let best = first
    let second = -1
    for (let language = first + 1; language < end; language++) {
      const sum = sums[language] ?? 0
      if (sum > (sums[best] ?? 0)) {
        second = best
        best = language
      } else if (second < 0 || sum > (sums[second] ?? 0)) second = language
    }
    return [best, second]
  }

  /** What a unit of the sums is worth in log odds: runs that overlap say much the same, so each says less the more there are. From a table, for a power is slow. */
  #unit(shared: number): number {
    return this.#units[this.#tally.grams[shared] ?? 0] ?? 0
  }

  #isCertain(least: number): boolean {
    const choice = this.#choose()
    if (choice === undefined || choice.evidence < FEWEST_CERTAIN || choice.share < CERTAIN_SHARE) return false
    const shared = SHARED_OF[choice.script] ?? -1
    if (shared < 0) return true
    const { sums } = this.#tally
    const [best, second] = this.#rank(shared)
    return second < 0 || ((sums[best] ?? 0) - (sums[second] ?? 0)) * this.#unit(shared) >= least
  }

  #judge(): Guess<string> {
    const choice = this.#choose()
    if (choice === undefined || choice.evidence < LEAST_EVIDENCE) return UNKNOWN
    // foreign words in another script take away from the certainty, not from the choice
    const certainty = Math.sqrt(choice.share)
    const only = ONLY_LANGUAGE[choice.script]
    // one letter alone may be a symbol or a name
    if (only !== undefined) return answer(only, certainty * (1 - 0.5 ** (1 + choice.evidence * choice.share)))
    const shared = SHARED_OF[choice.script] ?? -1
    const [first, end] = this.#model.ranges[shared] ?? [0, 0]
    if (first === end) return UNKNOWN
    const { sums } = this.#tally
    const [best] = this.#rank(shared)
    const highest = sums[best] ?? 0
    const unit = this.#unit(shared)
    let total = 0
    for (let language = first; language < end; language++) {
      const behind = ((sums[language] ?? 0) - highest) * unit
      if (behind > NEGLIGIBLE) total += Math.exp(behind)
    }
    return answer(this.#model.codes[best] ?? NO_LANGUAGE, certainty / total)
  }
}

function answer(code: string, confidence: number): Guess<string> {
  return { value: code !== NO_LANGUAGE && confidence >= LEAST_LANGUAGE_CONFIDENCE ? code : undefined, confidence }
}
