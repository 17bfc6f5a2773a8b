import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatCompletion, CompletionUsage } from '../../../../src/chat'
import type { Problem } from '../../../../src/outcome'
import type { StreamPart, UpstreamEvent } from '../../../../src/provider/dialect'
import { createEventDecoder } from '../../../../src/provider/events'
import { openaiResponses } from '../../../../src/provider/openai/responses'
import { settingsOf } from '../../../../src/provider/openai/responses/echo'
import { responsesSurface } from '../../../../src/provider/openai/responses/surface'
import { chunk, completion, type Delta, opening } from '../../../../src/provider/translation/answer'
import { call } from '../../requests'
import { context, deltas, play } from '../../stream-contract'

const REQUEST = { model: 'auto', instructions: 'Be brief.', temperature: 0.5, metadata: { a: 'b', 'x-router-key': 'k' } }
const surface = responsesSurface({
  requestId: '0b5e9a52-7c1d-4f38-9a53-7b7d8a1c2d3e',
  createdSeconds: 1_760_000_000,
  settings: settingsOf(REQUEST, { a: 'b' }),
  model: 'auto',
})
/** Of the request's id. */
const OWN = '0b5e9a527c1d4f389a537b7d8a1c2d3e'

const USAGE: CompletionUsage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 60, ...{ cache_write_tokens: 10 } },
  completion_tokens_details: { reasoning_tokens: 5 },
}
const SETTINGS = {
  object: 'response',
  background: false,
  instructions: 'Be brief.',
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: { a: 'b' },
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: 'default',
  store: false,
  temperature: 0.5,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: null,
  truncation: 'disabled',
}

const one = (answer: Partial<Parameters<typeof completion>[1][number]>, usage?: CompletionUsage): ChatCompletion =>
  completion(context, [{ text: '', reasoning: '', refusal: undefined, calls: [], finish: 'stop', ...answer }], usage)
const toolCall = (id: string, name: string, args: string) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: args },
})
const written = (answer: ChatCompletion) => JSON.parse(surface.answer(answer))

describe('an answer', () => {
  it('is a response with a message, and repeats the request’s settings', () => {
    expect(written(one({ text: 'Hello.' }, USAGE))).toEqual({
      ...SETTINGS,
      id: `resp_${OWN}`,
      created_at: 1_760_000_000,
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'asked-for',
      output: [
        {
          id: `msg_${OWN}_0`,
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hello.', annotations: [], logprobs: [] }],
        },
      ],
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 5 },
        total_tokens: 120,
      },
    })
  })

  it('shows thinking, then what is said, then the calls, each an item of its own', () => {
    const calls = [toolCall('a', 'f', '{"x":1}'), toolCall('b', 'g', '')]
    const { output, status } = written(one({ text: 'Look:', reasoning: 'Hm.', calls, finish: 'tool_calls' }))
    expect(status).toBe('completed')
    expect(output).toMatchObject([
      { id: `rs_${OWN}_0`, type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
      { id: `msg_${OWN}_1`, type: 'message' },
      { id: `fc_${OWN}_2`, type: 'function_call', call_id: 'a', name: 'f', arguments: '{"x":1}', status: 'completed' },
      { id: `fc_${OWN}_3`, type: 'function_call', call_id: 'b', name: 'g', arguments: '' },
    ])
  })

  it('a free-text tool’s call is an item of another type', () => {
    const answer = one({ finish: 'tool_calls' })
    const custom = { id: 'a', type: 'custom', custom: { name: 'sql', input: 'SELECT 1' } }
    const sent = {
      ...answer,
      choices: [{ ...answer.choices[0], message: { role: 'assistant', content: null, tool_calls: [custom] } }],
    }
    const { output } = JSON.parse(surface.answer(JSON.parse(JSON.stringify(sent))))
    expect(output).toEqual([
      { id: `ctc_${OWN}_0`, type: 'custom_tool_call', call_id: 'a', name: 'sql', input: 'SELECT 1', status: 'completed' },
    ])
  })

  it.each([
    ['stop', 'completed', null],
    ['tool_calls', 'completed', null],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content_filter', 'incomplete', { reason: 'content_filter' }],
  ] as const)('that finished with %s is %s', (finish, status, incomplete_details) => {
    const response = written(one({ text: 'x', finish }))
    expect(response).toMatchObject({ status, incomplete_details })
    expect(response.output[0].status).toBe(status)
  })

  it('a refusal is a part of a message', () => {
    expect(written(one({ refusal: 'No.' })).output[0].content).toEqual([{ type: 'refusal', refusal: 'No.' }])
  })

  it('without a word has no items, and without a count no usage', () => {
    const response = written(one({ finish: 'length' }))
    expect(response.output).toEqual([])
    expect(response).not.toHaveProperty('usage')
  })

  it('bears log probabilities where there are any', () => {
    const token = { token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }
    const { output } = written(one({ text: 'Hi', logprobs: { content: [token], refusal: null } }))
    expect(output[0].content[0].logprobs).toEqual([token])
  })
})

