/**
 * An upstream's answer with vectors. One of usual size is read whole before anything is promised, so that whatever is wrong with it another may still
 * put right. A large one (a thousand vectors as text are some 60 MB, half of what an isolate has) is begun as soon as its beginning is seen to be
 * sound, and then passes through.
 */
import type { CompletionUsage } from '../chat'
import type { EmbeddingsRequest } from '../embeddings'
import { parseJson } from '../json'
import { fail, ok, type Result } from '../outcome'
import type { EmbeddingsContext, PassingEmbedder, TranslatedVectors, TranslatingEmbedder } from '../provider/embedder'
import type { Connection } from './call'
import type { Ending } from './ending'
import { withoutSecrets } from './error-text'
import type { Answer } from './send'
import type { IdleWatch, Stopper } from './stopper'
import type { World } from './world'

/** More than a vector of every model, with plenty of room for many, and little enough for many requests at once. */
const MAX_HELD_BYTES = 4 * 1024 * 1024
/** What is written anew must be held whole. Those upstreams take few texts at a time, and a request's calls come three at a time. */
const MAX_TRANSLATED_BYTES = 16 * 1024 * 1024

type Reader = ReadableStreamDefaultReader<Uint8Array>

interface Head {
  readonly chunks: readonly Uint8Array[]
  /** False: there is more than was asked for. */
  readonly isWhole: boolean
}

/** On its way to the client, or ready to be sent. */
export type Delivery = Pick<Answer, 'body' | 'ended'>

type Reading = Pick<Connection, 'secrets' | 'stopper' | 'world'> & { readonly idleMs: number }

/** In OpenAI's shape already. Rejects where the body breaks or is stopped. */
export async function passedVectors(
  body: ReadableStream<Uint8Array> | null,
  embedder: PassingEmbedder,
  request: EmbeddingsRequest,
  { secrets, stopper, world, idleMs }: Reading,
): Promise<Result<Delivery>> {
  if (body === null) return EMPTY
  const reader = body.getReader()
  const idle = stopper.idle(idleMs)
  const { chunks, isWhole } = await readHead(reader, MAX_HELD_BYTES, idle)
  const text = textOf(chunks)
  if (isWhole) {
    const value = parsed(text)
    if (!value.ok) return value
    const usage = embedder.reply(value.value, request)
    return usage.ok ? ok({ body: withoutSecrets(text, secrets), ended: Promise.resolve(ending({ usage: usage.value })) }) : usage
  }
  const sound = embedder.beginning(text, request)
  if (!sound.ok) {
    await reader.cancel()
    return sound
  }
  return ok(relay({ chunks, reader, idle, stopper, world }))
}

/** Rejects where the body breaks or is stopped. */
export async function translatedVectors(
  body: ReadableStream<Uint8Array> | null,
  embedder: TranslatingEmbedder,
  context: EmbeddingsContext,
  { stopper, idleMs }: Reading,
): Promise<Result<TranslatedVectors>> {
  if (body === null) return EMPTY
  const reader = body.getReader()
  const { chunks, isWhole } = await readHead(reader, MAX_TRANSLATED_BYTES, stopper.idle(idleMs))
  if (!isWhole) {
    await reader.cancel()
    return fail({ kind: 'malformed', detail: `it is larger than ${MAX_TRANSLATED_BYTES} bytes` })
  }
  const value = parsed(textOf(chunks))
  return value.ok ? embedder.reply(value.value, context) : value
}

const EMPTY = fail({ kind: 'malformed', detail: 'it is empty' } as const)

function parsed(text: string): Result<unknown> {
  const value = parseJson(text)
  if (value !== undefined) return ok(value)
  return text.trim() === '' ? EMPTY : fail({ kind: 'malformed', detail: 'it is not JSON' })
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

/** A body that is written here: as one text while it is small, and else piece by piece, so that it is never held twice. */
export function delivered(
  pieces: readonly string[],
  usage: CompletionUsage,
  { stopper, world }: Pick<Connection, 'stopper' | 'world'>,
): Delivery {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  if (bytes <= MAX_HELD_BYTES) return { body: pieces.join(''), ended: Promise.resolve(ending({ usage })) }
  const { readable, writable } = new IdentityTransformStream()
  return { body: readable, ended: write([...pieces], usage, writable.getWriter(), { stopper, world }) }
}

/** Never rejects. Lets go of each piece that is written. */
async function write(
  pieces: string[],
  usage: CompletionUsage,
  out: WritableStreamDefaultWriter<Uint8Array>,
  { stopper, world }: Pick<Connection, 'stopper' | 'world'>,
): Promise<Ending> {
  const startedMs = world.now()
  const encoder = new TextEncoder()
  try {
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) await out.write(encoder.encode(piece))
    await out.close()
    return ending({ usage, writingMs: world.now() - startedMs })
  } catch (error) {
    // The client may have gone already, which is no news then
    await out.abort(error).catch(() => undefined)
    return ending({ failure: stopper.cause ?? LEFT, usage, writingMs: world.now() - startedMs })
  }
}

interface Relay {
  readonly chunks: readonly Uint8Array[]
  readonly reader: Reader
  readonly idle: IdleWatch
  readonly stopper: Stopper
  readonly world: World
}

function relay(input: Relay): Delivery {
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
