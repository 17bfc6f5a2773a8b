/** What the router needs of the world, handed in: the real one comes from `app.ts`, a virtual one from tests. */
import type { LocalLoad } from '../state/local-load'

export interface World {
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly newId: () => string
  /** Calls back once, after `ms`. The returned function calls it off. */
  readonly after: (ms: number, callback: () => void) => () => void
}

/** What one request brings along besides its body. */
export interface Host {
  /** Keeps the request's context alive until the promise settles. */
  readonly waitUntil: (promise: Promise<unknown>) => void
  /** Aborts when the client goes away. */
  readonly clientLeft: AbortSignal
  readonly secret: (name: string) => string | undefined
  readonly load: LocalLoad
  /** Cloudflare's code of this isolate's data centre. */
  readonly place: string
  /** Tells the tracker in time what has changed; cheap, and never waited for. */
  readonly sync: () => void
}
