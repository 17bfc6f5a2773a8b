import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { type ChatRequest, ChatRequestSchema } from '../../../src/chat'
import { anthropic } from '../../../src/provider/anthropic'
import { type CallerRequest, CountSchema, MessagesSchema, readMessages } from '../../../src/provider/anthropic/caller'
import { nativeRequest } from '../../../src/provider/anthropic/native'
import { model } from '../requests'

const HI = { role: 'user', content: 'Hi' }

/** Through the public schema, so that a test cannot ask for what a client cannot. */
const body = (fields: Record<string, unknown> = {}) =>
  v.parse(MessagesSchema, { model: 'auto', max_tokens: 100, messages: [HI], ...fields })

function read(fields: Record<string, unknown> = {}): CallerRequest {
  const result = readMessages(body(fields))
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

const messages = (...turns: unknown[]) => read({ messages: turns }).chat.messages
const user = (...content: unknown[]) => ({ role: 'user', content })
const text = (value: string) => ({ type: 'text', text: value })
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
const PNG = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
const tool = { name: 'get_weather', description: 'Weather of a city', input_schema: { type: 'object' } }

function refusal(fields: Record<string, unknown>): string {
  const result = readMessages(body(fields))
  if (result.ok) return `read ${JSON.stringify(result.value.chat)}`
  return result.failure.kind === 'rejected' ? String(result.failure.upstream.param) : result.failure.kind
}

describe('a caller’s fields in canonical words', () => {
  const cases: readonly [name: string, fields: Record<string, unknown>, canonical: Record<string, unknown>][] = [
    ['max_tokens', {}, { max_tokens: 100 }],
    ['a stream asks for its usage', { stream: true }, { stream: true, stream_options: { include_usage: true } }],
    ['sampling', { temperature: 0.5, top_p: 0.9 }, { temperature: 0.5, top_p: 0.9 }],
    ['stop_sequences', { stop_sequences: ['END'] }, { stop: ['END'] }],
    ['metadata.user_id', { metadata: { user_id: 'u1' } }, { user: 'u1' }],
    ['a small thinking budget', { thinking: { type: 'enabled', budget_tokens: 1024 } }, { reasoning_effort: 'low' }],
    ['a middling one', { thinking: { type: 'enabled', budget_tokens: 8192 } }, { reasoning_effort: 'medium' }],
    ['a large one', { thinking: { type: 'enabled', budget_tokens: 16_000 } }, { reasoning_effort: 'high' }],
    ['adaptive thinking', { thinking: { type: 'adaptive' } }, { reasoning_effort: 'medium' }],
    [
      'adaptive thinking with an effort',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      { reasoning_effort: 'high' },
    ],
    ['an effort alone', { output_config: { effort: 'low' } }, { reasoning_effort: 'low' }],
    ['the largest effort, which OpenAI calls otherwise', { output_config: { effort: 'max' } }, { reasoning_effort: 'xhigh' }],
    [
      'a schema for the answer',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } } },
    ],
    [
      'tools',
      { tools: [tool] },
      {
        tools: [
          {
            type: 'function',
            function: { name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object' } },
          },
        ],
      },
    ],
    ['any tool', { tools: [tool], tool_choice: { type: 'any' } }, { tool_choice: 'required' }],
    ['no tool', { tools: [tool], tool_choice: { type: 'none' } }, { tool_choice: 'none' }],
    [
      'one tool, one call at a time',
      { tools: [tool], tool_choice: { type: 'tool', name: 'get_weather', disable_parallel_tool_use: true } },
      { tool_choice: { type: 'function', function: { name: 'get_weather' } }, parallel_tool_calls: false },
    ],
  ]
  it.each(cases)('%s', (_, fields, canonical) => {
    expect(read(fields).chat).toMatchObject(canonical)
  })

  it.each([
    ['thinking that is off', { thinking: { type: 'disabled' } }],
    ['thinking that is off, whatever the effort', { thinking: { type: 'disabled' }, output_config: { effort: 'high' } }],
    ['a choice among no tools', { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }],
    ['empty lists', { tools: [], stop_sequences: [], mcp_servers: [] }],
    ['nulls', { system: null, tools: null, thinking: null, metadata: null, top_k: null }],
    ['cache breakpoints and the ordinary service', { cache_control: { type: 'ephemeral' }, service_tier: 'auto' }],
  ])('%s ask for nothing', (_, fields) => {
    const { chat, lost, binding } = read(fields)
    expect(chat).toEqual({ model: 'auto', max_tokens: 100, messages: [HI] })
    expect({ lost, binding }).toEqual({ lost: [], binding: undefined })
  })

  it('system blocks become one system message, in front', () => {
    expect(
      read({ system: [text('Be brief.'), { ...text('Be kind.'), cache_control: { type: 'ephemeral' } }] }).chat.messages,
    ).toEqual([{ role: 'system', content: 'Be brief.\n\nBe kind.' }, HI])
  })

  it('a token count needs no max_tokens, a message does', () => {
    const bare = { model: 'auto', messages: [HI] }
    expect(v.safeParse(CountSchema, bare).success).toBe(true)
    expect(v.safeParse(MessagesSchema, bare).success).toBe(false)
  })

  it('asks to show thinking only where the caller wants to see it', () => {
    expect(read().showsThinking).toBe(false)
    expect(read({ thinking: { type: 'disabled' } }).showsThinking).toBe(false)
    expect(read({ thinking: { type: 'adaptive' } }).showsThinking).toBe(true)
    expect(read({ thinking: { type: 'adaptive', display: 'omitted' } }).showsThinking).toBe(false)
  })
})

