/**
 * Headers that an operator adds to every request to an upstream. A configuration is plain text that gets into repositories and logs, so that keys do not belong into
 * it: they are secrets (`secret-headers.ts`). What of an error looks like a key at all is taken out (`redact`), as a word too many does no harm there; here it would keep a router from
 * starting, and so a value is refused only where it is a key and nothing else.
 */
import * as v from 'valibot'

/** Headers that exist to carry a key, in lower case. What such a key looks like is the upstream's own business: Azure's are 32 hexadecimal digits. */
const FOR_KEYS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'cf-aig-authorization',
])

/** Keys by the beginnings that providers give them; names of one's own may begin alike (`xai-gateway`) but are short. JSON in base64 begins like a JWT, but has no dots. */
const KEY =
  /^(?:[Bb]earer\s+\S{16,}|(?:sk-|sk_|pplx-|xai-|nvapi-|gsk_|hf_|r8_|fw_|AIza|AKIA|ya29\.)[\w.-]{16,}|eyJ[\w-]+\.[\w-]+\.[\w-]+)$/

const SECRET = 'since a key is a secret, which "secret" or "secretHeaders" names'

export const HeaderName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'the name of a header'))
const HeaderValue = v.pipe(v.string(), v.regex(/^[\t\x20-\x7e]*$/, 'the value of a header: one line of ASCII'))

/** By name. */
export const HeadersSchema = v.pipe(
  v.record(HeaderName, HeaderValue),
  // At once for both, so that a key is one problem and not two
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    for (const [name, value] of Object.entries(dataset.value)) {
      const message = wrongWith(name, value)
      if (message === undefined) continue
      addIssue({ message, input: value, path: [{ type: 'object', origin: 'value', input: dataset.value, key: name, value }] })
    }
  }),
)

function wrongWith(name: string, value: string): string | undefined {
  if (FOR_KEYS.has(name.toLowerCase())) return `another header than this one for keys, ${SECRET}`
  return KEY.test(value.trim()) ? `a value that is no key, ${SECRET}` : undefined
}
