/**
 * A wire dialect, as pure functions: from the canonical request to an HTTP request, and from an upstream's answer, stream or error
 * back to the canonical shape. Nothing here fetches; `router/attempt.ts` does, with `fetch` as a parameter.
 * One folder a dialect, the same files in each: request, reply, stream, error, wire (types), index.
 */
import type { ChatCompletion, ChatCompletionChunk, ChatRequest, CompletionUsage } from '../chat'
import type { Model } from '../model'
import type { Failure, Result } from '../outcome'

export interface UpstreamRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body: string
  /** Fields of the caller's request that this dialect has no word for and that were left out, e.g. `logprobs`. */
  readonly dropped: readonly string[]
}

/** What an answer in the canonical shape needs besides the upstream's own words. */
export interface AnswerContext {
  /** `chatcmpl-…`, for upstreams that give none. */
  readonly id: string
  readonly createdSeconds: number
  /** The upstream model's name, for upstreams that do not repeat it. */
  readonly model: string
}

/** One server-sent event as parsed: `event` is absent for OpenAI and Gemini. */
export interface UpstreamEvent {
  readonly event?: string | undefined
  readonly data: string
}

export type StreamPart =
  /** A piece of the answer. Whether it carries content is for the commit gate to see (`router/gate.ts`). */
  | { readonly kind: 'chunk'; readonly chunk: ChatCompletionChunk }
  /** The final usage. Apart from the chunks, since only some callers asked for it. At most once, before `done`. */
  | { readonly kind: 'usage'; readonly usage: CompletionUsage }
  /** The upstream reported an error, sent what nobody can read, or stopped early. Nothing follows. */
  | { readonly kind: 'failure'; readonly failure: Failure }
  /** The answer is complete: its own explicit end was seen. Nothing follows. */
  | { readonly kind: 'done' }

/** A state machine over one stream. Events that a newer upstream adds are ignored, never an error. */
export interface StreamReader {
  push(event: UpstreamEvent): readonly StreamPart[]
  /** The body has ended: `done` if that is how this dialect ends (Gemini, after a finish reason), else a `cut` failure. */
  end(): readonly StreamPart[]
}

export interface Dialect {
  readonly name: 'openai' | 'openai-responses' | 'anthropic' | 'google'
  readonly defaultBaseUrl: string
  /** What may come before a stream's first content, where that is more than usual: some repeat the request first. */
  readonly preambleBytes?: number
  /** Fails with `unsupported` (another model might do it) or `rejected` (no model could); names the field. */
  request(chat: ChatRequest, model: Model, key: string | undefined): Result<UpstreamRequest>
  /** A 2xx JSON body, parsed. Fails with `malformed`, or `stream-error` where the body is an error in disguise. */
  reply(body: unknown, context: AnswerContext): Result<ChatCompletion>
  stream(context: AnswerContext): StreamReader
  /** An answer outside 2xx. `body` is its text, cut to 64 KiB; it may be JSON, HTML or nothing. */
  error(status: number, headers: Headers, body: string, nowMs: number): Failure
}
