import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { type ChatRequest, ChatRequestSchema } from '../../../../src/chat'
import { openaiResponses } from '../../../../src/provider/openai/responses'
import { ResponsesSchema, readResponses } from '../../../../src/provider/openai/responses/caller'
import { acceptResponses } from '../../../providers/accept/openai-responses'
import { call, chat, model, translator, weather } from '../../requests'

const { sent, refused } = translator(openaiResponses, 'gpt-5.2')

describe('a canonical request', () => {
  it('goes to /responses, under the key, never to be stored', () => {
    const { url, headers, body, dropped } = sent({ store: true })
    expect(url).toBe('https://upstream.test/responses')
    expect(headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer key' })
    expect(body).toEqual({ model: 'gpt-5.2', input: [{ role: 'user', content: 'Hi' }], store: false })
    expect(dropped).toEqual(['store'])
  })

  it('says what it leaves out, and hands on what it cannot do', () => {
    expect(sent({ seed: 1, stop: 'x', presence_penalty: 1 }).dropped.toSorted()).toEqual(['presence_penalty', 'seed', 'stop'])
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'high' } }
    expect(sent({ messages: [{ role: 'user', content: [image] }] }).dropped).toEqual([])
    expect(refused({ n: 2 })).toBe('unsupported n')
  })

  it('a function that is not strict says so, since it would be by default', () => {
    expect(sent({ tools: [weather] }).body.tools).toMatchObject([{ type: 'function', name: 'get_weather', strict: false }])
  })

  it('the result of a free-text tool is an item of another type', () => {
    const messages = [
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'sql', input: 'x' } }, call('b', 'f')] },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
    ]
    expect(sent({ messages }).body.input).toEqual([
      { type: 'custom_tool_call', call_id: 'a', name: 'sql', input: 'x' },
      { type: 'function_call', call_id: 'b', name: 'f', arguments: '{}' },
      { type: 'custom_tool_call_output', call_id: 'a', output: '1' },
      { type: 'function_call_output', call_id: 'b', output: '2' },
    ])
  })
})

