import { describe, expect, it, vi } from 'vitest'
import { anthropic } from '../../src/provider/anthropic'
import type { Dialect, StreamPart, UpstreamEvent } from '../../src/provider/dialect'
import { createEventDecoder } from '../../src/provider/events'
import { google } from '../../src/provider/google'
import { openai } from '../../src/provider/openai'
import { openaiResponses } from '../../src/provider/openai/responses'
import { GATE_BYTES, passGate } from '../../src/router/gate'
import { choices, context, play, recording } from '../provider/stream-contract'
import { FRAMINGS, streamOf } from './framing'

/** A body that arrives in these pieces. */
function arriving(pieces: readonly Uint8Array[]) {
  const left = [...pieces]
  return {
    unread: left,
    read: async (): Promise<ReadableStreamReadResult<Uint8Array>> => {
      const value = left.shift()
      return value === undefined ? { done: true, value: undefined } : { done: false, value }
    },
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const gated = (pieces: readonly Uint8Array[], dialect: Dialect = openai) =>
  passGate(arriving(pieces), createEventDecoder(), dialect.stream(context))

/** OpenAI events, each in a piece of its own. */
const events = (...data: readonly unknown[]): Uint8Array[] =>
  data.map(each => bytes(`data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`))
const choice = (delta: unknown, finish: string | null = null) => ({ choices: [{ index: 0, delta, finish_reason: finish }] })
const role = choice({ role: 'assistant', content: '', refusal: null })

async function outcomeOf(pieces: readonly Uint8Array[]): Promise<string> {
  const body = arriving(pieces)
  const result = await passGate(body, createEventDecoder(), openai.stream(context))
  return result.ok ? `committed after ${pieces.length - body.unread.length}` : result.failure.kind
}

describe('a bug of our own', () => {
  it('is logged with its stack, and is a failure of the attempt like any other', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const buggy: Dialect = {
      ...openai,
      stream: () => ({
        push: () => {
          throw new TypeError('no such property, Bearer abcdef')
        },
        end: () => [],
      }),
    }
    expect(await gated(events(role), buggy)).toEqual({
      ok: false,
      failure: { kind: 'malformed', detail: 'the router could not read it' },
    })
    expect(logged).toHaveBeenCalledOnce()
    const line: unknown = JSON.parse(String(logged.mock.calls[0]?.[0]))
    expect(line).toMatchObject({ level: 'error', event: 'bug', error: 'no such property, Bearer [key]' })
    expect(line).toHaveProperty('stack', expect.stringContaining('gate'))
    logged.mockRestore()
  })
})

describe('what commits', () => {
  it.each<[string, unknown]>([
    ['text', choice({ content: 'Hi' })],
    ['a space', choice({ content: ' ' })],
    ['a refusal', choice({ refusal: 'No.' })],
    [
      'a tool call',
      choice({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }] }),
    ],
    ['an old function call', choice({ function_call: { name: 'f', arguments: '' } })],
    ['reasoning', choice({ reasoning_content: 'Hm.' })],
    ['reasoning under another name', choice({ reasoning: 'Hm.' })],
    ['audio', choice({ audio: { id: 'a', data: 'AAAA' } })],
    ['a stop without a word', choice({}, 'stop')],
    ['a length limit without a word', choice({}, 'length')],
    ['a content filter without a word', choice({}, 'content_filter')],
    ["any choice's content", { choices: [{ index: 1, delta: { content: 'B' }, finish_reason: null }] }],
  ])('%s', async (_, event) => {
    expect(await outcomeOf(events(role, event, '[DONE]'))).toBe('committed after 2')
  })
})

describe('what does not commit, and is waited behind', () => {
  it.each<[string, readonly Uint8Array[]]>([
    ['a role', events(role)],
    ['empty fields', events(choice({ content: '', tool_calls: [], reasoning: null, annotations: [], extra: {} }))],
    ['a chunk without choices', events({ choices: [] })],
    ['usage', events({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 } })],
    ['comments and pings', [bytes(': ping\n\n'), bytes(':\n\n'), bytes('event: ping\ndata: {}\n\n')]],
    ['an event of an unknown kind', events({ object: 'something.new' }, [], 7)],
    ['half an event', [bytes('data: {"choi')].concat(bytes('ces":[]}\n\n'))],
  ])('%s', async (_, pieces) => {
    expect(await outcomeOf([...pieces, ...events(choice({ content: 'Hi' }))])).toBe(`committed after ${pieces.length + 1}`)
  })
})

