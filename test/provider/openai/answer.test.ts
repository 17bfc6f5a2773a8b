import { describe, expect, it } from 'vitest'
import { openai } from '../../../src/provider/openai'
import { openaiSurface } from '../../../src/provider/openai/surface'
import { choices, context, deltas, ending, play, recording, streamContract } from '../stream-contract'

const recorded = (name: string) => recording('openai', name)
const played = (name: string) => play(openai.stream(context), recorded(name))
const frame = (data: unknown) => ({ data: JSON.stringify(data) })
const chunk = (delta: unknown, fields: Record<string, unknown> = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null }],
  ...fields,
})
const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }

describe('stream', () => {
  it('hands on chunks as they came, then the usage, then done', () => {
    const parts = played('text')
    expect(deltas(parts)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'Hello' },
      { content: ', Wörld! 🌍' },
      {},
    ])
    expect(parts.slice(-2)).toEqual([{ kind: 'usage', usage }, { kind: 'done' }])
    expect(parts[0]).toEqual({ kind: 'chunk', chunk: JSON.parse(recorded('text')[0]?.data ?? '') })
  })

  it.each([
    ['tools', ['tool_calls']],
    ['two-choices', ['stop', 'length']],
    ['filtered', ['content_filter']],
  ])('%s ends with its reasons and without usage, as none was sent', (name, reasons) => {
    const parts = played(name)
    const seen = choices(parts).flatMap(({ finish_reason }) => finish_reason ?? [])
    expect(seen).toEqual(reasons)
    expect(parts.at(-1)).toEqual({ kind: 'done' })
    expect(parts.some(({ kind }) => kind === 'usage')).toBe(false)
  })

  it('tells the usage once, and the last one, where an upstream counts along in every chunk', () => {
    const parts = played('running-usage')
    expect(parts.filter(({ kind }) => kind === 'usage')).toEqual([
      { kind: 'usage', usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } },
    ])
    expect(parts.slice(-2).map(({ kind }) => kind)).toEqual(['usage', 'done'])
    expect(deltas(parts)).toHaveLength(4)
  })

  it('reports an error within the stream with what it says, and ends', () => {
    const parts = played('error')
    expect(parts.at(-1)).toEqual({
      kind: 'failure',
      failure: {
        kind: 'stream-error',
        upstream: {
          status: 500,
          message: 'The server had an error while processing your request. Sorry about that!',
          type: 'server_error',
        },
      },
    })
  })

  it.each([
    ['a status as its code', [frame({ error: { message: 'Busy.', code: 503 } })], { status: 503, message: 'Busy.', code: '503' }],
    ['a bare text', [frame({ error: 'Out of memory' })], { status: 500, message: 'Out of memory' }],
    ['the name of the event', [{ event: 'error', data: '{"message":"No."}' }], { status: 500, message: 'No.' }],
    [
      'an error beside a chunk',
      [frame({ ...chunk({ content: 'x' }), error: { message: 'Lost.' } })],
      { status: 500, message: 'Lost.' },
    ],
  ])('sees an error by %s', (_, events, upstream) => {
    expect(play(openai.stream(context), events)).toEqual([
      { kind: 'failure', failure: { kind: 'stream-error', upstream: expect.objectContaining(upstream) } },
    ])
  })

  it.each([
    ['no error is one that is null', [frame({ ...chunk({ content: 'x' }), error: null }), { data: '[DONE]' }], 'done'],
    ['what is not JSON is malformed', [{ data: 'oops' }], 'malformed'],
    ['what is no chunk is passed over', [frame({ object: 'new' }), frame(7), frame(null), { data: '[DONE]' }], 'done'],
    ['nothing counts after the end', [{ data: '[DONE]' }, { data: 'oops' }], 'done'],
    ['an end without the marker is a cut', [frame(chunk({ content: 'x' }))], 'cut'],
    [
      'an end after a finish reason is a cut too',
      [frame(chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }))],
      'cut',
    ],
  ])('%s', (_, events, expected) => {
    expect(ending(play(openai.stream(context), events))).toBe(expected)
  })

  streamContract(
    openai,
    Object.fromEntries(
      ['text', 'tools', 'two-choices', 'filtered', 'error', 'running-usage'].map(name => [name, recorded(name)]),
    ),
  )
})

describe('reply', () => {
  const completion = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-5.2',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi', refusal: null, new_field: 1 }, finish_reason: 'stop' }],
    usage,
    new_field: { kept: true },
  }

  it('is the very answer, unknown fields included', () => {
    const reply = openai.reply(completion, context)
    expect(reply.ok && reply.value).toBe(completion)
  })

  it('may lack what compatible upstreams leave out, and gets the names that callers need', () => {
    const choices = [{ message: { content: 'Hi' } }]
    expect(openai.reply({ choices }, context)).toEqual({ ok: true, value: { choices, id: context.id, model: context.model } })
    const half = openai.reply({ choices, id: '', model: 'llama' }, context)
    expect(half.ok && half.value).toMatchObject({ id: context.id, model: 'llama' })
  })

  it.each([
    [null, 'malformed'],
    ['text', 'malformed'],
    [[], 'malformed'],
    [{}, 'malformed'],
    [{ choices: [] }, 'malformed'],
    [{ choices: [{ index: 0 }] }, 'malformed'],
    [{ choices: [{ index: 'first', message: {} }] }, 'malformed'],
    [{ choices: [{ index: 0, message: {} }, null] }, 'malformed'],
    [{ error: { message: 'No credits.', code: 402 } }, 'stream-error'],
    [{ error: { message: 'No.' }, choices: [] }, 'stream-error'],
  ])('%j is %s', (value, kind) => {
    const reply = openai.reply(value, context)
    expect(!reply.ok && reply.failure.kind).toBe(kind)
  })
})

describe('the surface', () => {
  const writer = (includeUsage: boolean) => openaiSurface.stream(context, { includeUsage })

  it('writes what it read: a stream in is the same stream out', () => {
    const all = writer(true)
    const written = played('two-choices')
      .map(part => all.write(part))
      .join('')
    expect(written).toBe(
      recorded('two-choices')
        .map(({ data }) => `data: ${data}\n\n`)
        .join(''),
    )
  })

  it('writes the usage only for a caller who asked for it, in a chunk without choices', () => {
    expect(writer(false).write({ kind: 'usage', usage })).toBe('')
    expect(JSON.parse(writer(true).write({ kind: 'usage', usage }).replace('data: ', ''))).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1_760_000_000,
      model: 'asked-for',
      choices: [],
      usage,
    })
  })

  it('writes a failure as an error event, and no end marker that would make it look like an answer', () => {
    const written = writer(true).write({ kind: 'failure', failure: { kind: 'cut', detail: 'the connection was lost' } })
    expect(written.endsWith('\n\n')).toBe(true)
    expect(written).not.toContain('[DONE]')
    expect(JSON.parse(written.replace('data: ', ''))).toEqual({
      error: {
        message: 'The upstream broke off: the connection was lost',
        type: 'server_error',
        param: null,
        code: 'upstream_cut',
      },
    })
  })

  it('what it writes of a failure, the reader takes for one', () => {
    const written = writer(true).write({ kind: 'failure', failure: { kind: 'cut', detail: 'x' } })
    const parts = play(openai.stream(context), [{ data: written.slice('data: '.length).trim() }])
    expect(ending(parts)).toBe('stream-error')
  })
})
