import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatCompletion, CompletionUsage } from '../../../src/chat'
import type { Problem } from '../../../src/outcome'
import { anthropic } from '../../../src/provider/anthropic'
import { anthropicSurface } from '../../../src/provider/anthropic/surface'
import type { StreamPart, UpstreamEvent } from '../../../src/provider/dialect'
import { createEventDecoder } from '../../../src/provider/events'
import { openai } from '../../../src/provider/openai'
import { chunk, completion, type Delta, opening } from '../../../src/provider/translation/answer'
import { call } from '../requests'
import { context, deltas, play } from '../stream-contract'

const plain = anthropicSurface({ requestId: 'req-1', showsThinking: false })
const thinking = anthropicSurface({ requestId: 'req-1', showsThinking: true })
const USAGE: CompletionUsage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 60, ...{ cache_write_tokens: 10 } },
  completion_tokens_details: { reasoning_tokens: 5 },
}

const one = (answer: Partial<Parameters<typeof completion>[1][number]>, usage?: CompletionUsage): ChatCompletion =>
  completion(context, [{ text: '', reasoning: '', refusal: undefined, calls: [], finish: 'stop', ...answer }], usage)
const toolCall = (id: string, name: string, args: string) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: args },
})
const written = (answer: ChatCompletion, surface = plain) => JSON.parse(surface.answer(answer))

describe('an answer', () => {
  it('is a message with a text block', () => {
    expect(written(one({ text: 'Hello.' }, USAGE))).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'asked-for',
      content: [{ type: 'text', text: 'Hello.', citations: null }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        // 100 in all, of which 60 were read from the cache and 10 written to it
        input_tokens: 30,
        cache_read_input_tokens: 60,
        cache_creation_input_tokens: 10,
        output_tokens: 20,
        output_tokens_details: { thinking_tokens: 5 },
        cache_creation: null,
        server_tool_use: null,
        inference_geo: null,
        service_tier: null,
        speed: null,
      },
    })
  })

  it.each([
    ['stop', {}, 'end_turn'],
    ['length', {}, 'max_tokens'],
    ['content_filter', {}, 'refusal'],
    ['tool_calls', { calls: [toolCall('c', 'f', '{}')] }, 'tool_use'],
    ['stop', { calls: [toolCall('c', 'f', '{}')] }, 'tool_use'],
    ['stop', { refusal: 'No.' }, 'refusal'],
  ] as const)('that finished with %s and %j stopped for %s', (finish, answer, reason) => {
    expect(written(one({ ...answer, finish })).stop_reason).toBe(reason)
  })

  it('calls keep their ids, and arguments become objects whatever the model wrote', () => {
    const calls = [
      toolCall('a', 'f', '{"x":[1]}'),
      toolCall('b', 'f', ' '),
      toolCall('c', 'f', '{"x":'),
      toolCall('d', 'f', '[1]'),
    ]
    const { content } = written(one({ text: 'Look:', calls, finish: 'tool_calls' }))
    expect(
      content.map((block: { input?: unknown; id?: string; text?: string }) => [block.id ?? block.text, block.input]),
    ).toEqual([
      ['Look:', undefined],
      ['a', { x: [1] }],
      ['b', {}],
      ['c', { INVALID_JSON: '{"x":' }],
      ['d', { INVALID_JSON: '[1]' }],
    ])
  })

  it('calls in the looser forms of compatible servers are calls all the same', () => {
    const calls = [{ function: { name: 'f', arguments: { a: 1 } } }, { id: 'b', function: { name: 'g' } }]
    const body = {
      id: 'x',
      model: 'm',
      choices: [{ message: { role: 'assistant', tool_calls: calls }, finish_reason: 'tool_calls' }],
    }
    const read = openai.reply(body, context)
    expect(read.ok && written(read.value)).toMatchObject({
      content: [
        { type: 'tool_use', id: 'call_x_0', name: 'f', input: { a: 1 } },
        { type: 'tool_use', id: 'b', name: 'g', input: {} },
      ],
      stop_reason: 'tool_use',
    })
  })

  it('a refusal is text', () => {
    expect(written(one({ refusal: 'No.' })).content).toEqual([{ type: 'text', text: 'No.', citations: null }])
  })

  it('shows thinking, unsigned and in front, to callers who asked for it, and to nobody else', () => {
    const answer = one({ text: 'Yes.', reasoning: 'Hm.' })
    expect(written(answer, thinking).content[0]).toEqual({ type: 'thinking', thinking: 'Hm.', signature: '' })
    expect(written(answer).content).toHaveLength(1)
  })

  it('without a word is a message without content', () => {
    expect(written(one({ finish: 'length' }))).toMatchObject({ content: [], stop_reason: 'max_tokens' })
  })
})

