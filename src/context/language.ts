/** Which language a prompt is written in. */
import type { Guess } from './features'
import { LanguageReader } from './language-reader'
import type { Reading } from './text'
import WEIGHTS from './weights/language.json' with { type: 'json' }

const reader = new LanguageReader(WEIGHTS)

export function languageOf({ last, earlier, system }: Reading): Guess<string> {
  return reader.guess(last, earlier, system)
}

export function languageOfText(text: string): Guess<string> {
  return reader.guess(text)
}
