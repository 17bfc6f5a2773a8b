import { describe, expect, it } from 'vitest'
import { type Failure, problemOf, redact, type UpstreamError } from '../src/outcome'

const upstream = (fields: Partial<UpstreamError> = {}): UpstreamError => ({ status: 500, message: 'No.', ...fields })

/** What upstreams say, each with the part that nobody may see. */
const TOLD: readonly (readonly [string, string])[] = [
  [
    'Incorrect API key provided: sk-proj-abc123DEF456ghi. You can find your API key at https://platform.openai.com.',
    'abc123DEF456ghi',
  ],
  ['Incorrect API key provided: sk-1234************************************abcd.', 'abcd'],
  ['Incorrect API key provided: my-odd-key-0001.', 'my-odd-key-0001'],
  ['invalid x-api-key: sk-ant-api03-Zz9_yY-8', 'api03'],
  ['API key not valid: AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY', '9tSrke72'],
  ['https://generativelanguage.googleapis.com/v1beta/models?key=AIzaSyD-9tSrke72 failed', 'SyD-9tSrke72'],
  ['Invalid API Key gsk_0123456789abcdefghij', '0123456789'],
  ['Incorrect API key: xai-0123456789abcdef', '0123456789'],
  ['Bad credentials hf_aBcDeFgHiJkLmNoP', 'aBcDeFgH'],
  ['Unauthorized pplx-0123456789abcdef', '0123456789'],
  ['Unauthorized nvapi-0123456789abcdef', '0123456789'],
  ['Unauthorized r8_0123456789abcdef', '0123456789'],
  ['Unauthorized fw_0123456789abcdef', '0123456789'],
  ['The security token AKIAIOSFODNN7EXAMPLE is invalid', 'IOSFODNN7'],
  ['Expired token ya29.a0AfH6SMBx-yz', 'a0AfH6SMBx'],
  ['Bad JWT eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J', 'dozjgNryP4J'],
  ['Invalid header "Authorization: Bearer 0123456789abcdef"', '0123456789'],
  ['Invalid header {"authorization":"Bearer 0123456789abcdef"}', '0123456789'],
  ['Invalid header {"api-key": "0123456789abcdef"}', '0123456789'],
  ["Invalid header {'Api-Key': '0123456789abcdef'}", '0123456789'],
  ['GET /openai?api_key=0123456789abcdef&x=1', '0123456789'],
  ['bearer 0123456789abcdef is not valid', '0123456789'],
  ['Rate limit reached for gpt-5.2 in organization org-aBcDeFgHiJ on tokens per min.', 'aBcDeFgHiJ'],
  ['Project proj_aBcDeFgHiJ does not have access.', 'aBcDeFgHiJ'],
  ["Quota exceeded for consumer 'project_number:123456789012'.", '123456789012'],
  ['Model projects/my-company-prod/locations/us is busy.', 'my-company-prod'],
]

const everyFailure = (message: string): readonly Failure[] => [
  { kind: 'unreachable', detail: message },
  { kind: 'timeout', limit: 'first-token', afterMs: 1 },
  { kind: 'overloaded', upstream: upstream({ message }) },
  { kind: 'rate-limited', upstream: upstream({ message }) },
  { kind: 'quota-exhausted', upstream: upstream({ message }) },
  { kind: 'unauthorized', upstream: upstream({ message }) },
  { kind: 'unknown-model', upstream: upstream({ message }) },
  { kind: 'unsupported-location', upstream: upstream({ message }) },
  { kind: 'context-length', upstream: upstream({ message }) },
  { kind: 'unsupported', field: 'tools', detail: message },
  { kind: 'rejected', upstream: upstream({ message, type: message, code: message, param: message }) },
  { kind: 'malformed', detail: message },
  { kind: 'stream-error', upstream: upstream({ message }) },
  { kind: 'cut', detail: message },
  { kind: 'outpaced' },
  { kind: 'client-left' },
]

