/**
 * A request's id as its caller gets it: besides the id itself it says, signed, which model answered, on what topic, and when. Feedback that names it can
 * thus be believed without anybody keeping a list of answers, and nobody can praise a model that never answered them.
 *
 * `<id>.<base64url of JSON [model, topic, minutes since 1970]>.<the first 96 bits of HMAC-SHA-256>`
 */
import { parseJson } from '../json'

export interface Receipt {
  readonly id: string
  readonly model: string
  /** Null: nobody could tell. */
  readonly topic: string | null
  readonly atMs: number
}

/** A model's answers of more than a week ago say little of what it is today. */
export const RECEIPT_LASTS_MS = 7 * 24 * 3_600_000
const MINUTE_MS = 60_000
/** A forger has one try in 2^96. */
const MAC_BYTES = 12

/** The key as the runtime wants it, imported once: the registry changes it never. */
let imported: { readonly text: string; readonly key: CryptoKey } | undefined

/** `signingKey`: hexadecimal digits. */
export async function issueReceipt({ id, model, topic, atMs }: Receipt, signingKey: string): Promise<string> {
  const content = `${id}.${toBase64Url(new TextEncoder().encode(JSON.stringify([model, topic, Math.floor(atMs / MINUTE_MS)])))}`
  return `${content}.${await macOf(content, signingKey)}`
}

/** Undefined: it is not one of ours, or is no longer accepted. */
export async function readReceipt(text: string, signingKey: string, nowMs: number): Promise<Receipt | undefined> {
  const parts = /^([\w-]{1,64})\.([\w-]{1,400})\.([\w-]{16})$/.exec(text)
  if (parts === null) return undefined
  const [, id = '', content = '', mac = ''] = parts
  const expected = await macOf(`${id}.${content}`, signingKey)
  if (!areEqual(mac, expected)) return undefined
  const read = parseJson(new TextDecoder().decode(fromBase64Url(content)))
  if (!Array.isArray(read)) return undefined
  const [model, topic, minutes]: unknown[] = read
  if (typeof model !== 'string' || typeof minutes !== 'number') return undefined
  const atMs = minutes * MINUTE_MS
  if (nowMs - atMs > RECEIPT_LASTS_MS) return undefined
  return { id, model, topic: typeof topic === 'string' ? topic : null, atMs }
}

async function macOf(content: string, signingKey: string): Promise<string> {
  if (imported?.text !== signingKey) imported = { text: signingKey, key: await importKey(signingKey) }
  const mac = await crypto.subtle.sign('HMAC', imported.key, new TextEncoder().encode(content))
  return toBase64Url(new Uint8Array(mac, 0, MAC_BYTES))
}

function importKey(hex: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], byte => Number.parseInt(byte, 16))
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}

function areEqual(one: string, other: string): boolean {
  const encoder = new TextEncoder()
  return one.length === other.length && crypto.subtle.timingSafeEqual(encoder.encode(one), encoder.encode(other))
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), character => character.charCodeAt(0))
