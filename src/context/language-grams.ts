/**
 * A word as the runs of one to five letters in it, its borders included, and as a whole: what a linear model learns languages from. The
 * runs are hashed into buckets, so the model needs no dictionary of them (the hashing trick: Weinberger et al., ICML 2009).
 */

const BUCKET_BITS = 16
export const BUCKETS = 1 << BUCKET_BITS
/** Longer runs hardly add anything; shorter ones alone cost two points on pairs of words. */
const LONGEST_RUN = 5
/** Chinese characters are words by themselves: two in a row are as telling as it gets. */
const LONGEST_HAN_RUN = 2
const FIRST_HAN = 0x3400
/** `a` to `z`, or a border, alone: fifty languages have them about equally often. `ß` says more, and a character of Chinese. */
const FIRST_ACCENTED = 0x80
/** A word that is no longer is one of the runs, with both borders. */
const LONGEST_WORD_WITHIN_RUN = LONGEST_RUN - 2

const RUN_SEED = 0x811c9dc5 | 0
const WORD_SEED = 0x01234567
/** FNV's prime and the golden ratio's: one mixes letters in, the other spreads the result over the upper bits. */
const PRIME = 0x01000193
const SPREAD = 0x9e3779b1

/** A word of `n` letters makes at most this many. */
export const mostGrams = (letters: number): number => (letters + 2) * LONGEST_RUN + 1

/**
 * Writes the buckets of the word in `units` from `start` up to but without `end`, which has a blank before and after it, into `buckets` at
 * `at`; returns where they end.
 */
export function gramsOf(units: Uint16Array, start: number, end: number, buckets: Uint16Array, at: number): number {
  let count = at
  const longest = (units[start] ?? 0) >= FIRST_HAN ? LONGEST_HAN_RUN : LONGEST_RUN
  for (let first = start - 1; first < end; first++) {
    const last = Math.min(first + longest, end + 1)
    let hash = RUN_SEED
    for (let index = first; index < last; index++) {
      hash = Math.imul(hash ^ (units[index] ?? 0), PRIME)
      hash ^= hash >>> 15
      if (index === first && longest === LONGEST_RUN && (units[index] ?? 0) < FIRST_ACCENTED) continue
      buckets[count++] = Math.imul(hash, SPREAD) >>> (32 - BUCKET_BITS)
    }
  }
  if (end - start > LONGEST_WORD_WITHIN_RUN && longest === LONGEST_RUN) {
    let hash = WORD_SEED
    for (let index = start; index < end; index++) {
      hash = Math.imul(hash ^ (units[index] ?? 0), PRIME)
      hash ^= hash >>> 15
    }
    buckets[count++] = Math.imul(hash, SPREAD) >>> (32 - BUCKET_BITS)
  }
  return count
}
