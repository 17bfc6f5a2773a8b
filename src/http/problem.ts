/** Problems as responses, in the caller's dialect. */
import type { Problem } from '../outcome'
import { openaiSurface } from '../provider/openai/surface'
import type { Surface } from '../provider/surface'
import type { AppContext } from './context'
import { surfaceOf } from './surface'

export function problemResponse(
  problem: Problem,
  surface: Surface = openaiSurface,
  headers: Record<string, string> = {},
): Response {
  return new Response(surface.problem(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(problem.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(problem.retryAfterMs / 1000)) }),
      ...headers,
    },
  })
}

/** The SDKs obey it: what the router has tried through, a client's own retries would only multiply. */
export const NO_RETRY = { 'x-should-retry': 'false' } as const

export function invalidRequest(message: string, param: string | null, status = 400, code: string | null = null): Problem {
  return { status, type: 'invalid_request_error', code, message, param }
}

/** Something that must be set up before this can work; a retry will not help. */
export function notConfigured(message: string): Problem {
  return { status: 503, type: 'server_error', code: 'not_configured', message, param: null }
}

/** A bug. The details go to the log, not to the client. */
export function onError(error: Error, c: AppContext): Response {
  console.error(JSON.stringify({ level: 'error', error: error.message, stack: error.stack, path: new URL(c.req.url).pathname }))
  const message = 'The router failed on this request. Its log has the details.'
  return problemResponse({ status: 500, type: 'server_error', code: 'internal_error', message, param: null }, surfaceOf(c))
}
