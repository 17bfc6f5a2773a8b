/** Anthropic's errors: `{ type: 'error', error: { type, message }, request_id }`. */
import { type Details, gatewayRefusal, jsonRefusal, type Refusal, type Trouble } from './refusal'

interface Words {
  readonly status: number
  readonly type: string
  readonly message: string
}

const INVALID = 'invalid_request_error'

/** Types are the provider's; of the wording only what clients are known to look for. */
const WORDS: Readonly<Record<Trouble, Words>> = {
  'bad-request': { status: 400, type: INVALID, message: 'The request is not valid.' },
  'too-long': { status: 400, type: INVALID, message: 'prompt is too long: 250000 tokens > 200000 maximum' },
  'no-key': { status: 401, type: 'authentication_error', message: 'x-api-key header is required' },
  'bad-key': { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  'no-money': { status: 400, type: INVALID, message: 'Your credit balance is too low to access the Anthropic API.' },
  forbidden: { status: 403, type: 'permission_error', message: 'Your API key may not use this resource.' },
  'wrong-place': { status: 403, type: 'forbidden', message: 'Request not allowed' },
  'no-such-path': { status: 404, type: 'not_found_error', message: 'Not Found' },
  'unknown-model': { status: 404, type: 'not_found_error', message: 'model not found' },
  'wrong-method': { status: 405, type: INVALID, message: 'Method Not Allowed' },
  'timed-out': { status: 504, type: 'timeout_error', message: 'Request timed out' },
  conflict: { status: 409, type: 'conflict_error', message: 'Conflict' },
  'too-large': { status: 413, type: 'request_too_large', message: 'Request exceeds the maximum size' },
  unprocessable: { status: 422, type: INVALID, message: 'The request was understood but cannot be carried out.' },
  'rate-limited': { status: 429, type: 'rate_limit_error', message: 'This request would exceed your input token rate limit.' },
  broken: { status: 500, type: 'api_error', message: 'Internal server error' },
  'bad-gateway': { status: 502, type: 'api_error', message: 'Bad gateway' },
  unavailable: { status: 503, type: 'api_error', message: 'Service temporarily unavailable' },
  overloaded: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
}

export function refuseAnthropic(trouble: Trouble, details: Details = {}): Refusal {
  const words = WORDS[trouble]
  const status = details.status ?? words.status
  if (trouble === 'bad-gateway') return gatewayRefusal(status, details)
  const type = trouble === 'no-money' && status === 402 ? 'billing_error' : words.type
  const message = details.message ?? (details.model === undefined ? words.message : `model: ${details.model}`)
  return jsonRefusal(status, { type: 'error', error: { type, message }, request_id: 'req_simulated' }, details)
}

export const invalidAnthropic = (message: string): Refusal => refuseAnthropic('bad-request', { message })

export const anthropicErrorFrame = (refusal: Refusal): string => `event: error\ndata: ${refusal.body}\n\n`
