import fc from 'fast-check'
import { afterEach, expect, describe as suite, test, vi } from 'vitest'
import type { ChatRequest } from '../../src/chat'
import { estimatePromptTokens, estimateTextTokens } from '../../src/context/tokens'

const asking = (content: string): ChatRequest => ({ model: 'auto', messages: [{ role: 'user', content }] })

suite('tokens of a text', () => {
  // in hundredths, from the table of charges, then rounded up to whole tokens
  test.each([
    ['nothing', '', 0],
    ['two short words: 100 + 100', 'the cat', 2],
    ['letters after the fourth: 100 + 4 × 9', 'elephant', 2],
    ['a change of case is a new word: 109 + 100', 'camelCase', 3],
    ['digits by threes: 190 + 100 + 100', '1234567', 4],
    ['accents: 100 + 80', 'né', 2],
    ['Chinese: 2 × 85', '你好', 2],
    ['kana: 5 × 80', 'こんにちは', 4],
    ['Hangul: 5 × 85', '안녕하세요', 5],
    ['Cyrillic: 130 + 2 × 39', 'Москва', 3],
    ['Thai: 5 × 41', 'ไทยคำ', 3],
    ['an emoji is one symbol, not two: 180', '😀', 2],
    ['punctuation in a row: 55 + 30 + 30', '});', 2],
    ['a line break: 100 + 65 + 100', 'a\nb', 3],
    ['line breaks in a row cost one: 100 + 65 + 100', 'a\r\n\n\nb', 3],
    ['indentation: 100 + 65 + 35 + 100', 'a\n    b', 3],
  ])('%s', (_, text, tokens) => {
    expect(estimateTextTokens([text])).toBe(tokens)
  })

  test('agrees with known counts of the o200k vocabulary within 20 %', () => {
    // counts by that tokenizer; 20 % is what nine in ten texts of these kinds keep
    const known: readonly (readonly [string, number])[] = [
      ['The quick brown fox jumps over the lazy dog, and nobody in the village was surprised about it.', 20],
      ['export function add(first: number, second: number): number {\n  return first + second\n}\n', 21],
      ['我们明天早上八点在火车站门口见面，请不要迟到。', 19],
    ]
    for (const [text, count] of known) {
      expect(estimateTextTokens([text]), text).toBeGreaterThanOrEqual(0.8 * count)
      expect(estimateTextTokens([text]), text).toBeLessThanOrEqual(1.2 * count)
    }
  })

  test('more text never costs less', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(estimateTextTokens([one + other])).toBeGreaterThanOrEqual(estimateTextTokens([one]))
      }),
      { seed: 13 },
    )
  })
})

suite('tokens of a long conversation', () => {
  afterEach(() => vi.restoreAllMocks())

  const paragraph = 'The committee met on Tuesday, and 14 members voted for the plan.\n'

  test('a sample of even text estimates what reading it all would', () => {
    const whole = 500
    const perParagraph = estimateTextTokens(Array.from({ length: whole }, () => paragraph)) / whole
    // 3 MB in one text: the 200 blocks cut some 400 words in two, below 2 % of the 27,000 tokens read
    const estimate = estimateTextTokens([paragraph.repeat(50_000)])
    expect(estimate / (50_000 * perParagraph)).toBeGreaterThan(0.97)
    expect(estimate / (50_000 * perParagraph)).toBeLessThan(1.03)
  })

  test('the sample covers all parts alike: half cheap, half dear, in either order', () => {
    const cheap = 'a'.repeat(400_000)
    const dear = '漢'.repeat(400_000)
    // 0.09 a letter, 0.85 a character: 376,000; a block across the border moves it by less than 0.2 %
    for (const texts of [[cheap, dear], [dear, cheap], [cheap + dear]]) {
      expect(estimateTextTokens(texts)).toBeGreaterThan(0.98 * 376_000)
      expect(estimateTextTokens(texts)).toBeLessThan(1.02 * 376_000)
    }
  })

  test.each([
    ['one long text', ['words and more '.repeat(200_000)]],
    ['many short texts', Array.from({ length: 100_000 }, () => 'words and some more words ')],
  ])('looks at about 100,000 characters at most: %s', (_, texts) => {
    const looks = vi.spyOn(String.prototype, 'charCodeAt')
    estimateTextTokens(texts)
    expect(looks.mock.calls.length).toBeGreaterThan(90_000)
    expect(looks.mock.calls.length).toBeLessThanOrEqual(101_000)
  })
})

