/**
 * Client libraries that teams have in their code already, each unmodified, each against every family of providers: what a library promises its user
 * must hold whoever answers behind the router.
 */
import Anthropic from '@anthropic-ai/sdk'
import { generateText } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { textPiece, toolCallPiece } from '../../providers/answer'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../../support/router'
import { answer, refusal, toolCall } from '../../support/upstream'
import { generatedObject, overChat, overMessages, overResponses } from './ai'
import type { Client } from './client'
import { LIBRARIES } from './libraries'
import { type Reaction, startUnderstandingUpstream, type UnderstandingUpstream, type Understood } from './understood'

const NAMES = { gpt: 'gpt-5.2', claude: 'claude-sonnet-5', gemini: 'gemini-3-flash' } as const
const FAMILIES = ['gpt', 'claude', 'gemini'] as const
const MOVES = FAMILIES.flatMap(from => FAMILIES.filter(to => to !== from).map(to => ({ from, to })))
const VALUE = { city: 'Zürich', degrees: 22.5 }

let upstream: UnderstandingUpstream
let router: Router
let react: Reaction

beforeAll(async () => {
  upstream = await startUnderstandingUpstream(understood => react(understood))
  router = await startRouter({
    config: {
      models: {
        gpt: modelAt(upstream.url, 'openai'),
        claude: modelAt(upstream.url, 'anthropic'),
        gemini: modelAt(upstream.url, 'google'),
      },
      routes: MOVES.map(({ from, to }) => ({ name: `${from}-then-${to}`, use: [from], fallback: [to] })),
    },
  })
})
beforeEach(() => {
  react = () => answer({ text: 'Hello there, Grüße aus 東京.' })
  upstream.forget()
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

/** The only request that reached the upstream. */
function only(): Understood {
  const [first, ...others] = upstream.understood()
  if (first === undefined || others.length > 0)
    throw new Error(`${upstream.understood().length} requests were understood, not one`)
  return first
}

const CALLS = [
  { name: 'weather', input: { city: 'Zürich' } },
  { name: 'weather', input: { city: 'Bern' } },
]
const BOTH_CITIES = answer({
  pieces: [textPiece('Let me see. '), ...CALLS.map(({ name, input }, index) => toolCallPiece(`toolu_${index}`, name, input))],
  finish: 'tool-calls',
})
const RESULTS = [expect.stringContaining('22 degrees in Zürich'), expect.stringContaining('19 degrees in Bern')]

/** As text, or as the call of a tool where the library has the model call one for it. */
const answersWith =
  (value: unknown): Reaction =>
  ({ prompt: { choice, tools } }) => {
    const tool = choice === 'required' ? tools[0]?.name : typeof choice === 'object' ? choice.name : undefined
    return tool === undefined ? answer({ text: JSON.stringify(value) }) : toolCall(toolCallPiece('toolu_1', tool, value))
  }

describe.each(LIBRARIES)('$name', ({ connect, finish }) => {
  let client: Client
  beforeAll(() => {
    client = connect({ url: router.url.origin, key: CLIENT_KEY })
  })

  describe.each(FAMILIES)('answered by %s', model => {
    it('gets a text, why it ended, and what it cost', async () => {
      const told = await client.text({ model, prompt: 'Say hello.' })
      expect(told).toEqual({ text: 'Hello there, Grüße aus 東京.', finish: finish.stop, input: 12, output: 5 })
      expect(only().prompt).toMatchObject({ question: 'Say hello.', stream: false })
    })

    it('gets the same as a stream, piece by piece', async () => {
      const pieces: string[] = []
      const told = await client.stream({ model, prompt: 'Say hello.' }, piece => pieces.push(piece))
      expect(pieces).toEqual(['Hello ', 'there, ', 'Grüße ', 'aus ', '東京.'])
      expect(told).toEqual({ text: pieces.join(''), finish: finish.stop, input: 12, output: 5 })
      expect(only().prompt).toMatchObject({ question: 'Say hello.', stream: true })
    })

    it.each([false, true])('learns that an answer was cut short; streamed: %s', async streamed => {
      react = () => answer({ text: 'Once upon a', finish: 'length' })
      const ask = { model, prompt: 'Tell me a story.' }
      const told = await (streamed ? client.stream(ask, () => {}) : client.text(ask))
      expect(told).toMatchObject({ text: 'Once upon a', finish: finish.length })
    })

    it.each([false, true])('has two tools called at once and goes on with both results; streamed: %s', async streamed => {
      react = ({ prompt }) => (prompt.results.length > 0 ? answer({ text: 'Warmer in Zürich.' }) : BOTH_CITIES)
      const round = await client.tools({ model, prompt: 'Where is it warmer?' }, streamed)
      expect(round.calls).toEqual(CALLS)
      expect(round.text).toBe('Warmer in Zürich.')
      // Gemini sends each call whole
      if (streamed) expect(round.pieces).toBeGreaterThan(model === 'gemini' ? 1 : 4)
      const [first, second, ...others] = upstream.understood()
      expect(others).toEqual([])
      expect(first?.prompt.tools).toMatchObject([{ name: 'weather' }])
      expect(second?.prompt.results).toEqual(RESULTS)
    })

    it.each([false, true])('gets a value that follows its schema; streamed: %s', async streamed => {
      react = answersWith(VALUE)
      expect(await client.structured({ model, prompt: 'How warm is it?' }, streamed)).toEqual(VALUE)
      const { json, tools } = only().prompt
      expect(json?.schema ?? tools[0]?.schema).toMatchObject({
        properties: { city: { type: expect.stringMatching(/string/i) }, degrees: { type: expect.stringMatching(/number/i) } },
        required: ['city', 'degrees'],
      })
    })

    it('has its instructions and its schema obeyed under the provider’s own name for the model, for which libraries have habits of their own', async () => {
      const name = NAMES[model]
      await client.text({ model: name, prompt: 'Say hello.', system: 'Be brief.' })
      expect(only()).toMatchObject({ prompt: { model: name, question: 'Say hello.' } })
      expect(only().received.text).toContain('Be brief.')
      upstream.forget()
      react = answersWith(VALUE)
      expect(await client.structured({ model: name, prompt: 'How warm is it?' }, false)).toEqual(VALUE)
      expect(only().prompt.model).toBe(name)
    })

    it('shows an image', async () => {
      const told = await client.image({ model, prompt: 'What is this?' }, PIXEL)
      expect(told.text).toBe('Hello there, Grüße aus 東京.')
      expect(only().prompt).toMatchObject({ images: 1, question: 'What is this?' })
      expect(only().received.text).toContain(PIXEL)
    })
  })

  it.each(MOVES.flatMap(move => [false, true].map(streamed => ({ ...move, streamed }))))(
    'has $to go on with the results of calls that $from made, when $from cannot; streamed: $streamed',
    async ({ from, to, streamed }) => {
      react = ({ prompt, received }) => {
        if (prompt.results.length === 0) return BOTH_CITIES
        const isFirst = received.model === NAMES[from]
        // To be asked again at once, so that nobody is left out of the next test
        return isFirst ? refusal('rate-limited', { retryAfterSeconds: 0 }) : answer({ text: 'Warmer in Zürich.' })
      }
      const round = await client.tools({ model: `${from}-then-${to}`, prompt: 'Where is it warmer?' }, streamed)
      expect(round).toMatchObject({ calls: CALLS, text: 'Warmer in Zürich.' })
      const seen = upstream.understood()
      expect(seen.map(({ received }) => received.model)).toEqual([NAMES[from], NAMES[from], NAMES[to]])
      expect(seen[2]?.prompt.results).toEqual(RESULTS)
    },
  )

  it('lists every name that the router knows', async () => {
    if (client.models === undefined) return
    expect(await client.models()).toEqual(expect.arrayContaining(['auto', ...FAMILIES]))
  })
})

describe.each([
  ['chat', overChat],
  ['Anthropic’s Messages', overMessages],
] as const)('ai’s older generateObject and streamObject over %s', (_, over) => {
  it.each(FAMILIES.flatMap(model => [false, true].map(streamed => ({ model, streamed }))))(
    'get a value of $model; streamed: $streamed',
    async ({ model, streamed }) => {
      react = answersWith(VALUE)
      const modelOf = over({ url: router.url.origin, key: CLIENT_KEY })
      expect(await generatedObject(modelOf, { model, prompt: 'How warm is it?' }, streamed)).toEqual(VALUE)
    },
  )
})

it('a name is looked up by OpenAI’s and by Anthropic’s client, each in its own words', async () => {
  const { origin } = router.url
  const known = await new OpenAI({ baseURL: `${origin}/v1`, apiKey: CLIENT_KEY }).models.retrieve('claude')
  expect(known).toMatchObject({ id: 'claude', object: 'model', owned_by: 'anthropic', created: expect.any(Number) })
  const sdk = new Anthropic({ baseURL: origin, apiKey: CLIENT_KEY })
  expect(await sdk.models.retrieve('claude')).toMatchObject({ id: 'claude', type: 'model', display_name: 'claude' })
  expect((await sdk.models.list()).hasNextPage()).toBe(false)
  await expect(sdk.models.retrieve('gpt-99')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
})

describe('what ai’s default model refers to, unless it is told that nothing is stored', () => {
  it('is refused with what to do instead, and nobody is asked', async () => {
    const model = overResponses({ url: router.url.origin, key: CLIENT_KEY })('gemini')
    const { responseMessages } = await generateText({ model, prompt: 'Say hello.' })
    upstream.forget()
    const messages = [...responseMessages, { role: 'user' as const, content: 'And now in German.' }]
    await expect(generateText({ model, messages })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringMatching(/^input\[0\]: .*Send the item itself/),
    })
    expect(upstream.understood()).toEqual([])
  })
})

describe('Anthropic’s message threads, which no router can keep', () => {
  const HI = [{ role: 'user' as const, content: 'Say hello.' }]
  const sdk = () => new Anthropic({ baseURL: router.url.origin, apiKey: CLIENT_KEY })

  it('are refused by the error of that name, and nobody is asked', async () => {
    const thread = sdk().beta.messages.thread({ model: 'claude', max_tokens: 100 })
    await expect(thread.send(HI)).rejects.toBeInstanceOf(Anthropic.ThreadUnsupportedRequestError)
    expect(upstream.understood()).toEqual([])
  })

  it.each(FAMILIES)('go on as whole conversations with %s where the caller allows it', async model => {
    const thread = sdk().beta.messages.thread({ model, max_tokens: 100, unsupportedRequestBehavior: 'continue_unthreaded' })
    await thread.send(HI)
    await thread.send({ role: 'user', content: 'And now in German.' })
    const [, second] = upstream.understood()
    for (const said of ['Say hello.', 'Grüße aus', 'And now in German.']) expect(second?.received.text).toContain(said)
    expect(second?.received.headers['anthropic-beta']).toBeUndefined()
  })
})

/** One transparent pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
