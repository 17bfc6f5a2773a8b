/** Cross-origin access, for pages of the origins that the configuration lists. */
import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import type { AppContext, AppEnv } from './context'
import { ROUTER_HEADERS } from './facts'

const PREFLIGHT_SECONDS = 86_400

/** `origins`: let in besides the configuration's. */
export function forBrowsers(origins: readonly string[]) {
  const allowed = (origin: string, c: AppContext): string | null => {
    const { config } = c.var.deployment
    const known = [...origins, ...(config.ok ? config.value.access.origins : [])]
    return known.includes('*') || known.includes(origin) ? origin : null
  }
  const crossOrigin = cors({ origin: allowed, exposeHeaders: [...ROUTER_HEADERS], maxAge: PREFLIGHT_SECONDS })
  return createMiddleware<AppEnv>(async (c, next) => {
    if (c.req.header('origin') !== undefined) return crossOrigin(c, next)
    // Only browsers send an origin. Caches must know, all the same, that the answer depends on it
    await next()
    c.res.headers.append('vary', 'Origin')
  })
}
