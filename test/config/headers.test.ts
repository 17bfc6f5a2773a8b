/** Which headers a configuration may hold: all but keys. */
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config'

function problemsWith(headers: Readonly<Record<string, string>>) {
  const parsed = parseConfig({ models: { gpt: { provider: 'openai', model: 'gpt-5.2', headers } } })
  return parsed.ok ? [] : parsed.failure
}

const SECRET = 'since a key is a secret, which "secret" or "secretHeaders" names'

describe('headers of a model', () => {
  it.each([
    ['X-Title', 'Bearer of good news'],
    ['X-Title', 'bearer internationalisation-of-everything and more'],
    ['X-Gateway', 'xai-gateway'],
    ['X-Environment', 'fw_prod1'],
    ['Accept-Language', 'sk-Latn-SK'],
    ['X-Title', 'sk-learn pipelines'],
    ['X-Title', 'sk-learn pipelines of the whole department'],
    ['cf-aig-metadata', '{"team":"hf_research"}'],
    ['cf-aig-metadata', '{"api_key":"none"}'],
    ['x-config', 'eyJyZXRyeSI6eyJhdHRlbXB0cyI6NX19'],
    ['HTTP-Referer', 'https://app.example.com/?authorization=none'],
    ['OpenAI-Organization', 'org-0123456789abcdef0123'],
    ['x-request-tag', '0123456789abcdef0123456789abcdef'],
    ['x-empty', ''],
  ])('may be %s: %s', (name, value) => {
    expect(problemsWith({ [name]: value })).toEqual([])
  })

  it.each([
    ['api-key', '0123456789abcdef0123456789abcdef'],
    ['Api-Key', 'short'],
    ['authorization', 'Basic dXNlcjpwYXNzd29yZA=='],
    ['Authorization', 'Bearer 0123456789abcdef'],
    ['Proxy-Authorization', 'Basic dXNlcjpwYXNzd29yZA=='],
    ['X-API-Key', 'sk-ant-api03-0123456789abcdef'],
    ['x-goog-api-key', 'AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY'],
    ['cf-aig-authorization', 'Bearer 0123456789abcdef'],
  ])('are not %s, which is for keys, whatever a key of that upstream looks like', (name, value) => {
    expect(problemsWith({ [name]: value })).toEqual([
      {
        field: `models.gpt.headers.${name}`,
        expected: `another header than this one for keys, ${SECRET}`,
        found: 'another text',
      },
    ])
  })

  it.each([
    'sk-proj-abcdefghijklmnop',
    'Bearer sk-proj-abcdefghijklmnop',
    'bearer  0123456789abcdef',
    ' gsk_0123456789abcdefghij ',
    'xai-0123456789abcdefghij',
    'pplx-0123456789abcdefghij',
    'nvapi-0123456789abcdefghij',
    'hf_aBcDeFgHiJkLmNoPqRsT',
    'r8_0123456789abcdefghij',
    'fw_0123456789abcdefghij',
    'AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY',
    'AKIAIOSFODNN7EXAMPLE',
    'ya29.a0AfH6SMBx-yz0123456789',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J',
  ])('have no value that is a key and nothing else, whatever their name: %s', value => {
    expect(problemsWith({ 'x-upstream': value })).toEqual([
      { field: 'models.gpt.headers.x-upstream', expected: `a value that is no key, ${SECRET}`, found: 'another text' },
    ])
  })

  it('are looked at one by one, those of a credential too', () => {
    const key = { 'x-one': 'a', 'api-key': 'b', 'x-two': 'sk-proj-abcdefghijklmnop' }
    const models = { gpt: { provider: 'openai', model: 'gpt-5.2', headers: key, credentials: { own: { headers: key } } } }
    const parsed = parseConfig({ models })
    expect(parsed.ok ? [] : parsed.failure.map(({ field }) => field)).toEqual([
      'models.gpt.headers.api-key',
      'models.gpt.headers.x-two',
      'models.gpt.credentials.own.headers.api-key',
      'models.gpt.credentials.own.headers.x-two',
    ])
  })
})
