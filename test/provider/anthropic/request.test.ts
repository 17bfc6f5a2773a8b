import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../src/provider/anthropic'
import { call, chat, model, translator, weather } from '../requests'

const { sent, refused } = translator(anthropic, 'claude-sonnet-4-5')
const user = (content: unknown) => ({ role: 'user', content })
const text = (value: string) => ({ type: 'text', text: value })
const PNG = 'iVBORw0KGgo='

describe('address and headers', () => {
  it('posts to /v1/messages with key and version', () => {
    const { url, headers } = sent()
    expect(url).toBe('https://upstream.test/v1/messages')
    expect(headers).toEqual({ 'content-type': 'application/json', 'x-api-key': 'key', 'anthropic-version': '2023-06-01' })
  })

  it('sends no key header without a key', () => {
    const result = anthropic.request(chat(), model(), undefined)
    expect(result.ok && Object.keys(result.value.headers)).toEqual(['content-type', 'anthropic-version'])
  })

  it("lets the model's headers override its own, whatever their case", () => {
    const result = anthropic.request(chat(), model({ headers: { 'X-Api-Key': 'theirs', 'Anthropic-Beta': 'b' } }), 'key')
    expect(result.ok && result.value.headers).toMatchObject({ 'x-api-key': 'theirs', 'anthropic-beta': 'b' })
    expect(result.ok && Object.keys(result.value.headers)).toHaveLength(4)
  })

  it('leaves sampling out where the headers ask for an API version that refuses it', () => {
    const result = anthropic.request(chat({ temperature: 0.5 }), model({ headers: { 'Anthropic-Version': '2026-10-21' } }), 'key')
    expect(result.ok && result.value.dropped).toEqual(['temperature'])
  })
})

describe('messages', () => {
  it('gathers system and developer messages from anywhere, in order', () => {
    const { body } = sent({
      messages: [{ role: 'system', content: 'A' }, user('Hi'), { role: 'developer', content: [text('B'), text(' '), text('C')] }],
    })
    expect(body.system).toEqual([text('A'), text('B'), text('C')])
    expect(body.messages).toEqual([user([text('Hi')])])
  })

  it('merges consecutive messages of one role and leaves blank text out', () => {
    const { body } = sent({
      messages: [user('a'), user('  '), user([text(''), text('b')]), { role: 'assistant', content: '' }, user('c')],
    })
    expect(body.messages).toEqual([user([text('a'), text('b'), text('c')])])
  })

  it('asks a conversation of system messages alone as the user', () => {
    const { body } = sent({ messages: [{ role: 'system', content: 'Say hi' }] })
    expect(body.system).toBeUndefined()
    expect(body.messages).toEqual([user([text('Say hi')])])
  })

  it('leaves a conversation without any text to providers that take one', () => {
    expect(refused({ messages: [user(' \n ')] })).toBe('unsupported messages')
  })

  it('puts a user turn before an assistant that speaks first', () => {
    const { body } = sent({ messages: [{ role: 'assistant', content: 'Hello' }, user('Hi')] })
    expect(body.messages).toEqual([
      user([text('Continue the conversation.')]),
      { role: 'assistant', content: [text('Hello')] },
      user([text('Hi')]),
    ])
  })

  it('carries calls and results, all results of a turn first, with ids in the letters the API allows', () => {
    const { body } = sent({
      messages: [
        user('Weather?'),
        {
          role: 'assistant',
          content: null,
          tool_calls: [call('call:1', 'get_weather', '{"city":"Rome"}'), call('b', 'now', ' ')],
        },
        { role: 'tool', tool_call_id: 'call:1', content: [text('sun'), text('ny')] },
        { role: 'tool', tool_call_id: 'b', content: '' },
        user('And?'),
      ],
    })
    expect(body.messages).toEqual([
      user([text('Weather?')]),
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'call_1', name: 'get_weather', input: { city: 'Rome' } },
          { type: 'tool_use', id: 'b', name: 'now', input: {} },
        ],
      },
      user([
        { type: 'tool_result', tool_use_id: 'call_1', content: 'sunny' },
        { type: 'tool_result', tool_use_id: 'b' },
        text('And?'),
      ]),
    ])
  })

  it.each(['{"city":', '[1]', 'null', '"Rome"'])('rejects the arguments %s by their path', args => {
    const messages = [user('a'), { role: 'assistant', tool_calls: [call('1', 'f'), call('2', 'f', args)] }]
    expect(refused({ messages })).toBe('rejected messages[1].tool_calls[1].function.arguments')
  })

  it('rejects a result that answers no call', () => {
    expect(refused({ messages: [user('a'), { role: 'tool', tool_call_id: 'x', content: 'r' }] })).toBe(
      'rejected messages[1].tool_call_id',
    )
  })

  it('keeps an earlier refusal as what the assistant said', () => {
    const { body } = sent({ messages: [user('a'), { role: 'assistant', content: null, refusal: 'No.' }, user('b')] })
    expect(body.messages).toMatchObject([{}, { role: 'assistant', content: [text('No.')] }, {}])
  })

  it('continues an assistant turn without its trailing space, where the model does that', () => {
    const messages = [user('Greek sun?'), { role: 'assistant', content: 'It is ( \n' }]
    expect(sent({ messages }).body.messages).toMatchObject([{}, { content: [text('It is (')] }])
    expect(refused({ messages }, 'claude-opus-4-6')).toBe('unsupported messages[1]')
  })
})

