/**
 * The canonical answer and its chunks, with two fields that OpenAI's own types lack but clients know: `reasoning_content` (as
 * DeepSeek and vLLM send it) and `extra_content` (where Google's OpenAI-compatible endpoint puts a thought's signature).
 */
import type { ChatCompletion, ChatCompletionChunk, CompletionUsage, FinishReason } from '../../chat'
import type { AnswerContext } from '../dialect'

export interface ExtraContent {
  readonly google: { readonly thought_signature: string }
}

type ChunkChoice = ChatCompletionChunk['choices'][number]
type ToolCallDelta = NonNullable<ChunkChoice['delta']['tool_calls']>[number] & { extra_content?: ExtraContent }
export type Delta = Omit<ChunkChoice['delta'], 'tool_calls'> & {
  reasoning_content?: string
  extra_content?: ExtraContent
  tool_calls?: ToolCallDelta[]
}
export type Logprobs = NonNullable<ChunkChoice['logprobs']>

export type ToolCall = {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
  extra_content?: ExtraContent
}

/** For a call that came without an id. OpenAI refuses one of more than 40 characters, and conversations move on to it. */
export function madeCallId({ id }: Pick<AnswerContext, 'id'>, place: string): string {
  return `call_${id
    .replace(/^chatcmpl-/, '')
    .replaceAll('-', '')
    .slice(-24)}_${place}`
}

/** The first delta of every choice. */
export const opening = (): Delta => ({ role: 'assistant', content: '' })

export function chunk(
  context: AnswerContext,
  delta: Delta,
  {
    index = 0,
    finish = null,
    logprobs = null,
  }: { index?: number; finish?: FinishReason | null; logprobs?: Logprobs | null } = {},
): ChatCompletionChunk {
  return {
    id: context.id,
    object: 'chat.completion.chunk',
    created: context.createdSeconds,
    model: context.model,
    choices: [{ index, delta, finish_reason: finish, logprobs }],
  }
}

export interface Answer {
  readonly text: string
  readonly reasoning: string
  readonly refusal: string | undefined
  readonly calls: readonly ToolCall[]
  readonly finish: FinishReason
  readonly logprobs?: Logprobs | undefined
  readonly extra?: ExtraContent | undefined
}

type Message = ChatCompletion['choices'][number]['message'] & { reasoning_content?: string; extra_content?: ExtraContent }

function message({ text, reasoning, refusal, calls, extra }: Answer): Message {
  return {
    role: 'assistant',
    // OpenAI sends null, not '', beside tool calls and refusals
    content: text === '' && (calls.length > 0 || refusal !== undefined) ? null : text,
    refusal: refusal ?? null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: [...calls] }),
    ...(extra !== undefined && { extra_content: extra }),
  }
}

/** One choice an answer, in order. */
export function completion(
  context: AnswerContext,
  answers: readonly Answer[],
  usage: CompletionUsage | undefined,
): ChatCompletion {
  return {
    id: context.id,
    object: 'chat.completion',
    created: context.createdSeconds,
    model: context.model,
    choices: answers.map((answer, index) => ({
      index,
      message: message(answer),
      finish_reason: answer.finish,
      logprobs: answer.logprobs ?? null,
    })),
    ...(usage !== undefined && { usage }),
  }
}
