/**
 * What client libraries make of trouble: each raises the error class that its user's code catches, stops when told to, and asks nobody twice
 * where the router has said that it would not help.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../../support/router'
import { answer, closedPort, cut, errorEvent, refusal, reset, silence, slow, status } from '../../support/upstream'
import type { Ask, Client, Status } from './client'
import { LIBRARIES } from './libraries'
import { type Reaction, startUnderstandingUpstream, type UnderstandingUpstream } from './understood'

const FAMILIES = ['gpt', 'claude', 'gemini'] as const

let upstream: UnderstandingUpstream
let router: Router
let react: Reaction
let tests = 0
/** Of each test its own: a request that its client has given up may reach the upstream during the next. */
let prompt = ''

beforeAll(async () => {
  upstream = await startUnderstandingUpstream(understood => react(understood))
  router = await startRouter({
    config: {
      models: {
        gpt: modelAt(upstream.url, 'openai'),
        claude: modelAt(upstream.url, 'anthropic'),
        gemini: modelAt(upstream.url, 'google'),
      },
      // With one attempt of the router's, every further request at the upstream is a client's own
      limits: { attempts: 1, keepAliveMs: 100, bodyBytes: 100_000 },
    },
  })
})
beforeEach(() => {
  react = () => answer()
  prompt = `Say hello to number ${++tests}.`
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

async function errorOf(asking: Promise<unknown>): Promise<unknown> {
  try {
    await asking
  } catch (error) {
    return error
  }
  throw new Error('it succeeded')
}

const nothing = () => {}

/** What reached the upstream in this test. */
const asked = () => upstream.understood().filter(understood => understood.prompt.question === prompt)

describe.each(LIBRARIES)('$name', library => {
  const { kindOf, kinds } = library
  let client: Client
  beforeAll(() => {
    client = library.connect({ url: router.url.origin, key: CLIENT_KEY })
  })
  const ask = (question: Ask, streamed: boolean) => (streamed ? client.stream(question, nothing) : client.text(question))

  describe.each(FAMILIES)('answered by %s', model => {
    const hello = (): Ask => ({ model, prompt })

    describe.each([false, true])('streamed: %s', streamed => {
      const troubles: readonly [name: string, reaction: Reaction, expected: Status | 'too long'][] = [
        ['a request that makes no sense', () => refusal('bad-request'), 400],
        ['a prompt that is too long', () => refusal('too-long'), 'too long'],
        ['a rate limit', () => refusal('rate-limited', { retryAfterSeconds: 1 }), 429],
        ['a refused account of the router’s', () => refusal('bad-key'), 502],
        ['a broken upstream', () => status(500), 503],
        ['an overloaded upstream', () => refusal('overloaded'), 503],
        ['a connection that breaks', () => reset(), 502],
      ]
      it.each(troubles)('raises its own error on %s, once', async (_, reaction, expected) => {
        react = reaction
        expect(kindOf(await errorOf(ask(hello(), streamed)))).toBe(expected === 'too long' ? library.tooLong : kinds[expected])
        expect(asked()).toHaveLength(1)
      })

      it('raises its own error when the deadline that it set has passed, and does not try again', async () => {
        react = () => silence()
        const hurried = { ...hello(), headers: { 'x-router-deadline-ms': '50' } }
        expect(kindOf(await errorOf(ask(hurried, streamed)))).toBe(kinds[504])
        // None where it passed before the upstream had read the request
        expect(asked().length).toBeLessThanOrEqual(1)
      })
    })

    it.each([
      ['an error event amid the answer', () => errorEvent(2, { chunks: 10, text: '0123456789', trouble: 'broken' })],
      ['an answer that breaks off', () => cut(2, { chunks: 10, text: '0123456789' })],
    ])('raises its own error on %s, once', async (_, reaction) => {
      react = reaction
      const pieces: string[] = []
      const error = await errorOf(client.stream(hello(), piece => pieces.push(piece)))
      expect(kindOf(error)).toBe(library.inStream.amid)
      expect(pieces.join('')).toBe('01')
      expect(asked()).toHaveLength(1)
    })

    it('stops in the middle of a stream, with its own error, and so does the upstream', async () => {
      react = () => answer({ chunks: 1_000, gapMs: 10 })
      const controller = new AbortController()
      const open: boolean[] = []
      const stopping = client.stream({ ...hello(), signal: controller.signal }, () => {
        open.push(asked()[0]?.received.ended() === undefined)
        if (open.length === 3) controller.abort()
      })
      expect(kindOf(await errorOf(stopping))).toBe(library.aborted)
      // The pieces came while the upstream was still writing
      expect(open.slice(0, 3)).toEqual([true, true, true])
      expect(asked()).toHaveLength(1)
      expect((await asked()[0]?.received.ending)?.how).toBe('aborted')
      await router.idle()
    })
  })

  // A keep-alive comes after 100 ms; the rest is for a busy machine
  it('waits through keep-alives, and takes the answer after them', async () => {
    react = () => slow(350, { text: 'At last.' })
    expect((await client.stream({ model: 'gemini', prompt }, nothing)).text).toBe('At last.')
  })

  it('raises its own error on a failure behind keep-alives, once', async () => {
    react = () => status(500, { afterMs: 600 })
    const error = await errorOf(client.stream({ model: 'gemini', prompt }, nothing))
    expect(kindOf(error)).toBe(library.inStream.first)
    expect(asked()).toHaveLength(1)
  })

  it('raises its own error where no router answers', async () => {
    const nowhere = library.connect({ url: await closedPort(), key: CLIENT_KEY, retries: 0 })
    expect(kindOf(await errorOf(nowhere.text({ model: 'gpt', prompt })))).toBe(library.unreachable)
  })

  it.each([false, true])('raises its own error on a key that is unknown here; streamed: %s', async streamed => {
    const stranger = library.connect({ url: router.url.origin, key: 'wrong' })
    const question = { model: 'gpt', prompt }
    const error = await errorOf(streamed ? stranger.stream(question, nothing) : stranger.text(question))
    expect(kindOf(error)).toBe(kinds[401])
    expect(asked()).toEqual([])
  })

  it.each([false, true])('raises its own error on a model that is unknown here; streamed: %s', async streamed => {
    expect(kindOf(await errorOf(ask({ model: 'gpt-99', prompt }, streamed)))).toBe(kinds[404])
    expect(asked()).toEqual([])
  })

  it('raises its own error on a request that is too large', async () => {
    prompt = 'x'.repeat(100_001)
    expect(kindOf(await errorOf(client.text({ model: 'gpt', prompt })))).toBe(kinds[413])
    expect(asked()).toEqual([])
  })
})
