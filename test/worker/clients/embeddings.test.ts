/** Embeddings as client libraries ask for them, of every provider that makes them: the right vector for the right text, in whichever encoding. */
import { createOpenAI } from '@ai-sdk/openai'
import { OpenAIEmbeddings } from '@langchain/openai'
import { APICallError, embedMany, embed as embedOne } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { embed } from '../../providers/embeddings'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../../support/router'
import { answer, refusal, type Script, startUpstream, type Upstream } from '../../support/upstream'

let upstream: Upstream
let router: Router
let script: Script

beforeAll(async () => {
  upstream = await startUpstream(request => script(request))
  router = await startRouter({
    config: {
      models: {
        small: modelAt(upstream.url, 'openai', { model: 'text-embedding-3-small' }),
        gemini: modelAt(upstream.url, 'google', { model: 'gemini-embedding-001' }),
        chat: modelAt(upstream.url, 'openai'),
      },
      limits: { attempts: 1 },
    },
  })
})
beforeEach(() => {
  script = () => answer()
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

interface Vectors {
  readonly vectors: readonly (readonly number[])[]
  /** Undefined where the library does not tell. */
  readonly tokens?: number
}

interface Embeddings {
  readonly name: string
  /** `dimensions` undefined: the model's own. */
  embed(texts: readonly string[], model: string, dimensions?: number): Promise<Vectors>
  /** A single text, as the library has it. */
  embedOne(text: string, model: string): Promise<readonly number[]>
  readonly isRateLimit: (error: unknown) => boolean
  readonly isBadRequest: (error: unknown) => boolean
}

const openai = () => new OpenAI({ baseURL: `${router.url.origin}/v1`, apiKey: CLIENT_KEY })
const provider = () => createOpenAI({ baseURL: `${router.url.origin}/v1`, apiKey: CLIENT_KEY })
const langchain = (model: string, dimensions?: number) =>
  new OpenAIEmbeddings({
    model,
    apiKey: CLIENT_KEY,
    maxRetries: 0,
    configuration: { baseURL: `${router.url.origin}/v1` },
    ...(dimensions !== undefined && { dimensions }),
  })
const openaiErrors = {
  isRateLimit: (error: unknown) => error instanceof OpenAI.RateLimitError,
  isBadRequest: (error: unknown) => error instanceof OpenAI.BadRequestError,
}
const hasStatus = (status: number) => (error: unknown) => APICallError.isInstance(error) && error.statusCode === status

/** OpenAI's own asks for base64 and decodes it, the others ask for numbers. */
const LIBRARIES: readonly Embeddings[] = [
  {
    name: 'openai',
    async embed(texts, model, dimensions) {
      const body = { model, input: [...texts], ...(dimensions !== undefined && { dimensions }) }
      const { data, usage } = await openai().embeddings.create(body)
      return { vectors: data.map(({ embedding }) => embedding), tokens: usage.prompt_tokens }
    },
    async embedOne(text, model) {
      const { data } = await openai().embeddings.create({ model, input: text, encoding_format: 'float' })
      return data[0]?.embedding ?? []
    },
    ...openaiErrors,
  },
  {
    name: 'ai',
    async embed(texts, model, dimensions) {
      const { embeddings, usage } = await embedMany({
        model: provider().embeddingModel(model),
        values: [...texts],
        maxRetries: 0,
        ...(dimensions !== undefined && { providerOptions: { openai: { dimensions } } }),
      })
      return { vectors: embeddings, tokens: usage.tokens }
    },
    async embedOne(text, model) {
      return (await embedOne({ model: provider().embeddingModel(model), value: text, maxRetries: 0 })).embedding
    },
    isRateLimit: hasStatus(429),
    isBadRequest: hasStatus(400),
  },
  {
    name: '@langchain/openai',
    embed: async (texts, model, dimensions) => ({ vectors: await langchain(model, dimensions).embedDocuments([...texts]) }),
    embedOne: (text, model) => langchain(model).embedQuery(text),
    ...openaiErrors,
  },
]

const TEXTS = ['The weather in Zürich', 'Das Wetter in Zürich', '東京の天気']

/** Single precision has 24 bits: of numbers below 1 what differs by more is another number. */
const PRECISION = 2 ** -24

function expectVectors(found: readonly (readonly number[])[], texts: readonly string[], dimensions: number): void {
  expect(found.map(vector => vector.length)).toEqual(texts.map(() => dimensions))
  for (const [at, text] of texts.entries()) {
    const wanted = embed(text, dimensions)
    const furthest = Math.max(...(found[at] ?? []).map((value, index) => Math.abs(value - (wanted[index] ?? Number.NaN))))
    expect(furthest).toBeLessThanOrEqual(PRECISION)
  }
}

async function errorOf(asking: Promise<unknown>): Promise<unknown> {
  try {
    await asking
  } catch (error) {
    return error
  }
  throw new Error('it succeeded')
}

const MODELS = [
  { model: 'small', own: 1536 },
  { model: 'gemini', own: 3072 },
] as const

describe.each(LIBRARIES)('$name', library => {
  describe.each(MODELS)('embedded by $model', ({ model, own }) => {
    it('gets a vector for each text, in their order, and what they cost', async () => {
      const { vectors, tokens } = await library.embed(TEXTS, model)
      expectVectors(vectors, TEXTS, own)
      if (tokens !== undefined) expect(tokens).toBeGreaterThan(0)
    })

    it('gets the dimensions that it asks for', async () => {
      expectVectors((await library.embed(TEXTS, model, 256)).vectors, TEXTS, 256)
    })

    it('gets hundreds of vectors, however many the provider takes at a time', async () => {
      const texts = Array.from({ length: 700 }, (_, index) => `Text ${index}`)
      expectVectors((await library.embed(texts, model, 8)).vectors, texts, 8)
    })

    it('gets the vector of a single text', async () => {
      expectVectors([await library.embedOne('Hello.', model)], ['Hello.'], own)
    })

    it('raises its own error on a rate limit, once', async () => {
      script = () => refusal('rate-limited', { retryAfterSeconds: 0 })
      const before = upstream.requests.length
      expect(await errorOf(library.embed(TEXTS, model))).toSatisfy(library.isRateLimit)
      expect(upstream.requests.length - before).toBe(1)
    })
  })

  it('raises its own error on a model that makes no embeddings, and nobody is asked', async () => {
    const before = upstream.requests.length
    expect(await errorOf(library.embed(TEXTS, 'chat'))).toSatisfy(library.isBadRequest)
    expect(upstream.requests.length).toBe(before)
  })
})