describe('what a client sees of a failure', () => {
  it.each(TOLD)('never holds a key or an account: %s', (message, secret) => {
    for (const failure of everyFailure(message)) expect(JSON.stringify(problemOf(failure))).not.toContain(secret)
  })

  it.each([
    'Rate limit reached: limit 3 requests per minute, try again in 20 s.',
    "Missing required parameter: 'messages[1].content'.",
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
    'The task-force asked for risk-free desk-work and an org-wide policy.',
    'You must provide an API key.',
    'Unsupported value: token 5 of tokens [1, 2].',
  ])('keeps harmless words as they are: %s', message => {
    expect(redact(message)).toBe(message)
  })

  it.each<[Failure, number, string, string]>([
    [{ kind: 'unreachable', detail: 'x' }, 502, 'server_error', 'upstream_unreachable'],
    [{ kind: 'timeout', limit: 'total', afterMs: 7 }, 504, 'server_error', 'timeout'],
    [{ kind: 'timeout', limit: 'deadline', afterMs: 7 }, 504, 'server_error', 'timeout'],
    [{ kind: 'overloaded', upstream: upstream({ status: 529 }) }, 503, 'server_error', 'upstream_overloaded'],
    [{ kind: 'rate-limited', upstream: upstream({ status: 413 }) }, 429, 'rate_limit_error', 'rate_limit_exceeded'],
    [{ kind: 'quota-exhausted', upstream: upstream({ status: 429 }) }, 502, 'server_error', 'upstream_account'],
    [{ kind: 'unauthorized', upstream: upstream({ status: 401 }) }, 502, 'server_error', 'upstream_account'],
    [{ kind: 'unknown-model', upstream: upstream({ status: 404 }) }, 502, 'server_error', 'upstream_unknown_model'],
    [{ kind: 'unsupported-location', upstream: upstream({ status: 403 }) }, 502, 'server_error', 'upstream_location'],
    [{ kind: 'context-length', upstream: upstream({ status: 413 }) }, 400, 'invalid_request_error', 'context_length_exceeded'],
    [{ kind: 'unsupported', field: 'tools', detail: 'x' }, 400, 'invalid_request_error', 'unsupported_parameter'],
    [{ kind: 'malformed', detail: 'x' }, 502, 'server_error', 'upstream_malformed'],
    [{ kind: 'stream-error', upstream: upstream() }, 502, 'server_error', 'upstream_error'],
    [{ kind: 'cut', detail: 'x' }, 502, 'server_error', 'upstream_cut'],
    [{ kind: 'client-left' }, 499, 'server_error', 'client_left'],
  ])('%j is a %i, %s, %s', (failure, status, type, code) => {
    expect(problemOf(failure)).toMatchObject({ status, type, code })
  })

  it('of a prompt that is too long holds the words by which the clients of OpenAI and of Anthropic know it, whoever refused it', () => {
    const { message } = problemOf({ kind: 'context-length', upstream: upstream({ message: '200001 > 200000.' }) })
    expect(message).toMatch(/prompt is too long.*maximum context length.*200001 > 200000\./)
  })

  it.each([
    [400, 400],
    [404, 404],
    [422, 422],
    [500, 400],
    [200, 400],
  ])("of its own mistake is in the upstream's words; a status of %i becomes %i", (status, expected) => {
    const told = upstream({ status, message: 'Bad n.', type: 'invalid_request_error', code: 'bad_n', param: 'n' })
    expect(problemOf({ kind: 'rejected', upstream: told })).toEqual({
      status: expected,
      type: 'invalid_request_error',
      code: 'bad_n',
      message: 'Bad n.',
      param: 'n',
    })
  })

  it('has what it lacks filled in', () => {
    expect(problemOf({ kind: 'rejected', upstream: { status: 400, message: 'No.' } })).toEqual({
      status: 400,
      type: 'invalid_request_error',
      code: null,
      message: 'No.',
      param: null,
    })
  })

  it('tells when to come back, where the upstream told it', () => {
    expect(problemOf({ kind: 'rate-limited', upstream: upstream(), retryAfterMs: 7_000 }).retryAfterMs).toBe(7_000)
    expect(problemOf({ kind: 'overloaded', upstream: upstream(), retryAfterMs: 500 }).retryAfterMs).toBe(500)
    expect(problemOf({ kind: 'overloaded', upstream: upstream() }).retryAfterMs).toBeUndefined()
  })
})
