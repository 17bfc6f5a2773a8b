import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/provider/openai/responses'
import { conclude } from '../../src/router/conclusion'
import { tailOf } from '../../src/router/tap'
import { context, recording } from '../provider/stream-contract'
import { FRAMINGS, streamOf } from './framing'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (tail: Uint8Array): string => new TextDecoder().decode(tail)
const KIB = 1_024

/** What a tap holds after these reads. */
function held(pieces: readonly Uint8Array[]) {
  let tail: Uint8Array = new Uint8Array(0)
  let count = 0
  for (const piece of pieces) {
    tail = tailOf(tail, piece, count === tail.byteLength)
    count += piece.byteLength
  }
  return { tail, bytes: count }
}

function cutUp(stream: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(stream.byteLength / size) }, (_, at) => stream.subarray(at * size, (at + 1) * size))
}

describe('the tail that a tap keeps', () => {
  it('is all there is, as long as that is little', () => {
    expect(text(held([bytes('data: 1\n\n'), bytes('data: 2\n\n')]).tail)).toBe('data: 1\n\ndata: 2\n\n')
  })

  it('is the last 4 KiB of small events', () => {
    const { tail } = held(Array.from({ length: 100 }, () => bytes(`data: ${'x'.repeat(200)}\n\n`)))
    expect(tail.byteLength).toBe(4 * KIB)
  })

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('holds the last event as a whole, with the blank line before it, however it is read (%s)', (_, end) => {
    const last = `event: response.completed${end}data: {"long":"${'y'.repeat(10 * KIB)}"}${end}${end}`
    const stream = bytes(`data: ${'x'.repeat(9 * KIB)}${end}${end}${last}`)
    for (const size of [3, 64, 1_000, 64 * KIB]) {
      const kept = text(held(cutUp(stream, size)).tail)
      expect(kept.endsWith(last)).toBe(true)
      expect(kept.length).toBeLessThanOrEqual(last.length + 4)
      expect(kept.length).toBeGreaterThanOrEqual(last.length + end.length)
    }
  })

  it('gives up on an event that is larger than any honest one', () => {
    const endless = Array.from({ length: 40 }, () => bytes('z'.repeat(64 * KIB)))
    expect(held([bytes('data: 1\n\n'), ...endless]).tail.byteLength).toBe(4 * KIB)
    expect(held(endless).tail.byteLength).toBe(4 * KIB)
  })

  it.each(Object.keys(FRAMINGS))('is enough to see how a stream of responses came out (%s)', framing => {
    const events = recording('openai-responses', 'tools')
    // As with a client that brings its whole toolbox: the last event repeats it
    const large = events.map(({ event, data }) => ({ event, data: data.replace('"Be brief."', `"${'B'.repeat(6 * KIB)}"`) }))
    const stream = streamOf(large, framing)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 100, max: 20_000 }), (gateBytes, size) => {
        const seen = held(cutUp(stream.subarray(gateBytes), size))
        const concluded = conclude({ held: [stream.subarray(0, gateBytes)], ...seen }, openaiResponses.stream(context))
        expect(concluded).toMatchObject({ isOver: true, failure: undefined, usage: { total_tokens: 48 } })
      }),
      { seed: 20_261_124, numRuns: 50 },
    )
  })
})
