/**
 * What the faulty upstream does with one request, as plain data: an answer in the caller's wire format, well or broken off, or bytes
 * that no provider should send. The constructors below are the vocabulary of tests.
 */
import { type Finish, type Piece, slices, textPiece, type Usage } from '../providers/answer'
import type { Trouble } from '../providers/error/refusal'
import type { Moment, StreamFault } from '../providers/fault'
import type { Step } from '../providers/schedule'

export type Bytes = string | Uint8Array

export interface AnswerOptions {
  readonly text?: string
  /** How many content events the text is split into; words, if nothing is said. */
  readonly chunks?: number
  /** Instead of a text. */
  readonly pieces?: readonly Piece[]
  readonly finish?: Finish
  readonly usage?: Partial<Usage>
  /** Until the headers. */
  readonly headersMs?: number
  /** From the headers to the first content; of a JSON answer, to the body. */
  readonly firstMs?: number
  /** Between content events. */
  readonly gapMs?: number
  readonly fault?: StreamFault
  /** How a cut breaks the connection: shut behind what was sent, or reset, which may take back what is still unread. */
  readonly breakBy?: 'close' | 'reset'
  /** What an error event or error body tells of. */
  readonly trouble?: Trouble
  /** Line ends of the stream, where not the provider's own. */
  readonly lineEnd?: '\n' | '\r\n' | '\r'
  /** One event a write, one byte a write, or everything in one. */
  readonly writes?: 'event' | 'byte' | 'whole'
  /** False leaves out the end marker alone: `[DONE]`, `message_stop`, and at Gemini the frame with the finish reason. */
  readonly endMarker?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

export type Plan =
  | { readonly kind: 'answer'; readonly options: AnswerOptions }
  | {
      readonly kind: 'refusal'
      readonly trouble: Trouble | number
      readonly retryAfterSeconds?: number
      readonly afterMs?: number
    }
  /** The connection is reset before any header. */
  | { readonly kind: 'reset'; readonly afterMs: number }
  /** The connection stays open, and nothing comes. */
  | { readonly kind: 'silence' }
  /** `steps` may be endless: each is made when its turn comes. They must be iterable more than once. */
  | {
      readonly kind: 'raw'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly steps: Iterable<Step<Bytes>>
    }

/** A healthy answer, JSON or stream as the request asks. */
export const answer = (options: AnswerOptions = {}): Plan => ({ kind: 'answer', options })

export const toolCall = (...pieces: readonly Piece[]): Plan => answer({ pieces, finish: 'tool-calls' })

/** The body breaks: the connection is closed inside it. Of a JSON answer half the promised body has come. */
export const cut = (after: Moment, options: AnswerOptions = {}): Plan => broken('cut', after, options)
/** The same by a reset. */
export const resetMidBody = (after: Moment, options: AnswerOptions = {}): Plan => cut(after, { ...options, breakBy: 'reset' })
/** The body ends cleanly, but the answer does not. */
export const eof = (after: Moment, options: AnswerOptions = {}): Plan => broken('end', after, options)
/** The body goes on for ever without a byte. */
export const stall = (after: Moment, options: AnswerOptions = {}): Plan => broken('stall', after, options)
/** The provider's own error event; `start` makes it the first event, `opening` follows a role-only chunk. */
export const errorEvent = (after: Moment, options: AnswerOptions = {}): Plan => broken('error', after, options)

const broken = (kind: StreamFault['kind'], after: Moment, options: AnswerOptions): Plan =>
  answer({ ...options, fault: { kind, after } })

/** Everything but the end marker. */
export const noEndMarker = (options: AnswerOptions = {}): Plan => answer({ ...options, endMarker: false })

/** Headers at once, the first content late. */
export const slow = (firstMs: number, options: AnswerOptions = {}): Plan => answer({ ...options, firstMs })

/** This status exactly, with the provider's own body for it. */
export const status = (code: number, options: { readonly retryAfterSeconds?: number; readonly afterMs?: number } = {}): Plan => ({
  kind: 'refusal',
  trouble: code,
  ...options,
})

/** The provider's own status and body for a trouble. */
export const refusal = (trouble: Trouble, options: { readonly retryAfterSeconds?: number } = {}): Plan => ({
  kind: 'refusal',
  trouble,
  ...options,
})

export const reset = (afterMs = 0): Plan => ({ kind: 'reset', afterMs })
export const silence = (): Plan => ({ kind: 'silence' })

export function raw(body: Bytes | Iterable<Step<Bytes>>, options: { status?: number; type?: string } = {}): Plan {
  const whole = typeof body === 'string' || body instanceof Uint8Array
  const steps: Iterable<Step<Bytes>> = whole ? [{ kind: 'send', afterMs: 0, data: body }, { kind: 'end' }] : body
  return {
    kind: 'raw',
    status: options.status ?? 200,
    headers: { 'content-type': options.type ?? 'application/json' },
    steps,
  }
}

/** Headers as if of a stream, then silence. */
export const headersOnly = (): Plan => raw([{ kind: 'stall' }], { type: 'text/event-stream' })

export const html = (): Plan =>
  raw('<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>', {
    type: 'text/html; charset=utf-8',
  })

export const emptyBody = (type = 'application/json'): Plan => raw([{ kind: 'end' }], { type })
export const invalidJson = (): Plan => raw('{"choices": [oops]}')
/** An event whose data nobody can parse. */
export const invalidEvent = (): Plan => raw('data: {"choices": [oops]}\n\n', { type: 'text/event-stream' })
/** A whole HTTP body, half a JSON text. */
export const truncatedJson = (): Plan => eof('opening')

/** A healthy answer under a content type that is not its own. */
export const wrongType = (type = 'text/plain', options: AnswerOptions = {}): Plan =>
  answer({ ...options, headers: { ...options.headers, 'content-type': type } })

const PING = { comment: ': keep-alive\n\n', event: 'event: ping\ndata: {"type": "ping"}\n\n' }

/** Pings without end: comments, or Anthropic's events. */
export function pings(everyMs: number, kind: keyof typeof PING = 'comment'): Plan {
  const step: Step = { kind: 'send', afterMs: everyMs, data: PING[kind] }
  return raw({ [Symbol.iterator]: () => endless(step) }, { type: 'text/event-stream' })
}

// a generator runs once, a plan may be carried out many times: hence the iterables around these two

function* endless(step: Step): Iterator<Step> {
  while (true) yield step
}

/** A body of this size that never becomes an answer, in pieces of 64 KiB; made while it is sent. */
export function huge(bytes: number, type: 'application/json' | 'text/event-stream' = 'application/json'): Plan {
  const start = type === 'application/json' ? '{"padding": "' : ': '
  return raw({ [Symbol.iterator]: () => padding(bytes, start) }, { type })
}

function* padding(bytes: number, start: string): Iterator<Step<Bytes>> {
  const block = new Uint8Array(65_536).fill(0x78)
  yield { kind: 'send', afterMs: 0, data: start }
  for (let left = bytes - start.length; left > 0; left -= block.length) {
    yield { kind: 'send', afterMs: 0, data: left < block.length ? block.subarray(0, left) : block }
  }
  yield { kind: 'end' }
}

/** The pieces that an answer's options describe. */
export function piecesOf({ pieces, text = 'Hello from upstream.', chunks }: AnswerOptions): readonly Piece[] {
  if (pieces !== undefined) return pieces
  if (chunks === undefined) return [textPiece(text)]
  // a text too short for so many chunks is repeated rather than sent in fewer
  const long = text.repeat(Math.max(1, Math.ceil(chunks / Math.max(1, Array.from(text).length))))
  const size = Math.ceil(Array.from(long).length / chunks)
  const cutUp = slices(long, size)
  const missing = Array.from({ length: chunks - cutUp.length }, () => '.')
  return [{ kind: 'text', deltas: [...cutUp, ...missing] }]
}