describe('attachments', () => {
  const part = (value: unknown) => ({ messages: [user([text('See'), value])] })
  const image = (url: string) => part({ type: 'image_url', image_url: { url } })
  const file = (value: unknown) => part({ type: 'file', file: value })

  it.each([
    [image(`data:image/png;base64,${PNG}`), { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
    [image(`DATA:image/JPG;base64,${PNG}`), { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: PNG } }],
    [image('https://x.test/a.png'), { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } }],
    [
      file({ filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' }),
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }, title: 'a.pdf' },
    ],
    [
      file({ filename: 'a.pdf', file_data: 'JVBERi0=' }),
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }, title: 'a.pdf' },
    ],
    [
      // Base64 of the five UTF-8 bytes of "Grüß" cut to "Grü": 47 72 c3 bc
      file({ file_data: 'data:text/markdown;charset=utf-8;base64,R3LDvA==' }),
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grü' } },
    ],
    [file({ file_data: 'https://x.test/a.pdf' }), { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } }],
  ])('carries %j', (fields, block) => {
    expect(sent(fields).body.messages).toEqual([user([text('See'), block])])
  })

  it.each([
    [image('data:image/png;base64,not base64'), 'rejected messages[0].content[1].image_url.url'],
    [image('data:image/png,abc'), 'rejected messages[0].content[1].image_url.url'],
    [image('file:///etc/passwd'), 'rejected messages[0].content[1].image_url.url'],
    [image('http://x.test/a.png'), 'unsupported messages[0].content[1].image_url.url'],
    [image(`data:image/heic;base64,${PNG}`), 'unsupported messages[0].content[1].image_url.url'],
    [part({ type: 'input_audio', input_audio: { data: PNG, format: 'wav' } }), 'unsupported messages[0].content[1]'],
    [file({ file_id: 'file-1' }), 'unsupported messages[0].content[1].file.file_id'],
    [file({}), 'rejected messages[0].content[1].file'],
    [file({ file_data: 'JVBERi0=' }), 'rejected messages[0].content[1].file.file_data'],
    [file({ file_data: 'data:text/plain;base64,/w==' }), 'rejected messages[0].content[1].file.file_data'],
    [file({ file_data: 'data:application/zip;base64,UEs=' }), 'unsupported messages[0].content[1].file.file_data'],
  ])('refuses %j', (fields, expected) => {
    expect(refused(fields)).toBe(expected)
  })
})

