/**
 * What is known of n-grams: a row of small whole numbers for each, found by its hash. Unknown n-grams count for nothing, since their slot
 * either is empty or bears another's tag; so a text of strange words is judged by its shape and the little that is known of it, and not by
 * chance collisions. One unknown n-gram in 255 is mistaken for the one in its slot.
 */
import { MOST_NGRAMS, type Ngrams } from './ngrams'

/** Of each column: what one step of its whole numbers stands for. At most `WIDEST` columns. */
export interface TableWeights {
  /** A multiple of 16. */
  readonly slots: number
  readonly steps: readonly number[]
  /** Base64: a byte for each slot and column, `BIAS` being zero, then a tag for each slot. */
  readonly data: string
}

/**
 * In which slot an n-gram is looked for, by the upper 20 bits of its hash: with 16 of them, of 42,000 slots some have twice as many n-grams to choose
 * from as others. Slots are a multiple of 16 below 2¹⁶, that the product is a whole number of 32 bits.
 */
export const slotOf = (hash: number, slots: number): number => Math.imul(hash >>> 12, slots >>> 4) >>> 16
/** What tells those of one slot apart, by the lower half. Zero marks an empty slot, and counts as one; without a branch. */
export const tagOf = (hash: number): number => {
  const tag = hash & 0xff
  return tag + ((tag - 1) >>> 31)
}

/** Sums grow with the number of n-grams; a handful more in the divisor, so that one known word does not decide alone. */
export const dampedBy = (ngrams: number): number => 1 / Math.sqrt(ngrams + 4)

/** Earlier turns and the system message decide where the last turn says little ("and now shorter"). */
const BACKGROUND = 0.3

/** Bytes of a row: four rows are a line of the processor's cache, and none lies in two. */
export const WIDEST = 16
const WORDS = WIDEST / 4
/** Keeps what is only fetched from being left out as of no use. */
const FETCHED = new Int32Array(1)
/** Four columns are one word; a sum of its bytes has two lanes of 16 bits, which 256 rows cannot overflow. */
const LANES = 0x00ff00ff
const MOST_ROWS = 256
/** Bytes are stored with this added, so that lanes never go below zero. */
export const BIAS = 128

export class Table {
  readonly sums: Float64Array
  readonly #steps: Float64Array
  readonly #slots: number
  readonly #words: Int32Array
  readonly #tags: Uint8Array
  /** The text in which each slot was last counted: an n-gram counts once a text. */
  readonly #counted: Uint16Array
  readonly #near = new Float64Array(WIDEST)
  readonly #far = new Float64Array(WIDEST)
  /** Slots whose tag is that of an n-gram, in the order of the text, then those of these that are counted. */
  readonly #found = new Int32Array(MOST_NGRAMS)
  #text = 0

  constructor({ slots, steps, data }: TableWeights) {
    const bytes = bytesOf(data)
    const columns = steps.length
    this.sums = new Float64Array(columns)
    this.#steps = Float64Array.from(steps)
    this.#slots = slots
    this.#words = wordsOf(bytes, slots, columns)
    this.#tags = bytes.slice(slots * columns)
    this.#counted = new Uint16Array(slots)
  }

