/**
 * The translating path: caller and upstream speak different dialects, so every event is read and written anew. One read of the network gives one write,
 * however many events it held: writes cost more than events do.
 */
import type { CompletionUsage } from '../chat'
import type { Failure } from '../outcome'
import type { StreamPart, StreamReader } from '../provider/dialect'
import type { EventDecoder } from '../provider/events'
import type { SurfaceWriter } from '../provider/surface'
import { bugFound, guarded } from './bug'
import type { Ending, Flow } from './ending'
import type { Committed } from './gate'
import type { Stopper } from './stopper'
import type { World } from './world'

export interface Translation {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>
  readonly committed: Committed
  readonly decoder: EventDecoder
  readonly stream: StreamReader
  readonly writer: SurfaceWriter
  readonly stopper: Stopper
  readonly idleMs: number
  readonly world: World
}

export function translate(input: Translation): Flow {
  const { readable, writable } = new IdentityTransformStream()
  return { body: readable, ended: pump(input, writable.getWriter()) }
}

async function pump(input: Translation, out: WritableStreamDefaultWriter<Uint8Array>): Promise<Ending> {
  const { stopper, world, writer } = input
  const encoder = new TextEncoder()
  const startedMs = world.now()
  const idle = stopper.idle(input.idleMs)
  let usage: CompletionUsage | undefined
  let chunks = 0
  let failure: Failure | undefined
  let parts = input.committed.parts
  let doing: 'translating' | 'reading' | 'writing' = 'translating'
  try {
    for (;;) {
      let text = ''
      for (const part of parts) {
        text += writer.write(part)
        if (part.kind === 'usage') usage = part.usage
        if (part.kind === 'chunk') chunks += 1
        if (part.kind === 'failure') failure = part.failure
      }
      doing = 'writing'
      if (text !== '') await out.write(encoder.encode(text))
      if (parts.some(isLast)) break
      doing = 'reading'
      idle.waits()
      const { value, done } = await input.reader.read()
      doing = 'translating'
      idle.comes()
      const events = done ? input.decoder.end() : input.decoder.push(value)
      const fresh = events.flatMap(event => input.stream.push(event))
      const unreadable = input.decoder.failure
      if (unreadable !== undefined && !fresh.some(isLast)) parts = [...fresh, { kind: 'failure', failure: unreadable }]
      else parts = done ? [...fresh, ...input.stream.end()] : fresh
    }
  } catch (error) {
    if (doing === 'translating') failure = bugFound('translating a stream', error)
    else failure = stopper.cause ?? (doing === 'reading' ? LOST : { kind: 'client-left' })
    if (failure.kind !== 'client-left') await tell(out, writer, failure)
  }
  const delivered = await closed(out)
  return {
    failure: failure ?? (delivered ? undefined : { kind: 'client-left' }),
    usage,
    writingMs: world.now() - startedMs,
    outputTokens: usage?.completion_tokens ?? chunks,
  }
}

const LOST: Failure = { kind: 'cut', detail: 'the connection was lost' }

const isLast = (part: StreamPart): boolean => part.kind === 'done' || part.kind === 'failure'

/** The client may have gone meanwhile; `closed` will say. Where even the error cannot be written the body breaks off, so that it does not look finished. */
async function tell(out: WritableStreamDefaultWriter<Uint8Array>, writer: SurfaceWriter, failure: Failure): Promise<void> {
  const words = guarded('writing an error event', () => writer.write({ kind: 'failure', failure }))
  const told = words.ok ? out.write(new TextEncoder().encode(words.value)) : out.abort(new Error(failure.kind))
  // Fails where the client has gone, which is for `closed` to find
  await told.catch(() => undefined)
}

async function closed(out: WritableStreamDefaultWriter<Uint8Array>): Promise<boolean> {
  return out.close().then(
    () => true,
    () => false,
  )
}
