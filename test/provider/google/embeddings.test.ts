import { describe, expect, it } from 'vitest'
import { googleEmbedder } from '../../../src/provider/google/embeddings'
import { embeddings } from '../embeddings'
import { model } from '../requests'

const gemini = model({ provider: 'google', name: 'gemini-embedding-001' })
const asked = (fields: Record<string, unknown>, of = gemini) => googleEmbedder.request(embeddings(fields), of, 'key')
const sent = (fields: Record<string, unknown>, of = gemini) => {
  const result = asked(fields, of)
  if (!result.ok) throw new Error('it was refused')
  return { ...result.value, body: JSON.parse(result.value.body) }
}

describe('a request', () => {
  it.each([
    ['gemini-embedding-001', 'models/gemini-embedding-001', '/v1beta/models/gemini-embedding-001:batchEmbedContents'],
    ['tunedModels/mine', 'tunedModels/mine', '/v1beta/tunedModels/mine:batchEmbedContents'],
  ])('for %s goes to the batch, the key in a header', (name, full, path) => {
    const { url, headers, body } = sent({}, model({ provider: 'google', name }))
    expect(url).toBe(`https://upstream.test${path}`)
    expect(headers).toEqual({ 'content-type': 'application/json', 'x-goog-api-key': 'key' })
    expect(body).toEqual({ requests: [{ model: full, content: { parts: [{ text: 'Hi' }] } }] })
  })

  it('says for each text what is said for all', () => {
    const { body } = sent({ input: ['a', 'b'], dimensions: 768, task_type: 'CLUSTERING', encoding_format: 'base64' })
    const options = { model: 'models/gemini-embedding-001', outputDimensionality: 768, taskType: 'CLUSTERING' }
    expect(body).toEqual({
      requests: ['a', 'b'].map(text => ({ ...options, content: { parts: [{ text }] } })),
    })
  })

  it('names the fields that Gemini has no word for, where they ask for something', () => {
    expect(sent({ user: 'ann', truncate: 'END', metadata: { team: 'search' } }).dropped).toEqual(['user', 'metadata', 'truncate'])
    expect(sent({ user: null, metadata: {}, dimensions: null, task_type: null }).dropped).toEqual([])
  })

  it.each([[[1, 2]], [[[1]]]])('takes no token numbers: %j', input => {
    expect(asked({ input })).toMatchObject({ ok: false, failure: { kind: 'unsupported', field: 'input' } })
  })
})

const context = (fields: Record<string, unknown> = {}, from = 0) => ({ request: embeddings(fields), from, promptTokens: 9 })
const body = (...vectors: readonly unknown[]) => ({ embeddings: vectors.map(values => ({ values })) })
/** As it would stand in OpenAI's list. */
const written = (answer: unknown, fields: Record<string, unknown> = {}, from = 0) => {
  const result = googleEmbedder.reply(answer, context(fields, from))
  if (!result.ok) throw new Error(result.failure.kind)
  return { data: JSON.parse(`[${result.value.written}]`), tokens: result.value.usage.prompt_tokens }
}

describe('an answer', () => {
  it("is written as OpenAI's, in the order of the texts", () => {
    expect(written({ ...body([1, 0], [0, 1]), usageMetadata: { promptTokenCount: 5 } }, { input: ['a', 'b'] })).toEqual({
      data: [
        { object: 'embedding', index: 0, embedding: [1, 0] },
        { object: 'embedding', index: 1, embedding: [0, 1] },
      ],
      tokens: 5,
    })
  })

  it('to a part of the texts counts on from where that begins', () => {
    expect(written(body([1], [2]), { input: ['a', 'b'] }, 100).data.map(({ index }: { index: number }) => index)).toEqual([
      100, 101,
    ])
  })

  it('holds the estimate of its tokens where Gemini does not count', () => {
    expect(written(body([1]))).toMatchObject({ tokens: 9 })
  })

  it('comes in base64 where that was asked for: 1 and -2 as little-endian floats', () => {
    // 1 is 00 00 80 3f, -2 is 00 00 00 c0
    expect(written(body([1, -2]), { encoding_format: 'base64' })).toMatchObject({
      data: [{ embedding: btoa('\x00\x00\x80\x3f\x00\x00\x00\xc0') }],
    })
  })

  it('has vectors of length 1 where dimensions were asked for, and else what came', () => {
    // 3-4-5
    expect(written(body([3, 4]), { dimensions: 2 })).toMatchObject({ data: [{ embedding: [0.6, 0.8] }] })
    expect(written(body([3, 4]))).toMatchObject({ data: [{ embedding: [3, 4] }] })
    expect(written(body([0, 0]), { dimensions: 2 })).toMatchObject({ data: [{ embedding: [0, 0] }] })
  })

  it.each([
    ['no object', []],
    ['no list', { embeddings: 7 }],
    ['the shape of one text', { embedding: { values: [1] } }],
    ['a vector too many', body([1], [1])],
    ['an empty vector', body([])],
    ['a vector of something else', body(['1'])],
    ['no vector', { embeddings: [{}] }],
  ])('with %s makes no sense', (_, answer) => {
    expect(googleEmbedder.reply(answer, context())).toMatchObject({ ok: false, failure: { kind: 'malformed' } })
  })

  it('that is an error in disguise is one, and other dimensions than were asked for are none', () => {
    expect(googleEmbedder.reply({ error: { code: 503, message: 'Busy.' } }, context())).toMatchObject({
      failure: { kind: 'stream-error', upstream: { message: 'Busy.' } },
    })
    expect(googleEmbedder.reply(body([1, 2, 3]), context({ dimensions: 2 }))).toMatchObject({
      failure: { kind: 'unsupported', field: 'dimensions' },
    })
  })
})