const problem = (fields: Partial<Problem> = {}): Problem => {
  return { status: 400, type: 'invalid_request_error', code: null, message: 'Sorry.', param: null, ...fields }
}

describe('a problem', () => {
  it('is OpenAI’s error body, and in a stream an event that is flat and nested', () => {
    const error = { message: 'Sorry.', type: 'invalid_request_error', param: null, code: 'c' }
    expect(JSON.parse(surface.problem(problem({ code: 'c' })))).toEqual({ error })
    const [name, data = ''] = surface.problemEvent(problem({ code: 'c' })).split('\ndata: ')
    expect(name).toBe('event: error')
    const { type: _, ...told } = error
    expect(JSON.parse(data)).toEqual({ type: 'error', ...told, error, sequence_number: 0 })
  })

  it.each([
    ['messages', 'input'],
    ['messages[3].content[0].image_url.url', 'input'],
    ['max_tokens', 'max_output_tokens'],
    ['max_completion_tokens', 'max_output_tokens'],
    ['response_format', 'text.format'],
    ['response_format.json_schema.name', 'text.format.name'],
    ['reasoning_effort', 'reasoning.effort'],
    ['tools[2].function.name', 'tools[2].name'],
    ['tools[2]', 'tools[2]'],
    ['model', 'model'],
  ])('with %s is one with %s', (param, own) => {
    expect(JSON.parse(surface.problem(problem({ param }))).error.param).toBe(own)
  })

  it.each([
    ['max_tokens', 'max_tokens is too large.', 'max_output_tokens is too large.'],
    [
      'messages[1].tool_calls[0].function.arguments',
      'messages[1].tool_calls[0].function.arguments is no object.',
      'input is no object.',
    ],
    ['n', 'Claude gives one answer a request.', 'Claude gives one answer a request.'],
    ['messages', 'The messages are too long.', 'The messages are too long.'],
  ])('with a sentence that begins with %s begins with the caller’s own word', (param, message, told) => {
    expect(JSON.parse(surface.problem(problem({ param, message }))).error.message).toBe(told)
  })
})

const part = (delta: Delta, more?: Parameters<typeof chunk>[2]): StreamPart => ({
  kind: 'chunk',
  chunk: chunk(context, delta, more),
})
const DONE: StreamPart = { kind: 'done' }

function eventsOf(parts: readonly StreamPart[]): UpstreamEvent[] {
  const writer = surface.stream(context, { includeUsage: true })
  const decoder = createEventDecoder()
  const bytes = new TextEncoder().encode(parts.map(each => writer.write(each)).join(''))
  return [...decoder.push(bytes), ...decoder.end()]
}
const seen = (parts: readonly StreamPart[]) => eventsOf(parts).map(({ data }) => JSON.parse(data))
/** Type, place, and what is new. */
const brief = (parts: readonly StreamPart[]) =>
  seen(parts).map(({ type, output_index, content_index, delta, text, item, arguments: args }) =>
    [type.replace('response.', ''), output_index, content_index, delta ?? text ?? args ?? item?.type]
      .filter(value => value !== undefined)
      .join(' '),
  )
const call0 = (index: number, id: string, name: string, args = '') => ({
  tool_calls: [{ index, id, type: 'function' as const, function: { name, arguments: args } }],
})
const more = (index: number, args: string) => ({ tool_calls: [{ index, function: { arguments: args } }] })