const text = fc.string({ maxLength: 6 })
const word = fc.stringMatching(/^[a-z]{1,6}$/)
const userPart = fc.oneof(
  fc.record({ type: fc.constant('text'), text }),
  fc
    .option(fc.constantFrom('low', 'high'), { nil: undefined })
    .map(detail => ({ type: 'image_url', image_url: { url: 'https://a.test/b.png', ...(detail && { detail }) } })),
  fc.constantFrom(
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
    { type: 'file', file: { file_id: 'file-1' } },
    { type: 'file', file: { filename: 'b.pdf', file_data: 'https://a.test/b.pdf' } },
    { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
  ),
)
/** Of one part that is text the text alone is left: two ways to say the same. */
const content = fc.oneof(text, fc.array(userPart, { minLength: 2, maxLength: 3 }))
const texts = fc.oneof(text, fc.array(fc.record({ type: fc.constant('text'), text }), { minLength: 2, maxLength: 3 }))

/** A turn, with the results of its calls right behind it. `at` makes the ids its own. */
const turn = (at: number) =>
  fc.oneof(
    fc.record({ role: fc.constant('user'), content }).map(message => [message]),
    fc.record({ role: fc.constantFrom('system', 'developer'), content: texts }).map(message => [message]),
    // An assistant that says nothing at all is not a turn
    fc.string({ minLength: 1, maxLength: 6 }).map(said => [{ role: 'assistant', content: said }]),
    fc.string({ minLength: 1, maxLength: 6 }).map(refusal => [{ role: 'assistant', content: null, refusal }]),
    fc
      .tuple(
        fc.option(fc.string({ minLength: 1, maxLength: 6 })),
        fc.array(fc.tuple(fc.boolean(), word, text, text), { minLength: 1, maxLength: 3 }),
      )
      .map(([said, calls]) => [
        {
          role: 'assistant',
          content: said,
          tool_calls: calls.map(([isCustom, name, input], index) =>
            isCustom
              ? { id: `${at}-${index}`, type: 'custom', custom: { name, input } }
              : { id: `${at}-${index}`, type: 'function', function: { name, arguments: input } },
          ),
        },
        ...calls.map(([, , , output], index) => ({ role: 'tool', tool_call_id: `${at}-${index}`, content: output })),
      ]),
  )
type Turn = { readonly role: string; readonly tool_calls?: unknown }

/** A call joins what the assistant said right before it: said as two messages or as one, it is the same. So it is said as one. */
function joined<T extends Turn>(messages: readonly T[]): T[] {
  const kept: T[] = []
  for (const message of messages.toReversed()) {
    const next = kept.at(-1)
    if (message.role !== 'assistant' || message.tool_calls !== undefined || next?.tool_calls === undefined) kept.push(message)
  }
  return kept.toReversed()
}
const conversation = fc.tuple(turn(0), turn(1), turn(2), turn(3), turn(4)).map(turns => joined<Turn>(turns.flat()))

const tool = fc.oneof(
  fc
    .record(
      {
        name: word,
        description: fc.string({ minLength: 1 }),
        parameters: fc.constant({ type: 'object', properties: {} }),
        strict: fc.constant(true),
      },
      { requiredKeys: ['name', 'parameters'] },
    )
    .map(described => ({ type: 'function', function: described })),
  fc
    .record(
      {
        name: word,
        format: fc.constantFrom({ type: 'text' }, { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } }),
      },
      { requiredKeys: ['name'] },
    )
    .map(described => ({ type: 'custom', custom: described })),
)
const choice = fc.constantFrom(
  'none',
  'auto',
  'required',
  { type: 'function', function: { name: 'f' } },
  { type: 'custom', custom: { name: 'f' } },
  {
    type: 'allowed_tools',
    allowed_tools: {
      mode: 'auto',
      tools: [
        { type: 'function', function: { name: 'f' } },
        { type: 'custom', custom: { name: 'g' } },
      ],
    },
  },
)
const tools = fc.record(
  {
    tools: fc.array(tool, { minLength: 1, maxLength: 2 }),
    tool_choice: choice,
    parallel_tool_calls: fc.constant(false),
  },
  { requiredKeys: ['tools'] },
)
const settings = fc.record(
  {
    max_tokens: fc.integer({ min: 16, max: 10_000 }),
    temperature: fc.constantFrom(0, 0.7, 1),
    top_p: fc.constantFrom(0.1, 1),
    response_format: fc.constantFrom(
      { type: 'json_object' },
      {
        type: 'json_schema',
        json_schema: { name: 'n', description: 'd', strict: true, schema: { type: 'object', additionalProperties: false } },
      },
    ),
    reasoning_effort: fc.constantFrom('none', 'low', 'xhigh'),
    verbosity: fc.constantFrom('low', 'high'),
    logprobs: fc.constant(true),
    metadata: fc.dictionary(word, text, { maxKeys: 2 }),
    user: word,
    safety_identifier: word,
    prompt_cache_key: word,
    service_tier: fc.constantFrom('default', 'flex'),
  },
  { requiredKeys: [] },
)
const streamed = fc.constantFrom({}, { stream: true, stream_options: { include_usage: true } })

/** Through the wire and back. */
function returned(request: ChatRequest): ChatRequest {
  const { body } = sent(request)
  const read = readResponses(v.parse(ResponsesSchema, body))
  if (!read.ok) throw new Error(JSON.stringify(read.failure))
  expect(read.value).toMatchObject({ lost: [], binding: undefined })
  return read.value.chat
}

describe('there and back', () => {
  it('everything that both can say comes back as it was', () => {
    fc.assert(
      fc.property(conversation, settings, fc.option(tools), streamed, (messages, set, offered, stream) => {
        const request = v.parse(ChatRequestSchema, { model: 'gpt-5.2', messages, ...set, ...offered, ...stream })
        expect(returned(request)).toEqual(request)
      }),
      { seed: 20_261_124, numRuns: 1_000 },
    )
  })

  it('and the API would take it', () => {
    fc.assert(
      fc.property(conversation, settings, streamed, (messages, set, stream) => {
        // Which tools a choice may name, and that an answer in JSON was asked for in words, are the caller's own affair
        const { response_format: _, ...rest } = set
        const { body } = sent(v.parse(ChatRequestSchema, { model: 'gpt-5.2', messages, ...rest, ...stream }))
        expect(acceptResponses(body)).toMatchObject({ kind: 'accepted' })
      }),
      { seed: 20_261_124, numRuns: 500 },
    )
  })

  it('tools too', () => {
    expect(acceptResponses(sent({ tools: [weather], tool_choice: 'required' }).body)).toMatchObject({ kind: 'accepted' })
    const nested = openaiResponses.request(chat({ invented: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) }), model(), 'key')
    expect(nested.ok && nested.value.dropped).toEqual(['invented'])
  })
})
