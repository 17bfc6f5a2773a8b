/** How a provider says no: one closed list of troubles, which each provider's file maps to its own status and body. */

export const TROUBLES = [
  'bad-request',
  'too-long',
  'no-key',
  'bad-key',
  'no-money',
  'forbidden',
  'wrong-place',
  'no-such-path',
  'unknown-model',
  'wrong-method',
  'timed-out',
  'conflict',
  'too-large',
  'unprocessable',
  'rate-limited',
  'broken',
  'bad-gateway',
  'unavailable',
  'overloaded',
] as const
export type Trouble = (typeof TROUBLES)[number]

export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What one refusal says beyond the provider's standing words for its trouble. */
export interface Details {
  readonly message?: string
  readonly param?: string
  readonly code?: string
  readonly model?: string
  readonly retryAfterSeconds?: number
  /** Instead of the status that the provider itself would send. */
  readonly status?: number
}

export type Refuse = (trouble: Trouble, details?: Details) => Refusal

const BY_STATUS: Readonly<Record<number, Trouble>> = {
  400: 'bad-request',
  401: 'bad-key',
  402: 'no-money',
  403: 'forbidden',
  404: 'unknown-model',
  405: 'wrong-method',
  408: 'timed-out',
  409: 'conflict',
  413: 'too-large',
  422: 'unprocessable',
  429: 'rate-limited',
  500: 'broken',
  502: 'bad-gateway',
  503: 'unavailable',
  504: 'timed-out',
  529: 'overloaded',
}

/** A refusal with exactly this status, whether or not the provider is known to send it. */
export function refuseStatus(refuse: Refuse, status: number, details: Details = {}): Refusal {
  return refuse(BY_STATUS[status] ?? (status >= 500 ? 'broken' : 'bad-request'), { ...details, status })
}

export function jsonRefusal(status: number, body: unknown, details: Details): Refusal {
  return { status, headers: { 'content-type': 'application/json', ...retryAfter(details) }, body: JSON.stringify(body) }
}

/** A 502 never comes from the provider itself but from the proxy in front of it, and that one speaks HTML. */
export function gatewayRefusal(status: number, details: Details): Refusal {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8', ...retryAfter(details) },
    body: `<html>\r\n<head><title>${status} Bad Gateway</title></head>\r\n<body><center><h1>${status} Bad Gateway</h1></center></body>\r\n</html>\r\n`,
  }
}

const retryAfter = ({ retryAfterSeconds }: Details): Record<string, string> =>
  retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
