/** Headers whose values are secrets: which a configuration may name, and what becomes of them. */
import { describe, expect, it } from 'vitest'
import { type Config, type ConfigProblem, parseConfig } from '../../src/config'
import { KEY_HEADER } from '../../src/config/secret-headers'
import { PROVIDERS } from '../../src/model'
import { dialectFor } from '../../src/provider/dialects'
import { embeddingsTo } from '../../src/provider/embedders'
import { chat, model } from '../provider/requests'

const GPT = { provider: 'openai', model: 'gpt-5.2' }
const LLAMA = { provider: 'openai-compatible', model: 'llama', baseUrl: 'https://up.example/v1' }
const TOKEN = 'cf-aig-authorization'

function config(gpt: object): Config {
  const parsed = parseConfig({ models: { gpt } })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure))
  return parsed.value
}
function problems(gpt: object): readonly ConfigProblem[] {
  const parsed = parseConfig({ models: { gpt } })
  return parsed.ok ? [] : parsed.failure
}
const secretHeaders = (gpt: object) => [...config(gpt).models.values()].map(each => each.secretHeaders)

describe('secret headers of a model', () => {
  it.each<[string, object, object | undefined]>([
    ['are none where nothing is said', GPT, undefined],
    ['are none where none is named', { ...GPT, secretHeaders: {} }, undefined],
    [
      'are known by their names in lower case',
      { ...GPT, secretHeaders: { 'CF-AIG-Authorization': 'A_TOKEN' } },
      { [TOKEN]: 'A_TOKEN' },
    ],
    [
      'may be several',
      { ...GPT, secretHeaders: { [TOKEN]: 'A_TOKEN', 'x-team': 'TEAM' } },
      { [TOKEN]: 'A_TOKEN', 'x-team': 'TEAM' },
    ],
    [
      'may carry the key where no secret is named',
      { ...LLAMA, secretHeaders: { Authorization: 'BASIC' } },
      { authorization: 'BASIC' },
    ],
    [
      'may carry a key in a header that is not the provider’s',
      { ...GPT, secretHeaders: { 'api-key': 'A_KEY' } },
      { 'api-key': 'A_KEY' },
    ],
    ['may stand beside other headers', { ...GPT, headers: { 'x-a': '1' }, secretHeaders: { 'x-b': 'B' } }, { 'x-b': 'B' }],
  ])('%s', (_, gpt, expected) => {
    expect(secretHeaders(gpt)).toEqual([expected])
  })

  it("are a credential's over the model's, whichever way they are written", () => {
    const credentials = {
      eu: { secret: 'KEY_EU' },
      us: { secret: 'KEY_US', secretHeaders: { 'CF-AIG-Authorization': 'TOKEN_US', 'x-team': 'TEAM' } },
    }
    expect(secretHeaders({ ...GPT, secretHeaders: { 'Cf-Aig-Authorization': 'TOKEN' }, credentials })).toEqual([
      { [TOKEN]: 'TOKEN' },
      { [TOKEN]: 'TOKEN_US', 'x-team': 'TEAM' },
    ])
    expect(secretHeaders({ ...GPT, credentials }).at(0)).toBeUndefined()
  })

  it('make of two credentials with the same key two that may both be there', () => {
    const two = (own: object) => problems({ ...GPT, secretHeaders: { [TOKEN]: 'ONE' }, credentials: { one: {}, two: own } })
    expect(two({ secretHeaders: { [TOKEN]: 'TWO' } })).toEqual([])
    expect(two({ secretHeaders: { 'CF-AIG-Authorization': 'ONE' } })).toMatchObject([
      { field: 'models.gpt.credentials.two', found: 'the same as "one"' },
    ])
  })
})

