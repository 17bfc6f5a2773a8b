import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../src/provider/anthropic'
import { choices, context, deltas, ending, play, recording, streamContract } from '../stream-contract'

const recorded = (name: string) => recording('anthropic', name)
const played = (name: string) => play(anthropic.stream(context), recorded(name))
const event = (data: Record<string, unknown>) => ({ event: String(data.type), data: JSON.stringify(data) })
const start = event({ type: 'message_start', message: { usage: { input_tokens: 1 } } })
const stop = event({ type: 'message_stop' })

describe('stream', () => {
  it('streams text, then usage with the cache counted in, then done', () => {
    const parts = played('text')
    expect(choices(parts)).toEqual([
      { index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null },
      { index: 0, delta: { content: 'Hello' }, finish_reason: null },
      { index: 0, delta: { content: ', Wörld!' }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: 'stop' },
    ])
    expect(parts.slice(-2)).toEqual([
      {
        kind: 'usage',
        usage: {
          prompt_tokens: 2312,
          completion_tokens: 15,
          total_tokens: 2327,
          prompt_tokens_details: { cached_tokens: 2000, cache_write_tokens: 300 },
        },
      },
      { kind: 'done' },
    ])
  })

  it('names every chunk by the context, with the model that answered', () => {
    expect(played('text')[1]).toEqual({
      kind: 'chunk',
      chunk: {
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1_760_000_000,
        model: 'claude-sonnet-4-5-20250929',
        choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null, logprobs: null }],
      },
    })
  })

  it('streams thinking, text and calls, whose arguments always are JSON', () => {
    const parts = played('tools')
    expect(deltas(parts)).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: 'Two cities, ' },
      { reasoning_content: 'two calls.' },
      { content: 'Let me look.' },
      {
        tool_calls: [
          { index: 0, id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6', type: 'function', function: { name: 'get_weather', arguments: '' } },
        ],
      },
      { tool_calls: [{ index: 0, function: { arguments: '{"location": "San' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ' Francisco"}' } }] },
      {
        tool_calls: [
          { index: 1, id: 'toolu_01A09q90qw90lq917835lq9', type: 'function', function: { name: 'now', arguments: '' } },
        ],
      },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
      {},
    ])
    expect(choices(parts).at(-1)?.finish_reason).toBe('tool_calls')
    expect(parts.at(-2)).toMatchObject({
      usage: { prompt_tokens: 472, completion_tokens: 89, completion_tokens_details: { reasoning_tokens: 31 } },
    })
  })

  it('passes an input on that came whole with the opening of its block', () => {
    const block = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }
    const parts = play(anthropic.stream(context), [
      start,
      event({ type: 'content_block_start', index: 0, content_block: block }),
      event({ type: 'content_block_stop', index: 0 }),
      stop,
    ])
    expect(deltas(parts)[2]).toEqual({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] })
    expect(choices(parts).at(-1)?.finish_reason).toBe('tool_calls')
  })

  it('says why it refused', () => {
    const parts = played('refusal')
    expect(deltas(parts)).toEqual([{ role: 'assistant', content: '' }, { refusal: 'This request could enable harm.' }, {}])
    expect(choices(parts).at(-1)?.finish_reason).toBe('content_filter')
  })

  it('ignores server tools, citations and everything it has not heard of', () => {
    const parts = played('server-tool')
    expect(deltas(parts)).toEqual([{ role: 'assistant', content: '' }, { content: 'Found' }, { content: ' it.' }, {}])
    expect(ending(parts)).toBe('done')
  })

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['boredom', 'stop'],
  ])('finishes %s as %s', (reason, expected) => {
    const parts = play(anthropic.stream(context), [start, event({ type: 'message_delta', delta: { stop_reason: reason } }), stop])
    expect(choices(parts).at(-1)?.finish_reason).toBe(expected)
    const reply = anthropic.reply({ content: [], stop_reason: reason }, context)
    expect(reply.ok && reply.value.choices[0]?.finish_reason).toBe(expected)
  })

  it('reports an error inside the stream with its type and the status that belongs to it', () => {
    expect(played('overloaded').at(-1)).toEqual({
      kind: 'failure',
      failure: {
        kind: 'stream-error',
        upstream: { status: 529, message: 'Overloaded', type: 'overloaded_error', code: undefined },
      },
    })
  })

  it.each([
    ['text that is no JSON', [{ event: 'message_start', data: '<html>' }]],
    ['JSON that is no object', [{ data: '[]' }]],
    ['an end without a beginning', [stop]],
  ])('calls %s malformed', (_, events) => {
    expect(ending(play(anthropic.stream(context), events))).toBe('malformed')
  })

  streamContract(anthropic, {
    text: recorded('text'),
    tools: recorded('tools'),
    refusal: recorded('refusal'),
    'server-tool': recorded('server-tool'),
    overloaded: recorded('overloaded'),
  })
})

describe('reply', () => {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    stop_reason: 'tool_use',
    content: [
      { type: 'thinking', thinking: 'Hm.', signature: 's' },
      { type: 'text', text: 'Let me ' },
      { type: 'text', text: 'look.' },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: [1] } },
    ],
    usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 5 },
  }

  it('is one completion', () => {
    expect(anthropic.reply(message, context)).toEqual({
      ok: true,
      value: {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1_760_000_000,
        model: 'claude-sonnet-4-5-20250929',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: 'Let me look.',
              refusal: null,
              reasoning_content: 'Hm.',
              tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"a":[1]}' } }],
            },
            finish_reason: 'tool_calls',
            logprobs: null,
          },
        ],
        usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12, prompt_tokens_details: { cached_tokens: 4 } },
      },
    })
  })

  it('has no content beside calls alone, and empty content where nothing was said', () => {
    const calls = anthropic.reply({ ...message, content: message.content.slice(3) }, context)
    expect(calls.ok && calls.value.choices[0]?.message.content).toBeNull()
    const nothing = anthropic.reply({ ...message, content: [], stop_reason: 'end_turn' }, context)
    expect(nothing.ok && nothing.value.choices[0]?.message).toEqual({ role: 'assistant', content: '', refusal: null })
  })

  it.each([
    [null, 'malformed'],
    ['text', 'malformed'],
    [{}, 'malformed'],
    [{ content: 'text' }, 'malformed'],
    [{ type: 'error', error: { type: 'api_error', message: 'x' } }, 'stream-error'],
  ])('%j is %s', (body, expected) => {
    const result = anthropic.reply(body, context)
    expect(!result.ok && result.failure.kind).toBe(expected)
  })
})
