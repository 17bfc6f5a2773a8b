/**
 * Which of the rows that everyone gets are out of date, and when they are written anew: not with every report, since with many isolates many report in the time
 * in which a few hundredths of their interval pass, and one writing does for all of them.
 */
import { MIN_INTERVAL_MS } from './sync-pace'

const SHARE_OF_INTERVAL = 0.05
/** All are written every so often, since some of what they say fades. */
const ALL_MS = 500

export class StaleRows {
  readonly #ids = new Set<string>()
  #writtenAtMs = Number.NEGATIVE_INFINITY
  #allAtMs = Number.NEGATIVE_INFINITY

  add(ids: Iterable<string>): void {
    for (const id of ids) this.#ids.add(id)
  }

  addOne(id: string): void {
    this.#ids.add(id)
  }

  /** Those to write now. `intervalMs`: between an isolate's reports. `all`: every row there is. */
  due(intervalMs: number, all: () => Iterable<string>, nowMs: number): readonly string[] {
    if (Math.abs(nowMs - this.#writtenAtMs) < SHARE_OF_INTERVAL * (intervalMs - MIN_INTERVAL_MS)) return []
    this.#writtenAtMs = nowMs
    if (Math.abs(nowMs - this.#allAtMs) >= ALL_MS) {
      this.add(all())
      this.#allAtMs = nowMs
    }
    const due = [...this.#ids]
    this.#ids.clear()
    return due
  }
}
