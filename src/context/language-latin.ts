/**
 * Which language a text in Latin letters is written in, from frequent words, letters that few languages use, and endings. Those that
 * are listed are told apart; of the others, near relatives pass for the listed one (Azerbaijani for Turkish, Afrikaans for Dutch).
 */
import { CUES, type Phrases } from './cue'
import type { Guess } from './features'
import { LANGUAGE_ENDINGS, LANGUAGE_LETTERS, LANGUAGE_WORDS, type LatinLanguage } from './language-words'
import { ENGLISH } from './phrases/english'
import { FRENCH } from './phrases/french'
import { GERMAN } from './phrases/german'
import { SPANISH } from './phrases/spanish'
import { guess } from './softmax'
import { wordsOf } from './words'

/**
 * Evidence is in units of log odds. A word that one language alone has in its list makes it about five times as likely; what is
 * shared says less. "No language that we know" starts with a lead, which about two such words make up.
 */
const NONE = 1.6
const WORD_BY_SHARERS = [1.7, 1.1, 0.7, 0.45, 0.3, 0.2] as const
const LETTER_BY_SHARERS = [2, 1.2, 0.8, 0.5, 0.35, 0.25] as const
const ENDING_BY_SHARERS = [0.9, 0.5, 0.35, 0.25, 0.2, 0.2] as const
/** A letter or a word may not speak more often than this: "ääääh", or `y` in a formula. */
const MOST_PER_LETTER = 2
const MOST_PER_WORD = 3
const ENDING_LETTERS = 6

/**
 * What people ask a model for says in which language they ask. Names of devices and of programming are the same in most.
 */
const PHRASES: Partial<Record<LatinLanguage, Phrases>> = { en: ENGLISH, de: GERMAN, fr: FRENCH, es: SPANISH }
const TELLING = CUES.filter(cue => cue !== 'device' && cue !== 'code')
const SHORTEST_TELLING_LETTERS = 3

const WORDS = new Map<string, LatinLanguage[]>()
const isLatinLanguage = (name: string): name is LatinLanguage => name in LANGUAGE_WORDS
for (const language of Object.keys(LANGUAGE_WORDS).filter(isLatinLanguage)) {
  const words = new Set(LANGUAGE_WORDS[language].split(' '))
  for (const cue of TELLING)
    for (const phrase of PHRASES[language]?.[cue].toLowerCase().split(',') ?? [])
      if (!phrase.endsWith('*'))
        for (const word of wordsOf(phrase).words) if (word.length >= SHORTEST_TELLING_LETTERS) words.add(word)
  for (const word of words) WORDS.set(word, [...(WORDS.get(word) ?? []), language])
}
const LETTERS = new Map(Object.entries(LANGUAGE_LETTERS))
const ENDINGS = new Map(Object.entries(LANGUAGE_ENDINGS))

const shared = (weights: readonly number[], sharers: number): number => weights[sharers - 1] ?? weights.at(-1) ?? 0

/** `text` in lower case and composed (NFC), `words` its words. */
export function latinLanguage(text: string, words: readonly string[], leastConfidence: number): Guess<string> {
  const scores = new Map<LatinLanguage, number>()
  const credit = (languages: readonly LatinLanguage[], weights: readonly number[]): void => {
    for (const language of languages) scores.set(language, (scores.get(language) ?? 0) + shared(weights, languages.length))
  }
  const heard = new Map<string, number>()
  for (const word of words) {
    const known = WORDS.get(word)
    if (known !== undefined) {
      const times = (heard.get(word) ?? 0) + 1
      heard.set(word, times)
      if (times <= (word.length === 1 ? 1 : MOST_PER_WORD)) credit(known, WORD_BY_SHARERS)
    } else if (word.length > 4)
      for (let size = Math.min(ENDING_LETTERS, word.length - 2); size >= 2; size--) {
        const ending = ENDINGS.get(word.slice(-size))
        if (ending === undefined) continue
        credit(ending, ENDING_BY_SHARERS)
        break
      }
  }
  const letters = new Map<string, number>()
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    // the many composed vowels of Vietnamese have a block of their own
    if (unit >= 0x1ea0 && unit <= 0x1ef9) {
      scores.set('vi', (scores.get('vi') ?? 0) + 0.6)
      continue
    }
    const letter = text[index] ?? ''
    const languages = LETTERS.get(letter)
    const times = (letters.get(letter) ?? 0) + 1
    if (languages === undefined || times > MOST_PER_LETTER) continue
    letters.set(letter, times)
    credit(languages, LETTER_BY_SHARERS)
  }
  const choices = [...scores].map(([value, score]) => ({ value, score }))
  return guess(choices, NONE, leastConfidence)
}
