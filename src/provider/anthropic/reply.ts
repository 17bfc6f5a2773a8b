/** Claude's whole message as a chat completion. */
import type { ChatCompletion } from '../../chat'
import { isObject, listAt, objectAt, stringAt } from '../../json'
import { fail, ok, type Result } from '../../outcome'
import type { AnswerContext } from '../dialect'
import { completion, madeCallId, type ToolCall } from '../translation/answer'
import { upstreamError } from './error'
import { finishReason } from './stop-reason'
import { usageOf } from './usage'

export function reply(body: unknown, context: AnswerContext): Result<ChatCompletion> {
  if (!isObject(body)) return fail({ kind: 'malformed', detail: 'the answer is not a JSON object' })
  if (body.type === 'error' || objectAt(body, 'error') !== undefined) {
    return fail({ kind: 'stream-error', upstream: upstreamError(undefined, body) })
  }
  if (!Array.isArray(body.content)) return fail({ kind: 'malformed', detail: 'the answer has no content' })

  const blocks = listAt(body, 'content')
  const joined = (type: string, field: string) =>
    blocks.map(block => (stringAt(block, 'type') === type ? (stringAt(block, field) ?? '') : '')).join('')
  const calls = blocks
    .filter(block => stringAt(block, 'type') === 'tool_use')
    .map(
      (block, index): ToolCall => ({
        id: stringAt(block, 'id') ?? madeCallId(context, `${index}`),
        type: 'function',
        function: { name: stringAt(block, 'name') ?? '', arguments: JSON.stringify(objectAt(block, 'input') ?? {}) },
      }),
    )
  const stopReason = stringAt(body, 'stop_reason')
  const answer = {
    text: joined('text', 'text'),
    reasoning: joined('thinking', 'thinking'),
    refusal: stopReason === 'refusal' ? stringAt(objectAt(body, 'stop_details'), 'explanation') : undefined,
    calls,
    finish: finishReason(stopReason, calls.length > 0),
  }
  return ok(
    completion({ ...context, model: stringAt(body, 'model') ?? context.model }, [answer], usageOf(objectAt(body, 'usage'))),
  )
}
