import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { embed } from '../providers/embeddings'
import { isObject, object } from '../providers/json'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import {
  answer,
  cut,
  html,
  type Plan,
  type Received,
  raw,
  reset,
  type Script,
  silence,
  stall,
  startUpstream,
  status,
  type Upstream,
} from '../support/upstream'

/** `POST /v1/embeddings` as OpenAI's own client meets it, whoever answers behind it. */

const NAME = 'text-embedding-3-small'
let upstream: Upstream
let router: Router
let script: Script

/** Two accounts of one model, Gemini's, and two that chat. */
const config = (): ConfigInput => ({
  models: {
    first: modelAt(upstream.url, 'openai', { model: NAME }),
    second: modelAt(upstream.url, 'openai', { model: NAME, secret: 'SECOND_KEY' }),
    alone: modelAt(upstream.url, 'openai', { model: 'text-embedding-3-large', secret: 'ALONE_KEY' }),
    gemini: modelAt(upstream.url, 'google', { model: 'gemini-embedding-001' }),
    spare: modelAt(upstream.url, 'google', { model: 'gemini-embedding-001', secret: 'SPARE_KEY' }),
    gpt: modelAt(upstream.url, 'openai'),
    claude: modelAt(upstream.url, 'anthropic'),
  },
  pools: { small: ['first', 'second'], mixed: ['first', 'gemini'], chats: ['gpt', 'claude', 'first'] },
  routes: [
    { name: 'all', use: ['first'], fallback: ['second'] },
    { name: 'google', use: ['gemini'], fallback: ['spare'] },
  ],
  strategy: 'round-robin',
  limits: { attempts: 2, firstTokenMs: 400, idleMs: 400, bodyBytes: 1_000_000 },
})

const start = () =>
  startRouter({
    config: config(),
    bindings: {
      SECOND_KEY: 'sk-second-secret-value',
      ALONE_KEY: 'sk-alone-secret-value',
      SPARE_KEY: 'AIza-spare-secret-value',
    },
  })

