/** Prompts that wait to be read, first come, first served. */
import type { Held } from './job'

/** Places of those that are gone, before they are given back. */
const MOST_GONE = 1_024

export class PromptQueue {
  #queue: Held[] = []
  #head = 0
  /** To read all of them, ms at normal speed. */
  workMs = 0

  push(held: Held): void {
    this.#queue.push(held)
    this.workMs += held.readMs
  }

  /** The next one, which then waits no more; undefined: nobody waits. */
  take(): Held | undefined {
    for (;;) {
      const held = this.#queue[this.#head]
      if (held === undefined) return undefined
      this.#head += 1
      if (this.#head > MOST_GONE && this.#head * 2 > this.#queue.length) {
        this.#queue = this.#queue.slice(this.#head)
        this.#head = 0
      }
      if (held.isOver) continue
      this.workMs -= held.readMs
      return held
    }
  }

  /** Its caller has left. It is passed over later. */
  leave({ readMs }: Held): void {
    this.workMs -= readMs
  }

  clear(): void {
    this.#queue = []
    this.#head = 0
    this.workMs = 0
  }
}
