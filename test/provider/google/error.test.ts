import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { google } from '../../../src/provider/google'

const nowMs = Date.UTC(2026, 10, 24)
const failed = (status: number, text: string, headers: Record<string, string> = {}) =>
  google.error(status, new Headers(headers), text, nowMs)
const error = (code: number, status: string, message: string, details: readonly unknown[] = []) =>
  JSON.stringify({ error: { code, message, status, details } })
const invalid = (message: string, details: readonly unknown[] = []) => error(400, 'INVALID_ARGUMENT', message, details)
const detail = (type: string, fields: Record<string, unknown>) => ({
  '@type': `type.googleapis.com/google.rpc.${type}`,
  ...fields,
})
const quota = (...quotaIds: readonly string[]) =>
  detail('QuotaFailure', { violations: quotaIds.map(quotaId => ({ quotaMetric: 'm', quotaId, quotaValue: '20' })) })
const exhausted = (message: string, details: readonly unknown[] = []) => error(429, 'RESOURCE_EXHAUSTED', message, details)

const PER_MINUTE = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'
const PER_DAY = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'

describe('an error answer', () => {
  it.each([
    [400, invalid('Invalid JSON payload received.'), 'rejected'],
    [400, invalid('API key not valid. Please pass a valid API key.'), 'unauthorized'],
    [400, invalid('Bad key', [detail('ErrorInfo', { reason: 'API_KEY_INVALID' })]), 'unauthorized'],
    [400, invalid('API key expired. Please renew the API key.'), 'unauthorized'],
    [400, error(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'), 'unsupported-location'],
    [400, error(400, 'FAILED_PRECONDITION', 'Please enable billing on your project.'), 'quota-exhausted'],
    [
      400,
      `[${invalid('The input token count (1054016) exceeds the maximum number of tokens allowed (1048576).')}]`,
      'context-length',
    ],
    [400, invalid('Request payload size exceeds the limit: 104857600 bytes.'), 'context-length'],
    [401, error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'), 'unauthorized'],
    [403, error(403, 'PERMISSION_DENIED', 'Denied.'), 'unauthorized'],
    [403, error(403, 'PERMISSION_DENIED', 'User location is not supported for the API use.'), 'unsupported-location'],
    [404, error(404, 'NOT_FOUND', 'models/gemini-9 is not found for API version v1beta'), 'unknown-model'],
    [429, exhausted('Slow down.', [quota(PER_MINUTE)]), 'rate-limited'],
    [429, exhausted('Resource has been exhausted (e.g. check quota).'), 'rate-limited'],
    [429, exhausted('Used up.', [quota(PER_MINUTE, PER_DAY)]), 'quota-exhausted'],
    [429, exhausted('* Quota exceeded for metric: x, limit: 0, model: gemini-3.1-pro'), 'quota-exhausted'],
    [429, exhausted('Your prepayment credits are depleted.'), 'quota-exhausted'],
    [499, error(499, 'CANCELLED', 'Cancelled.'), 'overloaded'],
    [500, error(500, 'INTERNAL', 'An internal error has occurred.'), 'overloaded'],
    [503, error(503, 'UNAVAILABLE', 'The model is overloaded.'), 'overloaded'],
    [504, error(504, 'DEADLINE_EXCEEDED', 'Deadline expired.'), 'overloaded'],
    [302, '', 'malformed'],
    [400, '<html>', 'rejected'],
    [401, '', 'unauthorized'],
    [402, '', 'quota-exhausted'],
    [403, '<html>', 'unauthorized'],
    [404, '<html>', 'unknown-model'],
    [408, '', 'overloaded'],
    [413, '<html>', 'context-length'],
    [422, '', 'rejected'],
    [429, '', 'rate-limited'],
    [502, '<html>', 'overloaded'],
  ])('%i %s is %s', (status, text, kind) => {
    expect(failed(status, text).kind).toBe(kind)
  })

  it("keeps the upstream's own words, and shows nothing of a page that is not the API's", () => {
    expect(failed(403, error(403, 'PERMISSION_DENIED', 'No.', [detail('ErrorInfo', { reason: 'SERVICE_DISABLED' })]))).toEqual({
      kind: 'unauthorized',
      upstream: { status: 403, message: 'No.', type: 'PERMISSION_DENIED', code: 'SERVICE_DISABLED' },
    })
    expect(failed(502, '<html>secret</html>')).toMatchObject({
      upstream: { message: 'The upstream answered 502 without a readable error.' },
    })
  })

  it.each([
    [exhausted('x', [detail('RetryInfo', { retryDelay: '55s' })]), {}, 55_000],
    [exhausted('x', [detail('RetryInfo', { retryDelay: '46.123s' })]), { 'retry-after': '3' }, 46_123],
    [exhausted('x', [detail('RetryInfo', { retryDelay: 'soon' })]), { 'retry-after': '3' }, 3000],
    [exhausted('Please retry in 1h2m3.5s.'), {}, 3_723_500],
    [exhausted('Please retry in 653.4ms.'), {}, 654],
    [exhausted('x'), {}, undefined],
    [error(503, 'UNAVAILABLE', 'x'), { 'retry-after': '3' }, 3000],
  ])('%s with %j asks for %s ms', (text, headers, retryAfterMs) => {
    const status = text.includes('UNAVAILABLE') ? 503 : 429
    expect(failed(status, text, headers)).toMatchObject({ retryAfterMs })
  })

  it.each([
    ['Logprobs is not enabled for models/gemini-3-flash', 'logprobs'],
    ['Multiple candidates is not enabled for this model', 'n'],
    ['Penalty is not enabled for this model', 'frequency_penalty'],
    ['Thinking level MEDIUM is not supported for this model.', 'reasoning_effort'],
    ['JSON mode is not enabled for models/gemma-3-1b-it', 'response_format'],
    ['Function calling is not enabled for models/gemma-3-1b-it', 'tools'],
    ['Developer instruction is not enabled for models/gemma-3-1b-it', 'messages'],
    ['Requests ending with a model turn are not supported.', 'messages'],
    ['Corrupted thought signature.', 'extra_content.google.thought_signature'],
  ])('%s names the field %s, since another model may do it', (message, field) => {
    expect(failed(400, invalid(message))).toMatchObject({ kind: 'unsupported', field })
  })

  it('is classified whatever its body holds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        expect(failed(status, text).kind).toBeTypeOf('string')
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
