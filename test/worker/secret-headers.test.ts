import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import {
  answer,
  type Plan,
  type Received,
  raw,
  refusal,
  type Script,
  startUpstream,
  status,
  type Upstream,
} from '../support/upstream'

/** Headers whose values are secrets, such as an AI Gateway's own token beside the provider's key, through the built Worker. */

const SECRETS = { GATEWAY_TOKEN: 'Bearer gateway-token-0001', TOKEN_EU: 'eu-token-0002', TOKEN_US: 'us-token-0003' }
const NEVER = /gateway-token|eu-token|us-token/
const TOKEN = 'cf-aig-authorization'
const BEHIND = { secretHeaders: { 'CF-AIG-Authorization': 'GATEWAY_TOKEN' } }

let upstream: Upstream
let router: Router
let script: Script
const lines: string[] = []

const config = (): ConfigInput => ({
  models: {
    gpt: modelAt(upstream.url, 'openai', { headers: { 'x-plain': 'one' }, ...BEHIND }),
    claude: modelAt(upstream.url, 'anthropic', BEHIND),
    gemini: modelAt(upstream.url, 'google', BEHIND),
    vectors: modelAt(upstream.url, 'openai', { model: 'text-embedding-3-small', ...BEHIND }),
    'google-vectors': modelAt(upstream.url, 'google', { model: 'gemini-embedding-001', ...BEHIND }),
    // The same key, without a gateway
    direct: modelAt(upstream.url, 'openai', { model: 'gpt-b' }),
    both: modelAt(upstream.url, 'openai', {
      model: 'gpt-c',
      ...BEHIND,
      credentials: { eu: { secretHeaders: { [TOKEN]: 'TOKEN_EU' } }, us: { secretHeaders: { 'x-us': 'TOKEN_US' } } },
    }),
    closed: modelAt(upstream.url, 'openai', { model: 'gpt-d', secretHeaders: { [TOKEN]: 'GONE_TOKEN' } }),
  },
  routes: [{ name: 'default', use: ['gpt'], fallback: ['direct'] }],
  limits: { attempts: 2 },
})

