/** A whole response as a chat completion. */
import type { ChatCompletion, CompletionUsage, FinishReason } from '../../../chat'
import { isObject, listAt, numberAt, objectAt, stringAt } from '../../../json'
import { fail, ok, type Result } from '../../../outcome'
import type { AnswerContext } from '../../dialect'
import { completion, type ToolCall } from '../../translation/answer'
import { isError, streamFailure } from './error'

export function reply(body: unknown, context: AnswerContext): Result<ChatCompletion> {
  if (isError(body)) return fail(streamFailure(body))
  const status = stringAt(body, 'status') ?? 'completed'
  if (!isObject(body) || !Array.isArray(body.output) || (status !== 'completed' && status !== 'incomplete'))
    return fail({ kind: 'malformed', detail: 'The answer is JSON but not a response that has come to its end.' })
  const items = listAt(body, 'output')
  const calls = items.flatMap(callIn)
  const refusal = contents(items, 'message', 'content', 'refusal', 'refusal')
  const answer = {
    text: contents(items, 'message', 'content', 'output_text', 'text').join(''),
    reasoning: [
      ...contents(items, 'reasoning', 'summary', 'summary_text', 'text'),
      ...contents(items, 'reasoning', 'content', 'reasoning_text', 'text'),
    ].join('\n\n'),
    refusal: refusal.length > 0 ? refusal.join('') : undefined,
    calls,
    finish: finishOf(body, calls.length > 0),
  }
  return ok(completion({ ...context, model: stringAt(body, 'model') ?? context.model }, [answer], usageOf(body)))
}

/** The given field of all parts of one type, in all items of one type. */
function contents(items: readonly unknown[], item: string, list: string, part: string, field: string): string[] {
  return items
    .filter(each => stringAt(each, 'type') === item)
    .flatMap(each => listAt(each, list))
    .flatMap(each => (stringAt(each, 'type') === part ? [stringAt(each, field) ?? ''] : []))
}

/** Whatever has a `call_id` waits for a result: functions, free-text tools, and tools that only the caller's own client knows. */
function callIn(item: unknown): ToolCall[] {
  const id = stringAt(item, 'call_id')
  return id === undefined ? [] : [{ id, type: 'function', function: { name: nameOf(item), arguments: inputOf(item) ?? '' } }]
}

export const nameOf = (item: unknown): string => stringAt(item, 'name') ?? stringAt(item, 'type') ?? ''
export const inputOf = (item: unknown): string | undefined => stringAt(item, 'arguments') ?? stringAt(item, 'input')

/** `response`: whole, or as the last event of a stream has it. */
export function finishOf(response: unknown, called: boolean): FinishReason {
  switch (stringAt(objectAt(response, 'incomplete_details'), 'reason')) {
    case 'max_output_tokens':
      return 'length'
    case 'content_filter':
      return 'content_filter'
    default:
      return called ? 'tool_calls' : 'stop'
  }
}

export function usageOf(response: unknown): CompletionUsage | undefined {
  const usage = objectAt(response, 'usage')
  const [input, output] = [numberAt(usage, 'input_tokens'), numberAt(usage, 'output_tokens')]
  if (input === undefined || output === undefined) return undefined
  const details = objectAt(usage, 'input_tokens_details')
  const written = numberAt(details, 'cache_write_tokens') ?? 0
  const thought = numberAt(objectAt(usage, 'output_tokens_details'), 'reasoning_tokens')
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: numberAt(usage, 'total_tokens') ?? input + output,
    prompt_tokens_details: {
      cached_tokens: numberAt(details, 'cached_tokens') ?? 0,
      ...(written > 0 && { cache_write_tokens: written }),
    },
    ...(thought !== undefined && { completion_tokens_details: { reasoning_tokens: thought } }),
  }
}
