/**
 * A table of phrases, looked up word by word: a trie over words, so that finding every phrase of several languages in a text costs one
 * look-up or two per word, however long the table is, where a regular expression per topic and language would read the text anew each time.
 */
import { fold, type Words, wordsOf } from './words'

interface Node<T> {
  readonly next: Map<string, Node<T>>
  values: readonly T[]
}

/** A phrase's last word may be a stem, written `install*`; stems have at least this many letters and are filed under their first ones. */
const STEM_LETTERS = 4

export class Lexicon<T> {
  readonly #root: Node<T> = { next: new Map(), values: [] }
  readonly #stems = new Map<string, { readonly stem: string; readonly value: T }[]>()

  /** `phrases` are separated by commas and may be written with capitals and accents. */
  add(value: T, phrases: string): void {
    for (const phrase of fold(phrases).split(',')) {
      const { words } = wordsOf(phrase)
      const [first = ''] = words
      if (words.length === 0) continue
      if (phrase.trimEnd().endsWith('*')) {
        if (words.length > 1 || first.length < STEM_LETTERS)
          throw new Error(`a stem is one word of ${STEM_LETTERS} letters: ${phrase}`)
        const key = first.slice(0, STEM_LETTERS)
        const filed = this.#stems.get(key) ?? []
        filed.push({ stem: first, value })
        this.#stems.set(key, filed)
        continue
      }
      let node = this.#root
      for (const word of words) {
        let next = node.next.get(word)
        if (next === undefined) {
          next = { next: new Map(), values: [] }
          node.next.set(word, next)
        }
        node = next
      }
      if (!node.values.includes(value)) node.values = [...node.values, value]
    }
  }

  /** Every phrase that occurs, with the position in `text.starts` of its first word and its length in words. Text must be folded. */
  find(text: Words, found: (value: T, at: number, length: number) => void): void {
    const { words } = text
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? ''
      let node = this.#root.next.get(word)
      for (let next = at + 1; node !== undefined; next++) {
        for (const value of node.values) found(value, at, next - at)
        node = node.next.get(words[next] ?? '')
      }
      if (word.length < STEM_LETTERS) continue
      for (const { stem, value } of this.#stems.get(word.slice(0, STEM_LETTERS)) ?? [])
        if (word.startsWith(stem)) found(value, at, 1)
    }
  }
}
