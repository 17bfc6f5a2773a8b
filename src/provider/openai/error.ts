/**
 * An answer outside 2xx, classified by OpenAI's error code and type first, then by status: one status covers cases with opposite
 * consequences (429 is both "wait a moment" and "the account is empty", 400 both the caller's mistake and a feature that this model
 * lacks). Compatible upstreams copy the codes more or less; where they do not, the message decides.
 */

import { isObject, numberAt, objectAt, parseJson, stringAt } from '../../json'
import type { Failure, UpstreamError } from '../../outcome'
import { retryAfterMs } from '../retry-after'

/** `body` as parsed. Compatible upstreams use `{error: {…}}`, `{error: "text"}`, `{message: …}` and `{detail: …}`. */
export function upstreamError(status: number | undefined, body: unknown): UpstreamError {
  const error = objectAt(body, 'error') ?? (isObject(body) ? body : undefined)
  const code = stringAt(error, 'code') ?? numberAt(error, 'code')?.toString()
  const told = status ?? numberAt(error, 'status') ?? statusIn(code) ?? 500
  return {
    status: told,
    message:
      stringAt(error, 'message') ??
      stringAt(body, 'error') ??
      stringAt(body, 'detail') ??
      `The upstream answered ${told} without a readable error.`,
    type: stringAt(error, 'type'),
    code,
    param: stringAt(error, 'param'),
  }
}

/** Errors inside a stream have no status of their own; some carry it as their code. */
const statusIn = (code: string | undefined): number | undefined =>
  code !== undefined && /^[45]\d\d$/.test(code) ? Number(code) : undefined

export function error(status: number, headers: Headers, body: string, nowMs: number): Failure {
  const upstream = upstreamError(status, parseJson(body))
  const retry = retryAfterMs(headers, nowMs)
  return byCode(upstream.code, upstream, retry) ?? byCode(upstream.type, upstream, retry) ?? byStatus(upstream, retry)
}

function byCode(code: string | undefined, upstream: UpstreamError, retry: number | undefined): Failure | undefined {
  switch (code) {
    case 'insufficient_quota':
    case 'billing_hard_limit_reached':
    case 'billing_not_active':
      return { kind: 'quota-exhausted', upstream }
    case 'invalid_api_key':
    case 'account_deactivated':
      return { kind: 'unauthorized', upstream }
    case 'model_not_found':
    case 'DeploymentNotFound':
      return { kind: 'unknown-model', upstream }
    case 'unsupported_country_region_territory':
      return { kind: 'unsupported-location', upstream }
    case 'string_above_max_length':
      // A message is too much for this model; an id or a name that is too long is not the prompt's length
      return /content$/.test(upstream.param ?? 'content')
        ? { kind: 'context-length', upstream }
        : { kind: 'unsupported', field: upstream.param ?? 'messages', detail: upstream.message }
    case 'context_length_exceeded':
      return { kind: 'context-length', upstream }
    case 'rate_limit_exceeded':
      return { kind: 'rate-limited', upstream, retryAfterMs: retry }
    case 'unsupported_parameter':
    case 'unsupported_value':
    case 'unknown_parameter':
    case 'array_above_max_length':
      return { kind: 'unsupported', field: upstream.param ?? 'model', detail: upstream.message }
    default:
      return undefined
  }
}

function byStatus(upstream: UpstreamError, retry: number | undefined): Failure {
  const { status, message } = upstream
  if (status >= 500 || status === 408 || status === 409) return { kind: 'overloaded', upstream, retryAfterMs: retry }
  // Redirects are not followed, so whatever answers here is not the API
  if (status < 400) return { kind: 'malformed', detail: `the upstream answered ${status}` }
  switch (status) {
    case 401:
      return { kind: 'unauthorized', upstream }
    case 402:
      return { kind: 'quota-exhausted', upstream }
    case 403:
      return forbidden(upstream, retry)
    case 404:
      // Without a word of the model: of a file, say, that the caller named. Without any word: a wrong base URL, ours
      return /model|deployment|engine/i.test(message) || upstream.type === undefined
        ? { kind: 'unknown-model', upstream }
        : { kind: 'rejected', upstream }
    case 413:
      return /tokens per (minute|day)|\b(TPM|TPD|ITPM)\b|rate limit/i.test(message)
        ? { kind: 'rate-limited', upstream, retryAfterMs: retry }
        : { kind: 'context-length', upstream }
    case 429:
      if (/request too large/i.test(message)) return { kind: 'context-length', upstream }
      return /quota|billing|credit/i.test(message) && !/per (sec|min|hour|day)/i.test(message)
        ? { kind: 'quota-exhausted', upstream }
        : { kind: 'rate-limited', upstream, retryAfterMs: retry }
    case 400:
    case 422:
      return invalid(upstream)
    default:
      // 405, 410, 415 and the like: what we sent, or where, is wrong, and the caller can do nothing about it
      return { kind: 'overloaded', upstream, retryAfterMs: retry }
  }
}

/**
 * 403 is about the place, the account, or the content, and only the message tells. What it does not tell is no reason to leave out an account:
 * it is held against the model, like any other failure.
 */
function forbidden(upstream: UpstreamError, retry: number | undefined): Failure {
  const { message } = upstream
  if (/country|region|territory|location/i.test(message)) return { kind: 'unsupported-location', upstream }
  if (/flagged|moderat|content policy|safety/i.test(message)) return { kind: 'rejected', upstream }
  if (/api key|permission|credential|organi[sz]ation|project|account|billing|subscription|not allowed|access/i.test(message))
    return { kind: 'unauthorized', upstream }
  return { kind: 'overloaded', upstream, retryAfterMs: retry }
}

/** More output was asked for than this model can write. */
const LIMIT = /max_(completion_)?tokens\b.*(too large|less than or equal|at most|exceed)|at most \d+ (completion|output) tokens/i

/** 400 and 422: mostly the caller's own, except what another model could do. */
function invalid(upstream: UpstreamError): Failure {
  const { message, param } = upstream
  if (/maximum context length|context (length|window|size)|too many tokens|prompt is too long/i.test(message))
    return { kind: 'context-length', upstream }
  if (LIMIT.test(message)) return { kind: 'unsupported', field: param ?? 'max_tokens', detail: message }
  if (/(does not|doesn't|not) support|is not supported|unsupported|unrecognized request argument/i.test(message))
    return { kind: 'unsupported', field: param ?? 'model', detail: message }
  return { kind: 'rejected', upstream }
}