describe('sampling and limits', () => {
  it.each([
    ['claude-3-7-sonnet-20250219', { temperature: 0.4, top_p: 0.9 }, { temperature: 0.4, top_p: 0.9 }, []],
    ['claude-sonnet-4-20250514', { temperature: 1.7 }, { temperature: 1 }, []],
    ['claude-sonnet-4-5', { temperature: 0.4, top_p: 0.9 }, { temperature: 0.4 }, ['top_p']],
    ['claude-haiku-4-5-20251001', { top_p: 0.9 }, { top_p: 0.9 }, []],
    ['us.anthropic.claude-opus-4-7-v1:0', { temperature: 0.4, top_p: 0.9 }, {}, ['temperature', 'top_p']],
    ['claude-opus-4-6', { temperature: 0 }, { temperature: 0 }, []],
    ['anthropic/claude-opus-4.8', { temperature: 0.4 }, {}, ['temperature']],
    ['claude-sonnet-5', { temperature: 0.4 }, {}, ['temperature']],
    ['claude-haiku-5-5', { top_p: 0.4 }, {}, ['top_p']],
    ['claude-mythos-preview', { top_p: 0.4 }, {}, ['top_p']],
    ['glm-4.6', { temperature: 0.4, top_p: 0.9 }, { temperature: 0.4, top_p: 0.9 }, []],
  ])('%s given %j gets %j and drops %j', (name, fields, kept, dropped) => {
    const { body, dropped: left } = sent(fields, name)
    expect({ temperature: body.temperature, top_p: body.top_p }).toEqual({ temperature: undefined, top_p: undefined, ...kept })
    expect(left).toEqual(dropped)
  })

  it.each([
    ['claude-3-haiku-20240307', {}, 4096],
    ['claude-3-5-sonnet-latest', {}, 8192],
    ['claude-opus-4-1', {}, 16_000],
    ['claude-sonnet-5-5', {}, 32_000],
    ['kimi-k2', {}, 4096],
    ['claude-sonnet-5-5', { max_tokens: 7 }, 7],
    ['claude-sonnet-5-5', { max_tokens: 7, max_completion_tokens: 9 }, 9],
  ])('%s given %j answers with at most %i tokens', (name, fields, expected) => {
    expect(sent(fields, name).body.max_tokens).toBe(expected)
  })

  it('passes stop sequences on, except white space, which Claude refuses', () => {
    expect(sent({ stop: 'END' }).body.stop_sequences).toEqual(['END'])
    const { body, dropped } = sent({ stop: ['\n\n', 'END'] })
    expect(body.stop_sequences).toEqual(['END'])
    expect(dropped).toEqual(['stop'])
    expect(sent({ stop: '\n' }).body).not.toHaveProperty('stop_sequences')
  })

  it('gives one answer a request', () => {
    expect(refused({ n: 2 })).toBe('unsupported n')
    expect(sent({ n: 1 }).dropped).toEqual([])
  })

  it('names what it leaves out, and only what asked for something', () => {
    const { dropped } = sent({
      seed: 1,
      logprobs: true,
      frequency_penalty: 0,
      presence_penalty: 0.5,
      logit_bias: {},
      metadata: { a: 'b' },
      store: false,
      service_tier: 'auto',
      modalities: ['text'],
      stream_options: { include_usage: true },
      messages: [
        { role: 'user', name: 'Ann', content: [{ type: 'image_url', image_url: { url: 'https://x.test', detail: 'high' } }] },
      ],
    })
    expect([...dropped].sort()).toEqual([
      'logprobs',
      'messages[].content[].image_url.detail',
      'messages[].name',
      'metadata',
      'presence_penalty',
      'seed',
    ])
  })

  it.each([
    [{ functions: [{ name: 'f' }] }, 'unsupported functions'],
    [{ modalities: ['text', 'audio'] }, 'unsupported modalities'],
    [{ web_search_options: {} }, 'unsupported web_search_options'],
  ])('does not leave out %j, which changes what an answer is', (fields, expected) => {
    expect(refused(fields)).toBe(expected)
  })

  it.each([
    [{ user: 'u-1' }, { user_id: 'u-1' }, []],
    [{ safety_identifier: 's-1' }, { user_id: 's-1' }, []],
    [{ user: 'u'.repeat(257) }, undefined, ['user']],
  ])('names the user by an id that the API takes: %j', (fields, metadata, dropped) => {
    const result = sent(fields)
    expect(result.body.metadata).toEqual(metadata)
    expect(result.dropped).toEqual(dropped)
  })
})

