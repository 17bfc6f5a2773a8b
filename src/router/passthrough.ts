/**
 * The native path: caller and upstream speak the same dialect, so the runtime pumps the bytes and no JavaScript sees them, save the
 * sampled tap. What is added is only what must not be missing: an explicit error event when the upstream breaks off.
 */
import type { CompletionUsage } from '../chat'
import type { Failure } from '../outcome'
import type { StreamPart, StreamReader } from '../provider/dialect'
import { createEventDecoder } from '../provider/events'
import type { SurfaceWriter } from '../provider/surface'
import type { Ending, Flow } from './ending'
import type { Committed } from './gate'
import type { Stopper } from './stopper'
import { createTap } from './tap'
import type { World } from './world'

export interface PassThrough {
  /** The rest of the upstream's body, unlocked. */
  readonly body: ReadableStream<Uint8Array>
  readonly committed: Committed
  /** A fresh reader of the dialect, to understand the tail. */
  readonly newReader: () => StreamReader
  readonly writer: SurfaceWriter
  readonly stopper: Stopper
  readonly idleMs: number
  readonly world: World
}

export function passThrough(input: PassThrough): Flow {
  // An identity stream, not a TransformStream: into the latter a pipe resolves when the client leaves, and an abort would look like an end
  const { readable, writable } = new IdentityTransformStream()
  return { body: readable, ended: pump(input, writable) }
}

async function pump(input: PassThrough, writable: WritableStream<Uint8Array>): Promise<Ending> {
  const { body, committed, world, stopper, idleMs } = input
  const startedMs = world.now()
  // A stream that ended within its first reads: the gate has seen all of it
  const early = conclusionOf(committed.parts)
  const [main, side] = body.tee()
  const tap = createTap(side, world, stopper.idle(idleMs), Math.min(500, idleMs / 2))
  const broken = await sendAll(committed.held, main, writable)
  tap.drain()
  const { bytes, tail } = await tap.report
  const late = early.isOver ? early : conclusionOf(readTail(tail, input.newReader()))
  const usage = late.usage ?? early.usage
  const failure = stopper.cause ?? late.failure ?? failureOf(broken, late.isOver)
  // An error that the upstream sent itself has passed through; one that was inferred here nobody has been told of
  const told = late.failure?.kind === 'stream-error'
  const delivered = await finish(writable, failure === undefined || told ? '' : input.writer.write({ kind: 'failure', failure }))
  const heldBytes = committed.held.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  return {
    failure: delivered ? failure : (failure ?? { kind: 'client-left' }),
    usage,
    writingMs: world.now() - startedMs,
    outputTokens: usage?.completion_tokens ?? Math.round((heldBytes + bytes) / committed.bytesPerEvent),
  }
}

/** What broke the pipe, or undefined. */
async function sendAll(
  held: readonly Uint8Array[],
  rest: ReadableStream<Uint8Array>,
  writable: WritableStream<Uint8Array>,
): Promise<unknown> {
  try {
    const writer = writable.getWriter()
    for (const chunk of held) await writer.write(chunk)
    writer.releaseLock()
    await rest.pipeTo(writable, { preventAbort: true, preventClose: true })
    return undefined
  } catch (error) {
    return error ?? new Error('broken')
  }
}

interface Conclusion {
  readonly isOver: boolean
  readonly failure: Failure | undefined
  readonly usage: CompletionUsage | undefined
}

function conclusionOf(parts: readonly StreamPart[]): Conclusion {
  let conclusion: Conclusion = { isOver: false, failure: undefined, usage: undefined }
  for (const part of parts) {
    if (part.kind === 'usage') conclusion = { ...conclusion, usage: part.usage }
    if (part.kind === 'done') conclusion = { ...conclusion, isOver: true }
    if (part.kind === 'failure') conclusion = { ...conclusion, isOver: true, failure: part.failure }
  }
  return conclusion
}

/** The tail may start in the middle of an event: what comes before its first blank line is left out. */
function readTail(tail: Uint8Array, reader: StreamReader): readonly StreamPart[] {
  const text = new TextDecoder().decode(tail)
  const boundary = /\r\n\r\n|\n\n|\r\r/.exec(text)
  const whole = boundary === null ? text : text.slice(boundary.index)
  const decoder = createEventDecoder()
  const events = [...decoder.push(new TextEncoder().encode(whole)), ...decoder.end()]
  return events.flatMap(event => reader.push(event))
}

function failureOf(broken: unknown, isOver: boolean): Failure | undefined {
  if (isOver) return undefined
  return { kind: 'cut', detail: broken === undefined ? 'the stream ended before its end marker' : 'the connection was lost' }
}

/** Writes the last words and closes. False if nobody was there to take them. */
async function finish(writable: WritableStream<Uint8Array>, lastWords: string): Promise<boolean> {
  try {
    const writer = writable.getWriter()
    if (lastWords !== '') await writer.write(new TextEncoder().encode(lastWords))
    await writer.close()
    return true
  } catch {
    return false
  }
}