describe('a caller’s turns', () => {
  it('a single text is text, several and images are parts', () => {
    expect(messages(user(text('one')))).toEqual([{ role: 'user', content: 'one' }])
    expect(messages(user(text('one'), image, { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } }))).toEqual([
      user(text('one'), PNG, { type: 'image_url', image_url: { url: 'https://x.test/a.png' } }),
    ])
  })

  it('documents are files, or text where they are text', () => {
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'AAAA' }
    const content = user(
      { type: 'document', source: pdf, title: 'a.pdf' },
      { type: 'document', source: pdf, context: 'Last year’s.' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Once.' }, title: 'Tale' },
      { type: 'document', source: { type: 'content', content: [text('Page'), image] } },
    )
    const data = 'data:application/pdf;base64,AAAA'
    expect(messages(content)).toEqual([
      user(
        { type: 'file', file: { filename: 'a.pdf', file_data: data } },
        text('Last year’s.'),
        { type: 'file', file: { filename: 'document.pdf', file_data: data } },
        text('Tale'),
        text('Once.'),
        text('Page'),
        PNG,
      ),
    ])
  })

  it('calls keep their ids; results come first, in order, and what a tool message cannot hold follows them', () => {
    const turns = [
      HI,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'xx' },
          text('Let me '),
          text('look.'),
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } },
          { type: 'tool_use', id: 'toolu_2', name: 'look', input: {} },
          { type: 'tool_use', id: 'toolu_3', name: 'look', input: {} },
        ],
      },
      user(
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' },
        { type: 'tool_result', tool_use_id: 'toolu_2', is_error: true, content: [text('no'), text('luck')] },
        { type: 'tool_result', tool_use_id: 'toolu_3', content: [text('see'), image] },
        text('Well?'),
      ),
    ]
    const call = (id: string, args: string) => ({ id, type: 'function', function: { name: 'look', arguments: args } })
    expect(messages(...turns)).toEqual([
      HI,
      {
        role: 'assistant',
        content: 'Let me look.',
        tool_calls: [call('toolu_1', '{"at":1}'), call('toolu_2', '{}'), call('toolu_3', '{}')],
      },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'sunny' },
      { role: 'tool', tool_call_id: 'toolu_2', content: 'Error: no\nluck' },
      { role: 'tool', tool_call_id: 'toolu_3', content: 'see' },
      user(text('Attached to the result of toolu_3:'), PNG, text('Well?')),
    ])
  })

  it('a result without content is an empty one, and a turn that held thinking alone is none', () => {
    const thought = { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }] }
    expect(messages(HI, thought, user({ type: 'tool_result', tool_use_id: 't' }))).toEqual([
      HI,
      { role: 'tool', tool_call_id: 't', content: '' },
    ])
  })

  it('a system turn between others stays where it is', () => {
    expect(messages(HI, { role: 'system', content: [text('Now'), text('rhyme.')] })).toEqual([
      HI,
      { role: 'system', content: 'Now\n\nrhyme.' },
    ])
  })
})

