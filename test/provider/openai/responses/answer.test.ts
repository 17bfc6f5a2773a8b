import { describe, expect, it } from 'vitest'
import type { UpstreamEvent } from '../../../../src/provider/dialect'
import { openaiResponses } from '../../../../src/provider/openai/responses'
import { choices, context, deltas, ending, play, recording, streamContract } from '../../stream-contract'

const recorded = (name: string) => recording('openai-responses', name)
const played = (name: string) => play(openaiResponses.stream(context), recorded(name))
const frame = (data: unknown): UpstreamEvent => ({ data: JSON.stringify(data) })
const finishes = (name: string) => choices(played(name)).flatMap(({ finish_reason }) => finish_reason ?? [])
const usage = {
  prompt_tokens: 37,
  completion_tokens: 11,
  total_tokens: 48,
  prompt_tokens_details: { cached_tokens: 12 },
  completion_tokens_details: { reasoning_tokens: 3 },
}

describe('stream', () => {
  it('hands on text as it came, then the finish, the usage, and done', () => {
    const parts = played('text')
    expect(deltas(parts)).toEqual([
      { role: 'assistant', content: '' },
      { content: 'Hello' },
      { content: ', Wörld! ' },
      { content: '🌍' },
      {},
    ])
    expect(finishes('text')).toEqual(['stop'])
    expect(parts.slice(-2)).toEqual([{ kind: 'usage', usage }, { kind: 'done' }])
    expect(parts[0]).toMatchObject({ chunk: { id: 'chatcmpl-1', model: 'gpt-5.2-2025-12-11' } })
  })

  it('a call begins with its name and is filled by its arguments; several keep apart', () => {
    const call = (index: number, id: string) => ({
      index,
      id,
      type: 'function',
      function: { name: 'get_weather', arguments: '' },
    })
    expect(deltas(played('tools')).slice(1)).toEqual([
      { tool_calls: [call(0, 'call_unLAR8MvFNptuiZK6K6HCy1k')] },
      { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"Zürich"}' } }] },
      { tool_calls: [call(1, 'call_unLAR8MvFNptuiZK6K6HCy2k')] },
      { tool_calls: [{ index: 1, function: { arguments: '{"city":"Bern"}' } }] },
      {},
    ])
    expect(finishes('tools')).toEqual(['tool_calls'])
  })

  it('the parts of a summary are paragraphs, and an answer that ran out of tokens says so', () => {
    const reasoning = deltas(played('reasoning')).flatMap(delta =>
      'reasoning_content' in delta ? [delta.reasoning_content] : [],
    )
    expect(reasoning.join('')).toBe('First, look.\n\nThen, speak.')
    expect(finishes('reasoning')).toEqual(['length'])
  })

  it('a refusal is one', () => {
    expect(deltas(played('refusal')).slice(1, 3)).toEqual([{ refusal: 'I cannot ' }, { refusal: 'help.' }])
  })

  it('a call may come whole, at its end', () => {
    const item = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' }
    const parts = play(openaiResponses.stream(context), [frame({ type: 'response.output_item.done', output_index: 0, item })])
    expect(deltas(parts).slice(1)).toEqual([
      { tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
    ])
  })

  it.each([
    [{ type: 'custom_tool_call', call_id: 'c', name: 'sql', input: '' }, 'sql'],
    [{ type: 'apply_patch_call', call_id: 'c' }, 'apply_patch_call'],
  ])('%j waits for a result and is a call', (item, name) => {
    const parts = play(openaiResponses.stream(context), [frame({ type: 'response.output_item.added', output_index: 0, item })])
    expect(deltas(parts)[1]?.tool_calls?.[0]?.function?.name).toBe(name)
  })

  it.each([
    ['an item that thinks', { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', summary: [] } }],
    ['a message that begins', { type: 'response.output_item.added', output_index: 0, item: { type: 'message', content: [] } }],
    ['encrypted reasoning', { type: 'response.output_item.done', item: { type: 'reasoning', encrypted_content: 'x' } }],
    ['an event that is newer than this', { type: 'response.brand_new', delta: 'x' }],
    ['an empty delta', { type: 'response.output_text.delta', delta: '' }],
  ])('%s is no content', (_, data) => {
    const seen = deltas(play(openaiResponses.stream(context), [frame({ type: 'response.created', response: {} }), frame(data)]))
    expect(seen).toEqual([{ role: 'assistant', content: '' }])
  })

  it.each([
    [
      'nested, as it is sent',
      { type: 'error', error: { type: 'server_error', code: null, message: 'Oops.', param: null } },
      'stream-error',
    ],
    ['flat, as it is documented', { type: 'error', code: 'server_error', message: 'Oops.', param: null }, 'stream-error'],
    [
      'a failed response',
      { type: 'response.failed', response: { error: { code: 'server_error', message: 'Oops.' } } },
      'stream-error',
    ],
    ['a failed response without a reason', { type: 'response.failed', response: {} }, 'stream-error'],
    ['without a type', { error: { message: 'Oops.' } }, 'stream-error'],
    ['about the size', { type: 'error', error: { code: 'context_length_exceeded', message: 'Too long.' } }, 'context-length'],
    [
      'about the rate',
      { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'Wait.' } } },
      'rate-limited',
    ],
    [
      'about the rate, at Azure',
      { type: 'error', error: { type: 'too_many_requests', code: 'too_many_requests', message: 'Wait.' } },
      'rate-limited',
    ],
    ['about money', { type: 'error', error: { code: 'insufficient_quota', message: 'Pay.' } }, 'quota-exhausted'],
    ['about the request', { type: 'error', error: { type: 'invalid_request_error', message: 'No.' } }, 'rejected'],
    [
      'about an image',
      { type: 'response.failed', response: { error: { code: 'invalid_image_url', message: 'No.' } } },
      'rejected',
    ],
    [
      'about the prompt',
      { type: 'response.failed', response: { error: { code: 'invalid_prompt', message: 'No.' } } },
      'rejected',
    ],
    [
      'about somebody else’s reasoning',
      { type: 'error', error: { type: 'invalid_request_error', code: 'invalid_encrypted_content', message: 'No.' } },
      'unsupported',
    ],
  ])('an error %s has the consequences of its status', (_, data, kind) => {
    expect(ending(play(openaiResponses.stream(context), [frame(data)]))).toBe(kind)
  })

  it('an error keeps its words, and an event’s type is not the error’s', () => {
    const parts = play(openaiResponses.stream(context), [
      frame({ type: 'error', code: 'server_error', message: 'Oops.', param: null }),
    ])
    expect(parts).toEqual([
      {
        kind: 'failure',
        failure: { kind: 'stream-error', upstream: expect.objectContaining({ message: 'Oops.', type: undefined }) },
      },
    ])
  })

  it.each([
    ['what is not JSON is malformed', [{ data: 'oops' }], 'malformed'],
    ['a marker of chat completions means nothing', [{ data: '[DONE]' }], 'cut'],
    ['an end without the last event is a cut', recorded('text').slice(0, -1), 'cut'],
  ])('%s', (_, events, expected) => {
    expect(ending(play(openaiResponses.stream(context), events))).toBe(expected)
  })

  streamContract(
    openaiResponses,
    Object.fromEntries(['text', 'tools', 'reasoning', 'refusal', 'error', 'failed'].map(name => [name, recorded(name)])),
  )
})

describe('reply', () => {
  const lastOf = (name: string): unknown => JSON.parse(recorded(name).at(-1)?.data ?? '').response
  const replied = (body: unknown) => {
    const result = openaiResponses.reply(body, context)
    return result.ok ? result.value : result.failure.kind
  }

  it.each([
    ['text', { content: 'Hello, Wörld! 🌍', refusal: null }, 'stop'],
    ['refusal', { content: null, refusal: 'I cannot help.' }, 'stop'],
    ['reasoning', { content: 'So', reasoning_content: 'First, look.\n\nThen, speak.' }, 'length'],
  ])('%s is the same as its stream', (name, message, finish_reason) => {
    expect(replied(lastOf(name))).toMatchObject({ choices: [{ message, finish_reason }], usage })
  })

  it('calls are calls', () => {
    expect(replied(lastOf('tools'))).toMatchObject({
      choices: [
        {
          finish_reason: 'tool_calls',
          message: {
            content: null,
            tool_calls: [
              { id: 'call_unLAR8MvFNptuiZK6K6HCy1k', function: { name: 'get_weather', arguments: '{"city":"Zürich"}' } },
              { id: 'call_unLAR8MvFNptuiZK6K6HCy2k', function: { name: 'get_weather', arguments: '{"city":"Bern"}' } },
            ],
          },
        },
      ],
    })
  })

  it.each([
    [null, 'malformed'],
    [[], 'malformed'],
    [{}, 'malformed'],
    [{ output: [], status: 'queued' }, 'malformed'],
    [{ output: [], status: 'in_progress' }, 'malformed'],
    [{ error: { message: 'Oops.' } }, 'stream-error'],
    [{ output: [], status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Wait.' } }, 'rate-limited'],
  ])('%j is %s', (body, kind) => {
    expect(replied(body)).toBe(kind)
  })

  it('an answer without a word is an answer', () => {
    const response = { status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [] }
    expect(replied(response)).toMatchObject({ choices: [{ finish_reason: 'content_filter', message: { content: '' } }] })
  })
})

describe('error', () => {
  it('is classified as that of a chat is, save for what another model could do', () => {
    const told = (status: number, error: unknown) =>
      openaiResponses.error(status, new Headers(), JSON.stringify({ error }), 0).kind
    expect(told(400, { code: 'invalid_encrypted_content', message: 'The encrypted content could not be verified.' })).toBe(
      'unsupported',
    )
    expect(told(400, { code: 'invalid_value', message: 'No.' })).toBe('rejected')
    expect(told(400, { code: 'integer_above_max_value', param: 'max_output_tokens', message: 'No.' })).toBe('unsupported')
    expect(told(400, { code: 'integer_above_max_value', param: 'top_logprobs', message: 'No.' })).toBe('rejected')
    expect(told(429, { code: 'rate_limit_exceeded', message: 'Wait.' })).toBe('rate-limited')
    expect(told(503, { message: 'Busy.' })).toBe('overloaded')
  })
})