beforeAll(async () => {
  upstream = await startUpstream(request => script(request))
  router = await start()
})
beforeEach(() => {
  script = () => answer()
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

const client = (at = router) => new OpenAI({ baseURL: `${at.url.origin}/v1`, apiKey: CLIENT_KEY, maxRetries: 0 })

/** A router that remembers nothing: failures get a model left out for a while, which is no other test's business. */
async function fresh(act: (own: Router) => Promise<void>): Promise<void> {
  const own = await start()
  try {
    await act(own)
  } finally {
    await own.close()
  }
}

const post = (body: unknown, headers: Record<string, string> = {}, at = router) =>
  fetch(new URL('/v1/embeddings', at.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}`, ...headers },
    body: JSON.stringify(body),
  })

function latest(): Received {
  const request = upstream.requests.at(-1)
  if (request === undefined) throw new Error('the upstream was not called')
  return request
}

/** What the tracker knows of a model, once it has been told how its requests ended. Before that it has no figures at all. */
async function expectState(at: Router, id: string, state: Record<string, unknown>): Promise<void> {
  await expect.poll(async () => (await at.admin()).models[id], { timeout: 5_000 }).toMatchObject(state)
  await at.idle()
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  const error = object(object(await response.json())?.error)
  if (error === undefined) throw new Error("that is no error of OpenAI's")
  return { status: response.status, ...error }
}

/** Single precision has 24 bits: of numbers below 1 what differs by more is another number. */
function expectVector(found: readonly number[] | undefined, text: string, dimensions: number): void {
  const wanted = embed(text, dimensions)
  expect(found).toHaveLength(dimensions)
  const furthest = Math.max(...wanted.map((value, at) => Math.abs(value - (found?.[at] ?? Number.NaN))))
  expect(furthest).toBeLessThanOrEqual(2 ** -24)
}

describe("OpenAI's client", () => {
  it.each([
    ['small', 1536],
    ['gemini', 3072],
  ])('gets the same vectors from "%s" in base64, its own choice, as in numbers', async (model, dimensions) => {
    const input = ['one', 'zwei', '三']
    const packed = await client().embeddings.create({ model, input })
    const plain = await client().embeddings.create({ model, input, encoding_format: 'float' })
    for (const { data } of [packed, plain]) {
      expect(data.map(({ index }) => index)).toEqual([0, 1, 2])
      for (const [at, text] of input.entries()) expectVector(data[at]?.embedding, text, dimensions)
    }
    expect(packed.usage.prompt_tokens).toBeGreaterThan(0)
    expect(packed.usage).toEqual(plain.usage)
  })

  it('gets vectors of length 1 in the dimensions that it asks for, though Gemini cuts them off', async () => {
    const { data } = await client().embeddings.create({ model: 'gemini', input: 'one', dimensions: 8 })
    expectVector(data[0]?.embedding, 'one', 8)
    expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 6)
  })

  it('sends token numbers to models of the same vocabulary', async () => {
    const { data } = await client().embeddings.create({
      model: 'small',
      input: [
        [1, 2],
        [3, 4, 5],
      ],
    })
    expectVector(data[1]?.embedding, '3 4 5', 1536)
  })

  it('finds the models that make embeddings among the others', async () => {
    const { data } = await client().models.list()
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['first', 'second', 'gemini', NAME, 'small', 'gpt']))
  })
})

describe('a request', () => {
  it('travels as it came, but for the name of the model and what was for the router', async () => {
    const body = {
      input: ['a', 'b'],
      encoding_format: 'float',
      dimensions: 4,
      user: 'ann',
      truncate: 'END',
      metadata: { 'x-router-strategy': 'random', team: 'search' },
    }
    const response = await post({ model: 'alone', ...body })
    expect(response.headers.get('x-router-strategy')).toBe('random')
    expect(latest().body).toEqual({ ...body, metadata: { team: 'search' }, model: 'text-embedding-3-large' })
    await post({ model: 'alone', ...body, metadata: { 'x-router-strategy': 'random' } })
    expect(latest().body).not.toHaveProperty('metadata')
  })

  it('is answered with the bytes of an upstream that speaks the same dialect', async () => {
    const bytes = `{ "object":"list", "data":[{"object":"embedding","index":0,"embedding":[0.10,1e-3],"flag":true}],  "model":"m" }\n`
    script = () => raw(bytes)
    const response = await post({ model: 'alone', input: 'a' })
    expect(await response.text()).toBe(bytes)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  it('tells in headers who answered and how, and leaves a row for the console', async () => {
    const response = await post({ model: 'first', input: 'a' })
    const { headers } = response
    expect(headers.get('x-router-model')).toBe('first')
    expect(headers.get('x-router-route')).toBe('first')
    expect(headers.get('x-router-attempts')).toBe('1')
    expect(headers.get('server-timing')).toMatch(/^upstream-wait;dur=\d+$/)
    const rows = async () => (await router.admin()).decisions
    const row = { route: 'first', model: 'first', attempts: 1, status: 200 }
    await expect.poll(rows, { timeout: 5_000 }).toContainEqual(expect.objectContaining(row))
    await router.idle()
    const metrics = await fetch(new URL('/metrics', router.url), { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
    expect(await metrics.text()).toContain('ringroad_in_flight{model="first"} 0')
  })

  it('reaches Gemini in its own words, and names what was left out', async () => {
    const response = await post({ model: 'gemini', input: 'a', task_type: 'RETRIEVAL_QUERY', dimensions: 8, user: 'ann' })
    expect(response.headers.get('x-router-dropped')).toBe('user')
    expect(latest().path).toBe('/google/v1beta/models/gemini-embedding-001:batchEmbedContents')
    expect(latest().headers['x-goog-api-key']).toBe('AIza-gemini-secret-value')
    expect(latest().body).toEqual({
      requests: [
        {
          model: 'models/gemini-embedding-001',
          content: { parts: [{ text: 'a' }] },
          outputDimensionality: 8,
          taskType: 'RETRIEVAL_QUERY',
        },
      ],
    })
  })

  it.each<[string, Record<string, unknown>, string, string]>([
    ['no input', {}, 'input', 'input: expected a text or a list, found nothing.'],
    ['an empty list', { input: [] }, 'input', 'input: expected at least one text, found none.'],
    ['an empty text', { input: '' }, 'input', 'input: expected a text that is not empty, found an empty one.'],
    ['an empty text among others', { input: ['a', ''] }, 'input[1]', 'input[1]: expected a text that is not empty'],
    ['too many', { input: Array(2049).fill('a') }, 'input', 'input: expected at most 2048 texts, found 2049.'],
    ['an unknown encoding', { input: 'a', encoding_format: 'hex' }, 'encoding_format', 'encoding_format: expected'],
    ['half a dimension', { input: 'a', dimensions: 0.5 }, 'dimensions', 'dimensions: expected'],
    [
      'a control without sense',
      { input: 'a', metadata: { 'x-router-strategy': 'best' } },
      'x-router-strategy',
      'expected one of',
    ],
  ])('with %s is refused before anyone is asked, and the field is named', async (_, fields, param, words) => {
    const before = upstream.requests.length
    const problem = await problemOf(await post({ model: 'small', ...fields }))
    expect(problem).toMatchObject({ status: 400, type: 'invalid_request_error', param })
    expect(problem.message).toContain(words)
    expect(upstream.requests.length).toBe(before)
  })

  it('that is too large is refused as others are', async () => {
    expect(await problemOf(await post({ model: 'small', input: 'a'.repeat(1_000_001) }))).toMatchObject({
      status: 413,
      code: 'body_too_large',
    })
  })

  it('needs a key', async () => {
    expect((await post({ model: 'small', input: 'a' }, { authorization: 'Bearer nobody' })).status).toBe(401)
  })
})

describe('a name', () => {
  it('that stands for several embedding models is refused, with the ids that one may use', async () => {
    for (const [model, headers] of [
      ['auto', {}],
      ['mixed', {}],
      ['small', { 'x-router-models': 'first, gemini' }],
    ] as const) {
      const problem = await problemOf(await post({ model, input: 'a' }, headers))
      expect(problem).toMatchObject({ status: 400, code: 'ambiguous_model' })
      expect(problem.message).toContain('their vectors cannot be compared')
      expect(problem.message).toContain('Name one of these: first, second, alone, gemini, spare.')
    }
  })

  it.each([NAME, 'small', 'all', 'chats'])('"%s", behind which there is one embedding model, is fine', async model => {
    const response = await post({ model, input: 'a' })
    expect(response.status).toBe(200)
    expect(['first', 'second']).toContain(response.headers.get('x-router-model'))
  })

  it('spreads the load over those who run the same model', async () => {
    const models: unknown[] = []
    for (let turn = 0; turn < 4; turn++) models.push((await post({ model: 'small', input: 'a' })).headers.get('x-router-model'))
    expect(models.toSorted()).toEqual(['first', 'first', 'second', 'second'])
  })

  it('of a model that chats is refused, and Anthropic is known to have none', async () => {
    expect(await problemOf(await post({ model: 'gpt', input: 'a' }))).toMatchObject({
      status: 400,
      param: 'model',
      message: expect.stringContaining('gpt: it makes no embeddings'),
    })
    expect((await problemOf(await post({ model: 'claude', input: 'a' }))).message).toContain('Anthropic offers no embeddings')
  })

  it('of a model that makes embeddings is refused for a chat, and explained', async () => {
    const chat = { model: 'first', messages: [{ role: 'user', content: 'Hi' }] }
    expect(await problemOf(await router.chat(chat))).toMatchObject({
      status: 400,
      param: 'model',
      message: expect.stringContaining('first: it makes embeddings and does not chat'),
    })
    const explained = await fetch(new URL('/v1/route', router.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${CLIENT_KEY}` },
      body: JSON.stringify({ ...chat, model: 'chats' }),
    })
    const candidates = object(await explained.json())?.candidates
    const first = Array.isArray(candidates) ? candidates.find(each => isObject(each) && each.model === 'first') : undefined
    expect(first).toMatchObject({ rank: null, excluded: { kind: 'work', why: 'it makes embeddings and does not chat' } })
  })

  it('of Gemini does not take token numbers', async () => {
    expect(await problemOf(await post({ model: 'gemini', input: [1, 2] }))).toMatchObject({
      status: 400,
      param: 'input',
      message: expect.stringContaining('token numbers'),
    })
  })
})

