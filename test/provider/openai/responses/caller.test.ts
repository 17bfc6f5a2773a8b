import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { ChatRequestSchema } from '../../../../src/chat'
import type { Failure } from '../../../../src/outcome'
import { ResponsesSchema, readResponses } from '../../../../src/provider/openai/responses/caller'

const read = (fields: Record<string, unknown>) =>
  readResponses(v.parse(ResponsesSchema, { model: 'auto', input: 'Hi', ...fields }))

function understood(fields: Record<string, unknown>) {
  const result = read(fields)
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  // Whatever comes out of here every dialect must be able to take
  v.parse(ChatRequestSchema, result.value.chat)
  return result.value
}

const chat = (fields: Record<string, unknown>) => understood(fields).chat
const messages = (...input: readonly unknown[]) => chat({ input }).messages
const bound = (fields: Record<string, unknown>) => understood(fields).binding
const lost = (fields: Record<string, unknown>) => understood(fields).lost

function refused(fields: Record<string, unknown>): Failure {
  const result = read(fields)
  if (result.ok) throw new Error('it was understood')
  return result.failure
}
const param = (fields: Record<string, unknown>) => {
  const failure = refused(fields)
  return failure.kind === 'rejected' ? failure.upstream.param : failure.kind
}

const user = (content: unknown) => ({ role: 'user', content })
const call = (call_id: string, name = 'f', args = '{}') => ({
  type: 'function_call',
  id: `fc_${call_id}`,
  call_id,
  name,
  arguments: args,
})
const result = (call_id: string, output: unknown) => ({ type: 'function_call_output', call_id, output })
const called = (id: string, name = 'f', args = '{}') => ({ id, type: 'function', function: { name, arguments: args } })

describe('what needs somebody to keep it', () => {
  it.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['conversation', { conversation: { id: 'conv_1' } }],
    ['prompt', { prompt: { id: 'pmpt_1' }, input: undefined }],
    ['background', { background: true }],
    ['input[1]', { input: [user('Hi'), { type: 'item_reference', id: 'msg_1' }] }],
    ['input[0]', { input: [{ id: 'msg_1' }] }],
  ])('%s is refused by its name, with what to do', (name, fields) => {
    const failure = refused(fields)
    expect(failure).toMatchObject({
      kind: 'rejected',
      upstream: { status: 400, type: 'invalid_request_error', code: 'unsupported_parameter', param: name },
    })
    expect(failure.kind === 'rejected' && failure.upstream.message).toMatch(/this router keeps no .*\. Send /)
  })

  it('null and false ask for nothing', () => {
    const nothing = { previous_response_id: null, conversation: null, prompt: null, background: false }
    expect(understood(nothing)).toEqual(understood({}))
  })

  it('storing is left out and said so, if it was asked for', () => {
    expect(lost({ store: true })).toEqual(['store'])
    expect(lost({ store: false })).toEqual([])
    expect(lost({})).toEqual([])
  })
})

describe('tools that OpenAI runs itself', () => {
  it.each([
    'web_search',
    'web_search_preview',
    'web_search_2025_08_26',
    'file_search',
    'code_interpreter',
    'mcp',
    'computer',
    'computer_use_preview',
    'image_generation',
    'programmatic_tool_calling',
  ])('%s is refused, with what to do', type => {
    const failure = refused({ tools: [{ type: 'function', name: 'f' }, { type }] })
    expect(failure).toMatchObject({ upstream: { status: 400, param: 'tools[1].type' } })
    expect(failure.kind === 'rejected' && failure.upstream.message).toContain(`"${type}"`)
    if (type !== 'mcp') expect(param({ tool_choice: { type } })).toBe('tool_choice.type')
  })

  it('a shell is refused where it is OpenAI’s own, and OpenAI’s alone where it is the caller’s', () => {
    expect(param({ tools: [{ type: 'shell', environment: { type: 'container_auto' } }] })).toBe('tools[0].type')
    expect(bound({ tools: [{ type: 'shell', environment: { type: 'local' } }] })).toBe('tools[0] (shell)')
  })
})

