/**
 * Errors of the Responses API. The API begins its stream before it has looked at the request closely, so that what is an honest status elsewhere (too
 * long a prompt, a rate limit, an empty account) comes as an event under status 200. It must have the same consequences: a prompt that is too long is no
 * reason to leave out a model.
 */
import { isObject } from '../../../json'
import type { Failure, UpstreamError } from '../../../outcome'
import { error as chatError, upstreamError } from '../error'

export function error(status: number, headers: Headers, body: string, nowMs: number): Failure {
  const failure = chatError(status, headers, body, nowMs)
  if (failure.kind !== 'rejected') return failure
  const { code, param, message } = failure.upstream
  // Reasoning that another account had encrypted: who holds the right key may read it, who gets it without cannot fail on it
  if (code === 'invalid_encrypted_content') return { kind: 'unsupported', field: 'input', detail: message }
  // More was asked for than this model can write
  return code === 'integer_above_max_value' && param === 'max_output_tokens'
    ? { kind: 'unsupported', field: param, detail: message }
    : failure
}

/** `value`: an `error` event, documented as flat and sent with a nested `error`, or a failed response. */
export function streamFailure(value: unknown): Failure {
  const { type, ...told } = upstreamError(undefined, value)
  // A flat event's type is the event's
  const upstream: UpstreamError = { ...told, type: type === 'error' ? undefined : type }
  const body = JSON.stringify({ error: { ...upstream, status: undefined } })
  const failure = error(statusOf(upstream), new Headers(), body, 0)
  switch (failure.kind) {
    case 'overloaded':
    case 'malformed':
      return { kind: 'stream-error', upstream }
    default:
      return failure
  }
}

/** Of a failed response's error codes, those that are about the request. */
const INVALID = /^(invalid_|bio_policy|misalignment_|image_|unsupported_image|empty_image|failed_to_download)/

function statusOf({ status, type, code = '' }: UpstreamError): number {
  if (/^(rate_limit|too_many_requests)/.test(code) || /^(rate_limit|too_many_requests)/.test(type ?? '')) return 429
  if (type === 'invalid_request_error' || INVALID.test(code)) return 400
  return status
}

/** Whether a JSON answer is an error in disguise. */
export const isError = (body: unknown): boolean => isObject(body) && isObject(body.error)
