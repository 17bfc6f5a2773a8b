/**
 * The caller's side of a dialect: how the canonical answer, a stream of its parts, or a problem is written for a client who speaks it.
 * Pure, like `dialect.ts`, its counterpart towards the upstream.
 */
import type { ChatCompletion } from '../chat'
import type { Problem } from '../outcome'
import type { AnswerContext, Dialect, StreamPart } from './dialect'

export interface Surface {
  /** Where the upstream speaks it too, bytes pass through untouched. */
  readonly dialect: Dialect['name']
  /** JSON text. */
  answer(completion: ChatCompletion): string
  /** JSON text of an error body. */
  problem(problem: Problem): string
  /** The same as an event in a stream that has begun: explicit, and not to be taken for the answer's end. */
  problemEvent(problem: Problem): string
  /** A sign of life in a stream whose answer takes its time; it says nothing. */
  readonly pulse: string
  stream(context: AnswerContext, options: { readonly includeUsage: boolean }): SurfaceWriter
}

/** Each part as server-sent events, `''` where this surface says nothing. A `failure` is an explicit error event, never a silent end. */
export interface SurfaceWriter {
  write(part: StreamPart): string
}
