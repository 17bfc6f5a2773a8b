/**
 * The native path: caller and upstream speak the same dialect, so the runtime pumps the bytes and no JavaScript sees them, save the
 * sampled tap. What is added is only what must not be missing: an explicit error event when the upstream breaks off.
 */
import type { Failure } from '../outcome'
import type { StreamReader } from '../provider/dialect'
import type { SurfaceWriter } from '../provider/surface'
import { guarded } from './bug'
import { conclude, conclusionOf } from './conclusion'
import type { Ending, Flow } from './ending'
import type { Committed } from './gate'
import type { Stopper } from './stopper'
import { createTap, type TapReport } from './tap'
import type { World } from './world'

/** Between the end marker and the end of the connection. */
const LINGER_MS = 1_000

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
  const split = branches(body)
  if (split === undefined) return brokenAtOnce(input, writable, startedMs)
  const [main, side] = split
  // An upstream that keeps the connection open behind its end marker would keep the client waiting, and then look like a stall
  const hasEnded = (report: TapReport) => conclude({ held: committed.held, ...report }, input.newReader()).isOver
  let callOff: (() => void) | undefined
  const linger = () => {
    callOff ??= world.after(LINGER_MS, () => stopper.close())
  }
  if (early.isOver) linger()
  const tap = createTap(side, {
    idle: stopper.idle(idleMs),
    onTail: report => {
      const complete = guarded('reading the end of a stream', () => hasEnded(report))
      if (complete.ok && complete.value) linger()
    },
    world,
    everyMs: Math.min(500, idleMs / 2),
  })
  const broken = await sendAll(committed.held, main, writable)
  callOff?.()
  tap.drain()
  const { bytes, tail } = await tap.report
  const understood = guarded('reading the end of a stream', () =>
    early.isOver ? early : conclude({ held: committed.held, bytes, tail }, input.newReader()),
  )
  // What we cannot read the client may well: its bytes have passed as they were
  const late = understood.ok ? understood.value : { isOver: broken === undefined, failure: undefined, usage: undefined }
  const usage = late.usage ?? early.usage
  // Whatever came after the end marker, the answer is complete
  const isComplete = late.isOver && late.failure === undefined
  const failure = isComplete ? undefined : (stopper.cause ?? late.failure ?? failureOf(broken, late.isOver))
  // An error that the upstream sent itself has passed through; one that was inferred here nobody has been told of
  const told = late.failure !== undefined && 'upstream' in late.failure
  const delivered = await finish(writable, failure === undefined || told ? '' : lastWords(input.writer, failure))
  const heldBytes = committed.held.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  return {
    failure: delivered ? failure : (failure ?? { kind: 'client-left' }),
    usage,
    writingMs: world.now() - startedMs,
    outputTokens: usage?.completion_tokens ?? Math.round((heldBytes + bytes) / committed.bytesPerEvent),
  }
}

/** Undefined where the body was aborted in the same moment: workerd then throws. */
function branches(body: ReadableStream<Uint8Array>): [ReadableStream<Uint8Array>, ReadableStream<Uint8Array>] | undefined {
  try {
    return body.tee()
  } catch {
    return undefined
  }
}

async function brokenAtOnce(
  { committed, stopper, writer, world }: PassThrough,
  writable: WritableStream<Uint8Array>,
  startedMs: number,
): Promise<Ending> {
  const failure = stopper.cause ?? failureOf(new Error('broken'), false)
  const nothing = new ReadableStream<Uint8Array>({ start: controller => controller.close() })
  await sendAll(committed.held, nothing, writable)
  await finish(writable, failure === undefined ? '' : lastWords(writer, failure))
  return { failure, usage: conclusionOf(committed.parts).usage, writingMs: world.now() - startedMs, outputTokens: undefined }
}

/** The blank line ends whatever event was broken off in its middle, so that what follows is an event of its own. */
const lastWords = (writer: SurfaceWriter, failure: Failure): string => `\n\n${writer.write({ kind: 'failure', failure })}`

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
