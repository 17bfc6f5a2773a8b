/** Gemini's whole answer as a chat completion, one choice a candidate. */

import type { ChatCompletion } from '../../chat'
import { isObject, listAt, objectAt, stringAt } from '../../json'
import { fail, ok, type Result } from '../../outcome'
import type { AnswerContext } from '../dialect'
import { type Answer, completion, type ToolCall } from '../translation/answer'
import { each } from '../translation/fault'
import { type Candidate, callId, readCandidate } from './candidate'
import { upstreamError } from './error'
import { finishReason, isBroken } from './finish-reason'
import { extraContent } from './signature'
import { usageOf } from './usage'

export function reply(body: unknown, context: AnswerContext): Result<ChatCompletion> {
  if (!isObject(body)) return fail({ kind: 'malformed', detail: 'the answer is not a JSON object' })
  if (objectAt(body, 'error') !== undefined) return fail({ kind: 'stream-error', upstream: upstreamError(undefined, body) })

  const candidates = listAt(body, 'candidates')
    .map(readCandidate)
    .toSorted((a, b) => a.index - b.index)
  const answers = candidates.length > 0 ? each(candidates, candidate => answerOf(candidate, context)) : blocked(body)
  if (!answers.ok) return answers
  const told = { ...context, model: stringAt(body, 'modelVersion') ?? context.model }
  return ok(completion(told, answers.value, usageOf(objectAt(body, 'usageMetadata'))))
}

/** A prompt that was blocked is answered, by an empty choice that says so. */
function blocked(body: unknown): Result<readonly Answer[]> {
  if (stringAt(objectAt(body, 'promptFeedback'), 'blockReason') === undefined) {
    return fail({ kind: 'malformed', detail: 'the answer has no candidates' })
  }
  return ok([{ text: '', reasoning: '', refusal: undefined, calls: [], finish: 'content_filter' }])
}

function answerOf({ index, pieces, finishReason: reason = 'STOP', logprobs }: Candidate, context: AnswerContext): Result<Answer> {
  if (isBroken(reason) && pieces.length === 0) return fail({ kind: 'malformed', detail: `the model's answer ended in ${reason}` })
  const joined = (kind: 'text' | 'reasoning') => pieces.map(piece => (piece.kind === kind ? piece.text : '')).join('')
  const calls = pieces
    .filter(piece => piece.kind === 'call')
    .map(
      (call, position): ToolCall => ({
        id: call.id ?? callId(context, index, position),
        type: 'function',
        function: { name: call.name, arguments: call.arguments },
        ...(call.signature !== undefined && { extra_content: extraContent(call.signature) }),
      }),
    )
  const signature = pieces.findLast(piece => piece.kind === 'signature')?.signature
  return ok({
    text: joined('text'),
    reasoning: joined('reasoning'),
    refusal: undefined,
    calls,
    finish: finishReason(reason, calls.length > 0),
    logprobs,
    extra: signature === undefined ? undefined : extraContent(signature),
  })
}
