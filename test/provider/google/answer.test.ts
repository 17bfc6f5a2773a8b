import { describe, expect, it } from 'vitest'
import { google } from '../../../src/provider/google'
import { chat, model } from '../requests'
import { choices, context, deltas, ending, play, recording, streamContract } from '../stream-contract'

const recorded = (name: string) => recording('google', name)
const played = (name: string) => play(google.stream(context), recorded(name))
const frame = (data: unknown) => ({ data: JSON.stringify(data) })
const candidate = (fields: Record<string, unknown>) => ({ candidates: [{ index: 0, ...fields }] })
const said = (text: string) => ({ content: { role: 'model', parts: [{ text }] } })

describe('stream', () => {
  it('streams text, then the last usage, then done at the end of the body', () => {
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
        usage: { prompt_tokens: 8, completion_tokens: 5, total_tokens: 13, prompt_tokens_details: { cached_tokens: 3 } },
      },
      { kind: 'done' },
    ])
    expect(parts[0]).toMatchObject({ chunk: { id: 'chatcmpl-1', created: 1_760_000_000, model: 'gemini-2.5-flash' } })
  })

  it('streams thoughts and whole calls, keeps the signature, and gives a call without id its own', () => {
    const parts = played('tools')
    expect(deltas(parts)).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: '**Planning**\n\n' },
      {
        tool_calls: [
          {
            index: 0,
            id: 'fc_1',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
            extra_content: { google: { thought_signature: 'EvIBCu8BAdHtim' } },
          },
        ],
      },
      { tool_calls: [{ index: 1, id: 'call_1_1', type: 'function', function: { name: 'now', arguments: '{}' } }] },
      {},
    ])
    expect(choices(parts).at(-1)?.finish_reason).toBe('tool_calls')
    expect(parts.at(-2)).toEqual({
      kind: 'usage',
      usage: {
        prompt_tokens: 60,
        completion_tokens: 65,
        total_tokens: 125,
        completion_tokens_details: { reasoning_tokens: 40 },
      },
    })
  })

  it("keeps a text's signature on the message", () => {
    expect(deltas(played('signed-text'))).toEqual([
      { role: 'assistant', content: '' },
      { content: '42' },
      { extra_content: { google: { thought_signature: 'EjQKMgG+Pvb7' } } },
      {},
    ])
  })

  it('keeps several candidates apart', () => {
    const parts = played('two-candidates')
    expect(choices(parts).map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
      [0, null],
      [0, null],
      [1, null],
      [1, null],
      [0, 'stop'],
      [1, 'tool_calls'],
    ])
    expect(deltas(parts)[3]).toMatchObject({ tool_calls: [{ index: 0, id: 'call_1_1_0' }] })
    expect(ending(parts)).toBe('done')
  })

  it('is cut while one of several candidates still speaks', () => {
    expect(ending(play(google.stream(context), recorded('two-candidates').slice(0, 2)))).toBe('cut')
  })

  it('answers a blocked prompt with an empty choice', () => {
    const parts = played('blocked')
    expect(choices(parts).map(({ delta, finish_reason }) => [delta, finish_reason])).toEqual([
      [{ role: 'assistant', content: '' }, null],
      [{}, 'content_filter'],
    ])
    expect(ending(parts)).toBe('done')
  })

  it('reports an error frame, alone or in a list', () => {
    const upstream = {
      status: 503,
      message: 'The model is overloaded. Please try again later.',
      type: 'UNAVAILABLE',
      code: undefined,
    }
    const expected = { kind: 'failure', failure: { kind: 'stream-error', upstream } }
    expect(played('unavailable').at(-1)).toEqual(expected)
    const error = recorded('unavailable').at(-1)?.data
    expect(google.stream(context).push({ data: `[${error}]` })).toEqual([expected])
  })

  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['LANGUAGE', 'content_filter'],
    ['BLOCKLIST', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['SPII', 'content_filter'],
    ['IMAGE_SAFETY', 'content_filter'],
    ['OTHER', 'stop'],
    ['MALFORMED_FUNCTION_CALL', 'stop'],
    ['SOMETHING_NEW', 'stop'],
  ])('finishes %s, after some text, as %s', (reason, expected) => {
    const answer = candidate({ ...said('Well'), finishReason: reason })
    expect(choices(play(google.stream(context), [frame(answer)])).at(-1)?.finish_reason).toBe(expected)
    const reply = google.reply(answer, context)
    expect(reply.ok && reply.value.choices[0]?.finish_reason).toBe(expected)
  })

  it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MALFORMED_RESPONSE'])('with nothing but %s it failed', reason => {
    const answer = candidate({ finishReason: reason })
    expect(ending(play(google.stream(context), [frame(answer)]))).toBe('malformed')
    const reply = google.reply(answer, context)
    expect(!reply.ok && reply.failure.kind).toBe('malformed')
  })

  it('takes a safety stop without content for an answer', () => {
    const parts = play(google.stream(context), [frame(candidate({ finishReason: 'SAFETY' }))])
    expect(choices(parts).at(-1)?.finish_reason).toBe('content_filter')
    expect(ending(parts)).toBe('done')
  })

  it('calls what is not JSON, or no object, malformed', () => {
    expect(ending(play(google.stream(context), [{ data: '<html>' }]))).toBe('malformed')
    expect(ending(play(google.stream(context), [{ data: '3' }]))).toBe('malformed')
  })

  it('ignores parts that it has not heard of', () => {
    const parts = play(google.stream(context), [
      frame(
        candidate({
          content: { parts: [{ executableCode: { code: 'x' } }, { hologram: 1 }, { text: 'y' }] },
          finishReason: 'STOP',
        }),
      ),
    ])
    expect(deltas(parts)).toEqual([{ role: 'assistant', content: '' }, { content: 'y' }, {}])
  })

  streamContract(google, {
    text: recorded('text'),
    tools: recorded('tools'),
    'signed-text': recorded('signed-text'),
    'two-candidates': recorded('two-candidates'),
    blocked: recorded('blocked'),
    unavailable: recorded('unavailable'),
  })
})

