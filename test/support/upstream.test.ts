import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { PROVIDER_NAMES, type ProviderName } from '../providers/provider'
import { type RawExchange, sendRaw } from './raw-client'
import {
  answer,
  closedPort,
  cut,
  emptyBody,
  eof,
  errorEvent,
  headersOnly,
  html,
  huge,
  invalidJson,
  noEndMarker,
  type Plan,
  pings,
  refusal,
  reset,
  resetMidBody,
  type Script,
  silence,
  slow,
  stall,
  startUpstream,
  status,
  truncatedJson,
  type Upstream,
  wrongType,
} from './upstream'

let open: Upstream[] = []
afterEach(async () => {
  const closing = open
  open = []
  await Promise.all(closing.map(up => up.close()))
})
async function start(script: Script): Promise<Upstream> {
  const up = await startUpstream(script)
  open.push(up)
  return up
}

const PATHS: Readonly<Record<ProviderName, string>> = {
  openai: '/openai/v1/chat/completions',
  anthropic: '/anthropic/v1/messages',
  google: '/google/v1beta/models/m:streamGenerateContent?alt=sse',
}
const ask = (up: Upstream, dialect: ProviderName = 'openai', stream = true): Promise<RawExchange> =>
  sendRaw({ url: `${up.url}${PATHS[dialect]}`, body: { model: 'm', stream, messages: [] } })

/** The whole exchange of a plan that ends by itself. */
async function exchanged(plan: Plan, dialect: ProviderName = 'openai', stream = true) {
  const up = await start(() => plan)
  const exchange = await ask(up, dialect, stream)
  const request = await up.request(1)
  const ending = await request.ending
  // a keep-alive connection stays open behind a complete response
  if (exchange.response()?.complete !== true) await Promise.race([exchange.closed, exchange.until(state => state.complete)])
  return { response: exchange.response(), ending, exchange, request }
}

