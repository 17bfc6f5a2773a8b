/**
 * How a stream that passed natively came out: the router read its beginning (the commit gate) and the tap kept its end. The end marker and the
 * usage are the last things in it.
 */
import type { CompletionUsage } from '../chat'
import type { Failure } from '../outcome'
import type { StreamPart, StreamReader } from '../provider/dialect'
import { createEventDecoder } from '../provider/events'

export interface Conclusion {
  /** The answer's end or an error was seen. */
  readonly isOver: boolean
  readonly failure: Failure | undefined
  readonly usage: CompletionUsage | undefined
}

export function conclusionOf(parts: readonly StreamPart[]): Conclusion {
  let conclusion: Conclusion = { isOver: false, failure: undefined, usage: undefined }
  for (const part of parts) {
    if (part.kind === 'usage') conclusion = { ...conclusion, usage: part.usage }
    if (part.kind === 'done') conclusion = { ...conclusion, isOver: true }
    if (part.kind === 'failure') conclusion = { ...conclusion, isOver: true, failure: part.failure }
  }
  return conclusion
}

export interface Seen {
  /** What the gate held. */
  readonly held: readonly Uint8Array[]
  /** Bytes that came after it, and the last of them, which may be all. */
  readonly bytes: number
  readonly tail: Uint8Array
}

/** `reader` is a fresh one of the stream's dialect. */
export function conclude({ held, bytes, tail }: Seen, reader: StreamReader): Conclusion {
  const decoder = createEventDecoder()
  // A short stream is there as a whole; of a long one the tail may start in the middle of an event, which nobody can read
  const chunks = bytes === tail.byteLength ? [...held, tail] : [fromFirstEvent(tail)]
  const events = [...chunks.flatMap(chunk => decoder.push(chunk)), ...decoder.end()]
  return conclusionOf(events.flatMap(event => reader.push(event)))
}

const LF = 10
const CR = 13

/** What follows the first blank line, framed by LF, CR or CRLF. The blank line itself stays: it ends nothing. */
function fromFirstEvent(tail: Uint8Array): Uint8Array {
  for (let at = 1; at < tail.byteLength; at++) {
    const [before, byte] = [tail[at - 1], tail[at]]
    const isBlank = (before === LF && (byte === LF || byte === CR)) || (before === CR && byte === CR)
    if (isBlank) return tail.subarray(at)
  }
  return new Uint8Array(0)
}
