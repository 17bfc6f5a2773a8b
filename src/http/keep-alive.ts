/**
 * Signs of life while a stream's first token is slow, so that proxies and clients do not take the silence for a dead connection. The response has then
 * started, with status 200, but nothing is committed: fallback goes on behind it, the facts follow in a last comment, and if everything fails
 * the error comes in the stream.
 */
import type { Result } from '../outcome'
import type { World } from '../router/world'

export interface Waiting<A, F> {
  /** Resolves when the journey has its answer or has failed; never rejects. */
  readonly journey: Promise<Result<A, F>>
  readonly everyMs: number
  /** The sign of life: a comment or an event of the caller's dialect that says nothing. */
  readonly pulse: string
  readonly world: World
  readonly waitUntil: (promise: Promise<unknown>) => void
  readonly bodyOf: (answer: A) => ReadableStream<Uint8Array>
  /** As a comment's text. */
  readonly factsOf: (answer: A) => string
  /** As an event in the caller's dialect. */
  readonly errorOf: (failure: F) => string
}

/** The journey's result if it comes within `everyMs`; else the body of a response that must start now. */
export async function inTimeOrKeptAlive<A, F>(waiting: Waiting<A, F>): Promise<Result<A, F> | ReadableStream<Uint8Array>> {
  const early = await within(waiting)
  if (early !== undefined) return early
  const { readable, writable } = new IdentityTransformStream()
  waiting.waitUntil(keepAlive(waiting, writable.getWriter()))
  return readable
}

/** Undefined: not yet. */
async function within<A, F>({ journey, everyMs, world }: Waiting<A, F>): Promise<Result<A, F> | undefined> {
  let cancel = () => {}
  const late = new Promise<undefined>(resolve => {
    cancel = world.after(everyMs, () => resolve(undefined))
  })
  const early = await Promise.race([journey, late])
  cancel()
  return early
}

type Writer = WritableStreamDefaultWriter<Uint8Array>

/** Rejects only with a bug of ours; the client then sees the response break off, and does not wait for ever. */
async function keepAlive<A, F>(waiting: Waiting<A, F>, out: Writer): Promise<void> {
  try {
    await write(waiting, out)
  } catch (error) {
    // Fails only where the client has left, and then there is nobody to tell; the bug itself goes on below
    await out.abort(error).catch(() => undefined)
    throw error
  }
}

async function write<A, F>(waiting: Waiting<A, F>, out: Writer): Promise<void> {
  let result: Result<A, F> | undefined
  while (result === undefined) {
    await say(out, waiting.pulse)
    result = await within(waiting)
  }
  if (result.ok) {
    await copy(waiting.bodyOf(result.value).getReader(), out)
    await say(out, `: ${waiting.factsOf(result.value)}\n\n`)
  } else {
    await say(out, waiting.errorOf(result.failure))
  }
  // A client that has left is known to the journey by its own signal
  await out.close().catch(() => undefined)
}

/** By hand: workerd cannot pipe one transform stream into another. Only answers that were slow to begin with pay for it. */
async function copy(reader: ReadableStreamDefaultReader<Uint8Array>, out: Writer): Promise<void> {
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) await out.write(read.value)
  } catch (error) {
    // The client has left; whoever writes the answer must not wait for it to come back
    // A body that has broken already cannot be cancelled, and need not be
    await reader.cancel(error).catch(() => undefined)
  }
}

/** A client that has left takes no more words; the journey learns of that by its own signal. */
const say = (writer: Writer, text: string): Promise<void> => writer.write(new TextEncoder().encode(text)).catch(() => undefined)
