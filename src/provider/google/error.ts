/**
 * An answer outside 2xx, classified by Google's canonical status, the reason in its details and, where one status covers several
 * causes, the message. A body that is not Google's (a proxy's HTML) is classified by the HTTP status alone.
 */

import { numberAt, objectAt, parseJson, stringAt } from '../../json'
import type { Failure, UpstreamError } from '../../outcome'
import { retryAfterMs } from '../retry-after'
import { quotaIsSpent, reasonOf, retryDelayMs } from './quota'

/** `body` as parsed, alone or wrapped in a list. Without a status, that in the body is taken. */
export function upstreamError(status: number | undefined, body: unknown): UpstreamError {
  const error = errorOf(body)
  const told = status ?? numberAt(error, 'code') ?? 500
  return {
    status: told,
    message: stringAt(error, 'message') ?? `The upstream answered ${told} without a readable error.`,
    type: stringAt(error, 'status'),
    code: reasonOf(error),
  }
}

const errorOf = (body: unknown) => objectAt(Array.isArray(body) ? body[0] : body, 'error')

export function error(status: number, headers: Headers, body: string, nowMs: number): Failure {
  const parsed = parseJson(body)
  const upstream = upstreamError(status, parsed)
  const { type = '' } = upstream
  const retry = retryDelayMs(errorOf(parsed)) ?? retryAfterMs(headers, nowMs)

  if (refusedPlace(upstream)) return { kind: 'unsupported-location', upstream }
  if (refusedKey(upstream)) return { kind: 'unauthorized', upstream }
  if (status === 429 || type === 'RESOURCE_EXHAUSTED') {
    return quotaIsSpent(errorOf(parsed))
      ? { kind: 'quota-exhausted', upstream }
      : { kind: 'rate-limited', upstream, retryAfterMs: retry }
  }
  if (status >= 500 || status === 408 || status === 409 || status === 499)
    return { kind: 'overloaded', upstream, retryAfterMs: retry }
  // Redirects are not followed, so whatever answers here is not the API
  if (status < 400) return { kind: 'malformed', detail: `the upstream answered ${status}` }
  switch (status) {
    case 402:
      return { kind: 'quota-exhausted', upstream }
    case 404:
      return { kind: 'unknown-model', upstream }
    case 413:
      return { kind: 'context-length', upstream }
    default:
      return invalid(upstream)
  }
}

/** INVALID_ARGUMENT and FAILED_PRECONDITION: the caller's mistakes, but also the model's limits and the account's. */
function invalid(upstream: UpstreamError): Failure {
  const { message } = upstream
  if (/\bbilling\b|prepa(id|yment)/i.test(message) && upstream.type === 'FAILED_PRECONDITION')
    return { kind: 'quota-exhausted', upstream }
  if (/token count.*exceeds|exceeds the maximum number of tokens|payload size exceeds/i.test(message)) {
    return { kind: 'context-length', upstream }
  }
  const beyond = beyondModel(message)
  return beyond === undefined ? { kind: 'rejected', upstream } : { kind: 'unsupported', field: beyond, detail: message }
}

const refusedPlace = ({ message }: UpstreamError): boolean =>
  /location is not supported|not available in your (country|region)/i.test(message)

/** A wrong key is 400 INVALID_ARGUMENT here, not 401. */
const refusedKey = ({ status, code = '', message }: UpstreamError): boolean =>
  status === 401 || status === 403 || code.startsWith('API_KEY_') || /^api key (not valid|expired|not found)/i.test(message)

/** Words of Google's messages about what a model cannot do, and the field that asked for it. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/thought.?signature/i, 'extra_content.google.thought_signature'],
  [/logprobs/i, 'logprobs'],
  [/candidate/i, 'n'],
  [/frequency.?penalty/i, 'frequency_penalty'],
  [/presence.?penalty/i, 'presence_penalty'],
  [/penalty/i, 'frequency_penalty'],
  [/temperature/i, 'temperature'],
  [/top.?p\b/i, 'top_p'],
  [/thinking/i, 'reasoning_effort'],
  [/json mode|mime.?type|schema/i, 'response_format'],
  [/function|tool/i, 'tools'],
  [/instruction|model turn|modality|image|audio|video/i, 'messages'],
]

/** What another model may do. A signature is good for the model that made it only, and not every model wants one. */
function beyondModel(message: string): string | undefined {
  if (/max_?output_?tokens/i.test(message)) return 'max_tokens'
  const refused = /\bnot (enabled|supported|available)\b|\bunsupported\b|\bdoes(n't| not) support\b|thought.?signature/i.test(
    message,
  )
  if (!refused) return undefined
  return FIELDS.find(([words]) => words.test(message))?.[1]
}
