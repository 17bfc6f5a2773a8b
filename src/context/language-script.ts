/**
 * Which script of several a text is in. Prompts mix them: names and commands in Latin letters stand in every language, and what is to be
 * translated or explained stands in its own.
 */
import { SCRIPTS, type Script } from './script'

/** Scripts that one living language has nearly to itself. */
const ONLY: Partial<Record<Script, string>> = {
  greek: 'el',
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
/** By place in SCRIPTS. */
export const ONLY_LANGUAGE: readonly (string | undefined)[] = SCRIPTS.map(script => ONLY[script])

const LATIN = SCRIPTS.indexOf('latin')
const HAN = SCRIPTS.indexOf('han')
const KANA = SCRIPTS.indexOf('kana')
/**
 * What a letter of each script counts when a text mixes several. A Chinese or Japanese character says as much as three letters. Latin
 * ones count little where they are names of products and commands, as in "Как настроить nginx reverse proxy?", and more where they are a
 * sentence ("What does привет mean?"), but less than others even then, for messages of machines are in English everywhere.
 */
const NAME_WORTH = 1 / 3
const SENTENCE_WORTH = 1 / 2
/** The script that a text opens in is more likely that of its sentences. */
const OPENING_FACTOR = 1.25
const WORTH = Float64Array.from(SCRIPTS, script => {
  if (script === 'none' || script === 'symbol') return 0
  return script === 'han' || script === 'kana' ? 3 : script === 'hangul' ? 2 : 1
})
/** Japanese mixes in Chinese characters, and is told by a tenth of kana. */
const HAN_PER_KANA = 10

export interface ScriptChoice {
  /** Place in SCRIPTS. */
  readonly script: number
  /** How much of the text is in it, 0..1. */
  readonly share: number
  /** How much text that is, in letters of an alphabet that no names are written in. */
  readonly evidence: number
}

/**
 * The script that most of a text is written in, of `counts`, letters by place in SCRIPTS, and `opening`, the script of its first word.
 * `isLatinSentence`: whether the Latin words are in a language, not names; asked only where it matters.
 */
export function chooseScript(counts: Uint32Array, opening: number, isLatinSentence: () => boolean): ScriptChoice | undefined {
  const kana = counts[KANA] ?? 0
  const han = counts[HAN] ?? 0
  const isJapanese = kana > 0 && kana * HAN_PER_KANA >= han
  let script = -1
  let most = 0
  let others = 0
  for (let index = 0; index < counts.length; index++) {
    let count = counts[index] ?? 0
    if (count === 0 || index === LATIN || (isJapanese && index === HAN)) continue
    if (isJapanese && index === KANA) count += han
    const worth = count * (WORTH[index] ?? 0) * (index === opening ? OPENING_FACTOR : 1)
    others += worth
    if (worth <= most) continue
    most = worth
    script = index
  }
  const latin = counts[LATIN] ?? 0
  if (latin === 0) return script < 0 ? undefined : { script, share: most / others, evidence: others }
  if (script < 0) return { script: LATIN, share: 1, evidence: latin * SENTENCE_WORTH }
  const worth = latin * (isLatinSentence() ? SENTENCE_WORTH : NAME_WORTH) * (LATIN === opening ? OPENING_FACTOR : 1)
  const evidence = worth + others
  return worth > most ? { script: LATIN, share: worth / evidence, evidence } : { script, share: most / evidence, evidence }
}
