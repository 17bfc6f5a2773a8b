/**
 * How an attempt can end, as one closed union. What follows from each ending is decided in one place
 * (`router/consequence.ts`) and what a client sees of it in another (`http/error.ts`); both switch exhaustively.
 */

/** What an upstream said of its own failure. Shown to clients only after redaction. */
export interface UpstreamError {
  readonly status: number
  readonly message: string
  readonly type?: string | undefined
  readonly code?: string | undefined
  readonly param?: string | undefined
}

/** The limits of DESIGN's `limits` that can end an attempt. */
export type Limit = 'first-token' | 'idle' | 'total'

export type Failure =
  /** No connection, or it broke before the headers. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'timeout'; readonly limit: Limit; readonly afterMs: number }
  /** 408, 409, 5xx, 529: the model's own trouble, likely to pass. */
  | { readonly kind: 'overloaded'; readonly upstream: UpstreamError; readonly retryAfterMs?: number | undefined }
  /** 429, and 413 where it means tokens per minute. */
  | { readonly kind: 'rate-limited'; readonly upstream: UpstreamError; readonly retryAfterMs?: number | undefined }
  /** 402 or a used-up quota: the credential is out of money, which does not pass by itself. */
  | { readonly kind: 'quota-exhausted'; readonly upstream: UpstreamError }
  /** 401 or 403 on our key. */
  | { readonly kind: 'unauthorized'; readonly upstream: UpstreamError }
  /** The upstream does not know this model, or has retired it. */
  | { readonly kind: 'unknown-model'; readonly upstream: UpstreamError }
  /** The provider does not serve the place this isolate runs in. */
  | { readonly kind: 'unsupported-location'; readonly upstream: UpstreamError }
  | { readonly kind: 'context-length'; readonly upstream: UpstreamError }
  /** This model cannot do what the request asks, another might. `field` names it. */
  | { readonly kind: 'unsupported'; readonly field: string; readonly detail: string }
  /** The caller's own mistake as the upstream sees it (400, 422, content refusal by policy): no other model will do better. */
  | { readonly kind: 'rejected'; readonly upstream: UpstreamError }
  /** Not JSON, not SSE, empty, HTML, or larger than any honest answer. */
  | { readonly kind: 'malformed'; readonly detail: string }
  /** The upstream reported an error inside its stream. */
  | { readonly kind: 'stream-error'; readonly upstream: UpstreamError }
  /** The body ended before the answer did. */
  | { readonly kind: 'cut'; readonly detail: string }
  /** The client went away. Not a failure of the model. */
  | { readonly kind: 'client-left' }

export type FailureKind = Failure['kind']

/** A value or the reason there is none. */
export type Result<T, E = Failure> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: E }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const fail = <E>(failure: E): { readonly ok: false; readonly failure: E } => ({ ok: false, failure })
