/**
 * Where a model that was added at run time may live. Whoever holds the admin key may thereby not make the router fetch just anything, nor send a
 * provider's key to just anyone: only hosts that the configuration allows, by name, over https on its own port. Hosts in the file itself are not held to
 * this, since whoever writes the file deploys the router.
 */
import type { Access } from '../config'
import { isObject } from '../json'
import type { Fields } from '../state/overlay'

export interface RefusedUpstream {
  readonly field: string
  readonly message: string
}

interface Rules extends Pick<Access, 'upstreams'> {
  /** The secret that holds the clients' keys. */
  readonly keys: string | undefined
}

/**
 * What is wrong, of the model itself or of a credential; undefined: nothing. `ownHost` is where this router answers, which would call itself for ever;
 * undefined where nobody knows.
 */
export function refusedUpstream(fields: Fields, rules: Rules, ownHost?: string): RefusedUpstream | undefined {
  const refused = refusedPlace(fields, rules, ownHost)
  if (refused !== undefined) return refused
  for (const [name, own] of isObject(fields.credentials) ? Object.entries(fields.credentials) : []) {
    const inside = isObject(own) ? refusedPlace(own, rules, ownHost) : undefined
    if (inside !== undefined) return { ...inside, field: `credentials.${name}.${inside.field}` }
  }
  return undefined
}

function refusedPlace(fields: Fields, { upstreams: allowed, keys }: Rules, ownHost?: string): RefusedUpstream | undefined {
  const { baseUrl, secret, secretHeaders } = fields
  const headers = isObject(secretHeaders) ? Object.entries(secretHeaders) : []
  const secrets = [['secret', secret] as const, ...headers.map(([name, value]) => [`secretHeaders.${name}`, value] as const)]
  const [own] = secrets.find(([, name]) => typeof name === 'string' && (name === keys || name.startsWith('ROUTER_'))) ?? []
  if (own !== undefined) return { field: own, message: "the router's own secrets never go to an upstream" }
  if (typeof baseUrl !== 'string') return undefined
  const refused = (message: string) => ({ field: 'baseUrl', message })
  if (!URL.canParse(baseUrl)) return refused('not a URL')
  const url = new URL(baseUrl)
  if (url.protocol !== 'https:') return refused('only https is allowed here')
  if (url.port !== '') return refused("only https's own port 443 is allowed here")
  if (url.username !== '' || url.password !== '') return refused('a URL with a user or a password')
  // The URL parser has turned every notation of an IPv4 address into digits and dots by now
  if (/^[\d.]+$/.test(url.hostname) || url.hostname.startsWith('[')) return refused('an IP address')
  if (url.hostname === ownHost || url.hostname.endsWith('.workers.dev')) return refused('this router, or another Worker')
  const isAllowed = allowed.some(host => (host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : url.hostname === host))
  if (isAllowed) return undefined
  const list = allowed.length > 0 ? `it allows ${allowed.join(', ')}` : 'it allows none'
  return refused(`${url.hostname} is not among the hosts that access.upstreams of the configuration allows; ${list}`)
}
