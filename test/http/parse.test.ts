import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseChat } from '../../src/http/parse'
import { model } from '../provider/requests'

const none = () => null
const messages = [{ role: 'user', content: 'Hi' }]
const parse = (body: unknown, header: (name: string) => string | null = none) =>
  parseChat(typeof body === 'string' ? body : JSON.stringify(body), header)

function problem(body: unknown, header?: (name: string) => string | null) {
  const parsed = parse(body, header)
  if (parsed.ok) throw new Error('it is accepted')
  return parsed.failure
}

const withMessage = (message: unknown) => ({ model: 'auto', messages: [messages[0], message] })
const withTool = (tool: unknown) => ({ model: 'auto', messages, tools: [tool] })
const ROLES = '(("system" | "developer") | "user" | "assistant" | "tool")'

describe('a wrong request', () => {
  it.each<[string, unknown, string | null, string]>([
    ['not an object', 7, null, 'The body: expected Object, found 7.'],
    ['null', 'null', null, 'The body: expected Object, found null.'],
    ['no model', { messages }, 'model', 'model: expected "model", found undefined.'],
    ['an empty model', { model: '', messages }, 'model', 'model: expected a text that is not empty, found an empty one.'],
    ['a model that is no text', { model: 7, messages }, 'model', 'model: expected string, found 7.'],
    ['no messages', { model: 'auto' }, 'messages', 'messages: expected "messages", found undefined.'],
    ['an empty conversation', { model: 'auto', messages: [] }, 'messages', 'messages: expected at least one, found none.'],
    ['messages that are text', { model: 'auto', messages: 'Hi' }, 'messages', 'messages: expected Array, found "Hi".'],
    [
      'a message of nobody',
      withMessage({ content: 'x' }),
      'messages[1].role',
      `messages[1].role: expected ${ROLES}, found undefined.`,
    ],
    [
      'a message of a stranger',
      withMessage({ role: 'bot', content: 'x' }),
      'messages[1].role',
      `messages[1].role: expected ${ROLES}, found "bot".`,
    ],
    [
      'a user who says nothing',
      withMessage({ role: 'user' }),
      'messages[1].content',
      'messages[1].content: expected "content", found undefined.',
    ],
    [
      'a user who says null',
      withMessage({ role: 'user', content: null }),
      'messages[1].content',
      'messages[1].content: expected (string | Array), found null.',
    ],
    [
      'no parts',
      withMessage({ role: 'user', content: [] }),
      'messages[1].content',
      'messages[1].content: expected at least one, found none.',
    ],
    [
      'a part of an unknown kind',
      withMessage({ role: 'user', content: [{ type: 'smell' }] }),
      'messages[1].content[0].type',
      'messages[1].content[0].type: expected ("text" | "image_url" | "input_audio" | "file"), found "smell".',
    ],
    [
      'a text part without text',
      withMessage({ role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'text' }] }),
      'messages[1].content[1].text',
      'messages[1].content[1].text: expected "text", found undefined.',
    ],
    [
      'an image without an address',
      withMessage({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }),
      'messages[1].content[0].image_url.url',
      'messages[1].content[0].image_url.url: expected "url", found undefined.',
    ],
    [
      'a tool result without its call',
      withMessage({ role: 'tool', content: 'x' }),
      'messages[1].tool_call_id',
      'messages[1].tool_call_id: expected "tool_call_id", found undefined.',
    ],
    [
      'a tool call without arguments',
      withMessage({ role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f' } }] }),
      'messages[1].tool_calls[0].function.arguments',
      'messages[1].tool_calls[0].function.arguments: expected "arguments", found undefined.',
    ],
    [
      'a tool without a name',
      withTool({ type: 'function', function: {} }),
      'tools[0].function.name',
      'tools[0].function.name: expected "name", found undefined.',
    ],
    [
      'a tool of an unknown kind',
      withTool({ type: 'magic' }),
      'tools[0].type',
      'tools[0].type: expected ("function" | "custom"), found "magic".',
    ],
    [
      'a temperature in words',
      { model: 'auto', messages, temperature: 'hot' },
      'temperature',
      'temperature: expected number, found "hot".',
    ],
    ['no tokens at all', { model: 'auto', messages, max_tokens: 0 }, 'max_tokens', 'max_tokens: expected >=1, found 0.'],
    [
      'metadata of numbers',
      { model: 'auto', messages, metadata: { project: 7 } },
      'metadata.project',
      'metadata.project: expected string, found 7.',
    ],
    [
      'a schema without a name',
      { model: 'auto', messages, response_format: { type: 'json_schema', json_schema: {} } },
      'response_format.json_schema.name',
      'response_format.json_schema.name: expected "name", found undefined.',
    ],
    [
      'a choice that is none',
      { model: 'auto', messages, tool_choice: 'any' },
      'tool_choice',
      'tool_choice: expected (("none" | "auto" | "required") | Object), found "any".',
    ],
  ])('(%s) is a 400 that names the field at fault', (_, body, param, message) => {
    expect(problem(body)).toEqual({ status: 400, type: 'invalid_request_error', code: 'invalid_value', message, param })
  })

  it.each(['', '{', 'model=auto', '{"model":"auto",}'])('that is not JSON says so: %j', text => {
    const found = problem(text)
    expect(found).toMatchObject({ status: 400, type: 'invalid_request_error', param: null })
    expect(found.message).toMatch(/^The body is not JSON: SyntaxError/)
  })

  it('control names its header', () => {
    expect(problem({ model: 'auto', messages }, name => (name === 'x-router-strategy' ? 'fastest' : null))).toMatchObject({
      status: 400,
      code: 'invalid_value',
      param: 'x-router-strategy',
    })
  })
})

