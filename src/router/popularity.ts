/**
 * Whether a key is one conversation or stands for much of the traffic: a user with many programs, a job that sends one prompt a thousand times. To keep those
 * together would drown the model that they are kept at. The isolate's own last requests tell: what is popular is so in every isolate.
 */

/** Nobody takes so many turns in so short a time, while agents that work side by side do. */
const MANY = 8
const WITHIN_MS = 10_000
const REMEMBERED = 128

export class Popularity {
  readonly #keys: string[] = Array.from({ length: REMEMBERED }, () => '')
  readonly #timesMs = new Float64Array(REMEMBERED).fill(Number.NEGATIVE_INFINITY)
  #next = 0

  /** Counts this request as well, unless it only asks. */
  isPopular(key: string, nowMs: number, { peek = false } = {}): boolean {
    let count = 1
    for (let at = 0; at < REMEMBERED; at++) if (this.#keys[at] === key && nowMs - (this.#timesMs[at] ?? 0) < WITHIN_MS) count += 1
    if (!peek) {
      this.#keys[this.#next] = key
      this.#timesMs[this.#next] = nowMs
      this.#next = (this.#next + 1) % REMEMBERED
    }
    return count >= MANY
  }
}
