/**
 * An answer outside 2xx, classified by Anthropic's error type and code first and by its status where the body says nothing readable
 * (a proxy's HTML, say). The wording of messages is not guaranteed; it decides only where type and code cannot.
 */

import { objectAt, parseJson, stringAt } from '../../json'
import type { Failure, UpstreamError } from '../../outcome'
import { retryAfterMs } from '../retry-after'

/** The status each type comes with, for errors inside a stream, which have none of their own. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
])

/** Spending limits answer like rate limits but do not pass by waiting a moment. */
const SPENT: ReadonlySet<string> = new Set(['contract_spend_limit_reached', 'enforced_spend_limit_reached'])
/** Answered with 400, yet about our account: the caller did nothing wrong. */
const ACCOUNT: ReadonlySet<string> = new Set(['organization_on_hold', 'cmek_key_disabled', 'cmek_key_network_blocked'])

/** `body` as parsed, in Anthropic's envelope or not. Without a status, that of the type is taken. */
export function upstreamError(status: number | undefined, body: unknown): UpstreamError {
  const error = objectAt(body, 'error')
  const type = stringAt(error, 'type')
  const known = type === undefined ? undefined : STATUS.get(type)
  const told = status ?? known ?? 500
  return {
    status: told,
    message: stringAt(error, 'message') ?? `The upstream answered ${told} without a readable error.`,
    type,
    code: stringAt(objectAt(error, 'details'), 'error_code'),
  }
}

export function error(status: number, headers: Headers, body: string, nowMs: number): Failure {
  const upstream = upstreamError(status, parseJson(body))
  const retry = retryAfterMs(headers, nowMs)
  switch (upstream.type) {
    case 'authentication_error':
      return { kind: 'unauthorized', upstream }
    case 'permission_error':
    case 'forbidden':
      return refusedPlace(upstream) ? { kind: 'unsupported-location', upstream } : { kind: 'unauthorized', upstream }
    case 'billing_error':
      return { kind: 'quota-exhausted', upstream }
    case 'not_found_error':
      return { kind: 'unknown-model', upstream }
    case 'request_too_large':
      return { kind: 'context-length', upstream }
    case 'rate_limit_error':
      return limited(upstream, retry)
    case 'overloaded_error':
    case 'api_error':
    case 'timeout_error':
      return { kind: 'overloaded', upstream, retryAfterMs: retry }
    default:
      return byStatus(status, upstream, retry)
  }
}

function byStatus(status: number, upstream: UpstreamError, retry: number | undefined): Failure {
  if (status >= 500 || status === 408 || status === 409) return { kind: 'overloaded', upstream, retryAfterMs: retry }
  // Redirects are not followed, so whatever answers here is not the API
  if (status < 400) return { kind: 'malformed', detail: `the upstream answered ${status}` }
  switch (status) {
    case 401:
      return { kind: 'unauthorized', upstream }
    case 402:
      return { kind: 'quota-exhausted', upstream }
    case 403:
      return refusedPlace(upstream) ? { kind: 'unsupported-location', upstream } : { kind: 'unauthorized', upstream }
    case 404:
      return { kind: 'unknown-model', upstream }
    case 413:
      return { kind: 'context-length', upstream }
    case 429:
      return limited(upstream, retry)
    default:
      return invalid(upstream)
  }
}

function limited(upstream: UpstreamError, retry: number | undefined): Failure {
  const spent = SPENT.has(upstream.code ?? '') || /credit balance|spend(ing)? limit/i.test(upstream.message)
  return spent ? { kind: 'quota-exhausted', upstream } : { kind: 'rate-limited', upstream, retryAfterMs: retry }
}

/** Under `invalid_request_error` come the caller's mistakes, but also the model's limits and the account's. */
function invalid(upstream: UpstreamError): Failure {
  const { code = '', message } = upstream
  if (ACCOUNT.has(code) || /organization has been (disabled|suspended)/i.test(message)) return { kind: 'unauthorized', upstream }
  if (/credit balance is too low|reached your specified .*usage limits/i.test(message))
    return { kind: 'quota-exhausted', upstream }
  if (/prompt is too long|exceeds? (the )?context (limit|window)|too many total text bytes/i.test(message)) {
    return { kind: 'context-length', upstream }
  }
  if (refusedPlace(upstream)) return { kind: 'unsupported-location', upstream }
  const beyond = beyondModel(code, message)
  return beyond === undefined ? { kind: 'rejected', upstream } : { kind: 'unsupported', field: beyond, detail: message }
}

/** From a place that Anthropic does not serve the answer is 403 `forbidden` with exactly this message. */
const refusedPlace = ({ message }: UpstreamError): boolean =>
  /^request not allowed$|not (available|supported) in your (country|region)|unsupported (country|region)/i.test(message)

/** The part of the request that this model, but perhaps not another, refuses: "`temperature` is deprecated for this model". */
function beyondModel(code: string, message: string): string | undefined {
  if (code === 'image_dimensions_too_large') return 'messages'
  if (/maximum allowed number of output tokens/i.test(message)) return 'max_tokens'
  if (/does not support (assistant message )?prefill/i.test(message)) return 'messages'
  if (!/(deprecated for|not (supported|available) (for|on|by|with)) this model|this model does not support/i.test(message))
    return undefined
  const named = /["'`]([a-z_]+)(\.[a-z_.]+)?["'`]/.exec(message)?.[1] ?? /^([a-z_]+)[.:]/.exec(message)?.[1]
  return named === undefined ? 'model' : (OURS.get(named) ?? named)
}

/** Where the canonical request calls it otherwise. */
const OURS: ReadonlyMap<string, string> = new Map([
  ['thinking', 'reasoning_effort'],
  ['effort', 'reasoning_effort'],
  ['output_config', 'response_format'],
  ['stop_sequences', 'stop'],
])
