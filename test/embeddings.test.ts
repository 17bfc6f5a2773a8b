import { describe, expect, it } from 'vitest'
import { MAX_INPUTS, partsOf, readInput } from '../src/embeddings'
import { embeddings } from './provider/embeddings'

describe('the input of a request for embeddings', () => {
  it.each([
    ['a text', 'a', { kind: 'texts', texts: ['a'] }],
    ['texts', ['a', ' '], { kind: 'texts', texts: ['a', ' '] }],
    ['token numbers, which are one input', [1, 0, 100_256], { kind: 'tokens', lists: [[1, 0, 100_256]] }],
    ['lists of token numbers', [[1], [2, 3]], { kind: 'tokens', lists: [[1], [2, 3]] }],
  ])('may be %s', (_, input, read) => {
    expect(readInput(input)).toEqual(read)
  })

  it.each([
    ['nothing', undefined, 'input', 'expected a text or a list, found nothing'],
    ['null', null, 'input', 'expected a text or a list, found null'],
    ['a number', 7, 'input', 'expected a text or a list, found number'],
    ['an empty text', '', 'input', 'expected a text that is not empty, found an empty one'],
    ['an empty list', [], 'input', 'expected at least one text, found none'],
    ['an empty text among others', ['a', 'b', ''], 'input[2]', 'expected a text that is not empty, found an empty one'],
    ['a number among texts', ['a', 1], 'input[1]', 'expected a text, found number'],
    ['a list among texts', ['a', [1]], 'input[1]', 'expected a text, found a list'],
    ['an object', [{ text: 'a' }], 'input[0]', 'expected a text, found object'],
    ['a text among token numbers', [1, 'a'], 'input', 'expected token numbers only, whole and not negative'],
    ['half a token', [1.5], 'input', 'expected token numbers only, whole and not negative'],
    ['a negative token', [[1], [-1]], 'input[1]', 'expected token numbers only, whole and not negative'],
    ['an empty list of tokens', [[1], []], 'input[1]', 'expected at least one token number, found none'],
    ['a text among lists', [[1], 'a'], 'input[1]', 'expected a list of token numbers, found string'],
  ])('may not be %s, and what is wrong is named', (_, input, field, words) => {
    expect(readInput(input)).toEqual({ field, message: `${field}: ${words}.` })
  })

  it(`may hold ${MAX_INPUTS} texts, or lists of token numbers, and no more`, () => {
    expect(readInput(Array(MAX_INPUTS).fill('a'))).toMatchObject({ kind: 'texts' })
    expect(readInput(Array(MAX_INPUTS).fill([1]))).toMatchObject({ kind: 'tokens' })
    const refused = { field: 'input', message: 'input: expected at most 2048 texts, found 2049.' }
    expect(readInput(Array(MAX_INPUTS + 1).fill('a'))).toEqual(refused)
    expect(readInput(Array(MAX_INPUTS + 1).fill([1]))).toEqual(refused)
    // One list is one text, whatever its length: only the model knows how much it reads
    expect(readInput(Array(8191).fill(1))).toMatchObject({ kind: 'tokens' })
  })
})

describe('the parts of a request', () => {
  const texts = (count: number) => Array.from({ length: count }, (_, index) => `text ${index}`)

  it.each([1, 99, 100])('are the request itself where %i texts go into one call', count => {
    const request = embeddings({ input: texts(count) })
    expect(partsOf(request, 100)).toEqual([{ request, from: 0 }])
  })

  it.each([
    [101, [100, 1]],
    [200, [100, 100]],
    [2048, [...Array(20).fill(100), 48]],
  ])('of %i texts hold all of them in their order, 100 at most, and say all else alike', (count, sizes) => {
    const parts = partsOf(embeddings({ input: texts(count), dimensions: 8, user: 'ann' }), 100)
    expect(parts.map(({ request: { body } }) => (Array.isArray(body.input) ? body.input.length : 0))).toEqual(sizes)
    expect(parts.flatMap(({ request: { body } }) => body.input)).toEqual(texts(count))
    for (const { request, from } of parts) {
      expect(request.body).toMatchObject({ model: 'auto', dimensions: 8, user: 'ann' })
      expect(request.input).toEqual({ kind: 'texts', texts: request.body.input })
      expect(request.input.kind === 'texts' && request.input.texts[0]).toBe(`text ${from}`)
    }
  })

  it('of token numbers are made of whole lists', () => {
    const parts = partsOf(embeddings({ input: [[1], [2, 3], [4]] }), 2)
    expect(parts.map(({ request, from }) => [request.input, from])).toEqual([
      [{ kind: 'tokens', lists: [[1], [2, 3]] }, 0],
      [{ kind: 'tokens', lists: [[4]] }, 2],
    ])
  })
})
