import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventDecoder } from '../../src/provider/events'
import { FRAMINGS, streamOf } from '../router/framing'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function decoded(...pieces: readonly (string | Uint8Array)[]) {
  const decoder = createEventDecoder()
  const pushed = pieces.flatMap(piece => decoder.push(typeof piece === 'string' ? bytes(piece) : piece))
  return { pushed, last: decoder.end() }
}

describe('server-sent events', () => {
  it.each<[string, string, readonly object[]]>([
    ['data', 'data: a\n\n', [{ data: 'a' }]],
    ['data without a space', 'data:a\n\n', [{ data: 'a' }]],
    ['one space only is not data', 'data:  a\n\n', [{ data: ' a' }]],
    ['the name of an event', 'event: ping\ndata: {}\n\n', [{ event: 'ping', data: '{}' }]],
    ['several lines of data', 'data: {\ndata: }\n\n', [{ data: '{\n}' }]],
    ['no comments', ': keep-alive\n\ndata: a\n\n:\n\n', [{ data: 'a' }]],
    ['no ids and no retry times', 'id: 7\nretry: 100\ndata: a\n\n', [{ data: 'a' }]],
    ['no fields nobody knows', 'foo: bar\ndata: a\n\n', [{ data: 'a' }]],
    ['no name without data', 'event: ping\n\ndata: a\n\n', [{ data: 'a' }]],
    ['a name for its own event only', 'event: ping\ndata: a\n\ndata: b\n\n', [{ event: 'ping', data: 'a' }, { data: 'b' }]],
  ])('are: %s', (_, text, events) => {
    expect(decoded(text)).toEqual({ pushed: events, last: [] })
  })

  it('come as soon as their blank line does', () => {
    const decoder = createEventDecoder()
    expect(decoder.push(bytes('data: a\n'))).toEqual([])
    expect(decoder.push(bytes('\ndata: b'))).toEqual([{ data: 'a' }])
  })

  it.each<[string, string, readonly object[]]>([
    ['whole JSON', 'data: {"a":1}', [{ data: '{"a":1}' }]],
    ['whole JSON and its line end', 'data: {"a":1}\n', [{ data: '{"a":1}' }]],
    ["OpenAI's end marker", 'data: [DONE]', [{ data: '[DONE]' }]],
    ['half of JSON is none', 'data: {"a":', []],
    ['half of an end marker is none', 'data: [DO', []],
    ['half a field is none', 'dat', []],
  ])('of which the last lacks its blank line: %s', (_, text, last) => {
    expect(decoded('data: x\n\n', text)).toEqual({ pushed: [{ data: 'x' }], last })
  })

  it('are the same however they are framed and cut', () => {
    const event = fc.record(
      {
        event: fc.constantFrom('message', 'ping'),
        data: fc.oneof(fc.string({ unit: 'grapheme' }), fc.json()).map(text => JSON.stringify(text)),
      },
      { requiredKeys: ['data'] },
    )
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.constantFrom(...Object.keys(FRAMINGS)),
        fc.array(fc.nat(400)),
        (events, framing, cuts) => {
          const stream = streamOf(events, framing)
          const at = [0, ...cuts.map(cut => cut % (stream.byteLength + 1)).sort((a, b) => a - b), stream.byteLength]
          const pieces = at.slice(1).map((end, index) => stream.subarray(at[index], end))
          expect(decoded(...pieces)).toEqual({ pushed: events, last: [] })
        },
      ),
      { seed: 20_261_124, numRuns: 1_000 },
    )
  })
})