describe('wrong secret headers', () => {
  const NAME = 'the NAME of a secret in capitals, never its value'
  const ONCE = 'each header once, whether in capitals or not'
  const PLAIN = 'a header that is not among "headers" too'
  const KEY = 'another header than the one that carries the key of "secret"'

  it.each<[string, object, string, string, string]>([
    ['a value', { secretHeaders: { [TOKEN]: 'Bearer 0123456789abcdef' } }, `secretHeaders.${TOKEN}`, NAME, 'another text'],
    [
      'a name that is no header',
      { secretHeaders: { 'a b': 'TOKEN' } },
      'secretHeaders.a b',
      'the name of a header',
      'another text',
    ],
    ['a text', { secretHeaders: 'TOKEN' }, 'secretHeaders', 'Object', 'another text'],
    ['one twice', { secretHeaders: { 'x-a': 'A', 'X-A': 'B' } }, 'secretHeaders.X-A', ONCE, '"X-A"'],
    ['one in plain text too', { headers: { 'X-A': '1' }, secretHeaders: { 'x-a': 'A' } }, 'secretHeaders.x-a', PLAIN, '"x-a"'],
    ['the header of the key', { secretHeaders: { Authorization: 'A' } }, 'secretHeaders.Authorization', KEY, '"Authorization"'],
    [
      'the header of a key that is named',
      { ...LLAMA, secret: 'LLAMA', secretHeaders: { authorization: 'A' } },
      'secretHeaders.authorization',
      KEY,
      '"authorization"',
    ],
    [
      'the header of another provider’s key',
      { provider: 'anthropic', secretHeaders: { 'x-api-key': 'A' } },
      'secretHeaders.x-api-key',
      KEY,
      '"x-api-key"',
    ],
    [
      'a value, of a credential',
      { credentials: { eu: { secretHeaders: { [TOKEN]: 'token' } } } },
      `credentials.eu.secretHeaders.${TOKEN}`,
      NAME,
      'another text',
    ],
    [
      'one of a credential that its model has in plain text',
      { headers: { 'x-a': '1' }, credentials: { eu: { secretHeaders: { 'X-A': 'A' } } } },
      'credentials.eu.secretHeaders.X-A',
      PLAIN,
      '"X-A"',
    ],
    [
      'one of a model that its credential has in plain text',
      { secretHeaders: { 'x-a': 'A' }, credentials: { eu: { headers: { 'X-A': '1' } } } },
      'credentials.eu.headers.X-A',
      'a header that is not among the "secretHeaders" of its model too',
      '"X-A"',
    ],
    [
      'the header of the key, of a credential',
      { ...LLAMA, credentials: { eu: { secret: 'EU', secretHeaders: { authorization: 'A' } } } },
      'credentials.eu.secretHeaders.authorization',
      KEY,
      '"authorization"',
    ],
    [
      'the header of a key that a credential brings',
      { ...LLAMA, secretHeaders: { authorization: 'A' }, credentials: { eu: { secret: 'EU' } } },
      'credentials.eu.secret',
      'no secret where the "secretHeaders" of its model carry "authorization", which its key would travel in',
      'one',
    ],
  ])('%s: the field is named', (_, fields, field, expected, found) => {
    expect(problems({ ...GPT, ...fields })).toEqual([{ field: `models.gpt.${field}`, expected, found }])
  })

  it('are each told of once, where a model with credentials has them itself', () => {
    const credentials = { eu: { secret: 'EU' }, us: { secret: 'US' } }
    const fields = problems({ ...GPT, secretHeaders: { authorization: 'A' }, credentials }).map(({ field }) => field)
    expect(fields).toEqual(['models.gpt.secretHeaders.authorization'])
  })
})

it.each(PROVIDERS)('the key of %s travels in the header that is taken for it', provider => {
  const to = model({ provider })
  const asked = { body: { model: 'm', input: 'a' }, input: { kind: 'texts' as const, texts: ['a'] } }
  const vectors = embeddingsTo(asked, to, 'the-key')
  const sent = [
    ...(['openai', 'openai-responses'] as const).map(wanted => dialectFor(provider, wanted).request(chat(), to, 'the-key')),
    ...(vectors.ok
      ? [{ ok: true as const, value: 'calls' in vectors.value ? vectors.value.calls[0]?.upstream : vectors.value.upstream }]
      : []),
  ]
  for (const request of sent) {
    const headers = Object.entries((request.ok ? request.value?.headers : undefined) ?? {})
    expect(headers.flatMap(([name, value]) => (value.includes('the-key') ? [name] : []))).toEqual([KEY_HEADER[provider]])
  }
})
