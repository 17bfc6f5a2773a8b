/**
 * What leaves the machine when a client of an official SDK gives up, and that the upstream behind the router stops then. Measured in Node 24, whose `fetch` both
 * SDKs use; the same for openai 7.57 and @anthropic-ai/sdk 1.12:
 *
 * | given up                          | by                                                     | what is sent, and when                                   |
 * |-----------------------------------|--------------------------------------------------------|----------------------------------------------------------|
 * | before any byte of the answer     | AbortController                                        | FIN within 20 ms, and nothing more                       |
 * | inside a JSON body                | AbortController                                        | FIN within 20 ms, and nothing more                       |
 * | the same, with bytes still unread | AbortController                                        | RST within 20 ms, by the kernel                          |
 * | in a stream that is silent        | AbortController, `stream.controller.abort()`, `break`  | FIN within 20 ms, and nothing more                       |
 * | in a stream that goes on          | AbortController, `stream.controller.abort()`, `break`  | FIN within 20 ms; RST in answer to the next data         |
 *
 * So never a reset of its own accord, but what closes a socket with bytes unread resets it (RFC 2525, section 2.17). A server that looks only at its reading side may take the FIN for a client that has nothing more to say, and
 * learns at its next write that nobody listens.
 */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { answer, type Received, type Script, silence, startUpstream, type Upstream } from '../support/upstream'
import { type BareServer, type Bytes, chunk, startBareServer } from './matrix/bare-server'
import { recordedEvents } from './matrix/recorded'

/** The claim; it takes a tenth of that on an idle machine. */
const WITHIN_MS = 100
/** A busy machine can only make it later, so the fastest of so many tells how long it takes by itself. */
const TRIES = 3

async function fastest(elapsedMs: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && best >= WITHIN_MS; tries += 1) best = Math.min(best, await elapsedMs())
  return best
}

const messages = [{ role: 'user' as const, content: 'Say hello.' }]

interface Sdk {
  readonly name: 'openai' | 'anthropic'
  /** Rejects when given up. `onHeaders` is called when the response's head has been read. */
  readonly whole: (url: string, signal: AbortSignal, onHeaders: () => void) => Promise<unknown>
  readonly stream: (url: string, signal: AbortSignal) => Promise<AbortableStream>
}

type AbortableStream = AsyncIterable<unknown> & { readonly controller: AbortController }

const options = (baseURL: string, onHeaders = () => {}) => ({
  apiKey: CLIENT_KEY,
  baseURL,
  maxRetries: 0,
  fetch: async (...request: Parameters<typeof fetch>) => {
    const response = await fetch(...request)
    onHeaders()
    return response
  },
})

const SDKS: readonly Sdk[] = [
  {
    name: 'openai',
    whole: (url, signal, onHeaders) =>
      new OpenAI(options(url, onHeaders)).chat.completions.create({ model: 'm', messages }, { signal }),
    stream: (url, signal) => new OpenAI(options(url)).chat.completions.create({ model: 'm', messages, stream: true }, { signal }),
  },
  {
    name: 'anthropic',
    whole: (url, signal, onHeaders) =>
      new Anthropic(options(url, onHeaders)).messages.create({ model: 'm', max_tokens: 9, messages }, { signal }),
    stream: (url, signal) =>
      new Anthropic(options(url)).messages.create({ model: 'm', max_tokens: 9, messages, stream: true }, { signal }),
  },
]

const WAYS = ['AbortController', 'stream.controller.abort()', 'break'] as const
type Way = (typeof WAYS)[number]

/** Reads so many events and gives up there. Resolves with when. */
async function giveUp(stream: AbortableStream, own: AbortController, way: Way, events: number): Promise<number> {
  let count = 0
  let atMs = Number.NaN
  for await (const _ of stream) {
    count += 1
    if (count < events) continue
    atMs = performance.now()
    if (way === 'break') break
    const controller = way === 'AbortController' ? own : stream.controller
    controller.abort()
  }
  return atMs
}

async function against<T>(bytes: Bytes, check: (server: BareServer) => Promise<T>): Promise<T> {
  const server = await startBareServer(bytes)
  try {
    return await check(server)
  } finally {
    await server.close()
  }
}