describe('a healthy answer', () => {
  it('is read by the official clients', async () => {
    const up = await start(() => answer({ text: 'Hello there', chunks: 4 }))
    const openai = new OpenAI({ apiKey: 'k', baseURL: up.baseUrl('openai'), maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    const reply = await openai.chat.completions.stream({ model: 'm', messages }).finalContent()
    expect(reply).toBe('Hello there')
    const anthropic = new Anthropic({ apiKey: 'k', baseURL: up.baseUrl('anthropic'), maxRetries: 0 })
    expect(await anthropic.messages.stream({ model: 'm', max_tokens: 9, messages }).finalText()).toBe('Hello there')
    expect(up.requests.map(({ dialect, index, attempt }) => [dialect, index, attempt])).toEqual([
      ['openai', 1, 1],
      ['anthropic', 2, 1],
    ])
  })

  it('records what was asked, and how it ended', async () => {
    const { request, ending } = await exchanged(answer())
    expect(request).toMatchObject({ method: 'POST', path: PATHS.openai, model: 'm', stream: true, dialect: 'openai' })
    expect(request.headers['content-type']).toBe('application/json')
    expect(ending.how).toBe('finished')
    expect(ending.sentBytes).toBeGreaterThan(0)
    expect(request.ended()).toEqual(ending)
  })

  it('has as many content events as asked for', async () => {
    for (const chunks of [1, 3, 40]) {
      const { response } = await exchanged(answer({ text: 'abc', chunks }))
      expect(response?.body.match(/"delta":\{"content":"[^"]/g)).toHaveLength(chunks)
    }
  })

  it('comes byte by byte, or all at once, with the same text', async () => {
    const texts = await Promise.all(
      (['event', 'byte', 'whole'] as const).map(
        async writes => (await exchanged(answer({ text: 'Grüße 👋', writes }))).response?.body,
      ),
    )
    expect(new Set(texts).size).toBe(1)
  })

  it.each(['\n', '\r\n', '\r'] as const)('has the line ends asked for: %j', async lineEnd => {
    const { response } = await exchanged(answer({ lineEnd }), 'google')
    expect(response?.body).toContain(`data: {"candidates"`)
    expect([...(response?.body.match(/[\r\n]+/g) ?? [])].every(found => found === lineEnd + lineEnd)).toBe(true)
  })
})

describe('a fault', () => {
  it('closes inside the body, behind everything that was sent', async () => {
    const { response, exchange } = await exchanged(cut(2, { text: 'abcdef', chunks: 3 }))
    expect(response?.complete).toBe(false)
    expect(response?.body).toContain('"content":"cd"')
    expect(response?.body).not.toContain('"content":"ef"')
    expect((await exchange.closed).how).toBe('end')
  })

  it('resets inside the body', async () => {
    const { exchange, ending } = await exchanged(resetMidBody(1))
    expect((await exchange.closed).how).toBe('reset')
    expect(ending.how).toBe('finished')
  })

  it('resets before any header', async () => {
    const { response, exchange } = await exchanged(reset())
    expect(response).toBeUndefined()
    expect((await exchange.closed).how).toBe('reset')
  })

  it('ends a stream cleanly without its end', async () => {
    const early = await exchanged(eof(1))
    expect(early.response?.complete).toBe(true)
    expect(early.response?.body).not.toContain('finish_reason":"stop')
    const late = await exchanged(noEndMarker())
    expect(late.response?.body).toContain('finish_reason":"stop')
    expect(late.response?.body).not.toContain('[DONE]')
  })

  it.each(PROVIDER_NAMES)('is an error event of %s, first, behind the opening, or later', async dialect => {
    const first = (await exchanged(errorEvent('start'), dialect)).response?.body ?? ''
    expect(first).toContain('"error":{')
    const later = (await exchanged(errorEvent(1), dialect)).response?.body ?? ''
    expect(later.endsWith(first)).toBe(true)
    expect(later.length).toBeGreaterThan(first.length)
  })

  it('leaves only a role before the error', async () => {
    const { response } = await exchanged(errorEvent('opening'))
    expect(response?.body).toMatch(/^data: \{[^\n]*"role":"assistant"[^\n]*\n\ndata: \{"error":[^\n]*\n\n$/)
  })

  it.each([400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 529])(
    'is status %i in the words of each provider',
    async code => {
      for (const dialect of PROVIDER_NAMES) {
        const { response } = await exchanged(status(code, { retryAfterSeconds: 3 }), dialect)
        expect(response?.status).toBe(code)
        expect(response?.headers['retry-after']).toBe(dialect === 'google' && code !== 502 ? undefined : '3')
        if (code !== 502) expect(JSON.parse(response?.body ?? '')).toHaveProperty('error.message')
      }
    },
  )

  it('is a trouble, with the status that the provider has for it', async () => {
    expect((await exchanged(refusal('overloaded'), 'anthropic')).response?.status).toBe(529)
    expect((await exchanged(refusal('overloaded'), 'openai')).response?.status).toBe(503)
  })

  it.each([
    ['a web page', html(), 'text/html; charset=utf-8', /^<!DOCTYPE/],
    ['nothing', emptyBody(), 'application/json', /^$/],
    ['no JSON', invalidJson(), 'application/json', /oops/],
    ['another type', wrongType('text/plain'), 'text/plain', /chat\.completion/],
  ] as const)('is %s under status 200', async (_, plan, type, body) => {
    const { response } = await exchanged(plan, 'openai', false)
    expect([response?.status, response?.headers['content-type'], response?.complete]).toEqual([200, type, true])
    expect(response?.body).toMatch(body)
  })

  it('is half a JSON text in a whole body, or half a body', async () => {
    const half = (await exchanged(truncatedJson(), 'openai', false)).response
    expect(half?.complete).toBe(true)
    expect(() => JSON.parse(half?.body ?? '')).toThrow()
    expect((await exchanged(cut('opening'), 'openai', false)).response?.complete).toBe(false)
  })

  it('is a body of any size', async () => {
    const { response, ending } = await exchanged(huge(11_000_000), 'openai', false)
    expect(response?.body).toHaveLength(11_000_000)
    expect(ending.sentBytes).toBe(11_000_000)
  })

  it('refuses a connection where nobody listens', async () => {
    await expect(sendRaw({ url: await closedPort() })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('the other side leaving', () => {
  // plans that never end by themselves: only the client's going can settle them
  const nothing = async () => undefined
  const head = async (exchange: RawExchange) => void (await exchange.until(() => true))
  const body = async (exchange: RawExchange) => void (await exchange.until(state => state.body.length > 0))
  it.each([
    ['a silence', silence(), nothing],
    ['headers and nothing else', headersOnly(), head],
    ['a stall', stall(1), body],
    ['a slow first token', slow(3_600_000), body],
    ['pings without end', pings(1), body],
    ['more than it can read', huge(1e12), body],
  ] as const)('is seen in %s, by reset and by half-close', async (_, plan, ready) => {
    for (const leave of ['reset', 'finish'] as const) {
      const up = await start(() => plan)
      const exchange = await ask(up)
      const request = await up.request(1)
      await ready(exchange)
      expect(request.ended()).toBeUndefined()
      exchange[leave]()
      expect((await request.ending).how).toBe('aborted')
    }
  })
})

describe('a script', () => {
  it('decides by attempt', async () => {
    const up = await start(request => (request.attempt === 1 ? status(503) : answer({ text: 'again' })))
    const client = new OpenAI({ apiKey: 'k', baseURL: up.baseUrl('openai'), maxRetries: 0 })
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }
    await expect(client.chat.completions.create(request)).rejects.toMatchObject({ status: 503 })
    expect((await client.chat.completions.create(request)).choices[0]?.message.content).toBe('again')
  })

  it('that throws is reported when the upstream is closed', async () => {
    const up = await startUpstream(() => {
      throw new Error('no such case')
    })
    const exchange = await ask(up)
    expect((await exchange.closed).how).toBe('reset')
    await expect(up.close()).rejects.toThrow('the upstream script failed')
  })
})

describe('the raw client', () => {
  it('notes when each piece came', async () => {
    const { exchange } = await exchanged(answer({ chunks: 3, gapMs: 5 }))
    const times = exchange.arrivals.map(arrival => arrival.atMs)
    expect(times.length).toBeGreaterThan(1)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times[0]).toBeGreaterThanOrEqual(exchange.sentAtMs)
  })

  it('says that it left by itself', async () => {
    const up = await start(() => silence())
    const exchange = await ask(up)
    await up.request(1)
    exchange.reset()
    expect((await exchange.closed).how).toBe('own')
    await expect(exchange.until(() => true)).rejects.toThrow('connection closed (own)')
  })
})
