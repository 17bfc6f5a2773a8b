/**
 * Rows as examples to learn from. A row is seen whole, and in pieces of a few words as people type them; now and then with the names
 * of products and commands among its words, which stand in prompts of every language, or without its accents.
 */
import type { Random } from '../../../src/algorithm/sampling'
import { BUCKETS, gramsOf, mostGrams } from '../../../src/context/language-grams'
import { clear, gatherClause, lettersFor } from '../../../src/context/language-letters'
import { NO_LANGUAGE, SHARED_SCRIPTS, type SharedScript, sharedIndexOf } from '../../../src/context/language-model'
import { scriptOf } from '../../../src/context/script'
import { NAMES } from './own'

export interface Row {
  /** ISO 639-1. */
  readonly lang: string
  readonly prompt: string
}

/** A text as the buckets of its letter runs. */
export interface Example {
  /** Place among all codes. */
  readonly language: number
  /** Place in SHARED_SCRIPTS. */
  readonly shared: number
  readonly buckets: Uint16Array
}

interface Document {
  readonly language: number
  readonly shared: number
  readonly words: readonly Uint16Array[]
  /** The words without their accents; none where the script has no accents to lose. */
  readonly bare: readonly Uint16Array[]
  /** Counts, but is no example by itself: a Japanese sentence without its kana is nothing that anyone writes. */
  readonly isPart: boolean
}

/** About as many as the guess looks at before it stops. */
const WORDS_AT_MOST = 24
/** Shares of whole rows with names among their words, and of rows without accents; a few in a hundred prompts are such. */
const NAMED_SHARE = 0.12
const BARE_SHARE = 0.04
/** Of names alone, in no language: two or three times the examples that a language has. */
const NAME_EXAMPLES = 400
/** A language with fewer rows in a script is at home in another: names and quotations. */
const FEWEST_ROWS = 8
/** A language of which we have few rows learns from each of them several times. */
const FEW_ROWS = 200
const TIMES_FEW = 5
const LATIN = SHARED_SCRIPTS.indexOf('latin')
const ROOM_UNITS = 600
const WORD_UNITS = 64
const KANA = /[\u3040-\u30ff]/

const letters = lettersFor(ROOM_UNITS)
const room = new Uint16Array(mostGrams(WORD_UNITS))

/** The words of a text that the language guess would read, in lower case. */
export function wordsOf(text: string): readonly string[] {
  for (const strictly of [true, false]) {
    clear(letters)
    for (let index = 0; index < text.length; ) index = gatherClause(text, index, letters, strictly)
    if (letters.length > WORDS_AT_MOST) break
  }
  return String.fromCharCode(...letters.units.subarray(0, letters.length))
    .split(' ')
    .filter(word => word !== '')
}

function bucketsOf(word: string): Uint16Array {
  const units = Uint16Array.from(` ${word} `, letter => letter.charCodeAt(0))
  return room.slice(0, gramsOf(units, 1, units.length - 1, room, 0))
}

const bareOf = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('đ', 'd')
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')

function join(words: readonly Uint16Array[]): Uint16Array {
  const buckets = new Uint16Array(words.reduce((sum, word) => sum + word.length, 0))
  let at = 0
  for (const word of words) {
    buckets.set(word, at)
    at += word.length
  }
  return buckets
}

const sharedOfWord = (word: string): number => sharedIndexOf(scriptOf(word.charCodeAt(0)))

/** The shared script that most words are written in, -1 if none. */
function sharedOfWords(words: readonly string[]): number {
  const counts = SHARED_SCRIPTS.map((_, shared) => words.filter(word => sharedOfWord(word) === shared).length)
  const most = Math.max(...counts)
  return most === 0 ? -1 : counts.indexOf(most)
}

const pickOne = <T>(items: readonly T[], random: Random): readonly T[] => {
  const item = items[Math.floor(random() * items.length)]
  return item === undefined ? [] : [item]
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const order = Uint32Array.from(items, (_, index) => index)
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    const held = order[index] ?? 0
    order[index] = order[other] ?? 0
    order[other] = held
  }
  return Array.from(order).flatMap(index => items[index] ?? [])
}

export class Examples {
  readonly languages: Readonly<Record<SharedScript, readonly string[]>>
  readonly codes: readonly string[]
  readonly #documents: readonly Document[]
  readonly #names: readonly Uint16Array[]
  readonly #none: number

