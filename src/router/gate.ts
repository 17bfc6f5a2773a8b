/**
 * The commit gate. Until an answer's first content has come, nothing has been promised to the client and the next candidate can still
 * take over; so what comes before is held back here. Role-only chunks, comments and pings do not commit, an error or an end without an answer fails the
 * attempt. A finish without content (a length limit, a filter) is an answer.
 */
import type { ChatCompletionChunk } from '../chat'
import { type Failure, fail, ok, type Result } from '../outcome'
import type { StreamPart, StreamReader } from '../provider/dialect'
import type { EventDecoder } from '../provider/events'
import { guarded } from './bug'

/** More than any preamble of an honest stream. */
export const GATE_BYTES = 256 * 1024

export interface Committed {
  /** The bytes so far, as they came. */
  readonly held: readonly Uint8Array[]
  /** The same as parts. */
  readonly parts: readonly StreamPart[]
  /** Size of an event, bytes, on average so far: about one token's worth. */
  readonly bytesPerEvent: number
}

type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read'>

/** Reads up to the first content. Rejects only if `reader` does. */
export async function passGate(
  reader: Reader,
  decoder: EventDecoder,
  stream: StreamReader,
  maxBytes = GATE_BYTES,
): Promise<Result<Committed>> {
  const held: Uint8Array[] = []
  const parts: StreamPart[] = []
  let bytes = 0
  let events = 0
  for (;;) {
    const { value, done } = await reader.read()
    const understood = guarded('reading the beginning of a stream', () => {
      const fresh = done ? decoder.end() : decoder.push(value)
      events += fresh.length
      return [...fresh.flatMap(event => stream.push(event)), ...(done ? stream.end() : [])]
    })
    if (!understood.ok) return understood
    const latest = understood.value
    if (!done) {
      held.push(value)
      bytes += value.byteLength
    }
    parts.push(...latest)
    // What fails after content came with it is a failure after the commit
    if (latest.some(commits)) return ok({ held, parts, bytesPerEvent: bytes / Math.max(1, events) })
    const failed = latest.find(part => part.kind === 'failure')
    if (failed !== undefined) return fail(failed.failure)
    if (done || latest.some(part => part.kind === 'done')) return fail(malformed('the stream ended without an answer'))
    if (bytes > maxBytes) return fail(malformed(`no content within ${maxBytes} bytes`))
  }
}

const malformed = (detail: string): Failure => ({ kind: 'malformed', detail })

const commits = (part: StreamPart): boolean => part.kind === 'chunk' && part.chunk.choices.some(isContent)

type Choice = ChatCompletionChunk['choices'][number]

/** Text, a refusal, a tool call, audio or reasoning; or a reason to finish. */
function isContent({ delta, finish_reason }: Choice): boolean {
  if (finish_reason !== null && finish_reason !== undefined) return true
  return Object.entries(delta).some(([field, value]) => {
    if (field === 'role' || value === null || value === undefined || value === '') return false
    return typeof value !== 'object' || Object.keys(value).length > 0
  })
}
