/** What can be counted in a text, in every language that is asked in: words, lines, blocks, sentences. */

/** Chinese and Japanese write no blanks: each character counts, as their own word counts do. Elsewhere `well-known`, `don't` and `3.5` are one word. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[[\p{L}\p{M}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+(?:['’.,\-][[\p{L}\p{M}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+)*/gv

/** A full stop ends a sentence before a blank only, a Chinese one anywhere; quotes and brackets that close belong to it. */
const SENTENCE_END = /(?<=[.!?…]["'”’»)\]]*)\s+|(?<=[。！？][”’」』）]*)(?![”’」』）])/u

export const countWords = (text: string): number => text.match(WORD)?.length ?? 0

/** Those with something on them, trimmed. */
export const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')

/** Paragraphs, stanzas: what empty lines separate. */
export const blocksOf = (text: string): readonly string[] => text.split(/\n\s*\n/).filter(block => block.trim() !== '')

export const sentencesOf = (text: string): readonly string[] =>
  text.split(SENTENCE_END).filter(sentence => /[\p{L}\p{N}]/u.test(sentence))