describe('a request', () => {
  it('keeps what the router does not read, and null as it came', () => {
    const body = { model: 'auto', messages, invented: { deep: [1] }, temperature: null, tools: null, stop: ['a'] }
    const parsed = parse(body)
    expect(parsed.ok && parsed.value.chat).toEqual(body)
  })

  it('brings its controls', () => {
    const parsed = parse({ model: 'auto', messages, metadata: { 'x-router-priority': 'cost' } }, name =>
      name === 'x-router-fallback' ? 'off' : null,
    )
    expect(parsed.ok && parsed.value.controls).toMatchObject({ priority: 'cost', fallback: false })
  })

  it('may hold every kind of message', () => {
    const all = [
      { role: 'system', content: 'a' },
      { role: 'developer', content: [{ type: 'text', text: 'b' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'c' },
          { type: 'image_url', image_url: { url: 'https://x.example/y.png' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { role: 'assistant' },
      { role: 'tool', tool_call_id: 'c', content: 'd' },
    ]
    expect(parse({ model: 'auto', messages: all }).ok).toBe(true)
  })

  it('of any JSON is accepted or refused with a reason, and never throws', () => {
    const part = fc.record({ type: fc.constantFrom('text', 'image_url', 'file', 'x'), text: fc.anything() }, { requiredKeys: [] })
    const message = fc.record(
      { role: fc.constantFrom('user', 'assistant', 'tool', 'x'), content: fc.oneof(fc.jsonValue(), fc.array(part)) },
      { requiredKeys: [] },
    )
    const request = fc.record(
      { model: fc.jsonValue(), messages: fc.array(message), tools: fc.jsonValue(), metadata: fc.jsonValue() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          request.map(body => JSON.stringify(body) ?? ''),
          fc.json(),
          fc.string(),
        ),
        text => {
          const parsed = parse(text)
          if (!parsed.ok) expect(parsed.failure).toMatchObject({ status: 400, message: expect.stringMatching(/./) })
        },
      ),
      { seed: 20_261_124, numRuns: 2_000 },
    )
  })
})

describe('a beta of OpenAI’s', () => {
  const controls = { 'x-router-strategy': 'random' }
  const named = (name: string) => (name === 'openai-beta' ? 'one=v1' : null)

  it('makes the request one in the caller’s own words, without what is for the router', () => {
    const parsed = parse({ model: 'auto', messages, store: true, metadata: { ...controls, project: 'x' } }, named)
    const sent = parsed.ok ? parsed.value.native?.request(model({ provider: 'openai', name: 'gpt-5.2' }), 'key') : undefined
    if (!sent?.ok) throw new Error('it cannot be sent')
    expect(sent.value.headers['openai-beta']).toBe('one=v1')
    expect(JSON.parse(sent.value.body).metadata).toEqual({ project: 'x' })
  })

  it('is nothing where none is named', () => {
    expect(parse({ model: 'auto', messages })).not.toHaveProperty('value.native')
  })
})
