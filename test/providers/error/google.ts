/** Google's errors: `{ error: { code, message, status, details } }`, where `status` is the gRPC name and `details` are typed. */
import { type Details, gatewayRefusal, jsonRefusal, type Refusal, type Trouble } from './refusal'

interface Words {
  readonly status: number
  readonly name: string
  readonly message: string
  readonly details?: readonly unknown[]
}

const RPC = 'type.googleapis.com/google.rpc'
const SERVICE = 'generativelanguage.googleapis.com'

const reason = (name: string) => [
  { '@type': `${RPC}.ErrorInfo`, reason: name, domain: 'googleapis.com', metadata: { service: SERVICE } },
]

/** Names, reasons and types are the provider's; of the wording only what clients are known to look for. */
const WORDS: Readonly<Record<Trouble, Words>> = {
  'bad-request': { status: 400, name: 'INVALID_ARGUMENT', message: 'Request contains an invalid argument.' },
  'too-long': {
    status: 400,
    name: 'INVALID_ARGUMENT',
    message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  },
  // a call without any key is an unidentified one, which Google forbids (403) rather than asking for credentials (401)
  'no-key': { status: 403, name: 'PERMISSION_DENIED', message: "Method doesn't allow unregistered callers." },
  'bad-key': {
    status: 400,
    name: 'INVALID_ARGUMENT',
    message: 'API key not valid. Please pass a valid API key.',
    details: reason('API_KEY_INVALID'),
  },
  'no-money': {
    status: 429,
    name: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  forbidden: { status: 403, name: 'PERMISSION_DENIED', message: 'The caller does not have permission' },
  'wrong-place': { status: 400, name: 'FAILED_PRECONDITION', message: 'User location is not supported for the API use.' },
  'no-such-path': { status: 404, name: 'NOT_FOUND', message: 'Requested entity was not found.' },
  'unknown-model': { status: 404, name: 'NOT_FOUND', message: 'The model is not found for API version v1beta.' },
  'wrong-method': { status: 405, name: 'UNIMPLEMENTED', message: 'The method is not supported here.' },
  'timed-out': { status: 504, name: 'DEADLINE_EXCEEDED', message: 'The request timed out. Please try again.' },
  conflict: { status: 409, name: 'ABORTED', message: 'The operation was aborted.' },
  'too-large': { status: 413, name: 'INVALID_ARGUMENT', message: 'Request payload size exceeds the limit.' },
  unprocessable: { status: 422, name: 'INVALID_ARGUMENT', message: 'The request was understood but cannot be carried out.' },
  'rate-limited': { status: 429, name: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted (e.g. check quota).' },
  broken: { status: 500, name: 'INTERNAL', message: 'An internal error has occurred. Please retry.' },
  'bad-gateway': { status: 502, name: 'UNAVAILABLE', message: 'Bad gateway' },
  unavailable: { status: 503, name: 'UNAVAILABLE', message: 'The service is currently unavailable.' },
  overloaded: { status: 503, name: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' },
}

export function refuseGoogle(trouble: Trouble, details: Details = {}): Refusal {
  const words = WORDS[trouble]
  const status = details.status ?? words.status
  if (trouble === 'bad-gateway') return gatewayRefusal(status, details)
  // asked for by number, 401 has a name of its own here
  const name = status === 401 ? 'UNAUTHENTICATED' : words.name
  const about = details.model === undefined ? words.message : words.message.replace('The model', `models/${details.model}`)
  const more = [...(words.details ?? []), ...when(trouble, details), ...where(details)]
  const error = { code: status, message: details.message ?? about, status: name, ...(more.length > 0 && { details: more }) }
  // the time to come back in travels in the body only: Google sends no retry-after
  return jsonRefusal(status, { error }, {})
}

const when = (trouble: Trouble, { retryAfterSeconds }: Details): readonly unknown[] =>
  trouble === 'rate-limited' && retryAfterSeconds !== undefined
    ? [{ '@type': `${RPC}.RetryInfo`, retryDelay: `${retryAfterSeconds}s` }]
    : []

const where = ({ param, message }: Details): readonly unknown[] =>
  param === undefined
    ? []
    : [{ '@type': `${RPC}.BadRequest`, fieldViolations: [{ ...(param !== '' && { field: param }), description: message }] }]

export const invalidGoogle = (message: string): Refusal => refuseGoogle('bad-request', { message })

export const googleErrorFrame = (refusal: Refusal): string => `data: ${refusal.body}\r\n\r\n`