describe('what the canonical request has no word for', () => {
  it('is left out and named where others can answer without it', () => {
    const citing = { type: 'document', source: { type: 'text', data: 'x' }, citations: { enabled: true } }
    const fields = { service_tier: 'standard_only', brand_new: 1, messages: [user(citing, citing)] }
    const { lost, binding } = read({ ...fields, tools: [{ ...tool, input_examples: [{}] }] })
    expect(lost).toEqual(['messages[].content[].citations', 'tools[].input_examples', 'service_tier', 'brand_new'])
    expect(binding).toBeUndefined()
  })

  const bound: readonly [name: string, fields: Record<string, unknown>, field: string][] = [
    ['a server tool', { tools: [tool, { type: 'web_search_20250305', name: 'web_search' }] }, 'tools[1] (web_search_20250305)'],
    [
      'an uploaded image',
      { messages: [user({ type: 'image', source: { type: 'file', file_id: 'f' } })] },
      'messages[0].content[0].source (file)',
    ],
    [
      'a PDF by address',
      { messages: [user({ type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } })] },
      'messages[0].content[0].source (url)',
    ],
    ['a block of a kind unknown here', { messages: [user({ type: 'search_result' })] }, 'messages[0].content[0] (search_result)'],
    [
      'a server tool’s call',
      { messages: [HI, { role: 'assistant', content: [{ type: 'server_tool_use' }] }] },
      'messages[1].content[0] (server_tool_use)',
    ],
    [
      'the same inside a result',
      { messages: [user({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference' }] })] },
      'messages[0].content[0].content[0] (tool_reference)',
    ],
    ['MCP servers', { mcp_servers: [{ url: 'https://x.test' }] }, 'mcp_servers'],
    ['where it may be computed', { inference_geo: 'us' }, 'inference_geo'],
  ]
  it.each(bound)('binds to Anthropic: %s', (_, fields, field) => {
    const { binding, chat } = read(fields)
    expect(binding).toBe(field)
    expect(v.safeParse(ChatRequestSchema, chat).success).toBe(true)
  })
})

describe('a request that makes no sense names its field', () => {
  it.each([
    ['no content at all', { messages: [user()] }, 'messages'],
    ['a text block without text', { messages: [user({ type: 'text' })] }, 'messages[0].content[0].text'],
    ['an image without a source', { messages: [user({ type: 'image' })] }, 'messages[0].content[0].source'],
    [
      'an image without data',
      { messages: [user({ type: 'image', source: { type: 'base64' } })] },
      'messages[0].content[0].source',
    ],
    ['a document without a source', { messages: [user({ type: 'document' })] }, 'messages[0].content[0].source'],
    ['a result of nothing', { messages: [user({ type: 'tool_result' })] }, 'messages[0].content[0].tool_use_id'],
    [
      'a result that is a number',
      { messages: [user({ type: 'tool_result', tool_use_id: 't', content: 7 })] },
      'messages[0].content[0].content',
    ],
    [
      'a result with a block that is none',
      { messages: [user({ type: 'tool_result', tool_use_id: 't', content: [7] })] },
      'messages[0].content[0].content[0].type',
    ],
    [
      'a call without an id',
      { messages: [HI, { role: 'assistant', content: [{ type: 'tool_use' }] }] },
      'messages[1].content[0].id',
    ],
    [
      'a call whose input is a list',
      { messages: [HI, { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: [] }] }] },
      'messages[1].content[0].input',
    ],
    ['an image in a system turn', { messages: [HI, { role: 'system', content: [image] }] }, 'messages[1]'],
    ['a tool without a name', { tools: [{ input_schema: {} }] }, 'tools[0].name'],
    ['a tool without a schema', { tools: [{ name: 'f' }] }, 'tools[0].input_schema'],
    ['a choice of a tool without its name', { tools: [tool], tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    ['an unknown format', { output_config: { format: { type: 'xml' } } }, 'output_config.format.type'],
    ['a thread, which nobody here would keep', { thread: { type: 'create' } }, 'thread'],
    ['a format without a schema', { output_config: { format: { type: 'json_schema' } } }, 'output_config.format.schema'],
  ])('%s', (_, fields, field) => {
    expect(refusal(fields)).toBe(field)
  })

  it('documents do not nest', () => {
    const source = { type: 'content', content: [{ type: 'document' }] }
    expect(refusal({ messages: [user({ type: 'document', source })] })).toBe('messages[0].content[0].source.content[0]')
  })
})

describe('whatever comes', () => {
  const block = fc.record(
    {
      type: fc.constantFrom('text', 'image', 'document', 'tool_use', 'tool_result', 'thinking', 'new'),
      text: fc.oneof(fc.string(), fc.jsonValue()),
      source: fc.oneof(
        fc.record({ type: fc.constantFrom('base64', 'text', 'content', 'url', 'file'), content: fc.jsonValue() }),
        fc.jsonValue(),
      ),
      content: fc.oneof(fc.array(fc.record({ type: fc.constantFrom('text', 'image'), text: fc.string() })), fc.jsonValue()),
      id: fc.oneof(fc.string(), fc.jsonValue()),
      tool_use_id: fc.oneof(fc.string(), fc.jsonValue()),
      name: fc.oneof(fc.string(), fc.jsonValue()),
      input: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
    },
    { requiredKeys: ['type'] },
  )
  const turn = fc.record({
    role: fc.constantFrom('user', 'assistant', 'system'),
    content: fc.oneof(fc.string(), fc.array(block, { maxLength: 4 })),
  })

  it('it becomes a request that the canonical schema takes, or is rejected', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), fc.dictionary(fc.string(), fc.jsonValue()), (turns, others) => {
        const parsed = v.safeParse(MessagesSchema, { ...others, model: 'auto', max_tokens: 1, messages: turns })
        if (!parsed.success) return
        const result = readMessages(parsed.output)
        if (result.ok) expect(v.safeParse(ChatRequestSchema, result.value.chat).issues).toBeUndefined()
        else expect(result.failure.kind).toBe('rejected')
      }),
      { seed: 20_261_124, numRuns: 1000 },
    )
  })

  it('an input nested beyond what can be written is rejected, not thrown', () => {
    let input: Record<string, unknown> = {}
    for (let depth = 0; depth < 100_000; depth++) input = { a: input }
    const result = readMessages(
      body({ messages: [HI, { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input }] }] }),
    )
    expect(!result.ok && result.failure.kind).toBe('rejected')
  })
})

