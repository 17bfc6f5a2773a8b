/** Where an attachment's bytes are: in the request itself as a data URL (RFC 2397, base64 only), or at an address. */
import { mediaType } from './media-type'

export type Source =
  | { readonly kind: 'inline'; readonly mediaType: string; readonly base64: string }
  | { readonly kind: 'address'; readonly url: string; readonly secure: boolean }

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

export function isBase64(text: string): boolean {
  // One digit beyond whole groups of four can encode nothing
  return BASE64.test(text) && text.replace(/=+$/, '').length % 4 !== 1
}

/** Undefined: neither a base64 data URL nor an http(s) address. */
export function readSource(url: string): Source | undefined {
  if (!/^data:/i.test(url)) {
    return /^https?:\/\/[^/\s]/i.test(url) ? { kind: 'address', url, secure: /^https:/i.test(url) } : undefined
  }
  const comma = url.indexOf(',')
  if (comma < 0) return undefined
  const [type = '', ...parameters] = url.slice('data:'.length, comma).split(';')
  const base64 = url.slice(comma + 1)
  if (!type.includes('/') || parameters.at(-1)?.trim().toLowerCase() !== 'base64' || !isBase64(base64)) return undefined
  return { kind: 'inline', mediaType: mediaType(type), base64 }
}