  /** `homes`: the languages of each script, if they are known already; else those with enough of the rows. */
  constructor(rows: readonly Row[], homes?: Readonly<Record<SharedScript, readonly string[]>>) {
    const read = rows.map(({ lang, prompt }) => {
      const words = wordsOf(prompt.normalize('NFC'))
      return { lang, prompt, words, shared: sharedOfWords(words) }
    })
    const counts = new Map<string, number>()
    for (const { lang, shared } of read) counts.set(`${lang} ${shared}`, (counts.get(`${lang} ${shared}`) ?? 0) + 1)
    const totals = new Map<string, number>()
    for (const { lang } of read) totals.set(lang, (totals.get(lang) ?? 0) + 1)
    const homesIn = (shared: number): readonly string[] =>
      [...totals]
        .filter(([lang, total]) => {
          const count = counts.get(`${lang} ${shared}`) ?? 0
          return count >= FEWEST_ROWS && count * FEWEST_ROWS >= total
        })
        .map(([lang]) => lang)
        .sort()
    const [latin = [], cyrillic = [], arabic = [], devanagari = [], han = []] = SHARED_SCRIPTS.map((_, shared) => homesIn(shared))
    this.languages = homes ?? { latin: [NO_LANGUAGE, ...latin], cyrillic, arabic, devanagari, han }
    this.codes = SHARED_SCRIPTS.flatMap(script => this.languages[script])
    const places = new Map<string, number>()
    for (const [shared, script] of SHARED_SCRIPTS.entries())
      for (const lang of this.languages[script]) places.set(`${lang} ${shared}`, places.size)
    this.#none = places.get(`${NO_LANGUAGE} ${LATIN}`) ?? 0
    this.#names = NAMES.flatMap(wordsOf).map(bucketsOf)
    this.#documents = read.flatMap(({ lang, prompt, words, shared }) => {
      const language = places.get(`${lang} ${shared}`)
      const own = words.filter(word => sharedOfWord(word) === shared)
      if (language === undefined || own.length === 0) return []
      const document: Document = {
        language,
        shared,
        words: own.map(bucketsOf),
        bare: shared === LATIN ? own.map(bareOf).map(bucketsOf) : [],
        isPart: KANA.test(prompt),
      }
      return new Array<Document>((totals.get(lang) ?? 0) < FEW_ROWS ? TIMES_FEW : 1).fill(document)
    })
  }

  /** Every row as it is, and every name. */
  whole(): readonly Example[] {
    const rows = this.#documents.map(({ language, shared, words }) => ({ language, shared, buckets: join(words) }))
    return [...rows, ...this.#names.map(buckets => ({ language: this.#none, shared: LATIN, buckets }))]
  }

  /** Every row that somebody might have written, as it is. */
  unvaried(): readonly Example[] {
    return this.#documents
      .filter(({ isPart }) => !isPart)
      .map(({ language, shared, words }) => ({ language, shared, buckets: join(words.slice(0, WORDS_AT_MOST)) }))
  }

  /** Every row in random order, varied. */
  *epoch(random: Random): Generator<Example> {
    const rows = this.#documents.filter(({ isPart }) => !isPart)
    for (const { language, shared, words, bare } of shuffled(rows, random)) {
      const written = bare.length > 0 && words.length > 3 && random() < BARE_SHARE ? bare : words
      const whole = written.slice(0, WORDS_AT_MOST)
      yield { language, shared, buckets: join(shared === LATIN ? this.#named(whole, random) : whole) }
      for (let piece = piecesOf(words.length); piece > 0; piece--)
        yield { language, shared, buckets: join(pieceOf(written, random)) }
      if (random() * rows.length < NAME_EXAMPLES) yield this.#namesAlone(random)
    }
  }

  #named(words: readonly Uint16Array[], random: Random): readonly Uint16Array[] {
    if (words.length < 3 || random() >= NAMED_SHARE) return words
    const mixed = [...words]
    for (let names = random() < 0.5 ? 1 : 2; names > 0; names--)
      mixed.splice(Math.floor(random() * mixed.length), 0, ...pickOne(this.#names, random))
    return mixed
  }

  #namesAlone(random: Random): Example {
    const names = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pickOne(this.#names, random)).flat()
    return { language: this.#none, shared: LATIN, buckets: join(names) }
  }
}

/** A pair is what it is. */
const piecesOf = (words: number): number => (words > 4 ? 2 : words > 2 ? 1 : 0)

/** Two words in two of five cases, as a title or a search has; else one, up to eight, or the whole once more, which most prompts are. */
function pieceOf(words: readonly Uint16Array[], random: Random): readonly Uint16Array[] {
  const kind = random()
  if (words.length <= 4) return words.slice(Math.floor(kind * words.length)).slice(0, 1)
  if (kind > 0.72) return words.slice(0, WORDS_AT_MOST)
  const size = kind < 0.42 ? 2 : kind < 0.55 ? 1 + Math.floor(random() * 2) : 3 + Math.floor(random() * 6)
  const from = Math.floor(random() * Math.max(1, words.length - size))
  return words.slice(from, from + size)
}

/** A file of weights names a bucket in two bytes. */
if (BUCKETS > 0x10000) throw new Error('more buckets than a Uint16Array can name')
