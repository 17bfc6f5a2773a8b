/**
 * How an attempt can end, as one closed union. What follows from each ending is decided in one place
 * (`router/consequence.ts`) and what a client sees of it in another (`problemOf`); both switch exhaustively.
 */

/** What an upstream said of its own failure. Shown to clients only after redaction. */
export interface UpstreamError {
  readonly status: number
  readonly message: string
  readonly type?: string | undefined
  readonly code?: string | undefined
  readonly param?: string | undefined
}

/** The configured limits that can end an attempt, and the client's own deadline, which says nothing of the model. */
export type Limit = 'first-token' | 'idle' | 'total' | 'deadline'

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
  /** A hedge answered sooner. Slow, but not a failure. */
  | { readonly kind: 'outpaced' }

export type FailureKind = Failure['kind']

/** A value or the reason there is none. */
export type Result<T, E = Failure> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: E }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const fail = <E>(failure: E): { readonly ok: false; readonly failure: E } => ({ ok: false, failure })

/** A failure as a client may see it, whatever its dialect: each surface writes these words into its own error body. */
export interface Problem {
  readonly status: number
  /** OpenAI's error types are the canonical ones. */
  readonly type: string
  readonly code: string | null
  readonly message: string
  /** The request's field at fault, as a path. */
  readonly param: string | null
  readonly retryAfterMs?: number | undefined
}

/** Keys by the shapes that providers give them, whole or starred out in part: upstreams quote them in their errors. */
const KEY = /\b(sk-|sk_|pplx-|xai-|nvapi-|gsk_|hf_|r8_|fw_|AIza|AKIA|ya29\.|eyJ)[\w*.…-]{4,}/g
/** Whatever follows such words is a key too. */
const NAMED_KEY =
  /\b(Bearer\s+|(?:api[-_ ]?key|authorization|access[-_ ]?token)(?:\s+provided)?["']?\s*[:=]\s*["']?(?:Bearer\s+)?)(?!\[key\])[^\s"',;&]+/gi
/** Our account at a provider is nobody's business either. */
const ACCOUNT = /\b(org-|proj_|project_number:|projects\/)[\w*-]{8,}/g

/** Rather a harmless word too many than a key. */
export const redact = (text: string): string =>
  text.replace(KEY, '[key]').replace(NAMED_KEY, '$1[key]').replace(ACCOUNT, '[account]')

/**
 * Clients that shorten a conversation by themselves know the moment by words of the message alone: those of OpenAI by "maximum context length", those of
 * Anthropic by "prompt is too long".
 */
export const TOO_LONG = 'The prompt is too long: it exceeds the maximum context length.'

/** The one mapping from failures to what a client sees: rich inside, careful outside. Nothing of our own keys or accounts gets out. */
export function problemOf(failure: Failure): Problem {
  const server = (status: number, code: string, message: string, retryAfterMs?: number): Problem => {
    return { status, type: 'server_error', code, message: redact(message), param: null, retryAfterMs }
  }
  switch (failure.kind) {
    case 'unreachable':
      return server(502, 'upstream_unreachable', 'The upstream could not be reached.')
    case 'timeout':
      return server(504, 'timeout', `The upstream took too long: the ${failure.limit} limit passed after ${failure.afterMs} ms.`)
    case 'overloaded':
      return server(
        503,
        'upstream_overloaded',
        `The upstream answered ${failure.upstream.status}: ${failure.upstream.message}`,
        failure.retryAfterMs,
      )
    case 'rate-limited':
      return {
        ...server(429, 'rate_limit_exceeded', failure.upstream.message, failure.retryAfterMs),
        type: 'rate_limit_error',
      }
    case 'quota-exhausted':
    case 'unauthorized':
      return server(
        502,
        'upstream_account',
        "The upstream refused the router's own account. The operator of this router must look at it.",
      )
    case 'unknown-model':
      return server(
        502,
        'upstream_unknown_model',
        'The upstream does not know this model. The operator of this router must look at it.',
      )
    case 'unsupported-location':
      return server(502, 'upstream_location', 'The upstream does not serve the place that this request was routed from.')
    case 'context-length':
      return invalid(400, 'context_length_exceeded', `${TOO_LONG} ${failure.upstream.message}`, 'messages')
    case 'unsupported':
      return invalid(400, 'unsupported_parameter', failure.detail, failure.field)
    case 'rejected': {
      const { status, type, code, message, param } = failure.upstream
      return {
        status: status >= 400 && status < 500 ? status : 400,
        // Gemini's own words for it, such as INVALID_ARGUMENT, no client of OpenAI knows
        type: type === undefined || type === type.toUpperCase() ? 'invalid_request_error' : redact(type),
        code: code === undefined ? null : redact(code),
        message: redact(message),
        param: param === undefined ? null : redact(param),
      }
    }
    case 'malformed':
      return server(502, 'upstream_malformed', `The upstream's answer made no sense: ${failure.detail}`)
    case 'stream-error':
      return server(502, 'upstream_error', `The upstream reported an error: ${failure.upstream.message}`)
    case 'cut':
      return server(502, 'upstream_cut', `The upstream broke off: ${failure.detail}`)
    case 'client-left':
      return server(499, 'client_left', 'The client went away.')
    case 'outpaced':
      return server(502, 'outpaced', 'Another model answered sooner.')
  }
}

function invalid(status: number, code: string, message: string, param: string | null): Problem {
  return { status, type: 'invalid_request_error', code, message: redact(message), param }
}