const vectors = (count: number, dimensions: number) =>
  JSON.stringify({
    object: 'list',
    data: Array.from({ length: count }, (_, index) => ({ object: 'embedding', index, embedding: Array(dimensions).fill(0.125) })),
    model: NAME,
    usage: { prompt_tokens: count, total_tokens: count },
  })

const FAULTS: readonly (readonly [string, () => Plan, number, string])[] = [
  ['answers 500', () => status(500), 503, 'upstream_overloaded'],
  ['answers 429', () => status(429), 429, 'rate_limit_exceeded'],
  ['answers 401', () => status(401), 502, 'upstream_account'],
  ['resets the connection', () => reset(), 502, 'upstream_unreachable'],
  ['breaks off in its answer', () => cut(1), 502, 'upstream_cut'],
  ['answers with a page', () => html(), 502, 'upstream_malformed'],
  ['answers with nothing', () => raw(''), 502, 'upstream_malformed'],
  ['answers with a vector too few', () => raw(vectors(1, 4)), 502, 'upstream_malformed'],
  ['answers with words for vectors', () => raw(vectors(2, 4).replaceAll('0.125', '"x"')), 502, 'upstream_malformed'],
  ['answers 200 with an error', () => raw('{"error":{"message":"No."}}'), 502, 'upstream_error'],
  ['never answers', () => silence(), 504, 'timeout'],
  ['stops in its answer', () => stall(1), 504, 'timeout'],
]

