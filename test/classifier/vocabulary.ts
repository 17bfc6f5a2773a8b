/**
 * The n-grams that are learned, by number. Those that our lists of phrases know share a part of what they learn with all phrases of their cue:
 * a verb for "translate" in one language then teaches those of the others, and phrases that no prompt contained are known as well. Once
 * learned, the shared part is added to each n-gram's own, so that it costs nothing to use.
 */
import type { Bag } from './bag'
import { hashesOfPhrase } from './bag'
import { CUES } from './cue'
import { CHINESE } from './phrases/chinese'
import { ENGLISH } from './phrases/english'
import { FRENCH } from './phrases/french'
import { GERMAN } from './phrases/german'
import { INTERNATIONAL } from './phrases/international'
import { SPANISH } from './phrases/spanish'

/** How strongly a shared part counts beside an n-gram's own. */
export const SHARED = 2

/** The cues of each n-gram that some phrase ends in. */
function cuesByHash(): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>()
  for (const phrases of [ENGLISH, GERMAN, FRENCH, SPANISH, CHINESE, INTERNATIONAL])
    CUES.forEach((cue, index) => {
      for (const phrase of phrases[cue].split(','))
        for (const hash of hashesOfPhrase(phrase.trim())) {
          const cues = found.get(hash) ?? []
          if (!cues.includes(index)) cues.push(index)
          found.set(hash, cues)
        }
    })
  return found
}

export const CUES_BY_HASH = cuesByHash()

export class Vocabulary {
  readonly #numbers: ReadonlyMap<number, number>
  readonly hashes: readonly number[]

  constructor(hashes: readonly number[]) {
    this.hashes = hashes
    this.#numbers = new Map(hashes.map((hash, index) => [hash, index]))
  }

  /** Numbers below this are n-grams, those from here on what phrases of a cue share. */
  get size(): number {
    return this.hashes.length
  }

  /** With the shared parts. */
  get learned(): number {
    return this.size + CUES.length
  }

  /** How many are n-grams. */
  knownAmong(numbers: Int32Array): number {
    let known = 0
    for (const number of numbers) if (number < this.size) known++
    return known
  }

  /** Known n-grams of a text, and the shared parts of those that are phrases. */
  numbersOf({ hashes }: Bag): Int32Array {
    const numbers: number[] = []
    for (const hash of hashes) {
      const number = this.#numbers.get(hash)
      if (number === undefined) continue
      numbers.push(number)
      for (const cue of CUES_BY_HASH.get(hash) ?? []) numbers.push(this.size + cue)
    }
    return Int32Array.from(numbers)
  }

  /** Row `number` of a learned table of `columns`, with the shared parts added. */
  rowOf(table: Float32Array, columns: number, number: number): Float64Array {
    const row = Float64Array.from(table.subarray(number * columns, (number + 1) * columns))
    for (const cue of CUES_BY_HASH.get(this.hashes[number] ?? 0) ?? []) {
      const shared = (this.size + cue) * columns
      for (let column = 0; column < columns; column++) row[column] = (row[column] ?? 0) + SHARED * (table[shared + column] ?? 0)
    }
    return row
  }
}

/** Every n-gram of at least `least` of the texts, and every phrase. */
export function vocabularyOf(bags: readonly Bag[], least: number): Vocabulary {
  const frequency = new Map<number, number>()
  for (const { hashes } of bags) for (const hash of hashes) frequency.set(hash, (frequency.get(hash) ?? 0) + 1)
  const kept = [...frequency.keys()].filter(hash => (frequency.get(hash) ?? 0) >= least || CUES_BY_HASH.has(hash))
  const unseen = [...CUES_BY_HASH.keys()].filter(hash => !frequency.has(hash))
  return new Vocabulary([...kept, ...unseen])
}

/** Of each n-gram: the weights of its examples, together. */
export function importanceOf(examples: readonly { readonly bag: Bag; readonly weight?: number }[]): ReadonlyMap<number, number> {
  const importance = new Map<number, number>()
  for (const { bag, weight = 1 } of examples)
    for (const hash of bag.hashes) importance.set(hash, (importance.get(hash) ?? 0) + weight)
  return importance
}
