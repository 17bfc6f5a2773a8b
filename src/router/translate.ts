/**
 * The translating path: caller and upstream speak different dialects, so every event is read and written anew. One read of the network gives one write,
 * however many events it held: writes cost more than events do.
 */
import type { CompletionUsage } from '../chat'
import type { Failure } from '../outcome'
import type { StreamPart, StreamReader } from '../provider/dialect'
import type { EventDecoder } from '../provider/events'
import type { SurfaceWriter } from '../provider/surface'
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
  const seen = stopper.idle(input.idleMs)
  let usage: CompletionUsage | undefined
  let chunks = 0
  let failure: Failure | undefined
  let parts = input.committed.parts
  let reading = false
  try {
    for (;;) {
      let text = ''
      for (const part of parts) {
        text += writer.write(part)
        if (part.kind === 'usage') usage = part.usage
        if (part.kind === 'chunk') chunks += 1
        if (part.kind === 'failure') failure = part.failure
      }
      if (text !== '') await out.write(encoder.encode(text))
      if (parts.some(isLast)) break
      reading = true
      const { value, done } = await input.reader.read()
      reading = false
      seen()
      const events = done ? input.decoder.end() : input.decoder.push(value)
      const fresh = events.flatMap(event => input.stream.push(event))
      parts = done ? [...fresh, ...input.stream.end()] : fresh
    }
  } catch {
    failure = stopper.cause ?? (reading ? { kind: 'cut', detail: 'the connection was lost' } : { kind: 'client-left' })
    if (failure.kind !== 'client-left') await say(out, encoder.encode(writer.write({ kind: 'failure', failure })))
  }
  const delivered = await closed(out)
  return {
    failure: failure ?? (delivered ? undefined : { kind: 'client-left' }),
    usage,
    writingMs: world.now() - startedMs,
    outputTokens: usage?.completion_tokens ?? chunks,
  }
}

const isLast = (part: StreamPart): boolean => part.kind === 'done' || part.kind === 'failure'

/** The client may have gone meanwhile; `closed` will tell. */
async function say(out: WritableStreamDefaultWriter<Uint8Array>, bytes: Uint8Array): Promise<void> {
  await out.write(bytes).catch(() => undefined)
}

async function closed(out: WritableStreamDefaultWriter<Uint8Array>): Promise<boolean> {
  return out.close().then(
    () => true,
    () => false,
  )
}