describe('an upstream that', () => {
  it.each(FAULTS)(
    '%s is told of honestly where it is alone, and replaced where another runs the same model',
    async (_, fault, code, word) => {
      await fresh(async own => {
        script = request => (request.headers.authorization?.includes('second') ? answer() : fault())
        const refused = await post({ model: 'alone', input: ['a', 'b'] }, { 'x-router-fallback': 'off' }, own)
        expect(refused.headers.get('x-should-retry')).toBe('false')
        const problem = await problemOf(refused)
        expect(problem).toMatchObject({ status: code, code: word })
        expect(JSON.stringify(problem)).not.toContain('secret-value')

        const seen = upstream.requests.length
        const answered = await post({ model: 'all', input: ['a', 'b'] }, {}, own)
        expect(answered.headers.get('x-router-model')).toBe('second')
        expect(answered.headers.get('x-router-attempts')).toBe('2')
        const data = object(await answered.json())?.data
        expect(Array.isArray(data) ? data.length : 0).toBe(2)
        expect(upstream.requests.length - seen).toBe(2)
        await own.idle()
      })
    },
  )

  it('ignores the dimensions that were asked for is not believed', async () => {
    await fresh(async own => {
      script = () => raw(vectors(1, 16))
      expect(await problemOf(await post({ model: 'alone', input: 'a', dimensions: 8 }, {}, own))).toMatchObject({
        status: 400,
        param: 'dimensions',
        message: 'This model gives vectors of 16 numbers where 8 were asked for.',
      })
      await own.idle()
    })
  })

  it('finds a text too long is quoted, and the input is blamed', async () => {
    await fresh(async own => {
      const message = "This model's maximum context length is 8192 tokens, however you requested 9000 tokens."
      script = () => raw(JSON.stringify({ error: { message, type: 'invalid_request_error' } }), { status: 400 })
      const problem = await problemOf(await post({ model: 'alone', input: 'a' }, {}, own))
      expect(problem).toMatchObject({ status: 400, code: 'context_length_exceeded', param: 'input' })
    })
  })

  it('keeps failing is left out, as for chats', async () => {
    await fresh(async own => {
      script = request => (request.headers.authorization?.includes('second') ? answer() : status(500))
      for (let turn = 0; turn < 12; turn++) await post({ model: 'all', input: 'a' }, {}, own)
      const before = upstream.requests.length
      const response = await post({ model: 'all', input: 'a' }, {}, own)
      expect(response.headers.get('x-router-attempts')).toBe('1')
      expect(upstream.requests.length).toBe(before + 1)
      await own.idle()
    })
  })
})

