/** The items of an answer, and what it cost, in the words of the Responses API. */
import type { CompletionUsage } from '../../../chat'
import { isObject, numberAt } from '../../../json'
import type {
  ResponseObject,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseReasoningItem,
  ResponseUsage,
} from './wire'

/** Ids of no more than the 64 characters that the API allows. */
export const idOf = (prefix: string, requestId: string, index?: number): string =>
  `${prefix}_${requestId.replaceAll(/[^\w]/g, '').slice(-40)}${index === undefined ? '' : `_${index}`}`

type Ending = { readonly status: 'completed' | 'incomplete' } & Pick<ResponseObject, 'incomplete_details'>

export function endingOf(finish: string | null | undefined): Ending {
  switch (finish) {
    case 'length':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    case 'content_filter':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
    default:
      return { status: 'completed', incomplete_details: null }
  }
}

type Status = 'in_progress' | 'completed' | 'incomplete'
type Logprob = NonNullable<ResponseOutputText['logprobs']>[number]

export const textPart = (text: string, logprobs: readonly Logprob[] = []): ResponseOutputText => {
  return { type: 'output_text', text, annotations: [], logprobs: [...logprobs] }
}

export function messageItem(id: string, content: ResponseOutputMessage['content'], status: Status): ResponseOutputMessage {
  return { id, type: 'message', status, role: 'assistant', content }
}

/** What others think is told as a summary: the text of a reasoning item proper is what OpenAI keeps to itself. */
export function reasoningItem(id: string, text: string): ResponseReasoningItem {
  return { id, type: 'reasoning', summary: text === '' ? [] : [{ type: 'summary_text', text }] }
}

export interface Called {
  readonly id: string
  readonly callId: string
  readonly kind: 'function' | 'custom'
  readonly name: string
  /** A function's arguments as JSON text; a free-text tool's text. */
  readonly input: string
}

export function callItem({ id, callId, kind, name, input }: Called, status: Status): ResponseOutputItem {
  const item = { id, call_id: callId, name, status }
  return kind === 'function' ? { ...item, type: 'function_call', arguments: input } : { ...item, type: 'custom_tool_call', input }
}

/** The same shape in both APIs, except that compatible upstreams leave things out. */
export function logprobsIn(choice: unknown): Logprob[] {
  const content = isObject(choice) && isObject(choice.logprobs) ? choice.logprobs.content : undefined
  return Array.isArray(content) ? content.filter(isLogprob) : []
}

const isLogprob = (value: unknown): value is Logprob =>
  isObject(value) &&
  typeof value.token === 'string' &&
  numberAt(value, 'logprob') !== undefined &&
  Array.isArray(value.top_logprobs)

export function usageIn(usage: CompletionUsage | undefined): ResponseUsage | undefined {
  if (usage === undefined) return undefined
  const { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details } = usage
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: details?.cached_tokens ?? 0,
      cache_write_tokens: numberAt(details, 'cache_write_tokens') ?? 0,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? 0 },
    total_tokens: usage.total_tokens ?? input + output,
  }
}
