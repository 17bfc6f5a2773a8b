import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventDecoder, MAX_EVENT_CHARACTERS } from '../../src/provider/events'
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

  describe('without an end', () => {
    const piece = bytes('x'.repeat(64 * 1024))
    const pieces = MAX_EVENT_CHARACTERS / piece.byteLength

    it.each([
      ['in one line', 'data: ', ''],
      ['in lines of data', 'data: ', '\ndata: '],
      ['in its name', 'event: ', ''],
    ])('are given up above 1 MiB (%s), and nothing after that is read', (_, start, between) => {
      const decoder = createEventDecoder()
      decoder.push(bytes(`data: a\n\n${start}`))
      for (let i = 1; i < pieces; i++) {
        decoder.push(piece)
        decoder.push(bytes(between))
      }
      expect(decoder.failure).toBeUndefined()
      for (let i = 0; i < 2; i++) {
        decoder.push(piece)
        decoder.push(bytes(between))
      }
      expect(decoder.failure).toEqual({ kind: 'malformed', detail: 'an event is longer than 1048576 characters' })
      expect(decoder.push(bytes('\n\ndata: b\n\n'))).toEqual([])
      expect(decoder.end()).toEqual([])
    })

    it('take no memory where they are a comment or a field that nobody knows', () => {
      for (const start of [': ', 'foo: ']) {
        const decoder = createEventDecoder()
        decoder.push(bytes(start))
        for (let i = 0; i < 2 * pieces; i++) decoder.push(piece)
        expect(decoder.failure).toBeUndefined()
        expect(decoder.push(bytes('\ndata: a\n\n'))).toEqual([{ data: 'a' }])
      }
    })

    it('have nothing to do with how long the stream is', () => {
      const decoder = createEventDecoder()
      const event = bytes(`data: ${'x'.repeat(1_000)}\n\n`)
      for (let i = 0; i < 2_000; i++) expect(decoder.push(event)).toHaveLength(1)
      expect(decoder.failure).toBeUndefined()
    })
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
