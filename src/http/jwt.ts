/**
 * Tokens of the deployment's own users, verified by jose against a published key set. The set is cached as plain JSON: a shared promise would
 * belong to one request and hang the others when that request's client leaves.
 */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import type { Access } from '../config'
import { isObject, parseJson } from '../json'
import { readText } from '../router/body'
import type { World } from '../router/world'

type JwtAccess = NonNullable<Access['jwt']>

const FRESH_MS = 600_000
/** A token with a key that the set lacks asks for a new set, but not more often than this. */
const COOL_DOWN_MS = 30_000
const FETCH_MS = 5_000
const CLOCK_TOLERANCE_SECONDS = 5
const MAX_SET_BYTES = 256 * 1024
/** Asymmetric only: a key set is public. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

interface Cached {
  /** Undefined: none was ever had. */
  readonly keys: JSONWebKeySet | undefined
  readonly fetchedAtMs: number
  /** The last try, whether it worked or not. */
  readonly triedAtMs: number
}

const cache = new Map<string, Cached>()

/** The claims, or undefined where the token is not valid here, for whatever reason. A token that never ends is not. */
export async function verifyJwt(
  token: string,
  access: JwtAccess,
  world: World,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const { kid } = decodeProtectedHeader(token)
    const keys = await keySet(access.jwksUrl, kid, world)
    if (keys === undefined) return undefined
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      audience: access.audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(world.now()),
      ...(access.issuer !== undefined && { issuer: access.issuer }),
    })
    return payload
  } catch {
    // jose throws for every way in which a token can be wrong; to the caller they are all the same
    return undefined
  }
}

/** The known set while it is fresh and has the key; else a new one, but no more often than the cool-down allows: tokens are anyone's to make up. */
async function keySet(url: string, kid: string | undefined, world: World): Promise<JSONWebKeySet | undefined> {
  const nowMs = world.now()
  const known = cache.get(url)
  const hasKey = kid === undefined || known?.keys?.keys.some(key => key.kid === kid) === true
  if (known !== undefined && nowMs - (hasKey ? known.fetchedAtMs : known.triedAtMs) < (hasKey ? FRESH_MS : COOL_DOWN_MS))
    return known.keys
  if (known !== undefined && nowMs - known.triedAtMs < COOL_DOWN_MS) return known.keys
  // Before the fetch, so that requests that come meanwhile do not fetch as well
  cache.set(url, { keys: known?.keys, fetchedAtMs: known?.fetchedAtMs ?? 0, triedAtMs: nowMs })
  const keys = await fetchKeys(url, world)
  // An old set is better than none while the issuer is away
  if (keys === undefined) return known?.keys
  cache.set(url, { keys, fetchedAtMs: nowMs, triedAtMs: nowMs })
  return keys
}

async function fetchKeys(url: string, world: World): Promise<JSONWebKeySet | undefined> {
  try {
    const response = await world.fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(FETCH_MS) })
    const { text } = await readText(response.body, MAX_SET_BYTES)
    const set = parseJson(text)
    return response.ok && isKeySet(set) ? set : undefined
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', event: 'jwks_unreachable', url, error: String(error) }))
    return undefined
  }
}

const isKeySet = (value: unknown): value is JSONWebKeySet =>
  isObject(value) && Array.isArray(value.keys) && value.keys.every(isObject)
