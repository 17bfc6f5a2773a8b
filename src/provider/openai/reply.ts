/** A JSON answer is canonical already; what is left to do is to tell an answer from something that only looks like one. */
import type { ChatCompletion } from '../../chat'
import { objectAt } from '../../json'
import { fail, ok, type Result } from '../../outcome'
import { upstreamError } from './error'
import { isCompletion } from './wire'

export function reply(body: unknown): Result<ChatCompletion> {
  if (isCompletion(body)) return ok(body)
  // Some compatible servers answer 200 with an error body
  if (objectAt(body, 'error') !== undefined) return fail({ kind: 'stream-error', upstream: upstreamError(undefined, body) })
  return fail({ kind: 'malformed', detail: 'The answer is JSON but not a chat completion.' })
}
