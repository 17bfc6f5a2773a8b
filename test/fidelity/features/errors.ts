/** An upstream's error as the caller sees it: the same for every provider, in the surface's own words. */
import type { ErrorFeature, Refused } from '../feature'

const openai = (status: number, message: string, rest: object = {}): Refused => ({
  status,
  body: { error: { message, type: 'invalid_request_error', param: null, code: null, ...rest } },
})
const anthropic = (status: number, type: string, message: string): Refused => ({
  status,
  body: { type: 'error', error: { type, message } },
})
const google = (code: number, status: string, message: string): Refused => ({
  status: code,
  body: { error: { code, status, message } },
})

const chat = (status: number, error: object, note?: string) => ({ status, body: { error }, ...(note !== undefined && { note }) })
const messages = (status: number, type: string, message: unknown, note?: string) => ({
  status,
  body: { type: 'error', error: { type, message } },
  ...(note !== undefined && { note }),
})
const has = (words: string) => ({ $matches: words })

export const ERRORS: readonly ErrorFeature[] = [
  {
    name: "the caller's mistake",
    given: {
      openai: openai(400, 'That is wrong.'),
      anthropic: anthropic(400, 'invalid_request_error', 'That is wrong.'),
      google: google(400, 'INVALID_ARGUMENT', 'That is wrong.'),
    },
    on: {
      chat: chat(400, { message: 'That is wrong.', type: 'invalid_request_error' }),
      messages: messages(400, 'invalid_request_error', 'That is wrong.'),
      responses: chat(400, { message: 'That is wrong.', type: 'invalid_request_error' }),
    },
  },
  {
    name: 'a prompt that is too long',
    given: {
      openai: openai(400, 'This model’s maximum context length is 10 tokens.', { code: 'context_length_exceeded' }),
      anthropic: anthropic(400, 'invalid_request_error', 'prompt is too long: 20 tokens > 10 maximum'),
      google: google(400, 'INVALID_ARGUMENT', 'The input token count (20) exceeds the maximum number of tokens allowed (10).'),
    },
    on: {
      chat: chat(
        400,
        { type: 'invalid_request_error', code: 'context_length_exceeded', param: 'messages' },
        'Tried first at models with a larger window.',
      ),
      messages: messages(
        400,
        'invalid_request_error',
        has('too long|context length'),
        'Tried first at models with a larger window.',
      ),
      responses: chat(
        400,
        { type: 'invalid_request_error', code: 'context_length_exceeded', param: 'input' },
        'Tried first at models with a larger window.',
      ),
    },
  },
  {
    name: 'something that this model cannot do',
    given: {
      openai: openai(400, "Unsupported parameter: 'temperature' is not supported with this model.", {
        code: 'unsupported_parameter',
        param: 'temperature',
      }),
      anthropic: anthropic(400, 'invalid_request_error', '`temperature` is deprecated for this model.'),
      google: google(400, 'INVALID_ARGUMENT', 'temperature is not supported by this model.'),
    },
    on: {
      chat: chat(
        400,
        { type: 'invalid_request_error', code: 'unsupported_parameter', param: 'temperature' },
        'Tried first at other models.',
      ),
      messages: messages(400, 'invalid_request_error', has('temperature'), 'Tried first at other models.'),
      responses: chat(
        400,
        { type: 'invalid_request_error', code: 'unsupported_parameter', param: 'temperature' },
        'Tried first at other models.',
      ),
    },
  },
  {
    name: 'a limit beyond what this model can write',
    given: {
      openai: openai(
        400,
        'max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.',
        { param: 'max_tokens', code: 'invalid_value' },
      ),
      anthropic: anthropic(
        400,
        'invalid_request_error',
        'max_tokens: 128001 > 64000, which is the maximum allowed number of output tokens for claude-opus-4-5-20251101',
      ),
      google: google(
        400,
        'INVALID_ARGUMENT',
        'Unable to submit request because it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 65537 (exclusive).',
      ),
    },
    on: {
      chat: chat(
        400,
        { type: 'invalid_request_error', code: 'unsupported_parameter', param: 'max_tokens' },
        'Tried first at other models.',
      ),
      messages: messages(400, 'invalid_request_error', has('max_?[tT]okens|maxOutputTokens'), 'Tried first at other models.'),
      responses: chat(
        400,
        { type: 'invalid_request_error', code: 'unsupported_parameter', param: 'max_output_tokens' },
        'Tried first at other models.',
      ),
    },
  },
  {
    name: 'the rate limit',
    given: {
      openai: openai(429, 'Slow down.', { type: 'requests', code: 'rate_limit_exceeded' }),
      anthropic: anthropic(429, 'rate_limit_error', 'Slow down.'),
      google: google(429, 'RESOURCE_EXHAUSTED', 'Slow down.'),
    },
    on: {
      chat: chat(429, { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limit_exceeded' }),
      messages: messages(429, 'rate_limit_error', 'Slow down.'),
      responses: chat(429, { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limit_exceeded' }),
    },
  },
  {
    name: "the upstream's own trouble",
    given: {
      openai: openai(500, 'Oops.', { type: 'server_error' }),
      anthropic: anthropic(529, 'overloaded_error', 'Oops.'),
      google: google(503, 'UNAVAILABLE', 'Oops.'),
    },
    on: {
      chat: chat(503, { message: has('Oops\\.'), type: 'server_error', code: 'upstream_overloaded' }),
      messages: messages(503, 'overloaded_error', has('Oops\\.')),
      responses: chat(503, { message: has('Oops\\.'), type: 'server_error', code: 'upstream_overloaded' }),
    },
  },
  {
    name: "the router's own key, refused",
    given: {
      openai: openai(401, 'Incorrect API key provided: sk-secret.', { code: 'invalid_api_key' }),
      anthropic: anthropic(401, 'authentication_error', 'invalid x-api-key'),
      google: google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'),
    },
    on: {
      chat: chat(502, { message: has("the router's own account"), type: 'server_error', code: 'upstream_account' }),
      messages: messages(502, 'api_error', has("the router's own account")),
      responses: chat(502, { message: has("the router's own account"), type: 'server_error', code: 'upstream_account' }),
    },
  },
]