describe('reply', () => {
  const body = {
    candidates: [
      {
        index: 0,
        content: {
          parts: [
            { text: 'Hm.', thought: true },
            { text: 'Sure' },
            { text: '!' },
            { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'S' },
          ],
        },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 3, thoughtsTokenCount: 4, totalTokenCount: 9 },
    modelVersion: 'gemini-3-flash',
  }

  it('is one completion', () => {
    expect(google.reply(body, context)).toEqual({
      ok: true,
      value: {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1_760_000_000,
        model: 'gemini-3-flash',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: 'Sure!',
              refusal: null,
              reasoning_content: 'Hm.',
              tool_calls: [
                {
                  id: 'call_1_0',
                  type: 'function',
                  function: { name: 'f', arguments: '{"a":1}' },
                  extra_content: { google: { thought_signature: 'S' } },
                },
              ],
            },
            finish_reason: 'tool_calls',
            logprobs: null,
          },
        ],
        usage: { prompt_tokens: 2, completion_tokens: 7, total_tokens: 9, completion_tokens_details: { reasoning_tokens: 4 } },
      },
    })
  })

  it('gives back, as the next request, the signatures that it gave out', () => {
    const reply = google.reply(body, context)
    const message = reply.ok ? reply.value.choices[0]?.message : undefined
    const request = google.request(
      chat({ messages: [{ role: 'user', content: 'a' }, message] }),
      model({ name: 'gemini-3-flash' }),
      'k',
    )
    expect(request.ok && JSON.parse(request.value.body).contents[1].parts).toEqual([
      { text: 'Sure!' },
      { functionCall: { id: 'call_1_0', name: 'f', args: { a: 1 } }, thoughtSignature: 'S' },
    ])
  })

  it('orders candidates and translates log probabilities', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'é', logProbability: -0.5 }],
      topCandidates: [{ candidates: [{ token: 'é', logProbability: -0.5 }, { token: 'e' }] }],
    }
    const reply = google.reply(
      {
        candidates: [
          { index: 1, ...said('b') },
          { index: 0, ...said('é'), logprobsResult, finishReason: 'STOP' },
        ],
      },
      context,
    )
    expect(reply.ok && reply.value.choices.map(choice => choice.message.content)).toEqual(['é', 'b'])
    expect(reply.ok && reply.value.choices[0]?.logprobs).toEqual({
      content: [
        {
          token: 'é',
          bytes: [0xc3, 0xa9],
          logprob: -0.5,
          top_logprobs: [
            { token: 'é', bytes: [0xc3, 0xa9], logprob: -0.5 },
            { token: 'e', bytes: [0x65], logprob: -9999 },
          ],
        },
      ],
      refusal: null,
    })
  })

  it('answers a blocked prompt with an empty choice', () => {
    const reply = google.reply({ promptFeedback: { blockReason: 'SAFETY' } }, context)
    expect(reply.ok && reply.value.choices).toMatchObject([{ message: { content: '' }, finish_reason: 'content_filter' }])
  })

  it.each([
    [null, 'malformed'],
    [[], 'malformed'],
    [{}, 'malformed'],
    [{ candidates: [] }, 'malformed'],
    [{ error: { code: 500, message: 'x', status: 'INTERNAL' } }, 'stream-error'],
  ])('%j is %s', (value, expected) => {
    const result = google.reply(value, context)
    expect(!result.ok && result.failure.kind).toBe(expected)
  })
})