describe('a problem', () => {
  const problem = (status: number, fields: Partial<Problem> = {}): Problem => {
    return { status, type: 'server_error', code: null, message: 'Sorry.', param: null, ...fields }
  }
  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [502, 'api_error'],
    [503, 'overloaded_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ])('with status %i is %s', (status, type) => {
    const body = { type: 'error', error: { type, message: 'Sorry.' }, request_id: 'req-1' }
    expect(JSON.parse(plain.problem(problem(status)))).toEqual(body)
    expect(plain.problemEvent(problem(status))).toBe(`event: error\ndata: ${JSON.stringify(body)}\n\n`)
  })

  it('names the field at fault in its message, once', () => {
    const message = (told: Problem) => JSON.parse(plain.problem(told)).error.message
    expect(message(problem(400, { param: 'top_k' }))).toBe('top_k: Sorry.')
    expect(message(problem(400, { param: 'top_k', message: 'top_k: too large.' }))).toBe('top_k: too large.')
  })

  it('with a declined thread says so in the one code that clients act on', () => {
    const error = (code: string) => JSON.parse(plain.problem(problem(400, { code }))).error
    expect(error('thread_unsupported_request').details).toEqual({ error_code: 'thread_unsupported_request' })
    expect(error('model_not_found')).not.toHaveProperty('details')
  })
})

const part = (delta: Delta, more?: Parameters<typeof chunk>[2]): StreamPart => ({
  kind: 'chunk',
  chunk: chunk(context, delta, more),
})
const DONE: StreamPart = { kind: 'done' }

function eventsOf(parts: readonly StreamPart[], surface = plain): UpstreamEvent[] {
  const writer = surface.stream(context, { includeUsage: true })
  const decoder = createEventDecoder()
  const bytes = new TextEncoder().encode(parts.map(each => writer.write(each)).join(''))
  return [...decoder.push(bytes), ...decoder.end()]
}
const seen = (parts: readonly StreamPart[], surface = plain) => eventsOf(parts, surface).map(({ data }) => JSON.parse(data))
/** Type, index, and what a block or delta holds. */
const brief = (parts: readonly StreamPart[], surface = plain) =>
  seen(parts, surface).map(({ type, index, content_block: block, delta }) => {
    const held = block?.type ?? delta?.text ?? delta?.thinking ?? delta?.partial_json ?? delta?.stop_reason
    return [type, index, held].filter(value => value !== undefined).join(' ')
  })