describe('tools', () => {
  it('translates definitions, and reads one without parameters as taking an object', () => {
    const bare = { type: 'function', function: { name: 'now', description: null, strict: true } }
    const { body, dropped } = sent({ tools: [weather, bare] })
    expect(body.tools).toEqual([
      { name: 'get_weather', description: 'Weather of a city', input_schema: weather.function.parameters },
      { name: 'now', input_schema: { type: 'object' } },
    ])
    expect(dropped).toEqual(['tools[].function.strict'])
  })

  it.each([
    [{}, undefined],
    [{ tool_choice: 'auto' }, { type: 'auto' }],
    [{ tool_choice: 'none', parallel_tool_calls: false }, { type: 'none' }],
    [{ tool_choice: 'required' }, { type: 'any' }],
    [{ tool_choice: { type: 'function', function: { name: 'now' } } }, { type: 'tool', name: 'now' }],
    [{ parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ parallel_tool_calls: true }, undefined],
    [
      { tool_choice: 'required', parallel_tool_calls: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
  ])('%j chooses %j', (fields, expected) => {
    expect(sent({ tools: [weather], ...fields }).body.tool_choice).toEqual(expected)
  })

  it('rejects the demand for a tool where there is none', () => {
    expect(refused({ tool_choice: 'required' })).toBe('rejected tool_choice')
    expect(sent({ tool_choice: 'auto' }).body).not.toHaveProperty('tool_choice')
  })

  it.each(['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-fable-5-1'])('%s cannot be forced', name => {
    expect(refused({ tools: [weather], tool_choice: 'required' }, name)).toBe('unsupported tool_choice')
  })

  it('switches default thinking off for a forced call, which the API refuses beside it', () => {
    const fields = { tools: [weather], tool_choice: 'required' }
    expect(sent(fields, 'claude-sonnet-5').body.thinking).toEqual({ type: 'disabled' })
    expect(sent(fields, 'claude-sonnet-4-5').body).not.toHaveProperty('thinking')
  })
})

describe('reasoning effort', () => {
  it.each([
    ['claude-3-5-haiku-latest', 'high', undefined, undefined, 8192, ['reasoning_effort']],
    ['claude-sonnet-4-5', 'none', undefined, undefined, 16_000, []],
    ['claude-sonnet-4-5', 'minimal', { type: 'enabled', budget_tokens: 1024 }, undefined, 17_024, []],
    ['claude-opus-4-20250514', 'high', { type: 'enabled', budget_tokens: 16_000 }, undefined, 32_000, []],
    ['claude-opus-4-6', 'medium', { type: 'adaptive' }, 'medium', 32_000, []],
    ['claude-opus-4-6', 'xhigh', { type: 'adaptive' }, 'high', 32_000, []],
    ['claude-opus-4-6', 'none', undefined, undefined, 32_000, []],
    ['claude-opus-5-5', 'xhigh', { type: 'adaptive', display: 'summarized' }, 'xhigh', 32_000, []],
    ['claude-opus-5-5', 'none', undefined, 'low', 32_000, []],
    ['claude-sonnet-5-5', 'none', { type: 'between_tools' }, undefined, 32_000, []],
    ['claude-haiku-5-5', 'none', { type: 'disabled' }, undefined, 32_000, []],
    ['claude-sonnet-5', 'minimal', { type: 'adaptive', display: 'summarized' }, 'low', 32_000, []],
    ['claude-sonnet-5', 'heroic', undefined, undefined, 32_000, ['reasoning_effort']],
  ])('%s asked for %s', (name, effort, thinking, level, maxTokens, dropped) => {
    const result = sent({ reasoning_effort: effort }, name)
    expect(result.body.thinking).toEqual(thinking)
    expect(result.body.output_config).toEqual(level === undefined ? undefined : { effort: level })
    expect(result.body.max_tokens).toBe(maxTokens)
    expect(result.dropped).toEqual(dropped)
  })

  it("takes at most half of the caller's limit, and nothing where that is below the API's minimum", () => {
    const limited = (max_tokens: number) => sent({ reasoning_effort: 'high', max_tokens })
    expect(limited(4000).body).toMatchObject({ max_tokens: 4000, thinking: { budget_tokens: 2000 } })
    expect(limited(2047).body).not.toHaveProperty('thinking')
    expect(limited(2047).dropped).toEqual(['reasoning_effort'])
  })

  it.each<[string, object, object]>([
    // Whatever is left of the limit is for the answer, as the caller has divided it
    ['claude-sonnet-4-5', { type: 'enabled', budget_tokens: 5000 }, { thinking: { type: 'enabled', budget_tokens: 5000 } }],
    ['claude-sonnet-4-5', { type: 'enabled', budget_tokens: 9000 }, { thinking: { type: 'enabled', budget_tokens: 7999 } }],
    ['claude-sonnet-4-5', { type: 'adaptive' }, { thinking: { type: 'enabled', budget_tokens: 4000 } }],
    ['claude-sonnet-4-5', { type: 'disabled' }, {}],
    ['claude-opus-4-6', { type: 'enabled', budget_tokens: 5000 }, { thinking: { type: 'adaptive' }, effort: 'medium' }],
    ['claude-opus-4-6', { type: 'disabled' }, {}],
    ['claude-haiku-5-5', { type: 'disabled' }, { thinking: { type: 'disabled' } }],
  ])("%s takes a chat's own `thinking` %j", (name, asked, wanted) => {
    const { body, dropped } = sent({ thinking: asked, max_tokens: 8000 }, name)
    const { effort, ...rest } = { effort: undefined, ...wanted }
    expect(body).toMatchObject({ max_tokens: 8000, ...rest, ...(effort !== undefined && { output_config: { effort } }) })
    if (!('thinking' in rest)) expect(body).not.toHaveProperty('thinking')
    expect(dropped).toEqual([])
  })

  it.each<[string, Record<string, unknown>]>([
    ['is of no known kind', { thinking: { type: 'deep' } }],
    [
      'is contradicted by the word that all providers know',
      { thinking: { type: 'enabled', budget_tokens: 5000 }, reasoning_effort: 'none' },
    ],
    ['has no room', { thinking: { type: 'enabled', budget_tokens: 5000 }, max_tokens: 1000 }],
    [
      'stands beside a forced tool',
      { thinking: { type: 'enabled', budget_tokens: 5000 }, tools: [weather], tool_choice: 'required' },
    ],
  ])('lists `thinking` where it %s', (_, fields) => {
    const { body, dropped } = sent(fields, 'claude-sonnet-4-5')
    expect(body).not.toHaveProperty('thinking')
    expect(dropped).toEqual(['thinking'])
  })

  it('divides no more than the model can write', () => {
    // claude-opus-4 writes 32,000 tokens
    const { body } = sent({ thinking: { type: 'enabled', budget_tokens: 60_000 } }, 'claude-opus-4-20250514')
    expect(body).toMatchObject({ max_tokens: 32_000, thinking: { budget_tokens: 31_999 } })
  })

  it('leaves sampling out while thinking is on', () => {
    expect(sent({ reasoning_effort: 'low', temperature: 0.2 }).dropped).toEqual(['temperature'])
    expect(sent({ reasoning_effort: 'none', temperature: 0.2 }).body.temperature).toBe(0.2)
  })

  it('thinks by budget only from a user turn, since the signed thoughts before a tool result are gone', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', tool_calls: [call('1', 'f')] },
      { role: 'tool', tool_call_id: '1', content: 'r' },
    ]
    expect(sent({ reasoning_effort: 'high', messages }).dropped).toEqual(['reasoning_effort'])
    expect(sent({ reasoning_effort: 'high', messages }, 'claude-opus-4-6').body.thinking).toEqual({ type: 'adaptive' })
  })

  it('gives way to a forced tool', () => {
    const { body, dropped } = sent({ reasoning_effort: 'high', tools: [weather], tool_choice: 'required' })
    expect(body).not.toHaveProperty('thinking')
    expect(dropped).toEqual(['reasoning_effort'])
  })
})