beforeAll(async () => {
  upstream = await startUpstream(request => script(request))
})
/** A router of its own for each: what one finds out of an account must not decide the next. */
beforeEach(async () => {
  script = () => answer()
  await router?.close()
  lines.length = 0
  router = await startRouter({ config: config(), bindings: SECRETS, onLog: line => lines.push(line) })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

async function call(method: string, path: string, body?: unknown, key = CLIENT_KEY, at = router) {
  const response = await fetch(new URL(path, at.url), {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    text,
    model: response.headers.get('x-router-model'),
    all: text + JSON.stringify([...response.headers]),
  }
}
const admin = (method: string, path: string, body?: unknown) => call(method, path, body, ADMIN_KEY)

const messages = [{ role: 'user', content: 'Hello there' }]
const CHAT = '/v1/chat/completions'
const EMBED = '/v1/embeddings'
const chat = (model: string, rest: object = {}) => call('POST', CHAT, { model, messages, ...rest })

describe('the value of a secret header', () => {
  it.each<[string, string, object, string, string]>([
    ['a chat', CHAT, { model: 'gpt', messages }, '/openai/v1/chat/completions', 'Bearer sk-openai-secret-value'],
    ['a stream', CHAT, { model: 'gpt', messages, stream: true }, '/openai/v1/chat/completions', 'Bearer sk-openai-secret-value'],
    ['a response', '/v1/responses', { model: 'gpt', input: 'Hello' }, '/openai/v1/responses', 'Bearer sk-openai-secret-value'],
    ['a chat with Anthropic', CHAT, { model: 'claude', messages }, '/anthropic/v1/messages', 'sk-ant-secret-value'],
    [
      "a chat in Anthropic's own words",
      '/v1/messages',
      { model: 'claude', max_tokens: 9, messages },
      '/anthropic/v1/messages',
      'sk-ant-secret-value',
    ],
    [
      'a count of tokens',
      '/v1/messages/count_tokens',
      { model: 'claude', messages },
      '/anthropic/v1/messages/count_tokens',
      'sk-ant-secret-value',
    ],
    ['a chat with Google', CHAT, { model: 'gemini', messages }, ':generateContent', 'AIza-gemini-secret-value'],
    ['embeddings', EMBED, { model: 'vectors', input: 'a text' }, '/openai/v1/embeddings', 'Bearer sk-openai-secret-value'],
    [
      'embeddings of Google',
      EMBED,
      { model: 'google-vectors', input: 'a text' },
      ':batchEmbedContents',
      'AIza-gemini-secret-value',
    ],
  ])("goes up as it is, beside the provider's key, with %s", async (_, path, body, where, key) => {
    const before = upstream.requests.length
    expect(await call('POST', path, body)).toMatchObject({ status: 200 })
    const sent = upstream.requests.slice(before)
    expect(sent.map(request => request.path)).toEqual([expect.stringContaining(where)])
    expect(sent[0]?.headers[TOKEN]).toBe(SECRETS.GATEWAY_TOKEN)
    expect(Object.values(sent[0]?.headers ?? {})).toContain(key)
  })

  it('goes up with every call that one request makes', async () => {
    const before = upstream.requests.length
    const input = Array.from({ length: 150 }, (_, index) => `text ${index}`)
    expect(await call('POST', EMBED, { model: 'google-vectors', input })).toMatchObject({ status: 200 })
    const sent = upstream.requests.slice(before).map(({ headers }) => headers[TOKEN])
    expect(sent).toEqual([SECRETS.GATEWAY_TOKEN, SECRETS.GATEWAY_TOKEN])
  })

  it('goes up beside headers that are no secrets, and to no other upstream', async () => {
    script = request => (request.model === 'gpt-b' ? answer() : status(500))
    expect(await chat('auto')).toMatchObject({ status: 200, model: 'direct' })
    const [first, second] = upstream.requests.slice(-2)
    expect(first?.headers).toMatchObject({ 'x-plain': 'one', [TOKEN]: SECRETS.GATEWAY_TOKEN })
    expect(second?.headers.authorization).toBe('Bearer sk-openai-secret-value')
    expect(JSON.stringify(second)).not.toMatch(NEVER)
  })

  it("is a credential's over its model's", async () => {
    const sent = async (model: string) => {
      await chat(model)
      const { headers = {} } = upstream.requests.at(-1) ?? {}
      return [headers[TOKEN], headers['x-us']]
    }
    expect(await sent('both:eu')).toEqual([SECRETS.TOKEN_EU, undefined])
    expect(await sent('both:us')).toEqual([SECRETS.GATEWAY_TOKEN, SECRETS.TOKEN_US])
  })
})

/** What the upstream says of the header that it got, whole and in part. */
const quoted = ({ headers }: Received): string => {
  const value = headers[TOKEN] ?? 'nothing'
  return `I do not take "${value}", which has ${value.split(' ').at(-1)} in it`
}
const CLEAN = 'I do not take "[key]", which has [key] in it'
const anthropicEvent = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
const error = (message: string, type = 'invalid_request_error') => ({ error: { message, type, code: null, param: null } })
const refused = (body: (words: string) => object, code: number) => (request: Received) =>
  raw(JSON.stringify(body(quoted(request))), { status: code })
const openaiError = (code: number) => refused(error, code)
const anthropicError = (code: number) =>
  refused(message => ({ type: 'error', error: { type: 'invalid_request_error', message } }), code)
const googleError = (code: number) => refused(message => ({ error: { code, message, status: 'INVALID_ARGUMENT' } }), code)
const erring = (request: Received): Plan =>
  raw(`data: ${JSON.stringify(error(quoted(request), 'server_error'))}\n\n`, { type: 'text/event-stream' })
const erringLate = (request: Received): Plan =>
  raw(
    anthropicEvent('message_start', { message: { id: 'm', usage: { input_tokens: 1, output_tokens: 1 } } }) +
      anthropicEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
      anthropicEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello' } }) +
      anthropicEvent('error', { error: { type: 'api_error', message: quoted(request) } }),
    { type: 'text/event-stream' },
  )
const saying = (request: Received): Plan =>
  raw(
    JSON.stringify({
      id: 'x',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
      debug: request.headers[TOKEN],
    }),
  )

describe('an upstream that quotes it', () => {
  it.each<[string, (request: Received) => Plan, string, object, number, string]>([
    ['in a 400', openaiError(400), CHAT, { model: 'gpt', messages }, 400, CLEAN],
    ['in a 401', openaiError(401), CHAT, { model: 'gpt', messages }, 502, ''],
    ['in a 500', openaiError(500), CHAT, { model: 'gpt', messages }, 503, CLEAN],
    ['in an error with status 200', openaiError(200), CHAT, { model: 'gpt', messages }, 502, CLEAN],
    ['in an error in place of a stream', openaiError(200), CHAT, { model: 'gpt', messages, stream: true }, 502, CLEAN],
    ['in a stream that begins with an error', erring, CHAT, { model: 'gpt', messages, stream: true }, 502, CLEAN],
    ['in a stream that ends with one', erringLate, CHAT, { model: 'claude', messages, stream: true }, 200, CLEAN],
    ['in its answer', saying, CHAT, { model: 'gpt', messages }, 200, '"debug":"[key]"'],
    ['to a chat with Anthropic', anthropicError(400), CHAT, { model: 'claude', messages }, 400, CLEAN],
    ['in Anthropic’s words', anthropicError(400), '/v1/messages', { model: 'claude', max_tokens: 9, messages }, 400, CLEAN],
    ['instead of counting', anthropicError(400), '/v1/messages/count_tokens', { model: 'claude', messages }, 400, CLEAN],
    ['to a chat with Google', googleError(400), CHAT, { model: 'gemini', messages }, 400, CLEAN],
    ['instead of vectors', openaiError(400), EMBED, { model: 'vectors', input: 'a text' }, 400, CLEAN],
    ['in an error in place of vectors', openaiError(200), EMBED, { model: 'vectors', input: 'a text' }, 502, CLEAN],
    ['instead of vectors, as Google', googleError(400), EMBED, { model: 'google-vectors', input: 'a text' }, 400, CLEAN],
    ['in place of vectors, as Google', googleError(200), EMBED, { model: 'google-vectors', input: 'a text' }, 502, CLEAN],
  ])('%s tells nobody', async (_, plan, path, body, code, words) => {
    script = plan
    const told = await call('POST', path, body)
    expect(upstream.requests.at(-1)?.headers[TOKEN]).toBe(SECRETS.GATEWAY_TOKEN)
    expect(told.all).not.toMatch(NEVER)
    expect([told.status, told.text.replaceAll('\\"', '"')]).toEqual([code, expect.stringContaining(words)])
    await router.idle()
    expect((await admin('GET', '/admin/state')).all).not.toMatch(NEVER)
    expect(lines.join('\n')).not.toMatch(NEVER)
  })

  it('and refuses it is left out, while the same key goes on elsewhere', async () => {
    script = request => (request.headers[TOKEN] === undefined ? answer() : refusal('bad-key'))
    expect(await chat('auto')).toMatchObject({ status: 200, model: 'direct' })
    await expect
      .poll(async () => (await router.admin()).models)
      .toMatchObject({ gpt: { accountLeftOutForMs: expect.any(Number) }, direct: { accountLeftOutForMs: 0 } })
    const before = upstream.requests.length
    expect(await chat('auto')).toMatchObject({ status: 200, model: 'direct' })
    expect(upstream.requests.length - before).toBe(1)
  })
})

it('a value that no header can carry fails its model, and nobody is told of it', async () => {
  const bindings = { ...SECRETS, GATEWAY_TOKEN: 'Bearer gateway-token\nwith a line break' }
  const broken = await startRouter({ config: config(), bindings, onLog: line => lines.push(line) })
  try {
    const told = await call('POST', CHAT, { model: 'gpt', messages }, CLIENT_KEY, broken)
    expect([told.status, told.text]).toEqual([502, expect.stringContaining('could not be reached')])
    await broken.idle()
    expect(told.all + lines.join('\n')).not.toMatch(NEVER)
  } finally {
    await broken.close()
  }
})

describe('a secret header whose secret is not set', () => {
  it('takes its model out, and is named', async () => {
    const health = JSON.parse((await call('GET', '/health')).text)
    expect(health).toMatchObject({ status: 'ok', missing_secrets: ['GONE_TOKEN'] })
    expect(health.live_models).not.toContain('closed')
    expect(await chat('closed')).toMatchObject({
      status: 404,
      text: expect.stringContaining('but its secret is not set: GONE_TOKEN.'),
    })
    expect((await router.admin()).models.closed).toMatchObject({ state: 'no-secret' })
  })

  it('is named together with the key, where neither is set and nothing else is live', async () => {
    const { gpt, claude } = config().models
    if (gpt === undefined || claude === undefined) throw new Error('two models')
    const bindings = { OPENAI_API_KEY: undefined }
    const empty = await startRouter({ config: { models: { gpt, claude } }, bindings })
    try {
      const put = (name: string) => `\\"npx wrangler secret put ${name}\\"`
      expect(await call('POST', CHAT, { model: 'gpt', messages }, CLIENT_KEY, empty)).toMatchObject({
        status: 503,
        text: expect.stringContaining(
          `with ${put('OPENAI_API_KEY')} and ${put('GATEWAY_TOKEN')} or ${put('GATEWAY_TOKEN')}, or in`,
        ),
      })
      expect(JSON.parse((await call('GET', '/health', undefined, CLIENT_KEY, empty)).text)).toMatchObject({
        status: 'unhealthy',
        missing_secrets: ['OPENAI_API_KEY', 'GATEWAY_TOKEN'],
      })
    } finally {
      await empty.close()
    }
  })
})

describe('an operator', () => {
  it('sees which secret is sent in which header, and never its value', async () => {
    const { all, text } = await admin('GET', '/admin/models')
    expect(JSON.parse(text).models).toMatchObject({
      gpt: { headers: ['x-plain'], secretHeaders: { [TOKEN]: 'GATEWAY_TOKEN' } },
      direct: { secretHeaders: {} },
      both: {
        credentials: {
          eu: { secretHeaders: { [TOKEN]: 'TOKEN_EU' } },
          us: { secretHeaders: { [TOKEN]: 'GATEWAY_TOKEN', 'x-us': 'TOKEN_US' } },
        },
      },
    })
    expect(all).not.toMatch(NEVER)
    for (const path of ['/health', '/v1/models', '/admin/state', '/metrics'])
      expect((await admin('GET', path)).all).not.toMatch(NEVER)
    expect((await call('POST', '/v1/route', { model: 'auto', messages })).all).not.toMatch(NEVER)
  })

  it('sets them at run time, of a model, of a credential and of a new model, and takes them back', async () => {
    const sent = async (model: string) => {
      expect(await chat(model)).toMatchObject({ status: 200 })
      return upstream.requests.at(-1)?.headers[TOKEN]
    }
    const set = await admin('PATCH', '/admin/models/direct', { secretHeaders: { 'Cf-Aig-Authorization': 'TOKEN_EU' } })
    expect([set.status, JSON.parse(set.text).model.secretHeaders]).toEqual([200, { [TOKEN]: 'TOKEN_EU' }])
    expect(await sent('direct')).toBe(SECRETS.TOKEN_EU)
    expect(await admin('PATCH', '/admin/models/direct', { secretHeaders: null })).toMatchObject({ status: 200 })
    expect(await sent('direct')).toBeUndefined()
    await admin('PATCH', '/admin/models/both:us', { secretHeaders: { [TOKEN]: 'TOKEN_US' } })
    expect(await sent('both:us')).toBe(SECRETS.TOKEN_US)
    await admin('PATCH', '/admin/models/gpt', { secretHeaders: { [TOKEN]: 'GONE_TOKEN' } })
    expect(await chat('gpt')).toMatchObject({ status: 404, text: expect.stringContaining('GONE_TOKEN') })
    const definition = { provider: 'openai', model: 'gpt-e', secretHeaders: { 'x-token': 'GONE_TOKEN' } }
    expect(await admin('PUT', '/admin/models/added', definition)).toMatchObject({ status: 200 })
    const { models } = await router.admin()
    expect(models.added).toMatchObject({ state: 'no-secret' })
    expect((await admin('GET', '/admin/history')).all).not.toMatch(NEVER)
  })

  it.each<[string, string, object, string]>([
    ["a secret is the router's own", 'gpt', { secretHeaders: { 'x-a': 'ROUTER_ADMIN_KEY' } }, 'secretHeaders.x-a'],
    [
      "a credential's is",
      'both',
      { credentials: { eu: { secretHeaders: { 'x-a': 'ROUTER_KEYS' } } } },
      'credentials.eu.secretHeaders.x-a',
    ],
    ['a value stands for a name', 'gpt', { secretHeaders: { 'x-a': 'Bearer abc' } }, 'models.gpt.secretHeaders.x-a'],
    ['a header is there already', 'gpt', { secretHeaders: { 'X-Plain': 'TOKEN_EU' } }, 'models.gpt.secretHeaders.X-Plain'],
    [
      'a header carries the key',
      'claude',
      { secretHeaders: { 'x-api-key': 'TOKEN_EU' } },
      'models.claude.secretHeaders.x-api-key',
    ],
  ])('is refused where %s', async (_, id, fields, field) => {
    const told = await admin('PATCH', `/admin/models/${id}`, fields)
    expect([told.status, JSON.parse(told.text).error]).toEqual([400, expect.objectContaining({ param: field })])
    expect(await admin('GET', '/admin/models')).toMatchObject({ text: expect.stringContaining('"version":0') })
  })
})
