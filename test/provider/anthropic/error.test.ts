import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../src/provider/anthropic'

const nowMs = Date.UTC(2026, 10, 24)
const body = (type: string, message: string, code?: string) =>
  JSON.stringify({
    type: 'error',
    error: { type, message, ...(code !== undefined && { details: { error_code: code } }) },
    request_id: 'r',
  })
const failed = (status: number, text: string, headers: Record<string, string> = {}) =>
  anthropic.error(status, new Headers(headers), text, nowMs)
const invalid = (message: string, code?: string) => body('invalid_request_error', message, code)

describe('an error answer', () => {
  it.each([
    [400, invalid('messages.0: all messages must have non-empty content'), 'rejected'],
    [400, invalid('prompt is too long: 207791 tokens > 200000 maximum'), 'context-length'],
    [400, invalid('input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000'), 'context-length'],
    [400, invalid('Your credit balance is too low to access the Anthropic API.'), 'quota-exhausted'],
    [400, invalid('You have reached your specified API usage limits. You will regain access on 2026-12-01.'), 'quota-exhausted'],
    [400, invalid('This organization has been disabled.'), 'unauthorized'],
    [400, invalid('On hold.', 'organization_on_hold'), 'unauthorized'],
    [400, invalid('`temperature` is deprecated for this model.'), 'unsupported'],
    [401, body('authentication_error', 'invalid x-api-key'), 'unauthorized'],
    [402, body('billing_error', 'Pay.'), 'quota-exhausted'],
    [403, body('permission_error', 'Your API key does not have permission.'), 'unauthorized'],
    [403, body('forbidden', 'Request not allowed'), 'unsupported-location'],
    [404, body('not_found_error', 'model: claude-9'), 'unknown-model'],
    [413, body('request_too_large', 'Request exceeds the maximum size'), 'context-length'],
    [429, body('rate_limit_error', 'Number of requests per minute exceeded'), 'rate-limited'],
    [429, body('rate_limit_error', 'Enough.', 'enforced_spend_limit_reached'), 'quota-exhausted'],
    [500, body('api_error', 'Internal server error'), 'overloaded'],
    [504, body('timeout_error', 'Timed out'), 'overloaded'],
    [529, body('overloaded_error', 'Overloaded'), 'overloaded'],
    [409, body('conflict_error', 'Again.'), 'overloaded'],
    [422, body('unheard_of', 'No.'), 'rejected'],
    [302, '', 'malformed'],
    [400, '', 'rejected'],
    [401, '', 'unauthorized'],
    [402, '', 'quota-exhausted'],
    [403, '<html>Forbidden</html>', 'unauthorized'],
    [404, '<html>Not found</html>', 'unknown-model'],
    [408, '', 'overloaded'],
    [413, '<html>', 'context-length'],
    [429, '', 'rate-limited'],
    [502, '<html>Bad gateway</html>', 'overloaded'],
  ])('%i %s is %s', (status, text, kind) => {
    expect(failed(status, text).kind).toBe(kind)
  })

  it("keeps the upstream's own words", () => {
    expect(failed(400, invalid('No.', 'some_code'))).toEqual({
      kind: 'rejected',
      upstream: { status: 400, message: 'No.', type: 'invalid_request_error', code: 'some_code' },
    })
  })

  it('shows nothing of a page that is not the API’s', () => {
    expect(failed(502, '<html>nginx/1.2 secret</html>')).toMatchObject({
      upstream: { status: 502, message: 'The upstream answered 502 without a readable error.' },
    })
  })

  it.each([
    [429, body('rate_limit_error', 'x')],
    [529, body('overloaded_error', 'x')],
    [503, '<html>'],
  ])('%i says how long to wait', (status, text) => {
    expect(failed(status, text, { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7000 })
  })

  it.each([
    ['`temperature` is deprecated for this model.', 'temperature'],
    ['"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive".', 'reasoning_effort'],
    [
      "'claude-3-opus-20240229' does not support output format. `output_config.format` is not supported by this model.",
      'response_format',
    ],
    ['This model does not support assistant message prefill. The conversation must end with a user message.', 'messages'],
    ['tool_choice: forced tool use is not supported on this model.', 'tool_choice'],
    ['This is not supported for this model.', 'model'],
  ])('%s names the field %s', (message, field) => {
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
