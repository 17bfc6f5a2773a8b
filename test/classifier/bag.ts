/** A prompt as the classifier reads it: its distinct n-grams and its shape. */
import { Ngrams } from '../../src/context/ngrams'
import { SHAPE_SIZE, shapeOf } from '../../src/context/shape'
import { read } from '../../src/context/text'

export interface Bag {
  readonly hashes: Int32Array
  readonly shape: Float64Array
}

const NGRAMS = new Ngrams()

export function bagOf(prompt: string): Bag {
  const { last, lastCharacters } = read({ model: 'auto', messages: [{ role: 'user', content: prompt }] })
  NGRAMS.clear()
  NGRAMS.add(last)
  const shape = new Float64Array(SHAPE_SIZE)
  shapeOf(NGRAMS, lastCharacters, shape)
  return { hashes: Int32Array.from(new Set(NGRAMS.hashes.subarray(0, NGRAMS.size))), shape }
}

/** Of a phrase: its longest n-gram, up to three words, and with a final `*` the stem of its only word. */
export function hashesOfPhrase(phrase: string): readonly number[] {
  const isStem = phrase.endsWith('*')
  const text = isStem ? phrase.slice(0, -1) : phrase
  NGRAMS.clear()
  // the opening's n-grams come first, so that none of them stands at the end
  NGRAMS.add(`x. x. x. ${text}`)
  const { size, words } = NGRAMS
  if (words > 6 && NGRAMS.syllables === 0) return []
  const whole = NGRAMS.hashes[size - 1]
  if (whole === undefined) return []
  return isStem && words === 4 ? [whole, ...stemOf(text)] : [whole]
}

/** What words that begin with `stem` have in common. Their pieces come before them, the short stem, then the long one, then the word itself. */
function stemOf(stem: string): readonly number[] {
  if (stem.length < 4) return []
  const isLong = stem.length >= 6
  NGRAMS.clear()
  NGRAMS.add(`x. x. x. ${stem.slice(0, isLong ? 6 : 4)}${isLong ? 'q' : 'qq'}`)
  const found = NGRAMS.hashes[NGRAMS.size - 2]
  return found === undefined ? [] : [found]
}