describe('input', () => {
  it('as text is what the user says, after the instructions', () => {
    expect(chat({ instructions: 'Be brief.' }).messages).toEqual([{ role: 'system', content: 'Be brief.' }, user('Hi')])
    expect(chat({ instructions: '' }).messages).toEqual([user('Hi')])
  })

  it.each([
    ['text', user('Hi'), user('Hi')],
    ['one part of text', user([{ type: 'input_text', text: 'Hi' }]), user('Hi')],
    ['a type that is spelt out', { type: 'message', ...user('Hi') }, user('Hi')],
    [
      'text and an image',
      user([
        { type: 'input_text', text: 'Look' },
        { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'high' },
        { type: 'input_image', image_url: 'https://a.test/b.png', detail: 'auto' },
      ]),
      user([
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'high' } },
        { type: 'image_url', image_url: { url: 'https://a.test/b.png' } },
      ]),
    ],
    [
      'files',
      user([
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
        { type: 'input_file', file_id: 'file-1' },
        { type: 'input_file', file_url: 'https://a.test/b.pdf' },
      ]),
      user([
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
        { type: 'file', file: { file_id: 'file-1' } },
        { type: 'file', file: { file_data: 'https://a.test/b.pdf' } },
      ]),
    ],
    [
      'the ends of what may be cached, even behind the only text',
      user([{ type: 'input_text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit' } }]),
      user([{ type: 'text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit' } }]),
    ],
    [
      'audio',
      user([{ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } }]),
      user([{ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } }]),
    ],
    ['a developer', { role: 'developer', content: 'Be brief.' }, { role: 'developer', content: 'Be brief.' }],
    ['an assistant', { role: 'assistant', content: 'Hello.' }, { role: 'assistant', content: 'Hello.' }],
    [
      'an assistant’s output',
      {
        type: 'message',
        id: 'msg_1',
        status: 'completed',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'Hel', annotations: [] },
          { type: 'output_text', text: 'lo.', annotations: [] },
        ],
      },
      { role: 'assistant', content: 'Hello.' },
    ],
    [
      'a refusal',
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { role: 'assistant', content: null, refusal: 'No.' },
    ],
  ])('as a message with %s', (_, item, message) => {
    expect(messages(item)).toEqual([message])
  })

  it('calls join the message before them, and results follow their message, wherever they stood', () => {
    expect(
      messages(
        user('Weather?'),
        { role: 'assistant', content: 'Let me look.' },
        call('a', 'weather', '{"city":"Bern"}'),
        call('b'),
        user('Quick!'),
        result('b', 'cold'),
        result('a', [{ type: 'input_text', text: 'warm' }]),
        call('c'),
        result('c', ''),
      ),
    ).toEqual([
      user('Weather?'),
      { role: 'assistant', content: 'Let me look.', tool_calls: [called('a', 'weather', '{"city":"Bern"}'), called('b')] },
      { role: 'tool', tool_call_id: 'b', content: 'cold' },
      { role: 'tool', tool_call_id: 'a', content: 'warm' },
      user('Quick!'),
      { role: 'assistant', content: null, tool_calls: [called('c')] },
      { role: 'tool', tool_call_id: 'c', content: '' },
    ])
  })

  it('a call behind a result begins a message of its own', () => {
    expect(messages(call('a'), result('a', '1'), call('b'), result('b', '2')).map(({ role }) => role)).toEqual([
      'assistant',
      'tool',
      'assistant',
      'tool',
    ])
  })

  it('images of a result follow all results, under the id of their call', () => {
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AA==' }
    expect(
      messages(call('a'), call('b'), result('a', [{ type: 'input_text', text: 'See:' }, image]), result('b', 'x')).slice(1),
    ).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'See:' },
      { role: 'tool', tool_call_id: 'b', content: 'x' },
      user([
        { type: 'text', text: 'Attached to the result of a:' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
      ]),
    ])
  })

  it('free-text tools have calls and results too', () => {
    const input = [
      { type: 'custom_tool_call', call_id: 'a', name: 'sql', input: 'SELECT 1' },
      { type: 'custom_tool_call_output', call_id: 'a', output: '1' },
    ]
    expect(messages(...input)).toEqual([
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'sql', input: 'SELECT 1' } }] },
      { role: 'tool', tool_call_id: 'a', content: '1' },
    ])
  })

  it('reasoning is left out, encrypted or not', () => {
    const reasoning = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'x' }
    expect(understood({ input: [user('Hi'), reasoning, call('a'), result('a', '1')] })).toMatchObject({
      lost: [],
      binding: undefined,
    })
    expect(JSON.stringify(messages(user('Hi'), reasoning))).not.toContain('Hm.')
  })

  it.each([
    ['nothing at all', { input: null }, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['nothing but reasoning', { input: [{ type: 'reasoning', summary: [] }] }, 'input'],
    ['a result without its call', { input: [result('a', '1')] }, 'input[0].call_id'],
    ['a result before its call', { input: [result('a', '1'), call('a')] }, 'input[0].call_id'],
    ['a call without an id', { input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }, 'input[0].call_id'],
    ['a call without a name', { input: [{ type: 'function_call', call_id: 'a', arguments: '{}' }] }, 'input[0].name'],
    ['an unknown role', { input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
    ['content that is none', { input: [user(7)] }, 'input[0].content'],
    ['a part without a type', { input: [user([{}])] }, 'input[0].content[0].type'],
    ['a text without text', { input: [user([{ type: 'input_text' }])] }, 'input[0].content[0].text'],
    ['an image without an address', { input: [user([{ type: 'input_image' }])] }, 'input[0].content[0].image_url'],
    ['a file without anything', { input: [user([{ type: 'input_file' }])] }, 'input[0].content[0].file_data'],
    [
      'a system message with an image',
      { input: [{ role: 'system', content: [{ type: 'input_image', image_url: 'x' }] }] },
      'input[0].content',
    ],
    [
      'an assistant without text',
      { input: [{ role: 'assistant', content: [{ type: 'output_text' }] }] },
      'input[0].content[0].text',
    ],
  ])('%s is refused, and named', (_, fields, name) => {
    expect(param(fields)).toBe(name)
  })

  it('a missing call says that it must be sent along, since nobody has it', () => {
    const failure = refused({ input: [result('call_1', '1')] })
    expect(failure.kind === 'rejected' && failure.upstream.message).toContain('send the call along')
  })

  it('a great many results of one call take no longer than they must', () => {
    const input = [call('a'), ...Array.from({ length: 100_000 }, () => result('a', '1'))]
    expect(messages(...input)).toHaveLength(100_001)
  })
})

describe('what only OpenAI’s own API can honour binds the request to it, by the first of its names', () => {
  it.each([
    ['input[1] (compaction)', { input: [user('Hi'), { type: 'compaction', encrypted_content: 'x' }] }],
    ['input[0] (web_search_call)', { input: [{ type: 'web_search_call', id: 'ws_1' }, user('Hi')] }],
    ['input[0].content[0].file_id', { input: [user([{ type: 'input_image', file_id: 'file-1' }])] }],
    ['input[0].content[0] (brand_new)', { input: [user([{ type: 'brand_new' }])] }],
    ['tools[0] (apply_patch)', { tools: [{ type: 'apply_patch' }] }],
    ['tools[0] (namespace)', { tools: [{ type: 'namespace', name: 'n', tools: [] }] }],
    ['tool_choice (apply_patch)', { tool_choice: { type: 'apply_patch' } }],
    ['moderation', { moderation: { model: 'omni', policy: { input: { mode: 'block' } } } }],
  ])('%s', (binding, fields) => {
    expect(bound(fields)).toBe(binding)
  })

  it('a conversation of nothing else is one all the same', () => {
    expect(messages({ type: 'compaction', encrypted_content: 'x' })).toEqual([user('')])
  })
})

describe('settings', () => {
  const f = { type: 'function', name: 'f', description: 'Does it', parameters: { type: 'object' }, strict: true }
  const chatF = {
    type: 'function',
    function: { name: 'f', description: 'Does it', parameters: { type: 'object' }, strict: true },
  }

  it.each([
    [
      'limits and sampling',
      { max_output_tokens: 20, temperature: 0.3, top_p: 0.9 },
      { max_tokens: 20, temperature: 0.3, top_p: 0.9 },
    ],
    ['a stream always tells usage', { stream: true }, { stream: true, stream_options: { include_usage: true } }],
    ['functions lose a level', { tools: [f] }, { tools: [chatF] }],
    [
      'a function may lack everything but its name',
      { tools: [{ type: 'function', name: 'f' }] },
      { tools: [{ type: 'function', function: { name: 'f' } }] },
    ],
    [
      'a free-text tool keeps its grammar, one level deeper',
      { tools: [{ type: 'custom', name: 'sql', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } }] },
      {
        tools: [
          {
            type: 'custom',
            custom: { name: 'sql', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } } },
          },
        ],
      },
    ],
    ['a choice by word', { tools: [f], tool_choice: 'required' }, { tools: [chatF], tool_choice: 'required' }],
    [
      'a choice by name',
      { tools: [f], tool_choice: { type: 'function', name: 'f' } },
      { tools: [chatF], tool_choice: { type: 'function', function: { name: 'f' } } },
    ],
    [
      'a choice among some',
      { tools: [f], tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] } },
      {
        tools: [chatF],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
        },
      },
    ],
    ['one call at a time', { tools: [f], parallel_tool_calls: false }, { tools: [chatF], parallel_tool_calls: false }],
    ['a choice among none is none', { tool_choice: 'auto', parallel_tool_calls: false }, {}],
    ['plain text is the default', { text: { format: { type: 'text' }, verbosity: 'medium' } }, {}],
    ['any JSON', { text: { format: { type: 'json_object' } } }, { response_format: { type: 'json_object' } }],
    [
      'JSON of a schema',
      {
        text: {
          format: { type: 'json_schema', name: 'n', description: 'd', strict: true, schema: { type: 'object' } },
          verbosity: 'low',
        },
      },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'n', description: 'd', strict: true, schema: { type: 'object' } },
        },
        verbosity: 'low',
      },
    ],
    ['effort', { reasoning: { effort: 'high', summary: 'auto' } }, { reasoning_effort: 'high' }],
    ['log probabilities by their number', { top_logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
    ['log probabilities by include', { include: ['message.output_text.logprobs'] }, { logprobs: true }],
    [
      'what has the same name',
      { metadata: { a: 'b' }, user: 'u', safety_identifier: 's', prompt_cache_key: 'k', service_tier: 'flex' },
      { metadata: { a: 'b' }, user: 'u', safety_identifier: 's', prompt_cache_key: 'k', service_tier: 'flex' },
    ],
    [
      'null is as good as absent',
      { temperature: null, tools: null, text: null, reasoning: null, metadata: null, stream: null },
      {},
    ],
  ])('%s', (_, fields, expected) => {
    expect(chat(fields)).toEqual({ model: 'auto', messages: [user('Hi')], ...expected })
    expect(lost(fields)).toEqual([])
  })

  it.each([
    [['truncation'], { truncation: 'auto' }],
    [[], { truncation: 'disabled' }],
    [['include'], { include: ['reasoning.encrypted_content'] }],
    [['max_tool_calls', 'prompt_cache_retention'], { max_tool_calls: 3, prompt_cache_retention: '24h' }],
    [['tools[].defer_loading'], { tools: [{ ...f, defer_loading: true }] }],
    [['reasoning.mode'], { reasoning: { mode: 'pro' } }],
    [['brand_new'], { brand_new: 1 }],
    [[], { brand_new: null, context_management: [], stream_options: { include_obfuscation: false } }],
  ])('%j is what others answer without', (names, fields) => {
    expect(lost(fields)).toEqual(names)
  })

  it.each([
    ['tools[0].name', { tools: [{ type: 'function' }] }],
    ['tool_choice', { tool_choice: 'required' }],
    ['tool_choice', { tool_choice: { type: 'function', name: 'f' } }],
    ['tool_choice.name', { tools: [f], tool_choice: { type: 'function' } }],
    ['tool_choice.mode', { tools: [f], tool_choice: { type: 'allowed_tools', mode: 'some', tools: [] } }],
    ['text.format.type', { text: { format: { type: 'yaml' } } }],
    ['text.format.name', { text: { format: { type: 'json_schema', schema: {} } } }],
  ])('%s is refused where it makes no sense', (name, fields) => {
    expect(param(fields)).toBe(name)
  })
})
