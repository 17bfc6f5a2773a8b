/**
 * Cuts text into what a lexicon can look up: words where blanks separate them, single characters in Chinese and Japanese, which
 * write none. One pass, no regex.
 */
import { scriptOf } from './script'

export interface Words {
  readonly words: readonly string[]
  /** Where each word begins. */
  readonly starts: readonly number[]
}

/** Lower case without diacritics, since half of all typed prompts drop them: `Où` becomes `ou`, `straße` becomes `strasse`. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]+/g, '')
    .replaceAll('ß', 'ss')
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39
/** `c++` and `c#` are names; elsewhere these signs separate. */
const endsName = (text: string, start: number, index: number): boolean =>
  text[start] === 'c' && (text[index] === '+' || text[index] === '#') && (index === start + 1 || text[index - 1] === '+')

export function wordsOf(text: string): Words {
  const words: string[] = []
  const starts: number[] = []
  let start = -1
  // one step beyond the end, where a last open word is closed
  for (let index = 0; index <= text.length; index++) {
    const unit = index < text.length ? text.charCodeAt(index) : 0
    const script = scriptOf(unit)
    const alone = script === 'han' || script === 'kana'
    if (!alone) {
      if (script === 'none' ? isDigit(unit) : script !== 'symbol') {
        if (start < 0) start = index
        continue
      }
      if (start < 0 || endsName(text, start, index)) continue
    }
    if (start >= 0) {
      words.push(text.slice(start, index))
      starts.push(start)
      start = -1
    }
    if (alone) {
      words.push(text.charAt(index))
      starts.push(index)
    }
  }
  return { words, starts }
}