describe('the time an answer takes', () => {
  it('says nothing of a first token', async () => {
    await fresh(async own => {
      for (let turn = 0; turn < 3; turn++) await (await post({ model: 'first', input: 'a' }, {}, own)).text()
      await expectState(own, 'first', { baseMs: null, inFlight: 0, waitingTokens: 0 })
    })
  })

  it('ends with the deadline that the client sets, and the model is not blamed', async () => {
    await fresh(async own => {
      script = () => silence()
      const problem = await problemOf(await post({ model: 'all', input: 'a' }, { 'x-router-deadline-ms': '100' }, own))
      expect(problem).toMatchObject({ status: 504, code: 'timeout' })
      await expectState(own, 'first', { failureRate: 0, ejectedForMs: 0, inFlight: 0 })
    })
  })

  it('is over for the upstream when the client leaves', async () => {
    await fresh(async own => {
      script = () => silence()
      const seen = upstream.requests.length
      const leaving = new AbortController()
      const asked = client(own).embeddings.create({ model: 'first', input: 'a' }, { signal: leaving.signal })
      const request = await upstream.request(seen + 1)
      leaving.abort()
      await expect(asked).rejects.toThrow()
      expect((await request.ending).how).toBe('aborted')
      await own.idle()
    })
  })
})

describe('more texts than Gemini takes at a time', () => {
  const texts = Array.from({ length: 250 }, (_, index) => `Text ${index}`)
  const sizeOf = ({ body }: Received): number => {
    const requests = object(body)?.requests
    return Array.isArray(requests) ? requests.length : 0
  }
  /** As many vectors as a call asks for, each of so many numbers. */
  const vectorsLike = (request: Received, numbers: string): Plan =>
    raw(`{"embeddings":[${Array(sizeOf(request)).fill(`{"values":[${numbers}]}`).join()}]}`)

  it('are embedded in several calls, and the client sees one answer', async () => {
    const seen = upstream.requests.length
    const { data, response } = await client().embeddings.create({ model: 'gemini', input: texts, dimensions: 8 }).withResponse()
    expect(data.data.map(({ index }) => index)).toEqual(texts.map((_, index) => index))
    for (const [at, text] of texts.entries()) expectVector(data.data[at]?.embedding, text, 8)
    const calls = upstream.requests.slice(seen)
    expect(calls.map(sizeOf).toSorted()).toEqual([100, 100, 50])
    const ones = await Promise.all(
      [texts.slice(0, 100), texts.slice(100, 200), texts.slice(200)].map(input =>
        client().embeddings.create({ model: 'gemini', input, dimensions: 8 }),
      ),
    )
    expect(data.usage.prompt_tokens).toBe(ones.reduce((sum, { usage }) => sum + usage.prompt_tokens, 0))
    expect(response.headers.get('x-router-attempts')).toBe('1')
  })

  it('go to the next upstream, all of them, when one call fails', async () => {
    await fresh(async own => {
      script = request =>
        request.headers['x-goog-api-key']?.includes('spare') || sizeOf(request) === 100 ? answer() : status(503)
      const { data, response } = await client(own)
        .embeddings.create({ model: 'google', input: texts, dimensions: 8 })
        .withResponse()
      for (const [at, text] of texts.entries()) expectVector(data.data[at]?.embedding, text, 8)
      expect(response.headers.get('x-router-model')).toBe('spare')
      expect(response.headers.get('x-router-attempts')).toBe('2')
      await own.idle()
    })
  })

  it('may be as many as OpenAI takes, at their full length', async () => {
    script = request => vectorsLike(request, Array(3072).fill(0.125).join())
    const { data } = await client().embeddings.create({ model: 'gemini', input: Array(2048).fill('a') })
    expect(data.map(({ index }) => index)).toEqual(Array.from({ length: 2048 }, (_, index) => index))
    for (const { embedding } of data) expect([embedding.length, embedding[0], embedding.at(-1)]).toEqual([3072, 0.125, 0.125])
    await router.idle()
  })

  it('are refused where their vectors are too large to be held, and what to do is said', async () => {
    await fresh(async own => {
      script = request => vectorsLike(request, Array(3072).fill('0.0123456789').join())
      const body = { model: 'google', input: Array(2048).fill('a'), encoding_format: 'float' }
      expect(await problemOf(await post(body, {}, own))).toMatchObject({
        status: 400,
        param: 'input',
        message: expect.stringContaining('Ask for fewer at a time, for fewer dimensions, or in base64.'),
      })
      expect(latest().headers['x-goog-api-key']).not.toContain('spare')
      await expectState(own, 'gemini', { failureRate: 0, ejectedForMs: 0, inFlight: 0 })
    })
  })
})

