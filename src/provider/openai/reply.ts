/** A JSON answer is canonical already; what is left to do is to tell an answer from something that only looks like one, and to name what has no name. */
import type { ChatCompletion } from '../../chat'
import { objectAt, stringAt } from '../../json'
import { fail, ok, type Result } from '../../outcome'
import type { AnswerContext } from '../dialect'
import { upstreamError } from './error'
import { isCompletion } from './wire'

export function reply(body: unknown, context: AnswerContext): Result<ChatCompletion> {
  if (isCompletion(body)) return ok(named(body, context))
  // Some compatible servers answer 200 with an error body
  if (objectAt(body, 'error') !== undefined) return fail({ kind: 'stream-error', upstream: upstreamError(undefined, body) })
  return fail({ kind: 'malformed', detail: 'The answer is JSON but not a chat completion.' })
}

/** Compatible servers may leave out the id or the model's name, and a surface of another dialect needs both. */
function named(completion: ChatCompletion, { id, model }: AnswerContext): ChatCompletion {
  const [ownId, ownModel] = [stringAt(completion, 'id'), stringAt(completion, 'model')]
  return ownId && ownModel ? completion : { ...completion, id: ownId || id, model: ownModel || model }
}
