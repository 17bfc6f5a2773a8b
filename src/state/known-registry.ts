/** What an isolate knows of the registry, and how lately it was told that this still holds. Plain data, since it outlives any one request. */
import type { Overlay } from './overlay'
import { NO_OVERLAY } from './overlay'
import { type RegistryView, STALE_MS } from './registry-view'

export class KnownRegistry {
  #view: RegistryView | undefined
  #heardAtMs = Number.NEGATIVE_INFINITY
  #missedAtMs = Number.NEGATIVE_INFINITY
  #askedAtMs = Number.NEGATIVE_INFINITY

  /** Undefined: this isolate has never heard from it. */
  get view(): RegistryView | undefined {
    return this.#view
  }

  /** The same object for as long as nothing in it has changed. */
  get overlay(): Overlay {
    return this.#view?.overlay ?? NO_OVERLAY
  }

  get revision(): number {
    return this.#view?.revision ?? 0
  }

  /** `view` null: what is known still holds. `atMs`: when the question was asked. An older answer that comes late changes nothing. */
  accept(view: RegistryView | null, atMs: number, isFresh: boolean): void {
    if (view !== null && view.revision > this.revision) this.#view = { ...view, overlay: kept(this.overlay, view.overlay) }
    if (!isFresh || this.#view === undefined) return
    this.#heardAtMs = Math.max(this.#heardAtMs, atMs)
    this.#missedAtMs = Number.NEGATIVE_INFINITY
  }

  /** Nothing heard for so long that something may have changed. */
  isStale(nowMs: number): boolean {
    return nowMs - this.#heardAtMs > STALE_MS
  }

  /** It was asked, and nobody answered in time. */
  missed(nowMs: number): void {
    this.#missedAtMs = nowMs
    this.#askedAtMs = nowMs
  }

  /**
   * How a request that finds this stale is to ask: before it decides, also where others are asking already, since it must not go by what is older than
   * they will. Where the registry was found away just now, nobody waits for it: one request per `everyMs` asks behind its back. Undefined: not at all.
   */
  inquiry(nowMs: number, everyMs: number): 'before' | 'behind' | undefined {
    const isAway = Math.abs(nowMs - this.#missedAtMs) <= STALE_MS
    if (this.#view === undefined || !isAway) return 'before'
    if (Math.abs(nowMs - this.#askedAtMs) < everyMs) return undefined
    this.#askedAtMs = nowMs
    return 'behind'
  }
}

/** By content and not by version: versions count anew in a registry that was made anew. */
const kept = (before: Overlay, after: Overlay): Overlay => (JSON.stringify(before) === JSON.stringify(after) ? before : after)
