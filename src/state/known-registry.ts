/** What an isolate knows of the registry, and how lately it was told that this still holds. Plain data, since it outlives any one request. */
import type { Overlay } from './overlay'
import { NO_OVERLAY } from './overlay'
import { type RegistryView, STALE_MS } from './registry-view'

export class KnownRegistry {
  #view: RegistryView | undefined
  #heardAtMs = Number.NEGATIVE_INFINITY
  #askedAtMs = Number.NEGATIVE_INFINITY

  /** Undefined: this isolate has never heard from it. */
  get view(): RegistryView | undefined {
    return this.#view
  }

  get overlay(): Overlay {
    return this.#view?.overlay ?? NO_OVERLAY
  }

  get revision(): number {
    return this.#view?.revision ?? 0
  }

  /** `view` null: what is known still holds. `atMs`: when the question was asked. An older answer that comes late changes nothing. */
  accept(view: RegistryView | null, atMs: number, isFresh: boolean): void {
    if (view !== null && view.revision > this.revision) this.#view = view
    if (isFresh && this.#view !== undefined) this.#heardAtMs = Math.max(this.#heardAtMs, atMs)
  }

  /** Nothing heard for so long that something may have changed. */
  isStale(nowMs: number): boolean {
    return nowMs - this.#heardAtMs > STALE_MS
  }

  /** True once per `everyMs`: when the registry is away, not every request is to wait for it. */
  mayAsk(nowMs: number, everyMs: number): boolean {
    if (this.#view !== undefined && nowMs - this.#askedAtMs < everyMs) return false
    this.#askedAtMs = nowMs
    return true
  }
}
