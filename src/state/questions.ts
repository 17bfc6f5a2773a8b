/**
 * Decisions that an isolate has asked its tracker for. Until somebody acts on the answer every report names the question, so that the tracker goes on counting
 * whom it chose; the start that follows is then no news to it.
 */

/** At a time, and that a report names: at 100 ms to an answer these are 640 a second. More wait only where the tracker is behind, and cannot say so in time. */
const MAX_OPEN = 64
/** One that is older was given up by whoever asked. */
const GIVEN_UP_MS = 2_000
const NONE: readonly number[] = []

export class Questions {
  /** When, by number. */
  readonly #openSinceMs = new Map<number, number>()
  #last = 0
  #wanted = 0
  /** Whom the tracker counts already for a request that is about to be sent. */
  #reserved: string | undefined

  /** A request wants to ask. False: too many wait already. */
  want(nowMs: number): boolean {
    this.#wanted += 1
    if (this.#openSinceMs.size >= MAX_OPEN) this.#forget(nowMs)
    return this.#openSinceMs.size < MAX_OPEN
  }

  /** So far. */
  get wanted(): number {
    return this.#wanted
  }

  ask(nowMs: number): number {
    this.#last += 1
    this.#openSinceMs.set(this.#last, nowMs)
    return this.#last
  }

  /** `reserved`: the model that the tracker counts, if the next request is sent to that one. */
  settle(question: number, reserved: string | undefined): void {
    if (this.#openSinceMs.delete(question)) this.#reserved = reserved
  }

  /** A request is sent to this model. Whether the tracker counts it already. */
  send(model: string): boolean {
    const isCounted = this.#reserved === model
    this.#reserved = undefined
    return isCounted
  }

  /** The latest of those that still wait. */
  open(nowMs: number): readonly number[] {
    this.#forget(nowMs)
    if (this.#openSinceMs.size === 0) return NONE
    return [...this.#openSinceMs.keys()].slice(-MAX_OPEN)
  }

  #forget(nowMs: number): void {
    for (const [question, atMs] of this.#openSinceMs) if (Math.abs(nowMs - atMs) > GIVEN_UP_MS) this.#openSinceMs.delete(question)
  }
}