suite('tokens of a prompt', () => {
  test('a message costs 4 and the answer 3 besides the text', () => {
    expect(estimatePromptTokens(asking('the cat'))).toBe(3 + 4 + 2)
  })

  test('images, audio and documents have flat prices', () => {
    const image = (detail?: string) => ({ type: 'image_url' as const, image_url: { url: 'data:', ...(detail && { detail }) } })
    const of = (content: ChatRequest['messages'][number]) => estimatePromptTokens({ model: 'auto', messages: [content] }) - 7
    expect(of({ role: 'user', content: [image()] })).toBe(765)
    expect(of({ role: 'user', content: [image('low')] })).toBe(85)
    expect(of({ role: 'user', content: [{ type: 'input_audio' }] })).toBe(600)
    expect(of({ role: 'user', content: [{ type: 'file' }] })).toBe(3_000)
  })

  test('an image is not charged by the length of its data', () => {
    const url = `data:image/png;base64,${'A'.repeat(1_000_000)}`
    const chat: ChatRequest = {
      model: 'auto',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    }
    expect(estimatePromptTokens(chat)).toBe(772)
  })

  test('tool calls and their results count', () => {
    const chat: ChatRequest = {
      model: 'auto',
      messages: [
        { role: 'user', content: 'the cat' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', type: 'function', function: { name: 'find', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: 'a cat' },
      ],
    }
    // 3 + 3 × 4, a call's 8, texts: 2 + 'find' 1 + '{}' 0.85 + 2
    expect(estimatePromptTokens(chat)).toBe(3 + 12 + 8 + 6)
  })

  test('a tool costs its name, description and schema', () => {
    const chat: ChatRequest = {
      ...asking('the cat'),
      tools: [
        {
          type: 'function',
          function: { name: 'find', description: 'the cat', parameters: { type: 'object', properties: { max: 3 } } },
        },
      ],
    }
    // 8, 'find' 1, 'the cat' 2, three keys at 2 each, the number 1; words: type 1, object 1.18, properties 1.54, max 1
    expect(estimatePromptTokens(chat) - 9).toBe(8 + 3 + 6 + 1 + 5)
  })

  test('many equal tools cost as many times one, though not all are looked at', () => {
    const properties = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, { type: 'string' }]))
    const tools = (count: number): NonNullable<ChatRequest['tools']> =>
      Array.from({ length: count }, () => ({ type: 'function', function: { name: 'find', parameters: { properties } } }))
    const cost = (count: number) => estimatePromptTokens({ ...asking('the cat'), tools: tools(count) }) - 9
    // the schema at which the budget of nodes ends is cut, one of about forty: 3 %
    expect(cost(1_000) / (1_000 * cost(1))).toBeGreaterThan(0.96)
    expect(cost(1_000) / (1_000 * cost(1))).toBeLessThan(1.01)
  })

  test('a schema nested deeper than the call stack is survived', () => {
    let schema: Record<string, unknown> = {}
    for (let depth = 0; depth < 200_000; depth++) schema = { items: schema }
    const chat: ChatRequest = {
      ...asking('the cat'),
      tools: [{ type: 'function', function: { name: 'find', parameters: schema } }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
    }
    expect(estimatePromptTokens(chat)).toBeGreaterThan(1_000)
  })
})
