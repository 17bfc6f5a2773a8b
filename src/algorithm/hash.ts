/**
 * A fast, seedless string hash for placing things: keys and virtual nodes on a ring, names on a seed. It keeps nobody out on
 * purpose: whoever may choose keys may also choose collisions, so it guards no secret and no quota.
 *
 * FNV-1a (Fowler, Noll and Vo) over the UTF-16 bytes, low byte first, then the finaliser of MurmurHash3 (Appleby): FNV
 * alone leaves the upper bits of short strings almost alone, which puts `gpt#1` and `gpt#2` side by side on a ring.
 */

/** A whole number in [0, 2³²), the same for the same text on every machine. */
export type Hash = (text: string) => number

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** Both bytes of every code unit count, so lone surrogates and characters outside Latin-1 hash as reliably as ASCII. */
export const hash32: Hash = text => {
  let h = FNV_OFFSET
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    h = Math.imul(h ^ (unit & 0xff), FNV_PRIME)
    h = Math.imul(h ^ (unit >>> 8), FNV_PRIME)
  }
  return avalanche(h)
}

/**
 * 64 bits as 16 hexadecimal digits, for naming a text without showing it: among a million texts any two alike have odds of one in 37
 * million. What is short enough to be guessed it does not hide.
 *
 * The two halves start from different states: after the same text, FNV would take equal ones through any ending equally.
 */
export function fingerprint(text: string): string {
  return [text, `\u0000${text}`].map(each => hash32(each).toString(16).padStart(8, '0')).join('')
}

/** MurmurHash3's fmix32: a bijection after which every input bit moves every output bit with probability near one half. */
function avalanche(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
