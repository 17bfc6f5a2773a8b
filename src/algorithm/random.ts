/**
 * A small seeded generator, so that a simulation or a test can be run again: sfc32 by Chris Doty-Humphrey, 128 bits of state,
 * made for and passing his PractRand suite. Not for secrets.
 */
import type { Random } from './sampling'

/** Rounds until every bit of the seed has reached every bit of the state; neighbouring seeds then share nothing. */
const WARM_UP = 12

/** Uniform in [0, 1) in steps of 2⁻³². Any whole number up to 2⁵³ is a seed, and each a different one. */
export function createRandom(seed: number): Random {
  let a = 0
  let b = seed >>> 0
  let c = Math.floor(seed / 2 ** 32) >>> 0
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let round = 0; round < WARM_UP; round++) next()
  return next
}

/** A copy in random order, every order as likely as any other: each item goes to a random place among those before it. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled: T[] = []
  for (const item of items) shuffled.splice(Math.floor(random() * (shuffled.length + 1)), 0, item)
  return shuffled
}
