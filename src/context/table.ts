/**
 * What is known of n-grams: a row of small whole numbers for each, found by its hash. Unknown n-grams count for nothing, since their slot
 * either is empty or bears another's tag; so a text of strange words is judged by its shape and the little that is known of it, and not by
 * chance collisions. One unknown n-gram in 255 is mistaken for the one in its slot.
 */
import type { Ngrams } from './ngrams'

/** Of each column: what one step of its whole numbers stands for. */
export interface TableWeights {
  readonly slots: number
  readonly steps: readonly number[]
  /** Base64: a byte for each slot and column, `BIAS` being zero, then a tag for each slot. */
  readonly data: string
}

/** In which slot an n-gram is looked for, by the upper half of its hash. Below 2¹⁵ slots, that the product is a whole number of 31 bits. */
export const slotOf = (hash: number, slots: number): number => Math.imul(hash >>> 16, slots) >>> 16
/** What tells those of one slot apart, by the lower half. Zero marks an empty slot. */
export const tagOf = (hash: number): number => hash & 0xff || 1

/** Sums grow with the number of n-grams; a handful more in the divisor, so that one known word does not decide alone. */
export const dampedBy = (ngrams: number): number => 1 / Math.sqrt(ngrams + 4)

/** Earlier turns and the system message decide where the last turn says little ("and now shorter"). */
const BACKGROUND = 0.3

/** Four columns are one word; a sum of its bytes has two lanes of 16 bits, which 256 rows cannot overflow. */
const LANES = 0x00ff00ff
const MOST_ROWS = 256
/** Bytes are stored with this added, so that lanes never go below zero. */
export const BIAS = 128

export class Table {
  readonly sums: Float64Array
  readonly #steps: readonly number[]
  readonly #slots: number
  readonly #width: number
  readonly #words: Int32Array
  readonly #tags: Uint8Array
  /** The text in which each slot was last counted: an n-gram counts once a text. */
  readonly #counted: Uint16Array
  readonly #near: Float64Array
  readonly #far: Float64Array
  #text = 0

  /** Eight or twelve columns. */
  constructor({ slots, steps, data }: TableWeights) {
    const bytes = bytesOf(data)
    const columns = steps.length
    this.sums = new Float64Array(columns)
    this.#steps = steps
    this.#slots = slots
    this.#width = columns / 4
    this.#words = wordsOf(bytes, slots * this.#width)
    this.#tags = bytes.subarray(slots * columns)
    this.#counted = new Uint16Array(slots)
    this.#near = new Float64Array(columns)
    this.#far = new Float64Array(columns)
  }

  /** Fills `sums` with the rows of all n-grams, those from `background` on counting less. How many are known. */
  sum(ngrams: Ngrams, background: number): number {
    this.#text = (this.#text + 1) & 0xffff
    // the numbers of texts begin anew, and zero is none
    if (this.#text === 0) {
      this.#counted.fill(0)
      this.#text = 1
    }
    const near = this.#add(ngrams.hashes, 0, background, this.#near)
    const far = background < ngrams.size ? this.#add(ngrams.hashes, background, ngrams.size, this.#far) : 0
    const damping = dampedBy(near + BACKGROUND * far)
    for (let column = 0; column < this.sums.length; column++) {
      const sum = (this.#near[column] ?? 0) + (far === 0 ? 0 : BACKGROUND * (this.#far[column] ?? 0))
      this.sums[column] = sum * (this.#steps[column] ?? 0) * damping
    }
    return near + far
  }

  /**
   * Sums of the rows of known n-grams, and how many these are. One loop with its sums in plain variables: through arrays, or word by word, it
   * takes twice as long. Of a table of eight columns the third word is the next row's, and dropped.
   */
  #add(hashes: Int32Array, from: number, to: number, sums: Float64Array): number {
    const slots = this.#slots
    const width = this.#width
    const tags = this.#tags
    const words = this.#words
    const counted = this.#counted
    const text = this.#text
    let known = 0
    let even0 = 0
    let odd0 = 0
    let even1 = 0
    let odd1 = 0
    let even2 = 0
    let odd2 = 0
    sums.fill(0)
    for (let index = from; index < to; index++) {
      const hash = hashes[index] ?? 0
      const slot = slotOf(hash, slots)
      if (tags[slot] !== tagOf(hash) || counted[slot] === text) continue
      counted[slot] = text
      const row = slot * width
      const word0 = words[row] ?? 0
      const word1 = words[row + 1] ?? 0
      const word2 = words[row + 2] ?? 0
      even0 = (even0 + (word0 & LANES)) | 0
      odd0 = (odd0 + ((word0 >>> 8) & LANES)) | 0
      even1 = (even1 + (word1 & LANES)) | 0
      odd1 = (odd1 + ((word1 >>> 8) & LANES)) | 0
      even2 = (even2 + (word2 & LANES)) | 0
      odd2 = (odd2 + ((word2 >>> 8) & LANES)) | 0
      if (++known % MOST_ROWS !== 0) continue
      unpack(even0, odd0, 0, sums)
      unpack(even1, odd1, 4, sums)
      unpack(even2, odd2, 8, sums)
      even0 = odd0 = even1 = odd1 = even2 = odd2 = 0
    }
    unpack(even0, odd0, 0, sums)
    unpack(even1, odd1, 4, sums)
    unpack(even2, odd2, 8, sums)
    for (let column = 0; column < sums.length; column++) sums[column] = (sums[column] ?? 0) - BIAS * known
    return known
  }
}

/** Adds two pairs of lanes to four columns. What lies beyond the last column is dropped, as by every typed array. */
function unpack(even: number, odd: number, column: number, sums: Float64Array): void {
  sums[column] = (sums[column] ?? 0) + (even & 0xffff)
  sums[column + 1] = (sums[column + 1] ?? 0) + (odd & 0xffff)
  sums[column + 2] = (sums[column + 2] ?? 0) + (even >>> 16)
  sums[column + 3] = (sums[column + 3] ?? 0) + (odd >>> 16)
}

function bytesOf(data: string): Uint8Array {
  const text = atob(data)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}

/** The first byte is the lowest, whatever the machine. */
function wordsOf(bytes: Uint8Array, count: number): Int32Array {
  const view = new DataView(bytes.buffer)
  return Int32Array.from({ length: count }, (_, word) => view.getInt32(4 * word, true))
}

/** The sum of `inputs` by the weights from `from` on, and the bias behind these. */
export function weighed(weights: Float64Array, from: number, inputs: Float64Array): number {
  let sum = weights[from + inputs.length] ?? 0
  for (let index = 0; index < inputs.length; index++) sum += (weights[from + index] ?? 0) * (inputs[index] ?? 0)
  return sum
}
