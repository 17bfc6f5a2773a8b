/**
 * An upstream's answer with vectors. One of usual size is read whole before anything is promised, so that whatever is wrong with it another may still
 * put right. A large one (a thousand vectors as text are some 60 MB, half of what an isolate has) is begun as soon as its beginning is seen to be
 * sound, and then passes through.
 */
import { parseJson } from '../json'
import { fail, ok, type Result } from '../outcome'
import { embedderOf } from '../provider/embedders'
import type { Ending, Flow } from './ending'
import { withoutKey } from './error-text'
import type { Answer, EmbeddingsSending, Timing } from './send'
import type { IdleWatch, Stopper } from './stopper'
import type { World } from './world'

/** More than a vector of every model, with plenty of room for many, and little enough for many requests at once. */
const MAX_HELD_BYTES = 4 * 1024 * 1024
/** What is written anew must be held whole. Those upstreams take few texts at a time. */
const MAX_TRANSLATED_BYTES = 32 * 1024 * 1024

type Reader = ReadableStreamDefaultReader<Uint8Array>

interface Head {
  readonly chunks: readonly Uint8Array[]
  /** False: there is more than was asked for. */
  readonly isWhole: boolean
}

/** Rejects where the body breaks or is stopped. */
export async function vectorsAnswer(
  body: ReadableStream<Uint8Array> | null,
  { request, model, key, stopper, world }: EmbeddingsSending,
  timing: Timing,
): Promise<Result<Answer>> {
  const embedder = embedderOf(model)
  if (!embedder.ok) return embedder
  if (body === null) return fail({ kind: 'malformed', detail: 'it is empty' })
  const { reply, beginning } = embedder.value
  const reader = body.getReader()
  const idle = stopper.idle(request.limits.idleMs)
  const maxBytes = beginning === undefined ? MAX_TRANSLATED_BYTES : MAX_HELD_BYTES
  const { chunks, isWhole } = await readHead(reader, maxBytes, idle)
  const text = textOf(chunks)
  const facts = { ...timing, isStream: false, firstTokenMs: undefined }
  if (isWhole) {
    const value = parseJson(text)
    if (value === undefined) return fail({ kind: 'malformed', detail: text.trim() === '' ? 'it is empty' : 'it is not JSON' })
    const vectors = reply(value, { request: request.embeddings, model: model.name, promptTokens: request.promptTokens })
    if (!vectors.ok) return vectors
    const { usage, written = withoutKey(text, key) } = vectors.value
    return ok({ ...facts, body: written, ended: Promise.resolve(ending({ usage })) })
  }
  const sound =
    beginning === undefined
      ? fail({ kind: 'malformed', detail: `it is larger than ${maxBytes} bytes` } as const)
      : beginning(text, request.embeddings)
  if (!sound.ok) {
    await reader.cancel()
    return sound
  }
  return ok({ ...facts, ...relay({ chunks, reader, idle, stopper, world }) })
}

async function readHead(reader: Reader, maxBytes: number, idle: IdleWatch): Promise<Head> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  while (bytes <= maxBytes) {
    idle.waits()
    const { value, done } = await reader.read()
    idle.comes()
    if (done) return { chunks, isWhole: true }
    chunks.push(value)
    bytes += value.byteLength
  }
  return { chunks, isWhole: false }
}

function textOf(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder()
  return chunks.map(chunk => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
}

interface Relay {
  readonly chunks: readonly Uint8Array[]
  readonly reader: Reader
  readonly idle: IdleWatch
  readonly stopper: Stopper
  readonly world: World
}

function relay(input: Relay): Flow {
  const { readable, writable } = new IdentityTransformStream()
  return { body: readable, ended: pump(input, writable.getWriter()) }
}

/** Never rejects. JSON has no place for an error after its beginning, so that a body that breaks off here breaks off for the client too. */
async function pump(
  { chunks, reader, idle, stopper, world }: Relay,
  out: WritableStreamDefaultWriter<Uint8Array>,
): Promise<Ending> {
  const startedMs = world.now()
  const ended = (failure: Ending['failure']) => ending({ failure, writingMs: world.now() - startedMs })
  let doing: 'reading' | 'writing' = 'writing'
  let last = chunks.reduce(lastByte, 0)
  try {
    for (const chunk of chunks) await out.write(chunk)
    for (;;) {
      doing = 'reading'
      idle.waits()
      const { value, done } = await reader.read()
      idle.comes()
      if (done) break
      doing = 'writing'
      last = lastByte(last, value)
      await out.write(value)
    }
    // Where no length was promised, a connection that is lost looks like an end
    if (last !== CLOSING_BRACE) throw new Error('the body ended before its JSON did')
    doing = 'writing'
    await out.close()
    return ended(undefined)
  } catch (error) {
    const inferred = doing === 'reading' ? ({ kind: 'cut', detail: 'the connection was lost' } as const) : LEFT
    const failure = stopper.cause ?? inferred
    // The client may have gone already, which is no news then
    await out.abort(error).catch(() => undefined)
    return ended(failure)
  }
}

const LEFT = { kind: 'client-left' } as const

const CLOSING_BRACE = 0x7d
const SPACE = 0x20

/** Of all that has come, blanks aside, which may come by themselves. */
function lastByte(before: number, chunk: Uint8Array): number {
  // Of control characters JSON has blanks alone
  return chunk.findLast(byte => byte > SPACE) ?? before
}

function ending({ failure, usage, writingMs = 0 }: Partial<Ending>): Ending {
  return { failure, usage, writingMs, outputTokens: undefined }
}
