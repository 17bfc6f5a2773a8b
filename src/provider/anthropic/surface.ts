/**
 * The Anthropic Messages surface: canonical answers, streams and problems in the words that Anthropic's clients expect.
 *
 * Thinking of other providers carries no signature, which only Anthropic can give. It is shown, with an empty one, to callers who asked
 * for thinking, and left out for all others, whose code may take the first block for the answer. A client that sends such blocks back
 * need not care: no upstream gets to see them (`native.ts`, `caller-turns.ts`).
 */
import type { ChatCompletion } from '../../chat'
import { isObject, objectAt, parseJson, stringAt } from '../../json'
import type { Problem } from '../../outcome'
import type { Surface } from '../surface'
import { madeCallId } from '../translation/answer'
import { messageId, spoken, stopReasonOf, usageIn } from './answer-words'
import { callersWord } from './caller-words'
import { messageWriter } from './surface-stream'
import { threadDetails } from './threads'
import type { ContentBlock, Message } from './wire'

export interface Options {
  /** Part of every error body. */
  readonly requestId: string
  readonly showsThinking: boolean
}

export function anthropicSurface({ requestId, showsThinking }: Options): Surface {
  const problem = (told: Problem) => JSON.stringify(errorBody(told, requestId))
  const problemEvent = (told: Problem) => `event: error\ndata: ${problem(told)}\n\n`
  return {
    dialect: 'anthropic',
    answer: completion => JSON.stringify(messageOf(completion, showsThinking)),
    problem,
    problemEvent,
    pulse: 'event: ping\ndata: {"type": "ping"}\n\n',
    stream: context => messageWriter(context, { showsThinking, problemEvent }),
  }
}

type Choice = ChatCompletion['choices'][number]

function messageOf(completion: ChatCompletion, showsThinking: boolean): Message {
  const choice = completion.choices[0]
  const content = choice === undefined ? [] : blocksOf(choice.message, completion, showsThinking)
  return {
    id: messageId(completion.id),
    type: 'message',
    role: 'assistant',
    model: completion.model,
    content,
    stop_reason: stopReasonOf(choice?.finish_reason, {
      called: content.some(block => block.type === 'tool_use'),
      refused: Boolean(choice?.message.refusal),
    }),
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: usageIn(completion.usage),
  }
}

function blocksOf(message: Choice['message'], answer: ChatCompletion, showsThinking: boolean): ContentBlock[] {
  const thinking = showsThinking ? (stringAt(message, 'reasoning_content') ?? stringAt(message, 'reasoning')) : undefined
  const texts = [spoken(message.content), spoken(message.refusal)].filter(text => text !== '')
  return [
    ...(thinking ? [{ type: 'thinking' as const, thinking, signature: '' }] : []),
    ...texts.map(text => ({ type: 'text' as const, text, citations: null })),
    ...(message.tool_calls ?? []).flatMap((call, index) => {
      // Not every server says that it is one
      const called = objectAt(call, 'function')
      if (called === undefined) return []
      const id = call.id || madeCallId(answer, `${index}`)
      const input = inputOf(called.arguments)
      return [{ type: 'tool_use' as const, id, name: stringAt(called, 'name') ?? '', input, caller: { type: 'direct' as const } }]
    }),
  ]
}

/**
 * Models do write arguments that are no JSON object. `{}` in their place would show a call that never happened; under this key, which
 * Anthropic's documentation proposes for it, the caller's own check fails and its message can quote what was written.
 */
function inputOf(args: unknown): Record<string, unknown> {
  if (args === undefined || args === null || (typeof args === 'string' && args.trim() === '')) return {}
  const value = typeof args === 'string' ? parseJson(args) : args
  return isObject(value) ? { ...value } : { INVALID_JSON: args }
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [408, 'timeout_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
])

function errorBody({ status, code, message, param }: Problem, requestId: string) {
  const type = TYPES.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
  // There is no field of its own for what is at fault
  const field = param === null ? null : callersWord(param)
  const told = field === null || message.includes(field) ? message : `${field}: ${message}`
  return { type: 'error', error: { type, message: told, ...threadDetails(code) }, request_id: requestId }
}
