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
const MAX_SET_BYTES = 256 * 1024
/** Asymmetric only: a key set is public. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

const cache = new Map<string, { readonly keys: JSONWebKeySet; readonly atMs: number }>()

/** The claims, or undefined where the token is not valid here, for whatever reason. */
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
      currentDate: new Date(world.now()),
      ...(access.issuer !== undefined && { issuer: access.issuer }),
    })
    return payload
  } catch {
    // jose throws for every way in which a token can be wrong; to the caller they are all the same
    return undefined
  }
}

async function keySet(url: string, kid: string | undefined, world: World): Promise<JSONWebKeySet | undefined> {
  const known = cache.get(url)
  const ageMs = known === undefined ? Number.POSITIVE_INFINITY : world.now() - known.atMs
  const hasKey = kid === undefined || known?.keys.keys.some(key => key.kid === kid) === true
  if (known !== undefined && (hasKey ? ageMs < FRESH_MS : ageMs < COOL_DOWN_MS)) return known.keys
  const response = await world.fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(FETCH_MS) })
  const set = parseJson((await readText(response.body, MAX_SET_BYTES)).text)
  // An old set is better than none while the issuer is away
  if (!response.ok || !isKeySet(set)) return known?.keys
  cache.set(url, { keys: set, atMs: world.now() })
  return set
}

const isKeySet = (value: unknown): value is JSONWebKeySet =>
  isObject(value) && Array.isArray(value.keys) && value.keys.every(isObject)
