import { describe, expect, it } from 'vitest'
import { openai } from '../../src/provider/openai'
import { conclude } from '../../src/router/conclusion'
import { context, recording } from '../provider/stream-contract'
import { FRAMINGS, streamOf } from './framing'

const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }
const none = new Uint8Array(0)
/** As the tap sees a stream whose first `heldBytes` the gate held, keeping `tailBytes`. */
function concluded(stream: Uint8Array, heldBytes: number, tailBytes = 4_096) {
  const rest = stream.subarray(heldBytes)
  const seen = { held: [stream.subarray(0, heldBytes)], bytes: rest.byteLength, tail: rest.slice(-tailBytes) }
  return conclude(seen, openai.stream(context))
}

describe('the conclusion of a stream that passed natively', () => {
  it.each(Object.keys(FRAMINGS))('is found wherever the gate let go of it (%s)', framing => {
    const stream = streamOf(recording('openai', 'text'), framing)
    for (let held = 1; held <= stream.byteLength; held++)
      expect(concluded(stream, held)).toEqual({ isOver: true, failure: undefined, usage })
  })

  it.each(Object.keys(FRAMINGS))('is found in a tail that starts anywhere before the last event (%s)', framing => {
    const events = recording('openai', 'text')
    const stream = streamOf(events, framing)
    // It takes the blank line before an event, of 4 bytes at most, to know that the event starts there
    const beforeUsage = streamOf(events.slice(0, -2), framing).byteLength - 4
    const beforeEnd = streamOf(events.slice(0, -1), framing).byteLength - 4
    for (let from = 200; from <= beforeEnd; from++) {
      const found = concluded(stream, 100, stream.byteLength - from)
      expect(found).toMatchObject({ isOver: true, failure: undefined })
      if (from <= beforeUsage) expect(found.usage).toEqual(usage)
    }
  })

  it('is that it has none, when it was cut anywhere before its end marker', () => {
    const stream = streamOf(recording('openai', 'text'), 'LF')
    const beforeEnd = streamOf(recording('openai', 'text').slice(0, -1), 'LF').byteLength
    for (let length = 0; length <= beforeEnd; length++)
      expect(concluded(stream.subarray(0, length), Math.min(length, 100)).isOver).toBe(false)
  })

  it('is the error that the upstream reported itself', () => {
    const stream = streamOf(recording('openai', 'error'), 'LF')
    expect(concluded(stream, 10)).toMatchObject({ isOver: true, failure: { kind: 'stream-error' } })
  })

  it('of nothing is nothing', () => {
    const nothing = { isOver: false, failure: undefined, usage: undefined }
    expect(conclude({ held: [], bytes: 0, tail: none }, openai.stream(context))).toEqual(nothing)
    const unframed = new TextEncoder().encode('x'.repeat(5_000))
    expect(concluded(unframed, 0)).toEqual(nothing)
  })
})
