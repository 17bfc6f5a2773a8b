/** What a request's body may take: of the limits, and of the memory that all requests of an isolate share. */
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import type { Problem } from '../outcome'
import type { AppEnv } from './context'
import { invalidRequest, problemResponse } from './problem'
import { surfaceOf } from './surface'

export const limitBody = createMiddleware<AppEnv>((c, next) => {
  const { bodyBytes } = c.var.plan.config.limits
  const problem = invalidRequest(`The body is larger than ${bodyBytes} bytes.`, null, 413, 'body_too_large')
  return bodyLimit({ maxSize: bodyBytes, onError: () => problemResponse(problem, surfaceOf(c)) })(c, next)
})

/** Holds the body's share of the isolate's memory until the answer has begun. */
export const reserveBuffer = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === 'GET') return next()
  const { plan, deployment, world } = c.var
  // A body that does not tell its length may have all that is allowed
  const bytes = Number(c.req.header('content-length') ?? plan.config.limits.bodyBytes)
  const release = deployment.buffers.reserve(bytes, world.now())
  if (release === undefined) {
    // Answered in the middle of its upload, a client would see a broken pipe and not the answer
    await c.req.raw.body?.pipeTo(new WritableStream())
    return problemResponse(NO_ROOM, surfaceOf(c))
  }
  try {
    await next()
  } finally {
    release()
  }
  return undefined
})

const NO_ROOM: Problem = {
  status: 503,
  type: 'server_error',
  code: 'no_room',
  message: 'Too many large requests are being read here. Try again in a moment.',
  param: null,
  retryAfterMs: 1_000,
}
