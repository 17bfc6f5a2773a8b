import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import type { ChatRequest } from '../../src/chat'
import { describe } from '../../src/context/describe'
import { type Features, MODALITIES, TASKS, TOPICS } from '../../src/context/features'

const asking = (content: string, rest: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'auto',
  messages: [{ role: 'user', content }],
  ...rest,
})

suite('describe', () => {
  test('puts together what is known of an ordinary request', () => {
    const features = describe(asking('My printer does not work, how do I reset it?', { stream: true }))
    expect(features).toMatchObject({
      language: { value: 'en' },
      topic: { value: 'technical_support' },
      task: { value: 'question' },
      modalities: ['text'],
      tools: false,
      jsonSchema: false,
      stream: true,
      turns: 1,
    })
    expect(features.promptTokens).toBeGreaterThan(15)
    expect(features.promptTokens).toBeLessThan(25)
  })

  test('is plain data, which copies and is written as JSON as it is', () => {
    const properties = Object.values(Object.getOwnPropertyDescriptors(describe(asking('hello'))))
    expect(properties.every(property => 'value' in property)).toBe(true)
  })

  test('null counts as absent', () => {
    expect(describe(asking('hello', { stream: null, tools: null, response_format: null, tool_choice: null }))).toMatchObject({
      stream: false,
      tools: false,
      jsonSchema: false,
    })
  })

  test('tells a schema for the answer from mere JSON', () => {
    expect(describe(asking('hello', { response_format: { type: 'json_object' } })).jsonSchema).toBe(false)
    const schema = { type: 'json_schema' as const, json_schema: { name: 'answer', schema: { type: 'object' } } }
    expect(describe(asking('hello', { response_format: schema })).jsonSchema).toBe(true)
  })

  test('an empty list of tools is none', () => {
    expect(describe(asking('hello', { tools: [] })).tools).toBe(false)
  })

  test('abstains from everything on a picture without words', () => {
    const features = describe({
      model: 'auto',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }],
    })
    const { language, topic, task, complexity } = features
    expect([language, topic, task, complexity].map(({ value }) => value)).toEqual([undefined, undefined, undefined, undefined])
    expect(features.modalities).toEqual(['image'])
  })
})

/** Any code units at all: lone surrogates, controls, marks without a letter; and pieces that the rules look for. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 400 }).map(units => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        '```',
        '`',
        'A.',
        'B)',
        '\n',
        ' ',
        '@',
        'a',
        '0x12',
        '$',
        '\\frac',
        'https://',
        'İ',
        'ß',
        '写',
        '\ud800',
        '?',
      ),
      {
        maxLength: 2_000,
      },
    )
    .map(pieces => pieces.join('')),
)
const anyChat: fc.Arbitrary<ChatRequest> = fc
  .array(fc.record({ role: fc.constantFrom('system' as const, 'user' as const, 'developer' as const), content: anyText }), {
    minLength: 1,
    maxLength: 6,
  })
  .map(messages => ({ model: 'auto', messages }))

suite('whatever comes in', () => {
  test('every field is in its range, no confidence leaves 0 to 1, nothing throws', () => {
    fc.assert(
      fc.property(anyChat, chat => {
        const { language, topic, task, complexity, modalities, promptTokens, turns }: Features = describe(chat)
        for (const { confidence } of [language, topic, task, complexity]) {
          expect(confidence).toBeGreaterThanOrEqual(0)
          expect(confidence).toBeLessThanOrEqual(1)
        }
        expect(language.value ?? 'xx').toMatch(/^[a-z]{2}$/)
        expect([...TOPICS, undefined]).toContain(topic.value)
        expect([...TASKS, undefined]).toContain(task.value)
        expect(complexity.value ?? 0).toBeGreaterThanOrEqual(0)
        expect(complexity.value ?? 0).toBeLessThanOrEqual(1)
        for (const modality of modalities) expect(MODALITIES).toContain(modality)
        expect(Number.isInteger(promptTokens) && promptTokens >= 1).toBe(true)
        expect(turns).toBe(chat.messages.filter(({ role }) => role === 'user').length)
      }),
      { seed: 17, numRuns: 300 },
    )
  })

  test('the same request is always described alike, and left as it was', () => {
    fc.assert(
      fc.property(anyChat, chat => {
        const before = structuredClone(chat)
        expect(describe(chat)).toEqual(describe(chat))
        expect(chat).toEqual(before)
      }),
      { seed: 18, numRuns: 100 },
    )
  })

  test('guesses rest on a bounded part of a long turn: its middle may be anything', () => {
    const around = (middle: string) =>
      describe(asking(`Write a poem about ${'rain '.repeat(500)}${middle}${'snow '.repeat(500)}please`))
    // of equal length, so that length is no sign
    const printers = around('the printer does not work '.repeat(1_000))
    const unknown = around('abcdefghijklm nopqrstuvwx '.repeat(1_000))
    expect({ ...printers, promptTokens: 0 }).toEqual({ ...unknown, promptTokens: 0 })
    expect(printers.topic.value).toBe('creative_writing')
  })
})
