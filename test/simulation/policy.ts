/** What the simulation asks of a router: whom to try for a request, and to hear how it went. */
import type { Failure } from '../../src/outcome'
import type { Patience } from '../../src/router/patience'

/** A request at an isolate. */
export interface Ask {
  readonly id: number
  readonly isolate: number
  readonly promptTokens: number
  /** -1: a request on its own. */
  readonly session: number
  readonly turn: number
  readonly blocks: Int32Array
  /** How long it will be, which only those that know everything may look at. */
  readonly outputTokens: number
  /** The whole answer has to be there so long after it came; undefined: whenever. */
  readonly deadlineMs?: number | undefined
  /** Models asked in vain, in order. */
  readonly tried: readonly number[]
}

export type Ending =
  | { readonly ok: true; readonly cachedTokens: number; readonly outputTokens: number; readonly writingMs: number }
  | { readonly ok: false; readonly failure: Failure }

/** What the answer's headers say of the rate limit. */
export interface Headroom {
  readonly share: number
  readonly forMs: number
}

/** An attempt under way. */
export interface Sent {
  /** Without a first token until then, the attempt is given up. */
  readonly limitMs: number
  /** Without one it has all of this time. */
  readonly patience?: Patience | undefined
  headers(headroom: Headroom | undefined): void
  firstToken(): void
  /** Once, unless it is lost. */
  end(ending: Ending): void
  /** It died with its isolate, which learns nothing of it. */
  lose(): void
}

export interface Policy {
  readonly name: string
  /** Before a request is decided on: goes on at once, or when more is known. */
  inform(ask: Ask, goOn: () => void): void
  /** The model to ask next, by its index; undefined gives up. */
  choose(ask: Ask): number | undefined
  /** It is being asked. */
  send(ask: Ask, model: number): Sent
  /** A new isolate takes this one's place. The old one is gone with all that it had in flight, or only gets no new request. */
  replaceIsolate(isolate: number, isKilled: boolean): void
  /** What it cost and what is left, when everything is over. */
  account(): Account
}

export interface Account {
  readonly syncs: number
  /** Requests that it still believes to be in flight. */
  readonly leases: number
}

/** As the router's configuration has them by default. */
export const MAX_ATTEMPTS = 3
export const FIRST_TOKEN_LIMIT_MS = 20_000
/** Longer for long prompts, as in `router/send.ts`. */
const PER_PROMPT_TOKEN_MS = 0.5

export const firstTokenLimitMs = (promptTokens: number): number => FIRST_TOKEN_LIMIT_MS + PER_PROMPT_TOKEN_MS * promptTokens
