/**
 * How much of request bodies the isolate holds at once. It has 128 MB for everything, and a body takes several times its size while it is parsed and
 * written anew; one more that does not fit would end every stream of the isolate with it.
 *
 * Reservations expire: the runtime may end a request, its client gone in the middle of the upload, without a word to anyone.
 */

const MAX_BYTES = 48 * 1024 * 1024
/** Longer than any honest upload takes until the model answers or fails. */
const EXPIRY_MS = 300_000

interface Reservation {
  readonly bytes: number
  readonly atMs: number
}

export class Buffers {
  readonly #held = new Set<Reservation>()

  /** Undefined: there is no room. */
  reserve(bytes: number, nowMs: number): (() => void) | undefined {
    let total = bytes
    for (const held of this.#held) {
      if (nowMs - held.atMs > EXPIRY_MS) this.#held.delete(held)
      else total += held.bytes
    }
    // The first one always fits, or a body within the limits could never be sent
    if (total > MAX_BYTES && this.#held.size > 0) return undefined
    const reservation = { bytes, atMs: nowMs }
    this.#held.add(reservation)
    return () => this.#held.delete(reservation)
  }
}
