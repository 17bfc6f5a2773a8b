/**
 * Which language a prompt is written in: the script first, which decides for most of the world's languages by itself; then, among
 * those that share one, frequent words, letters and endings. The user's words count, not what code or addresses are made of.
 */
import type { Guess } from './features'
import { latinLanguage } from './language-latin'
import { type Among, arabicLanguage, cyrillicLanguage, devanagariLanguage } from './language-shared'
import { type Script, tallyScripts } from './script'
import { proseOf, type Reading } from './text'
import { wordsOf } from './words'

/** Enough for certainty many times over. */
const READ_CHARACTERS = 600
/** A last turn with fewer letters ("ok, shorter") is read together with what was said before. */
const ENOUGH_LETTERS = 24
/** Below this the guess abstains: better none than a wrong one. */
export const LEAST_LANGUAGE_CONFIDENCE = 0.4

/** Scripts that one living language has nearly to itself. */
const ONLY: Partial<Record<Script, string>> = {
  greek: 'el',
  han: 'zh',
  kana: 'ja',
  hangul: 'ko',
  hebrew: 'he',
  bengali: 'bn',
  gurmukhi: 'pa',
  gujarati: 'gu',
  tamil: 'ta',
  telugu: 'te',
  kannada: 'kn',
  malayalam: 'ml',
  sinhala: 'si',
  thai: 'th',
  lao: 'lo',
  burmese: 'my',
  khmer: 'km',
  georgian: 'ka',
  armenian: 'hy',
  ethiopic: 'am',
}

/** Scripts that several languages share. */
const SHARED: Partial<Record<Script, Among>> = {
  latin: latinLanguage,
  cyrillic: cyrillicLanguage,
  arabic: arabicLanguage,
  devanagari: devanagariLanguage,
}

export function languageOf(reading: Reading): Guess<string> {
  let text = ''
  for (const source of [reading.last, reading.earlier, reading.system]) {
    text += `${proseOf(source.slice(0, READ_CHARACTERS))}\n`
    if (lettersIn(text) >= ENOUGH_LETTERS) break
  }
  return languageOfText(text)
}

function lettersIn(text: string): number {
  let letters = 0
  for (const [script, count] of tallyScripts(text)) letters += count * lettersWorth(script)
  return letters
}

/** A Chinese or Japanese character says as much as three letters. */
function lettersWorth(script: Script): number {
  if (script === 'none' || script === 'symbol') return 0
  return script === 'han' || script === 'kana' ? 3 : script === 'hangul' ? 2 : 1
}

/** Of a text that has been freed of code and addresses. */
export function languageOfText(prose: string): Guess<string> {
  const text = prose.toLowerCase().normalize('NFC')
  const weights = tallyScripts(text)
  let total = 0
  for (const [script, count] of weights) {
    const weight = count * lettersWorth(script)
    if (weight === 0) weights.delete(script)
    else weights.set(script, weight)
    total += weight
  }
  // Japanese mixes in Chinese characters, and is told by a tenth of kana
  const kana = weights.get('kana') ?? 0
  const han = weights.get('han') ?? 0
  if (kana > 0 && kana * 10 >= han) {
    weights.set('kana', kana + han)
    weights.delete('han')
  }
  let script: Script = 'none'
  for (const [candidate, weight] of weights) if (weight > (weights.get(script) ?? 0)) script = candidate
  if (script === 'none') return { value: undefined, confidence: 0 }

  const share = (weights.get(script) ?? 0) / total
  const only = ONLY[script]
  const among = SHARED[script]
  if (only !== undefined) return decided(only, share, (weights.get(script) ?? 0) / 3)
  if (among === undefined) return { value: undefined, confidence: 0 }
  const { value, confidence } = among(text, wordsOf(text).words, LEAST_LANGUAGE_CONFIDENCE)
  // foreign words in another script take away from the certainty, not from the choice
  return { value, confidence: confidence * Math.sqrt(share) }
}

/** The more letters, the surer: one alone may be a symbol or a name, and Chinese characters alone may be a Japanese title. */
function decided(language: string, share: number, evidence: number): Guess<string> {
  const confidence = 0.98 * Math.sqrt(share) * (1 - 0.5 ** (1 + evidence))
  return { value: confidence >= LEAST_LANGUAGE_CONFIDENCE ? language : undefined, confidence }
}