describe('an answer too large to be held', () => {
  /** 2,048 numbers of six characters each, 500 times: 6 MB. */
  const LARGE = vectors(500, 2048)
  const input = Array(500).fill('a')

  it('passes through whole', async () => {
    script = () => raw(LARGE)
    const response = await post({ model: 'alone', input })
    expect(await response.text()).toBe(LARGE)
    await router.idle()
  })

  it('is whole also where blanks come by themselves at its end', async () => {
    script = () =>
      raw([
        { kind: 'send', afterMs: 0, data: LARGE },
        { kind: 'send', afterMs: 300, data: '\n' },
      ])
    expect(await (await post({ model: 'alone', input })).text()).toBe(`${LARGE}\n`)
    await router.idle()
  })

  it('is whole also where it ends with the very piece that was too much', async () => {
    const some = vectors(300, 2048).slice(0, -1)
    const whole = `${some},"note":"${'x'.repeat(4 * 1024 * 1024 + 1 - some.length - 11)}"}`
    expect(whole.length).toBe(4 * 1024 * 1024 + 1)
    script = () => raw(whole)
    expect(await (await post({ model: 'alone', input: Array(300).fill('a') })).text()).toBe(whole)
    await router.idle()
  })

  it('that does not begin with vectors is a fault, and another answers', async () => {
    await fresh(async own => {
      const nonsense = JSON.stringify({ data: 'x'.repeat(5_000_000) })
      script = request => (request.headers.authorization?.includes('second') ? answer() : raw(nonsense))
      expect((await post({ model: 'all', input: 'a' }, {}, own)).headers.get('x-router-model')).toBe('second')
      await own.idle()
    })
  })

  it.each<[string, () => Plan]>([
    ['is cut off', () => raw([{ kind: 'send', afterMs: 0, data: LARGE.slice(0, -100_000) }, { kind: 'cut' }])],
    ['ends too soon', () => raw([{ kind: 'send', afterMs: 0, data: LARGE.slice(0, -100_000) }, { kind: 'end' }])],
    ['stops', () => raw([{ kind: 'send', afterMs: 0, data: LARGE.slice(0, -100_000) }, { kind: 'stall' }])],
  ])('and %s breaks off for the client too, and the model is blamed', async (_, plan) => {
    await fresh(async own => {
      script = () => plan()
      const response = await post({ model: 'alone', input }, {}, own)
      expect(response.status).toBe(200)
      await expect(response.text()).rejects.toThrow()
      await expect.poll(async () => (await own.admin()).models.alone?.failureRate, { timeout: 5_000 }).toBeGreaterThan(0)
      await own.idle()
    })
  })

  it('is not waited for by a client that leaves', async () => {
    await fresh(async own => {
      script = () => raw([{ kind: 'send', afterMs: 0, data: LARGE.slice(0, -100_000) }, { kind: 'stall' }])
      const leaving = new AbortController()
      const response = await fetch(new URL('/v1/embeddings', own.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${CLIENT_KEY}` },
        body: JSON.stringify({ model: 'alone', input }),
        signal: leaving.signal,
      })
      leaving.abort()
      await expect(response.text()).rejects.toThrow()
      await expectState(own, 'alone', { failureRate: 0, inFlight: 0 })
    })
  })
})