describe('a stream', () => {
  it('opens, fills and closes one block after another, and tells usage at the end', () => {
    const parts: StreamPart[] = [
      part(opening()),
      part({ reasoning_content: 'Hm.' }),
      part({ content: 'Let me' }),
      part({ content: ' look.' }),
      part({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] }),
      part({ tool_calls: [{ index: 0, function: { arguments: '{"x":' } }] }),
      part({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }),
      part({ tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }] }),
      part({}, { finish: 'tool_calls' }),
      { kind: 'usage', usage: USAGE },
      DONE,
    ]
    expect(brief(parts, thinking)).toEqual([
      'message_start',
      'content_block_start 0 thinking',
      'content_block_delta 0 Hm.',
      'content_block_stop 0',
      'content_block_start 1 text',
      'content_block_delta 1 Let me',
      'content_block_delta 1  look.',
      'content_block_stop 1',
      'content_block_start 2 tool_use',
      'content_block_delta 2 {"x":',
      'content_block_delta 2 1}',
      'content_block_stop 2',
      'content_block_start 3 tool_use',
      'content_block_delta 3 {}',
      'content_block_stop 3',
      'message_delta tool_use',
      'message_stop',
    ])
    expect(seen(parts).at(-2).usage).toEqual({
      input_tokens: 30,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 10,
      output_tokens: 20,
      output_tokens_details: { thinking_tokens: 5 },
      server_tool_use: null,
    })
    expect(seen(parts)[0].message).toMatchObject({ id: 'msg_1', model: 'asked-for', content: [], stop_reason: null })
  })

  it('every event is named after its type', () => {
    for (const { event, data } of eventsOf([part({ content: 'x' }), DONE])) expect(JSON.parse(data).type).toBe(event)
  })

  it('thinking that nobody asked to see is a sign of life', () => {
    expect(brief([part({ reasoning_content: 'Hm.' }), part({ content: 'Yes.' }, { finish: 'stop' }), DONE])).toEqual([
      'message_start',
      'ping',
      'content_block_start 0 text',
      'content_block_delta 0 Yes.',
      'content_block_stop 0',
      'message_delta end_turn',
      'message_stop',
    ])
  })

  it('a server that does not number its calls is understood by their ids', () => {
    const calls = [
      { id: 'a', function: { name: 'f', arguments: '{"x":' } },
      { function: { arguments: '1}' } },
      { id: 'b', function: { name: 'g', arguments: '{}' } },
    ]
    const events = calls.map(made => ({ data: JSON.stringify({ choices: [{ delta: { tool_calls: [made] } }] }) }))
    expect(brief(play(openai.stream(context), [...events, { data: '[DONE]' }]))).toEqual([
      'message_start',
      'content_block_start 0 tool_use',
      'content_block_delta 0 {"x":',
      'content_block_delta 0 1}',
      'content_block_stop 0',
      'content_block_start 1 tool_use',
      'content_block_delta 1 {}',
      'content_block_stop 1',
      'message_delta tool_use',
      'message_stop',
    ])
  })

  it('a server that cuts its text into parts is understood by those of text', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: 'Yes' },
      { type: 'text', text: '!' },
    ]
    const event = { data: JSON.stringify({ choices: [{ delta: { content } }] }) }
    expect(brief(play(openai.stream(context), [event, { data: '[DONE]' }]))).toContain('content_block_delta 0 Yes!')
    const whole = openai.reply({ choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }] }, context)
    expect(whole.ok && written(whole.value).content).toMatchObject([{ type: 'text', text: 'Yes!' }])
  })

  it('a late piece of an earlier call names that call’s block', () => {
    const parts = [
      part({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }] }),
      part({ tool_calls: [{ index: 1, id: 'b', function: { name: 'f', arguments: '{}' } }] }),
      part({ tool_calls: [{ index: 0, function: { arguments: '}' } }] }),
    ]
    expect(brief(parts).at(-1)).toBe('content_block_delta 0 }')
  })

  it('a refusal is text with a stop reason of its own', () => {
    expect(brief([part({ refusal: 'No.' }), part({}, { finish: 'stop' }), DONE]).slice(2)).toEqual([
      'content_block_delta 0 No.',
      'content_block_stop 0',
      'message_delta refusal',
      'message_stop',
    ])
  })

  it('a failure is an error event, and no message_stop follows', () => {
    const events = eventsOf([part({ content: 'Hel' }), { kind: 'failure', failure: { kind: 'cut', detail: 'it broke' } }])
    expect(events.at(-1)?.event).toBe('error')
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ type: 'error', error: { type: 'api_error' } })
    expect(events.map(({ event }) => event)).not.toContain('message_stop')
  })

  it('gives the first of several answers', () => {
    expect(brief([part({ content: 'b' }, { index: 1 }), part({ content: 'a' })]).at(-1)).toBe('content_block_delta 0 a')
  })

  it('what it writes, the dialect reads as it was, however the answer was cut up', () => {
    const piece = fc.oneof(
      fc.string({ minLength: 1, maxLength: 5 }).map((content): Delta => ({ content })),
      fc.string({ minLength: 1, maxLength: 5 }).map((reasoning_content): Delta => ({ reasoning_content })),
      fc.tuple(fc.dictionary(fc.string(), fc.integer()), fc.nat(8)),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('stop' as const, 'length' as const),
        (pieces, finish) => {
          let calls = 0
          const sent = pieces.flatMap((made): Delta[] => {
            if (!Array.isArray(made)) return [made]
            const [args, at] = made
            const json = JSON.stringify(args)
            const index = calls++
            return [
              { tool_calls: [{ index, ...call(`id${index}`, 'f', ''), type: 'function' }] },
              ...[json.slice(0, at), json.slice(at)].flatMap(cut =>
                cut === '' ? [] : [{ tool_calls: [{ index, function: { arguments: cut } }] }],
              ),
            ]
          })
          const wanted = calls > 0 && finish === 'stop' ? ('tool_calls' as const) : finish
          const parts = [
            part(opening()),
            ...sent.map(delta => part(delta)),
            part({}, { finish }),
            { kind: 'usage', usage: USAGE } as const,
            DONE,
          ]
          const back = play(anthropic.stream(context), eventsOf(parts, thinking))
          expect(deltas(back)).toEqual([opening(), ...sent, {}])
          expect(back.slice(-2)).toEqual([{ kind: 'usage', usage: USAGE }, DONE])
          expect(back.at(-3)).toMatchObject({ chunk: { choices: [{ finish_reason: wanted }] } })
        },
      ),
      { seed: 20_261_124, numRuns: 500 },
    )
  })
})