describe.each(SDKS)('$name gives up', ({ name, whole, stream }) => {
  const events = recordedEvents(name, { text: 'one two three four' })
  const first = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${chunk(events.slice(0, 4).join(''))}`
  const json = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"id": '

  it.each([
    { when: 'before any byte of the answer', atOnce: '', unread: false, how: 'FIN' },
    { when: 'inside a JSON body', atOnce: json, unread: false, how: 'FIN' },
    { when: 'inside a JSON body of which it has read nothing yet', atOnce: json, unread: true, how: 'RST' },
  ] as const)('$when, by a $how', async ({ atOnce, unread, how }) => {
    const elapsedMs = await fastest(() =>
      against({ atOnce }, async server => {
        const own = new AbortController()
        const hasHead = Promise.withResolvers<void>()
        const outcome = whole(server.url, own.signal, hasHead.resolve).catch((error: unknown) => error)
        // Client and server share this event loop: what was written just now, the client cannot have read
        await (atOnce === '' || unread ? server.answered : hasHead.promise)
        const atMs = performance.now()
        own.abort()
        expect(await outcome).toBeInstanceOf(Error)
        const left = await server.left
        expect(left.how).toBe(how)
        return left.atMs - atMs
      }),
    )
    expect(elapsedMs).toBeLessThan(WITHIN_MS)
  })

  it.each(WAYS)('in a silent stream, with %s, by a FIN', async way => {
    const elapsedMs = await fastest(() =>
      against({ atOnce: first }, async server => {
        const own = new AbortController()
        const atMs = await giveUp(await stream(server.url, own.signal), own, way, 1)
        const left = await server.left
        expect(left.how).toBe('FIN')
        return left.atMs - atMs
      }),
    )
    expect(elapsedMs).toBeLessThan(WITHIN_MS)
  })

  it.each(WAYS)('in a stream that goes on, with %s, by a FIN and a reset to the next data', async way => {
    const elapsedMs = await fastest(() =>
      against({ atOnce: first, thenEveryMs: { ms: 10, bytes: chunk(events[3] ?? '') } }, async server => {
        const own = new AbortController()
        const atMs = await giveUp(await stream(server.url, own.signal), own, way, 3)
        expect((await server.left).how).toBe('FIN')
        // The first write brings the reset, the second finds it
        return (await server.refusedAtMs) - atMs
      }),
    )
    expect(elapsedMs).toBeLessThan(WITHIN_MS)
  })
})

describe('behind the router', () => {
  /** Far beyond what any of these take. */
  const FIRST_TOKEN_MS = 10_000
  let upstream: Upstream
  let router: Router
  let script: Script
  let openai: OpenAI

  beforeAll(async () => {
    upstream = await startUpstream(request => script(request))
    router = await startRouter({
      config: {
        models: {
          gpt: modelAt(upstream.url, 'openai'),
          claude: modelAt(upstream.url, 'anthropic'),
          gemini: modelAt(upstream.url, 'google'),
        },
        limits: { firstTokenMs: FIRST_TOKEN_MS, keepAliveMs: 100 },
      },
    })
    openai = new OpenAI(options(new URL('/v1', router.url).href))
  })
  afterAll(async () => {
    await router?.close()
    await upstream?.close()
  })

  const next = (): Promise<Received> => upstream.request(upstream.requests.length + 1)

  describe.each(['gpt', 'claude', 'gemini'])('the upstream of %s', model => {
    it.each(WAYS)('stops within 100 ms when the openai SDK gives its stream up with %s', async way => {
      script = () => answer({ chunks: 1_000, gapMs: 10 })
      const elapsedMs = await fastest(async () => {
        const request = next()
        const own = new AbortController()
        const stream = await openai.chat.completions.create({ model, messages, stream: true }, { signal: own.signal })
        const atMs = await giveUp(stream, own, way, 3)
        const ending = await (await request).ending
        expect(ending.how).toBe('aborted')
        return ending.atMs - atMs
      })
      expect(elapsedMs).toBeLessThan(WITHIN_MS)
      await router.idle()
    })
  })

  // workerd does not see a FIN while it has nothing to write; what it writes meets a reset
  it.each(['gpt', 'claude', 'gemini'])(
    'the upstream of %s stops with the next keep-alive comments when the openai SDK leaves before the first token',
    async model => {
      script = () => silence()
      const request = next()
      const own = new AbortController()
      const outcome = openai.chat.completions
        .create({ model, messages, stream: true }, { signal: own.signal })
        .catch((error: unknown) => error)
      const received = await request
      own.abort()
      await outcome
      expect((await received.ending).how).toBe('aborted')
      expect((await received.ending).atMs - received.atMs).toBeLessThan(FIRST_TOKEN_MS)
      await router.idle()
    },
  )

  it('a JSON answer that nobody waits for any more ends with its deadline', async () => {
    script = () => silence()
    const request = next()
    const own = new AbortController()
    const outcome = openai.chat.completions
      .create({ model: 'gpt', messages }, { signal: own.signal, headers: { 'x-router-deadline-ms': '400' } })
      .catch((error: unknown) => error)
    const received = await request
    own.abort()
    expect(await outcome).toBeInstanceOf(OpenAI.APIUserAbortError)
    expect((await received.ending).how).toBe('aborted')
    await router.idle()
  })
})
