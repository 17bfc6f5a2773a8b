/**
 * Who may call. Closed by default: without keys nobody. Keys are compared as SHA-256 digests in constant time, so that neither their
 * length nor a common prefix shows. Whoever is let in brings claims, the only ground for rules on access or cost.
 */
import { createMiddleware } from 'hono/factory'
import { secretOf } from '../env'
import type { Problem } from '../outcome'
import type { AppContext, AppEnv } from './context'
import { verifyJwt } from './jwt'
import { NO_RETRY, notConfigured, problemResponse } from './problem'
import { surfaceOf } from './surface'

export interface Caller {
  readonly claims: Readonly<Record<string, unknown>>
}

export type Admission = { readonly caller: Caller } | { readonly refused: Problem }

/** How a deployment admits callers. The production one is `byKeys`; an open one exists only in the local development entry. */
export interface AccessPolicy {
  client(c: AppContext): Promise<Admission>
  admin(c: AppContext): Promise<Admission>
}

export const byKeys: AccessPolicy = {
  async client(c) {
    const access = accessOf(c)
    const keys = secretOf(c.env, access.keys)
    if (keys === undefined && access.jwt === undefined)
      return { refused: missing(access.keys, 'client keys are set, separated by commas') }
    const token = bearer(c) ?? c.req.header('x-api-key')
    if (token === undefined)
      return { refused: unauthorized('No key was sent. Send it as "Authorization: Bearer <key>" or as x-api-key.') }
    if (keys !== undefined && (await matchesAny(token, keys.split(',')))) return { caller: { claims: {} } }
    if (access.jwt !== undefined && token.split('.').length === 3) {
      const claims = await verifyJwt(token, access.jwt, c.var.world)
      if (claims !== undefined) return { caller: { claims } }
    }
    return { refused: unauthorized('This key is not known here.') }
  },
  async admin(c) {
    if (secretOf(c.env, accessOf(c).keys) === undefined && accessOf(c).jwt === undefined)
      return { refused: missing(accessOf(c).keys, 'client keys are set, separated by commas') }
    const key = secretOf(c.env, 'ROUTER_ADMIN_KEY')
    if (key === undefined) return { refused: missing('ROUTER_ADMIN_KEY', 'admin key is set') }
    const token = bearer(c)
    const isAdmin = token !== undefined && (await matchesAny(token, [key]))
    return isAdmin
      ? { caller: { claims: {} } }
      : { refused: unauthorized('This needs the admin key, as "Authorization: Bearer <key>".') }
  },
}

export const requireKey = (policy: AccessPolicy) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const admission = await policy.client(c)
    if ('refused' in admission) return problemResponse(admission.refused, surfaceOf(c), NO_RETRY)
    c.set('caller', admission.caller)
    return next()
  })

export const requireAdmin = (policy: AccessPolicy) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const admission = await policy.admin(c)
    return 'refused' in admission ? problemResponse(admission.refused, undefined, NO_RETRY) : next()
  })

const DEFAULT_ACCESS = { keys: 'ROUTER_KEYS', jwt: undefined }

function accessOf(c: AppContext) {
  const { config } = c.var.deployment
  return config.ok ? config.value.access : DEFAULT_ACCESS
}

function bearer(c: AppContext): string | undefined {
  const [, token] = /^Bearer\s+(\S+)\s*$/i.exec(c.req.header('authorization') ?? '') ?? []
  return token
}

/** Of keys as the bindings hold them. They change with a deployment only, so each isolate computes them once. */
const digests = new Map<string, readonly ArrayBuffer[]>()

async function digestsOf(keys: readonly string[]): Promise<readonly ArrayBuffer[]> {
  const name = keys.join('\n')
  const known = digests.get(name)
  if (known !== undefined) return known
  const made = await Promise.all(keys.filter(key => key.trim() !== '').map(key => digest(key.trim())))
  digests.set(name, made)
  return made
}

async function matchesAny(token: string, keys: readonly string[]): Promise<boolean> {
  const presented = await digest(token)
  // Every key is compared, so that the time does not tell which one matched
  return (await digestsOf(keys)).reduce((matches, key) => crypto.subtle.timingSafeEqual(presented, key) || matches, false)
}

const digest = (text: string): Promise<ArrayBuffer> => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))

function missing(secret: string, what: string): Problem {
  return notConfigured(
    `This router is closed until its ${what}: "npx wrangler secret put ${secret}", or in .dev.vars for local development.`,
  )
}

function unauthorized(message: string): Problem {
  return { status: 401, type: 'authentication_error', code: 'invalid_api_key', message, param: null }
}