describe('there and back', () => {
  const word = fc.stringMatching(/^[a-zé日]{1,8}$/)
  const call = fc.record({
    id: fc.stringMatching(/^toolu_[a-z0-9]{4}$/),
    args: fc.dictionary(word, fc.oneof(word, fc.integer())),
  })
  const parts = fc
    .tuple(
      fc.constantFrom<unknown>(PNG, { type: 'image_url', image_url: { url: 'https://x.test/a.png' } }),
      fc.array(word, { maxLength: 3 }),
    )
    .map(([picture, texts]) => [picture, ...texts.map(text)])
  /** A user's turn, then turns of assistant and user, calls answered in order: what both shapes can say alike. */
  const exchange = fc.tuple(
    fc.option(word),
    fc.uniqueArray(call, { selector: ({ id }) => id, maxLength: 2 }),
    fc.option(fc.oneof(word, parts)),
  )
  const conversation = fc
    .tuple(fc.option(word), fc.oneof(word, parts), fc.array(exchange, { maxLength: 3 }))
    .map(([system, first, rest]) => [
      ...(system === null ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: first },
      ...rest.flatMap(([said, calls, next], round) => {
        if (calls.length === 0)
          return [
            { role: 'assistant', content: said ?? 'ok' },
            { role: 'user', content: next ?? 'go on' },
          ]
        const ids = calls.map(({ id }) => `${id}_${round}`)
        return [
          {
            role: 'assistant',
            content: said,
            tool_calls: calls.map(({ args }, at) => ({
              id: ids[at],
              type: 'function',
              function: { name: 'f', arguments: JSON.stringify(args) },
            })),
          },
          ...ids.map(id => ({ role: 'tool', tool_call_id: id, content: 'done' })),
          // The next exchange's turn is the assistant's; without a user's in between these results end the turn
          ...(next === null ? [] : [{ role: 'user', content: next }]),
        ]
      }),
    ])
  const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }
  const f = { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object', properties: {} } } }
  const fields = fc.record(
    {
      temperature: fc.constantFrom(0, 0.5, 1),
      stop: fc.array(word, { minLength: 1, maxLength: 3 }),
      user: word,
      tool_choice: fc.constantFrom('none', 'auto', 'required', { type: 'function', function: { name: 'f' } }),
      parallel_tool_calls: fc.constant(false),
      response_format: fc.constant({ type: 'json_schema', json_schema: { name: 'answer', schema } }),
      stream: fc.constant(true),
    },
    { requiredKeys: [] },
  )

  it('what the dialect writes, the surface reads as it was', () => {
    fc.assert(
      fc.property(conversation, fields, (talk, others) => {
        const streamed = others.stream === true ? { stream_options: { include_usage: true } } : {}
        // `none` says all that there is to say about parallel calls
        const single = others.tool_choice === 'none' ? { parallel_tool_calls: undefined } : {}
        const wanted = {
          model: 'claude-sonnet-4-5',
          messages: talk,
          max_tokens: 500,
          tools: [f],
          ...others,
          ...streamed,
          ...single,
        }
        const chat: ChatRequest = v.parse(ChatRequestSchema, JSON.parse(JSON.stringify(wanted)))
        const sent = anthropic.request(chat, model(), 'key')
        if (!sent.ok) throw new Error(JSON.stringify(sent.failure))
        const back = readMessages(v.parse(MessagesSchema, JSON.parse(sent.value.body)))
        // The choice for one call at a time comes back with the default spelled out
        const spelled = chat.parallel_tool_calls === false && chat.tool_choice === undefined ? { tool_choice: 'auto' } : {}
        expect(back).toEqual({
          ok: true,
          value: { chat: { ...chat, ...spelled }, lost: [], binding: undefined, showsThinking: false },
        })
      }),
      { seed: 20_261_124, numRuns: 500 },
    )
  })

  it.each(['low', 'medium', 'high'])('a reasoning effort of %s survives, as a budget and as an effort', effort => {
    for (const name of ['claude-sonnet-4-5', 'claude-opus-4-8']) {
      const chat = v.parse(ChatRequestSchema, { model: 'auto', messages: [HI], max_tokens: 64_000, reasoning_effort: effort })
      const sent = anthropic.request(chat, model({ name }), 'key')
      if (!sent.ok) throw new Error(JSON.stringify(sent.failure))
      const back = readMessages(v.parse(MessagesSchema, JSON.parse(sent.value.body)))
      expect(back.ok && back.value.chat.reasoning_effort).toBe(effort)
    }
  })
})