  /** Fills `sums` with the rows of all n-grams, those from `background` on counting less. How many are known, counted alike. */
  sum(ngrams: Ngrams, background: number): number {
    this.#text = (this.#text + 1) & 0xffff
    // the numbers of texts begin anew, and zero is none
    if (this.#text === 0) {
      this.#counted.fill(0)
      this.#text = 1
    }
    const near = this.#add(ngrams.hashes, 0, background, this.#near)
    const far = background < ngrams.size ? this.#add(ngrams.hashes, background, ngrams.size, this.#far) : 0
    const known = near + BACKGROUND * far
    const damping = dampedBy(known)
    for (let column = 0; column < this.sums.length; column++) {
      const sum = (this.#near[column] ?? 0) + (far === 0 ? 0 : BACKGROUND * (this.#far[column] ?? 0))
      this.sums[column] = sum * (this.#steps[column] ?? 0) * damping
    }
    return known
  }

  /** Sums of the rows of known n-grams, and how many these are. */
  #add(hashes: Int32Array, from: number, to: number, sums: Float64Array): number {
    const known = this.#count(this.#find(hashes, from, to))
    sums.fill(-BIAS * known)
    for (let first = 0; first < known; first += MOST_ROWS) this.#addRows(first, Math.min(known, first + MOST_ROWS), sums)
    return known
  }

  /**
   * Puts the slots that bear an n-gram's tag into `#found`; how many. Without a branch, since one in four is known and nobody can tell which; and
   * from the tags alone, which fit into the processor's nearest cache.
   */
  #find(hashes: Int32Array, from: number, to: number): number {
    const slots = this.#slots
    const tags = this.#tags
    const found = this.#found
    let size = 0
    for (let index = from; index < to; index++) {
      const hash = hashes[index] ?? 0
      const slot = slotOf(hash, slots)
      found[size] = slot
      size += (((tags[slot] ?? 0) ^ tagOf(hash)) - 1) >>> 31
    }
    return size
  }

  /**
   * Leaves of the first `size` found those that were not counted in this text yet; how many. On the way it fetches their rows, which lie scattered: here
   * more of them are waited for at once than where each is taken apart.
   */
  #count(size: number): number {
    const counted = this.#counted
    const found = this.#found
    const text = this.#text
    const words = this.#words
    let known = 0
    let fetched = 0
    for (let index = 0; index < size; index++) {
      const slot = found[index] ?? 0
      fetched ^= words[slot * WORDS] ?? 0
      found[known] = slot
      known += counted[slot] === text ? 0 : 1
      counted[slot] = text
    }
    FETCHED[0] = fetched
    return known
  }

  /** Sums in plain variables: through arrays it takes twice as long. */
  #addRows(from: number, to: number, sums: Float64Array): void {
    const words = this.#words
    const found = this.#found
    let even0 = 0
    let odd0 = 0
    let even1 = 0
    let odd1 = 0
    let even2 = 0
    let odd2 = 0
    let even3 = 0
    let odd3 = 0
    for (let index = from; index < to; index++) {
      const row = (found[index] ?? 0) * WORDS
      const word0 = words[row] ?? 0
      const word1 = words[row + 1] ?? 0
      const word2 = words[row + 2] ?? 0
      const word3 = words[row + 3] ?? 0
      even0 = (even0 + (word0 & LANES)) | 0
      odd0 = (odd0 + ((word0 >>> 8) & LANES)) | 0
      even1 = (even1 + (word1 & LANES)) | 0
      odd1 = (odd1 + ((word1 >>> 8) & LANES)) | 0
      even2 = (even2 + (word2 & LANES)) | 0
      odd2 = (odd2 + ((word2 >>> 8) & LANES)) | 0
      even3 = (even3 + (word3 & LANES)) | 0
      odd3 = (odd3 + ((word3 >>> 8) & LANES)) | 0
    }
    unpack(even0, odd0, 0, sums)
    unpack(even1, odd1, 4, sums)
    unpack(even2, odd2, 8, sums)
    unpack(even3, odd3, 12, sums)
  }
}

/** Adds two pairs of lanes to four columns. */
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

/** Rows of `WIDEST` bytes, the last of which are of no column. The first byte is the lowest of its word, whatever the machine. */
function wordsOf(bytes: Uint8Array, slots: number, columns: number): Int32Array {
  const words = new Int32Array(slots * WORDS)
  for (let slot = 0; slot < slots; slot++)
    for (let column = 0; column < columns; column++) {
      const at = slot * WORDS + (column >> 2)
      words[at] = (words[at] ?? 0) | ((bytes[slot * columns + column] ?? 0) << (8 * (column & 3)))
    }
  return words
}

/** The sum of `inputs` by the weights from `from` on, and the bias behind these. */
export function weighed(weights: Float64Array, from: number, inputs: Float64Array): number {
  let sum = weights[from + inputs.length] ?? 0
  for (let index = 0; index < inputs.length; index++) sum += (weights[from + index] ?? 0) * (inputs[index] ?? 0)
  return sum
}