describe('response format', () => {
  const schema = (value: unknown) => ({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema: value } } })

  it('asks for any JSON object in the system prompt, after the caller’s', () => {
    const { body, dropped } = sent({
      messages: [{ role: 'system', content: 'A' }, user('JSON, please')],
      response_format: { type: 'json_object' },
    })
    expect(body.system).toMatchObject([text('A'), { text: expect.stringContaining('JSON object') }])
    expect(dropped).toEqual([])
  })

  it('closes objects and moves what Claude cannot enforce into the description', () => {
    const { body } = sent(
      schema({
        type: 'object',
        description: 'A person',
        minProperties: 1,
        properties: {
          name: { type: 'string', maxLength: 9, format: 'phone' },
          mail: { type: 'string', format: 'email' },
          // A property may be called like a keyword
          minimum: { type: 'integer', minimum: 0 },
          tags: { type: 'array', minItems: 1, items: { oneOf: [{ $ref: '#/$defs/tag' }, { type: 'null' }] } },
        },
        required: ['name'],
        $defs: { tag: { properties: { id: { type: 'string' } } } },
      }),
    )
    expect(body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          description: 'A person (minProperties: 1)',
          properties: {
            name: { type: 'string', description: '(maxLength: 9, format: "phone")' },
            mail: { type: 'string', format: 'email' },
            minimum: { type: 'integer', description: '(minimum: 0)' },
            tags: { type: 'array', minItems: 1, items: { anyOf: [{ $ref: '#/$defs/tag' }, { type: 'null' }] } },
          },
          required: ['name'],
          $defs: { tag: { properties: { id: { type: 'string' } }, additionalProperties: false } },
          additionalProperties: false,
        },
      },
    })
  })

  it('leaves a schema to models that can be held to one', () => {
    expect(refused(schema({ type: 'object' }), 'claude-sonnet-4-20250514')).toBe('unsupported response_format')
    expect(sent(schema({ type: 'object' }), 'claude-opus-4-1').body).toHaveProperty('output_config.format')
  })
})

it('asks for a stream when the caller does', () => {
  expect(sent({ stream: true }).body.stream).toBe(true)
  expect(sent().body).not.toHaveProperty('stream')
})
