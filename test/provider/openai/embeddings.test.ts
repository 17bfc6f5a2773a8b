import { describe, expect, it } from 'vitest'
import { openaiEmbedder } from '../../../src/provider/openai/embeddings'
import { toBase64 } from '../../../src/provider/translation/vector'
import { embeddings } from '../embeddings'
import { model } from '../requests'

const sent = (fields: Record<string, unknown>, of = model({ provider: 'openai', name: 'text-embedding-3-small' })) => {
  const result = openaiEmbedder.request(embeddings(fields), of, 'key')
  if (!result.ok) throw new Error('it was refused')
  return { ...result.value, body: JSON.parse(result.value.body) }
}

describe('a request', () => {
  it('goes to the embeddings of the upstream, with its key and headers', () => {
    const { url, headers } = sent({}, model({ name: 'e', headers: { 'Api-Key': 'azure' } }))
    expect(url).toBe('https://upstream.test/embeddings')
    expect(headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer key', 'api-key': 'azure' })
  })

  it.each([
    ['a text', { input: 'Hi' }],
    ['texts', { input: ['a', 'b'], encoding_format: 'base64', dimensions: 256, user: 'ann' }],
    ['token numbers', { input: [1, 2, 3] }],
    ['lists of them', { input: [[1], [2]] }],
    ['fields that only this upstream knows', { input: 'Hi', truncate: 'END', task_type: 'RETRIEVAL_QUERY' }],
    ['metadata of the caller', { input: 'Hi', metadata: { team: 'search' } }],
    ['nulls', { input: 'Hi', dimensions: null, encoding_format: null }],
  ])('with %s travels as it came, but for the name', (_, fields) => {
    expect(sent(fields)).toMatchObject({ dropped: [] })
    expect(sent(fields).body).toEqual({ ...fields, model: 'text-embedding-3-small' })
  })

  it('leaves out metadata of which nothing is left', () => {
    expect(sent({ metadata: {} }).body).toEqual({ input: 'Hi', model: 'text-embedding-3-small' })
  })
})

const answered = (...vectors: readonly unknown[]) => ({ data: vectors.map((embedding, index) => ({ index, embedding })) })

describe('an answer', () => {
  it.each([
    ['numbers', answered([0.5, -1])],
    ['base64', answered(toBase64([0.5, -1]))],
  ])('with %s passes as it came', (_, body) => {
    expect(openaiEmbedder.reply(body, embeddings())).toEqual({ ok: true, value: undefined })
    expect(openaiEmbedder.reply(body, embeddings({ dimensions: 2 }))).toMatchObject({ ok: true })
  })

  it('tells what it cost, if the upstream does', () => {
    const usage = { prompt_tokens: 3, total_tokens: 3 }
    expect(openaiEmbedder.reply({ ...answered([1]), usage }, embeddings())).toEqual({
      ok: true,
      value: { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 },
    })
  })

  it.each([
    ['no object', 'vectors'],
    ['no list', { data: 7 }],
    ['no vector', answered()],
    ['a vector too many', answered([1], [1])],
    ['an empty vector', answered([])],
    ['what is no number', answered([1, null])],
    ['base64 of half a number', answered(btoa('12'))],
    ['an empty text', answered('')],
    ['no embedding', { data: [{}] }],
    ['null for an item', { data: [null] }],
  ])('with %s makes no sense', (_, body) => {
    expect(openaiEmbedder.reply(body, embeddings())).toMatchObject({ ok: false, failure: { kind: 'malformed' } })
  })

  it('that is an error in disguise is one', () => {
    expect(openaiEmbedder.reply({ error: { message: 'Busy.' } }, embeddings())).toMatchObject({
      ok: false,
      failure: { kind: 'stream-error', upstream: { message: 'Busy.' } },
    })
  })

  it.each([[[1, 2, 3]], [toBase64([1, 2, 3])]])('of other dimensions than were asked for is beyond this upstream: %j', vector => {
    expect(openaiEmbedder.reply(answered(vector), embeddings({ dimensions: 2 }))).toEqual({
      ok: false,
      failure: {
        kind: 'unsupported',
        field: 'dimensions',
        detail: 'This model gives vectors of 3 numbers where 2 were asked for.',
      },
    })
  })
})

describe('the beginning of a large answer', () => {
  const begins = (text: string, fields = {}) => openaiEmbedder.beginning?.(text, embeddings(fields))

  it.each([
    ['numbers', '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,\n1e-3]},{"embed'],
    ['base64', ` { "data": [{ "embedding": "${toBase64([0.5, 1])}", "index"`],
  ])('with %s is sound', (_, text) => {
    expect(begins(text)).toEqual({ ok: true, value: undefined })
    expect(begins(text, { dimensions: 2 })).toEqual({ ok: true, value: undefined })
    expect(begins(text, { dimensions: 3 })).toMatchObject({ ok: false, failure: { kind: 'unsupported', field: 'dimensions' } })
  })

  it.each([
    ['a page', '<html>"embedding":[1]'],
    ['no vector', '{"data":"xxx'],
    ['a vector without an end', '{"data":[{"embedding":[1,2'],
    ['a vector of something else', '{"data":[{"embedding":["a"]},'],
  ])('with %s makes no sense', (_, text) => {
    expect(begins(text)).toMatchObject({ ok: false, failure: { kind: 'malformed' } })
  })
})