describe('a native request', () => {
  const none = { version: undefined, beta: undefined }
  const sentBy = (fields: Record<string, unknown>, headers: Parameters<typeof nativeRequest>[3] = none) => {
    const written = body(fields)
    const sent = nativeRequest('/v1/messages', written, { lost: [], binding: undefined }, headers).request(model(), 'key')
    if (!sent.ok) throw new Error(JSON.stringify(sent.failure))
    return { ...sent.value, json: JSON.parse(sent.value.body), written }
  }

  it('differs from the caller’s in its model alone', () => {
    const fields = { top_k: 3, brand_new: { a: [1, null] }, system: [{ ...text('x'), cache_control: { type: 'ephemeral' } }] }
    const { json, written, url } = sentBy(fields)
    expect(json).toEqual({ ...written, model: 'claude-sonnet-4-5' })
    expect(url).toBe('https://upstream.test/v1/messages')
  })

  it('carries the caller’s version and betas, else the version that the dialect speaks', () => {
    expect(sentBy({}).headers).toEqual({
      'content-type': 'application/json',
      'x-api-key': 'key',
      'anthropic-version': '2023-06-01',
    })
    expect(sentBy({}, { version: '2027-01-01', beta: 'a,b' }).headers).toMatchObject({
      'anthropic-version': '2027-01-01',
      'anthropic-beta': 'a,b',
    })
  })

  it('keeps signed thinking and takes out what nobody signed', () => {
    const signed = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }
    const unsigned = { type: 'thinking', thinking: 'Hm.', signature: '' }
    const assistant = (...content: unknown[]) => ({ role: 'assistant', content })
    const redacted = { type: 'redacted_thinking', data: 'xx' }
    const { json } = sentBy({ messages: [HI, assistant(signed, redacted, unsigned, text('a')), HI, assistant(unsigned), HI] })
    expect(json.messages).toEqual([HI, assistant(signed, redacted, text('a')), HI, HI])
  })
})
