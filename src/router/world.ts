/** What the router needs of the world, handed in: the real one comes from `app.ts`, a virtual one from tests. */
import type { Ruling } from '../state/central'
import type { LocalLoad } from '../state/local-load'
import type { Contest } from './contest'

export interface World {
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly newId: () => string
  /** Calls back once, after `ms`. The returned function calls it off. */
  readonly after: (ms: number, callback: () => void) => () => void
}

/** How a request hears from its region's tracker before it is decided on. Nothing here ever rejects. */
export interface Hearing {
  /** How often the tracker wants to be asked. */
  readonly intervalMs: () => number
  /** Whether this request may wait for it, which it then does. Not where it has let others wait in vain just now. */
  readonly mayWait: () => boolean
  /** This request has waited for it. */
  readonly waited: (inTime: boolean) => void
  /** Makes the call that brings a snapshot; true: it did. Undefined: another request makes it. */
  readonly sync: () => Promise<boolean> | undefined
  /** Has the tracker choose, and count whom it chose under the question's number; without one it only tells. Undefined: it is away. */
  readonly ask: (contest: Contest, question: number | undefined) => Promise<Ruling | undefined>
  /** A decision was made that looks at load: the view is worth refreshing. */
  readonly watch: () => void
  /** Until the next beat of a live request's heart. */
  readonly beatMs: () => number
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
  readonly hearing: Hearing
}
