import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openai } from '../../../src/provider/openai'

const nowMs = Date.UTC(2026, 10, 24)
const failed = (status: number, text: string, headers: Record<string, string> = {}) =>
  openai.error(status, new Headers(headers), text, nowMs)
const error = (
  message: string,
  type: string | null = 'invalid_request_error',
  code: string | number | null = null,
  param: string | null = null,
) => JSON.stringify({ error: { message, type, param, code } })
const html = '<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>'

describe('an error answer', () => {
  it.each<[string, number, string, string]>([
    // OpenAI
    [
      'a wrong key',
      401,
      error('Incorrect API key provided: sk-1234***abcd.', 'invalid_request_error', 'invalid_api_key'),
      'unauthorized',
    ],
    [
      'a limit beyond what the model can write',
      400,
      error(
        'max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.',
        null,
        'invalid_value',
        'max_tokens',
      ),
      'unsupported',
    ],
    [
      'the same in the words of a compatible server',
      400,
      error(
        '`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model',
      ),
      'unsupported',
    ],
    [
      'a field that is unknown there',
      400,
      error("Unknown parameter: 'top_k'.", null, 'unknown_parameter', 'top_k'),
      'unsupported',
    ],
    ['the same in older words', 400, error('Unrecognized request argument supplied: reasoning_effort'), 'unsupported'],
    [
      'a list that is too long',
      400,
      error("Invalid 'tools': array too long.", null, 'array_above_max_length', 'tools'),
      'unsupported',
    ],
    [
      'a message that is too long',
      400,
      error("Invalid 'messages[0].content': string too long.", null, 'string_above_max_length', 'messages[0].content'),
      'context-length',
    ],
    [
      'an id that is too long, which is not the prompt’s length',
      400,
      error(
        "Invalid 'messages[1].tool_calls[0].id': string too long.",
        null,
        'string_above_max_length',
        'messages[1].tool_calls[0].id',
      ),
      'unsupported',
    ],
    ['an account that was closed', 403, error('This account has been deactivated.', null, 'account_deactivated'), 'unauthorized'],
    [
      'too fast',
      429,
      error(
        'Rate limit reached for gpt-5.2 on requests per min (RPM): Limit 3. Add a payment method at https://platform.openai.com/account/billing.',
        'requests',
        'rate_limit_exceeded',
      ),
      'rate-limited',
    ],
    [
      'out of money',
      429,
      error(
        'You exceeded your current quota, please check your plan and billing details.',
        'insufficient_quota',
        'insufficient_quota',
      ),
      'quota-exhausted',
    ],
    ['out of money, told by its type alone', 429, error('No.', 'insufficient_quota'), 'quota-exhausted'],
    ['out of money, told by its type beside an own code', 429, error('No.', 'insufficient_quota', 'E123'), 'quota-exhausted'],
    ['a monthly limit', 429, error('Billing hard limit has been reached', null, 'billing_hard_limit_reached'), 'quota-exhausted'],
    ['no payment', 402, error('Payment required.'), 'quota-exhausted'],
    [
      'a model nobody knows',
      404,
      error('The model `gpt-9` does not exist or you do not have access to it.', null, 'model_not_found'),
      'unknown-model',
    ],
    [
      'a model not open to the project',
      403,
      error('Project does not have access to model `o3`', null, 'model_not_found'),
      'unknown-model',
    ],
    [
      'the wrong place',
      403,
      error('Country, region, or territory not supported', 'request_forbidden', 'unsupported_country_region_territory'),
      'unsupported-location',
    ],
    ['the wrong place in words only', 403, error('This service is not available in your region.'), 'unsupported-location'],
    ['a forbidden key', 403, error('You have insufficient permissions for this operation.'), 'unauthorized'],
    [
      'too long a prompt',
      400,
      error(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
        'invalid_request_error',
        'context_length_exceeded',
        'messages',
      ),
      'context-length',
    ],
    [
      'too long a text',
      400,
      error('Invalid: string too long.', 'invalid_request_error', 'string_above_max_length'),
      'context-length',
    ],
    [
      'a parameter this model lacks',
      400,
      error(
        "Unsupported parameter: 'temperature' is not supported with this model.",
        'invalid_request_error',
        'unsupported_parameter',
        'temperature',
      ),
      'unsupported',
    ],
    [
      'a value this model lacks',
      400,
      error(
        "Unsupported value: 'reasoning_effort' does not support 'none'.",
        'invalid_request_error',
        'unsupported_value',
        'reasoning_effort',
      ),
      'unsupported',
    ],
    [
      'a mistake of the caller',
      400,
      error(
        "Missing required parameter: 'messages[1].content'.",
        'invalid_request_error',
        'missing_required_parameter',
        'messages[1].content',
      ),
      'rejected',
    ],
    [
      'a refusal by policy',
      400,
      error('Your request was rejected by our safety system.', 'invalid_request_error', 'content_policy_violation'),
      'rejected',
    ],
    ['a broken server', 500, error('The server had an error.', 'server_error'), 'overloaded'],
    ['a crowded model', 503, error('That model is currently overloaded.', 'server_error'), 'overloaded'],
    ['a conflict', 409, error('Conflict.'), 'overloaded'],
    ['too slow a body', 408, error('Request timed out.'), 'overloaded'],
    // Azure OpenAI
    [
      'a deployment that is not there',
      404,
      '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}',
      'unknown-model',
    ],
    [
      'its rate limit',
      429,
      '{"error":{"code":"429","message":"Requests to the ChatCompletions operation have exceeded call rate limit. Please retry after 26 seconds."}}',
      'rate-limited',
    ],
    [
      'its content filter',
      400,
      '{"error":{"message":"The response was filtered.","type":null,"param":"prompt","code":"content_filter","status":400}}',
      'rejected',
    ],
    [
      'its gateway, without an error object',
      401,
      '{"statusCode":401,"message":"Access denied due to invalid subscription key."}',
      'unauthorized',
    ],
    // Groq and others
    [
      'more than its tokens per minute, as 413',
      413,
      error(
        'Request too large for model `llama-4` on tokens per minute (TPM): Limit 6000, Requested 9107.',
        'tokens',
        'rate_limit_exceeded',
      ),
      'rate-limited',
    ],
    ['the same without a code', 413, error('Request too large: tokens per minute (TPM) limit 6000.', 'tokens'), 'rate-limited'],
    ['too large, plainly', 413, error('Payload too large.'), 'context-length'],
    [
      'a daily limit with a word of billing',
      429,
      error('Rate limit reached on tokens per day (TPD). Upgrade at https://console.groq.com/settings/billing'),
      'rate-limited',
    ],
    ['no credits left', 429, error('You have run out of credits.'), 'quota-exhausted'],
    [
      'a window too small, in vLLM',
      400,
      '{"object":"error","message":"This model\'s maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400}',
      'context-length',
    ],
    [
      'a window too small, in llama.cpp',
      400,
      '{"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size","type":"invalid_request_error"}}',
      'context-length',
    ],
    [
      'no tools, in Ollama',
      400,
      '{"error":{"message":"registry.ollama.ai/library/gemma3 does not support tools","type":"api_error","param":null,"code":null}}',
      'unsupported',
    ],
    ['no model, in Ollama', 404, '{"error":"model \'llama9\' not found"}', 'unknown-model'],
    ['a status as a number', 503, error('Busy.', null, 503), 'overloaded'],
    ['a validation, in FastAPI', 422, '{"detail":[{"loc":["body","messages"],"msg":"field required"}]}', 'rejected'],
    ['a plain detail', 400, '{"detail":"Bad request."}', 'rejected'],
    // Whatever stands in between
    ['a gateway with a page', 502, html, 'overloaded'],
    ['a gateway with nothing', 504, '', 'overloaded'],
    ['a firewall with a page', 403, html, 'overloaded'],
    ['a prompt that was flagged', 403, error('Your input was flagged by moderation.'), 'rejected'],
    ['a file that is not there', 404, error('No such File object: file-abc', 'invalid_request_error'), 'rejected'],
    ['a request beyond the limit a minute', 429, error('Request too large for gpt-x on tokens per min (TPM)'), 'context-length'],
    ['a wrong address with a page', 404, html, 'unknown-model'],
    ['a crowd with a page', 429, html, 'rate-limited'],
    ['a redirect', 302, html, 'malformed'],
    ['nothing new', 304, '', 'malformed'],
    ['a method it does not know', 405, html, 'overloaded'],
    ['Anthropic-like overload', 529, error('Overloaded', 'overloaded_error'), 'overloaded'],
  ])('%s (%i)', (_, status, body, kind) => {
    expect(failed(status, body).kind).toBe(kind)
  })

  it.each([
    [
      error('No.', 'invalid_request_error', 'bad', 'messages[0]'),
      { status: 400, message: 'No.', type: 'invalid_request_error', code: 'bad', param: 'messages[0]' },
    ],
    ['{"error":"Just text"}', { status: 400, message: 'Just text' }],
    ['{"message":"Bare"}', { status: 400, message: 'Bare' }],
    ['{"detail":"Detailed"}', { status: 400, message: 'Detailed' }],
    [html, { status: 400, message: 'The upstream answered 400 without a readable error.' }],
    ['[1]', { status: 400, message: 'The upstream answered 400 without a readable error.' }],
    ['{"error":{"message":{"deep":1}}}', { status: 400, message: 'The upstream answered 400 without a readable error.' }],
  ])('%s says what it can', (body, upstream) => {
    const failure = failed(400, body)
    expect(failure).toEqual({ kind: 'rejected', upstream: { type: undefined, code: undefined, param: undefined, ...upstream } })
  })

  it('names the field that this model lacks', () => {
    expect(failed(400, error('Unsupported parameter.', null, 'unsupported_parameter', 'top_p'))).toEqual({
      kind: 'unsupported',
      field: 'top_p',
      detail: 'Unsupported parameter.',
    })
    expect(failed(400, error('This model does not support images.'))).toMatchObject({ kind: 'unsupported', field: 'model' })
  })

  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after-ms': '1250', 'retry-after': '9' }, 1_250],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 00:00:30 GMT' }, 30_000],
    [{}, undefined],
  ])('with %j asks to be left alone for %s ms', (headers, ms) => {
    for (const status of [429, 503]) expect(failed(status, error('Slow down.'), headers)).toMatchObject({ retryAfterMs: ms })
  })

  it('is classified whatever it holds, and never throws', () => {
    const status = fc.integer({ min: 300, max: 599 })
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map(text => `{"error":${text}}`),
    )
    fc.assert(
      fc.property(status, body, (code, text) => {
        expect(failed(code, text).kind).toMatch(/^[a-z-]+$/)
      }),
      { seed: 20_261_124, numRuns: 1_000 },
    )
  })
})