describe('what fails the attempt before anything is committed', () => {
  it.each<[string, readonly Uint8Array[], string]>([
    ['an empty body', [], 'cut'],
    ['an end after the role', events(role), 'cut'],
    ['an end in the middle of an event', [...events(role), bytes('data: {"choices":[{"delta":{"content":"H')], 'cut'],
    ['the end marker first', events('[DONE]'), 'malformed'],
    ['the end marker after a role', events(role, '[DONE]'), 'malformed'],
    ['an error event', events({ error: { message: 'Overloaded.', code: 503 } }), 'stream-error'],
    ['an error event after the role', events(role, { error: { message: 'Overloaded.' } }), 'stream-error'],
    ['an event that is named error', [bytes('event: error\ndata: {"message":"No."}\n\n')], 'stream-error'],
    ['an event that is not JSON', events('<html>'), 'malformed'],
    ['a web page', [bytes('<!doctype html><html><body>502 Bad Gateway</body></html>')], 'cut'],
    ['more than any preamble', [bytes(': '.padEnd(GATE_BYTES, '.')), bytes('..')], 'malformed'],
    ['endless role chunks', Array.from({ length: 5_000 }, () => events(role)).flat(), 'malformed'],
  ])('%s', async (_, pieces, kind) => {
    expect(await outcomeOf(pieces)).toBe(kind)
  })

  it('reads no further than it must: a little over the limit of an endless preamble', async () => {
    const piece = bytes(': '.padEnd(1_024, '.'))
    const body = arriving(Array.from({ length: 1_000 }, () => piece))
    await passGate(body, createEventDecoder(), openai.stream(context))
    expect((1_000 - body.unread.length) * 1_024).toBe(GATE_BYTES + 1_024)
  })

  it('a broken connection rejects, so that who reads can tell why', async () => {
    const read = () => Promise.reject(new Error('reset'))
    await expect(passGate({ read }, createEventDecoder(), openai.stream(context))).rejects.toThrow('reset')
  })
})

describe('what comes with the first content', () => {
  it('is passed on whole: a failure in the same read is one after the commit', async () => {
    const joined = Buffer.concat(events(role, choice({ content: 'Hi' }), { error: { message: 'No.' } }))
    const result = await gated([joined])
    expect(result.ok && result.value.parts.map(({ kind }) => kind)).toEqual(['chunk', 'chunk', 'failure'])
    expect(result.ok && result.value.held).toEqual([joined])
  })

  it('tells how many bytes an event takes', async () => {
    const pieces = events(role, choice({ content: 'Hi' }))
    const result = await gated(pieces)
    const total = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
    expect(result.ok && result.value.bytesPerEvent).toBe(total / 2)
  })

  it('an answer that lacks only its last blank line is an answer', async () => {
    expect((await gated([bytes(`data: ${JSON.stringify(choice({ content: 'Hi' }))}`)])).ok).toBe(true)
  })
})

const RECORDINGS: Readonly<Record<Dialect['name'], readonly string[]>> = {
  openai: ['text', 'tools', 'two-choices', 'filtered', 'error', 'running-usage'],
  'openai-responses': ['text', 'tools', 'reasoning', 'refusal', 'error', 'failed'],
  anthropic: ['text', 'tools', 'refusal', 'overloaded', 'server-tool'],
  google: ['text', 'tools', 'blocked', 'signed-text', 'two-candidates', 'unavailable'],
}

/** Through the gate and on to the end: all parts, or the failure alone; and the bytes, of which none may be lost. */
async function readWhole(pieces: readonly Uint8Array[], dialect: Dialect) {
  const body = arriving(pieces)
  const [decoder, stream] = [createEventDecoder(), dialect.stream(context)]
  const result = await passGate(body, decoder, stream)
  if (!result.ok) return { parts: [{ kind: 'failure', failure: result.failure }], bytes: undefined }
  const rest = [...body.unread.flatMap(piece => decoder.push(piece)), ...decoder.end()]
  const parts = [...result.value.parts, ...rest.flatMap(event => stream.push(event)), ...stream.end()]
  return { parts, bytes: Buffer.concat([...result.value.held, ...body.unread]) }
}

const dialects = [openai, openaiResponses, anthropic, google]
/** Every framing of one recording with text of several bytes a character, and every recording in its plainest framing. */
const cases = dialects.flatMap(dialect => [
  ...Object.keys(FRAMINGS).map(framing => [dialect.name, 'text', framing, dialect] as const),
  ...RECORDINGS[dialect.name].slice(1).map(name => [dialect.name, name, 'LF', dialect] as const),
])

describe('wherever the network cuts the stream', () => {
  it.each(cases)('%s %s, framed with %s, means the same', async (name, recorded, framing, dialect) => {
    const stream = streamOf(recording(name, recorded), framing)
    const whole = await readWhole([stream], dialect)
    expect(whole.parts).toEqual(expectedParts(dialect, recording(name, recorded)))
    // Compared as text, since a thousand deep comparisons take their time
    const meaning = JSON.stringify(whole.parts)
    for (let cut = 0; cut <= stream.byteLength; cut++) {
      const { parts, bytes: passed } = await readWhole([stream.subarray(0, cut), stream.subarray(cut)], dialect)
      if (JSON.stringify(parts) !== meaning) expect(parts, `cut after ${cut} bytes`).toEqual(whole.parts)
      if (passed?.equals(stream) === false) expect(passed, `cut after ${cut} bytes`).toEqual(stream)
    }
    const oneByOne = Array.from(stream, (_, at) => stream.subarray(at, at + 1))
    expect((await readWhole(oneByOne, dialect)).parts).toEqual(whole.parts)
  })
})

/** What comes without any gate; of a stream that fails before its first content only the failure. */
function expectedParts(dialect: Dialect, events: readonly UpstreamEvent[]): readonly StreamPart[] {
  const parts = play(dialect.stream(context), events)
  const failedAt = parts.findIndex(({ kind }) => kind === 'failure')
  const before = choices(failedAt < 0 ? parts : parts.slice(0, failedAt))
  const hasContent = before.some(({ delta, finish_reason }) => finish_reason !== null || delta.role === undefined)
  return hasContent ? parts : parts.slice(failedAt)
}