describe('a stream', () => {
  it('announces, fills and closes one item after another, and ends with all of it once more', () => {
    const parts: StreamPart[] = [
      part(opening()),
      part({ reasoning_content: 'Hm' }),
      part({ reasoning_content: '.' }),
      part({ content: 'Let me' }),
      part({ content: ' look.' }),
      part(call0(0, 'a', 'f')),
      part(more(0, '{"x":')),
      part(more(0, '1}')),
      part(call0(1, 'b', 'g', '{}')),
      part({}, { finish: 'tool_calls' }),
      { kind: 'usage', usage: USAGE },
      DONE,
    ]
    expect(brief(parts)).toEqual([
      'created',
      'in_progress',
      'output_item.added 0 reasoning',
      'reasoning_summary_part.added 0',
      'reasoning_summary_text.delta 0 Hm',
      'reasoning_summary_text.delta 0 .',
      'reasoning_summary_text.done 0 Hm.',
      'reasoning_summary_part.done 0',
      'output_item.done 0 reasoning',
      'output_item.added 1 message',
      'content_part.added 1 0',
      'output_text.delta 1 0 Let me',
      'output_text.delta 1 0  look.',
      'output_text.done 1 0 Let me look.',
      'content_part.done 1 0',
      'output_item.done 1 message',
      'output_item.added 2 function_call',
      'function_call_arguments.delta 2 {"x":',
      'function_call_arguments.delta 2 1}',
      'function_call_arguments.done 2 {"x":1}',
      'output_item.done 2 function_call',
      'output_item.added 3 function_call',
      'function_call_arguments.delta 3 {}',
      'function_call_arguments.done 3 {}',
      'output_item.done 3 function_call',
      'completed',
    ])
    const events = seen(parts)
    expect(events.map(event => event.sequence_number)).toEqual(events.map((_, index) => index))
    // The last event is what the same answer would have been without a stream
    const calls = [toolCall('a', 'f', '{"x":1}'), toolCall('b', 'g', '{}')]
    expect(events.at(-1).response).toEqual(
      written(one({ reasoning: 'Hm.', text: 'Let me look.', calls, finish: 'tool_calls' }, USAGE)),
    )
    expect(events[0].response).toEqual({
      ...SETTINGS,
      id: `resp_${OWN}`,
      created_at: 1_760_000_000,
      status: 'in_progress',
      error: null,
      incomplete_details: null,
      model: 'asked-for',
      output: [],
      usage: null,
    })
  })

  it('what is announced is empty, and what is done is whole', () => {
    const events = seen([part({ content: 'He' }), part({ content: 'llo' }, { finish: 'stop' }), DONE])
    const find = (type: string) => events.find(event => event.type === type)
    expect(find('response.output_item.added').item).toMatchObject({ status: 'in_progress', content: [] })
    expect(find('response.content_part.added').part).toEqual({ type: 'output_text', text: '', annotations: [], logprobs: [] })
    expect(find('response.content_part.done').part.text).toBe('Hello')
    expect(find('response.output_item.done').item).toMatchObject({ status: 'completed', content: [{ text: 'Hello' }] })
  })

  it('every event is named after its type', () => {
    for (const { event, data } of eventsOf([part({ content: 'x' }), DONE])) expect(JSON.parse(data).type).toBe(event)
  })

  it('a refusal is a part of the message, behind its text', () => {
    expect(brief([part({ content: 'Well.' }), part({ refusal: 'No.' }), DONE]).slice(2)).toEqual([
      'output_item.added 0 message',
      'content_part.added 0 0',
      'output_text.delta 0 0 Well.',
      'output_text.done 0 0 Well.',
      'content_part.done 0 0',
      'content_part.added 0 1',
      'refusal.delta 0 1 No.',
      'refusal.done 0 1',
      'content_part.done 0 1',
      'output_item.done 0 message',
      'completed',
    ])
  })

  it('calls that are written at once are each closed when they are whole', () => {
    const parts = [
      part(call0(0, 'a', 'f', '{"x"')),
      part(call0(1, 'b', 'g', '{"y"')),
      part(more(0, ':1}')),
      part(more(1, ':2}')),
      part({}, { finish: 'tool_calls' }),
      DONE,
    ]
    expect(brief(parts).slice(2)).toEqual([
      'output_item.added 0 function_call',
      'function_call_arguments.delta 0 {"x"',
      'output_item.added 1 function_call',
      'function_call_arguments.delta 1 {"y"',
      'function_call_arguments.delta 0 :1}',
      'function_call_arguments.delta 1 :2}',
      'function_call_arguments.done 0 {"x":1}',
      'output_item.done 0 function_call',
      'function_call_arguments.done 1 {"y":2}',
      'output_item.done 1 function_call',
      'completed',
    ])
  })

  it('a free-text tool is called in its own events', () => {
    const delta = JSON.parse('{"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"sql","input":"SELECT 1"}}]}')
    expect(brief([part(delta), DONE]).slice(2, -1)).toEqual([
      'output_item.added 0 custom_tool_call',
      'custom_tool_call_input.delta 0 SELECT 1',
      'custom_tool_call_input.done 0',
      'output_item.done 0 custom_tool_call',
    ])
  })

  it('that ran out of tokens is incomplete, and so is what was being written', () => {
    const events = seen([part(call0(0, 'a', 'f', '{}')), part({ content: 'Hel' }, { finish: 'length' }), DONE])
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [
          { type: 'function_call', status: 'completed' },
          { type: 'message', status: 'incomplete' },
        ],
      },
    })
  })

  it('that says nothing at all is one from beginning to end', () => {
    expect(brief([DONE])).toEqual(['created', 'in_progress', 'completed'])
  })

  it('a failure is told as an error and as the state of the response, and nothing completes it', () => {
    const events = seen([part({ content: 'Hel' }), { kind: 'failure', failure: { kind: 'cut', detail: 'it broke' } }])
    expect(events.slice(-2)).toMatchObject([
      { type: 'error', code: 'upstream_cut', error: { code: 'upstream_cut' }, sequence_number: 5 },
      {
        type: 'response.failed',
        sequence_number: 6,
        response: {
          status: 'failed',
          error: { code: 'server_error', message: expect.stringContaining('it broke') },
          output: [{ status: 'incomplete' }],
        },
      },
    ])
    expect(events.map(({ type }) => type)).not.toContain('response.completed')
  })

  it('a failure of a stream that another has begun is the error alone', () => {
    expect(seen([{ kind: 'failure', failure: { kind: 'cut', detail: 'it broke' } }]).map(({ type }) => type)).toEqual(['error'])
  })

  it('gives the first of several answers', () => {
    expect(brief([part({ content: 'b' }, { index: 1 }), part({ content: 'a' })]).at(-1)).toBe('output_text.delta 0 0 a')
  })

  it('what it writes, the dialect reads as it was, however the answer was cut up', () => {
    const piece = fc.oneof(
      fc.string({ minLength: 1, maxLength: 5 }).map((content): Delta => ({ content })),
      fc.string({ minLength: 1, maxLength: 5 }).map((reasoning_content): Delta => ({ reasoning_content })),
      fc.string({ minLength: 1, maxLength: 5 }).map((refusal): Delta => ({ refusal })),
      fc.tuple(fc.dictionary(fc.string(), fc.integer()), fc.nat(8)),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('stop' as const, 'length' as const, 'content_filter' as const),
        (pieces, finish) => {
          let calls = 0
          const sent = pieces.flatMap((made): Delta[] => {
            if (!Array.isArray(made)) return [made]
            const [args, at] = made
            const json = JSON.stringify(args)
            const index = calls++
            return [
              { tool_calls: [{ index, ...call(`id${index}`, 'f', ''), type: 'function' }] },
              ...[json.slice(0, at), json.slice(at)].flatMap(cut => (cut === '' ? [] : [more(index, cut)])),
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
          const back = play(openaiResponses.stream(context), eventsOf(parts))
          expect(deltas(back)).toEqual([opening(), ...sent, {}])
          expect(back.slice(-2)).toEqual([{ kind: 'usage', usage: USAGE }, DONE])
          expect(back.at(-3)).toMatchObject({ chunk: { choices: [{ finish_reason: wanted }] } })
        },
      ),
      { seed: 20_261_124, numRuns: 500 },
    )
  })
})
