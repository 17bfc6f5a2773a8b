/** Conditions on the form of an answer that a program can check: what makes a brief more than a matter of taste. */
import { fold } from '../context/words'
import { blocksOf, countWords, linesOf, sentencesOf } from './form'

interface Range {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

export type Constraint =
  | ({ readonly kind: 'words' | 'lines' | 'blocks' | 'sentences' } & Range)
  /** Every one of them, anywhere, whatever its case and accents. */
  | { readonly kind: 'includes'; readonly texts: readonly string[] }
  /** None of them as a word; in Chinese, nowhere. */
  | { readonly kind: 'excludes'; readonly texts: readonly string[] }
  | { readonly kind: 'without-letter'; readonly letter: string }
  | { readonly kind: 'starts' | 'ends'; readonly text: string }
  /** The lines' first letters spell it. */
  | { readonly kind: 'acrostic'; readonly word: string }
  /** The whole text, or each line of it. */
  | { readonly kind: 'pattern' | 'each-line'; readonly pattern: string; readonly flags?: string | undefined }
  /** JSON, and equal to it; objects whatever the order of their fields. */
  | { readonly kind: 'json'; readonly value: unknown }
  /** A JSON object with these fields and no other, each a text that says something. */
  | { readonly kind: 'json-texts'; readonly fields: readonly string[] }

/** `text` as it is after `plainOf`. */
export function holds(constraint: Constraint, text: string): boolean {
  switch (constraint.kind) {
    case 'words':
      return isWithin(countWords(text), constraint)
    case 'lines':
      return isWithin(linesOf(text).length, constraint)
    case 'blocks':
      return isWithin(blocksOf(text).length, constraint)
    case 'sentences':
      return isWithin(sentencesOf(text).length, constraint)
    case 'includes':
      return constraint.texts.every(each => plain(text).includes(plain(each)))
    case 'excludes':
      // Nothing at all keeps clear of every word, and is no answer
      return text !== '' && !constraint.texts.some(each => hasWord(plain(text), plain(each)))
    case 'without-letter':
      return text !== '' && !fold(text).includes(fold(constraint.letter))
    case 'starts':
      return plain(bare(text)).startsWith(plain(constraint.text))
    case 'ends':
      return plain(bare(text)).endsWith(plain(constraint.text))
    case 'acrostic':
      return initialsOf(text) === fold(constraint.word)
    case 'pattern':
      return new RegExp(constraint.pattern, constraint.flags ?? 'u').test(text)
    case 'each-line': {
      const pattern = new RegExp(constraint.pattern, constraint.flags ?? 'u')
      const lines = linesOf(text)
      return lines.length > 0 && lines.every(line => pattern.test(line))
    }
    case 'json':
      return equal(parsed(text), constraint.value)
    case 'json-texts':
      return hasTexts(parsed(text), constraint.fields)
  }
}

const isWithin = (count: number, { min = 1, max = Number.POSITIVE_INFINITY }: Range): boolean => count >= min && count <= max

/** Typographic quotes are the same as typed ones. */
const plain = (text: string): string => fold(text).replace(/[’‘]/g, "'").replace(/\s+/g, ' ')

/** Without the marks of emphasis and quotation that are put around a text. */
const bare = (text: string): string => text.replace(/^[\s*_"“”„«»「」]+|[\s*_"“”„«»「」]+$/g, '')

const HAN = /\p{Script=Han}/u

function hasWord(text: string, word: string): boolean {
  if (HAN.test(word)) return text.includes(word)
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text.charAt(at - 1)
    const after = text.charAt(at + word.length)
    if (!isLetter(before) && !isLetter(after)) return true
  }
  return false
}

const isLetter = (character: string): boolean => /[\p{L}\p{N}]/u.test(character)

const initialsOf = (text: string): string =>
  linesOf(text)
    .map(line => fold(/\p{L}/u.exec(line)?.[0] ?? ''))
    .join('')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No JSON text has this value, and no constraint asks for it
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, index) => equal(each, b[index]))
  if (!isObject(a) || !isObject(b)) return a === b
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && equal(a[key], b[key]))
}

const hasTexts = (value: unknown, fields: readonly string[]): boolean =>
  isObject(value) &&
  Object.keys(value).length === fields.length &&
  fields.every(field => {
    const text = Object.hasOwn(value, field) ? value[field] : undefined
    return typeof text === 'string' && text.trim() !== ''
  })
