/** OpenAI's errors: `{ error: { message, type, param, code } }`, all four always there. */
import { type Details, gatewayRefusal, jsonRefusal, type Refusal, type Trouble } from './refusal'

interface Words {
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly param?: string
  readonly message: string
}

const INVALID = 'invalid_request_error'

/** Types and codes are the provider's; of the wording only what clients are known to look for. */
const WORDS: Readonly<Record<Trouble, Words>> = {
  'bad-request': { status: 400, type: INVALID, code: null, message: 'The request is not valid.' },
  'too-long': {
    status: 400,
    type: INVALID,
    code: 'context_length_exceeded',
    param: 'messages',
    message: "This model's maximum context length is exceeded. Please reduce the length of the messages.",
  },
  'no-key': { status: 401, type: INVALID, code: null, message: "You didn't provide an API key (Authorization: Bearer)." },
  'bad-key': { status: 401, type: INVALID, code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  'no-money': {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  forbidden: { status: 403, type: INVALID, code: null, message: 'This project may not use this model.' },
  'wrong-place': {
    status: 403,
    type: 'request_forbidden',
    code: 'unsupported_country_region_territory',
    message: 'Country, region, or territory not supported',
  },
  'no-such-path': { status: 404, type: INVALID, code: null, message: 'Invalid URL' },
  'unknown-model': {
    status: 404,
    type: INVALID,
    code: 'model_not_found',
    message: 'The model does not exist or you do not have access to it.',
  },
  'wrong-method': { status: 405, type: INVALID, code: 'method_not_supported', message: 'Not allowed to use this method here.' },
  'timed-out': { status: 408, type: 'server_error', code: 'timeout', message: 'Request timed out.' },
  conflict: { status: 409, type: INVALID, code: null, message: 'The resource was changed by another request.' },
  'too-large': { status: 413, type: INVALID, code: null, message: 'The request body is too large.' },
  unprocessable: { status: 422, type: INVALID, code: null, message: 'The request was understood but cannot be carried out.' },
  'rate-limited': {
    status: 429,
    type: 'tokens',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached on tokens per min (TPM). Please try again later.',
  },
  broken: { status: 500, type: 'server_error', code: null, message: 'The server had an error while processing your request.' },
  'bad-gateway': { status: 502, type: 'server_error', code: null, message: 'Bad gateway' },
  unavailable: { status: 503, type: 'server_error', code: null, message: 'The service is temporarily unavailable.' },
  overloaded: { status: 503, type: 'server_error', code: null, message: 'The engine is currently overloaded.' },
}

export function refuseOpenAi(trouble: Trouble, details: Details = {}): Refusal {
  const words = WORDS[trouble]
  const status = details.status ?? words.status
  if (trouble === 'bad-gateway') return gatewayRefusal(status, details)
  const about = details.model === undefined ? words.message : words.message.replace('The model', `The model \`${details.model}\``)
  const error = {
    message: details.message ?? about,
    type: words.type,
    param: details.param ?? words.param ?? null,
    code: details.code ?? words.code,
  }
  return jsonRefusal(status, { error }, details)
}

export const invalidOpenAi = (message: string, param: string, code?: string): Refusal =>
  refuseOpenAi('bad-request', { message, param, ...(code !== undefined && { code }) })

/** Inside a stream the error comes as data, without an event name. */
export const openAiErrorFrame = (refusal: Refusal): string => `data: ${refusal.body}\n\n`

/** The Responses API names its error event, and nests the error, other than documented. */
export function responsesErrorFrame(refusal: Refusal): string {
  const { error } = JSON.parse(refusal.body)
  return `event: error\ndata: ${JSON.stringify({ type: 'error', error, sequence_number: 0 })}\n\n`
}
