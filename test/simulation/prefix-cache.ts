/** A model's prompt cache: blocks of prompt beginnings, the least recently used one forgotten first. */
import { BLOCK_TOKENS } from './trace'

export class PrefixCache {
  readonly #capacity: number
  /** In the order of use. */
  readonly #blocks = new Set<number>()

  /** `capacity` in blocks. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Prompt tokens of such a request that need not be read again. At least the last block always has to be. */
  cachedTokens(blocks: Int32Array, promptTokens: number): number {
    let depth = 0
    while (depth < blocks.length && this.#blocks.has(blocks[depth] ?? -1)) depth += 1
    return Math.min(depth * BLOCK_TOKENS, Math.max(0, promptTokens - 1))
  }

  /** From the end on, so that a beginning outlives what follows it. */
  store(blocks: Int32Array): void {
    for (let at = blocks.length - 1; at >= 0; at--) {
      const block = blocks[at] ?? -1
      this.#blocks.delete(block)
      this.#blocks.add(block)
    }
    if (this.#blocks.size <= this.#capacity) return
    for (const oldest of this.#blocks) {
      if (this.#blocks.size <= this.#capacity) break
      this.#blocks.delete(oldest)
    }
  }

  clear(): void {
    this.#blocks.clear()
  }
}
