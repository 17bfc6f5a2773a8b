/** OpenAI's chat completions on the wire: the JSON body, and the stream's events in the order in which they really come. */
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions'
import type { CompletionUsage } from 'openai/resources/completions'
import { type Answer, type Finish, type Frame, joined, type Piece } from '../answer'

const FINISH = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  filtered: 'content_filter',
} as const satisfies Record<Finish, string>

type Delta = ChatCompletionChunk.Choice['delta']
/** Not OpenAI's own, but what its compatibles (vLLM, DeepSeek, OpenRouter) add for reasoning that is shown. */
type ReasoningDelta = Delta & { readonly reasoning_content?: string }

/** `choices` is the request's `n`: every choice says the same. */
export function openAiBody(answer: Answer, choices = 1): ChatCompletion {
  return {
    id: answer.id,
    object: 'chat.completion',
    created: answer.createdSeconds,
    model: answer.model,
    choices: Array.from({ length: choices }, (_, index) => ({
      index,
      message: message(answer.pieces),
      logprobs: null,
      finish_reason: FINISH[answer.finish],
    })),
    usage: openAiUsage(answer, choices),
    service_tier: 'default',
  }
}

function message(pieces: readonly Piece[]): ChatCompletion.Choice['message'] {
  const calls = pieces.filter(piece => piece.kind === 'tool-call')
  const reasoning = joined(pieces, 'reasoning')
  return {
    role: 'assistant',
    content: joined(pieces, 'text') ?? (pieces.length === 0 ? '' : null),
    refusal: joined(pieces, 'refusal'),
    annotations: [],
    ...(reasoning !== null && { reasoning_content: reasoning }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(call => ({
        id: call.id,
        type: 'function' as const,
        function: { name: call.name, arguments: call.deltas.join('') },
      })),
    }),
  }
}

export function openAiUsage({ usage }: Answer, choices = 1): CompletionUsage {
  const completion = (usage.answer + usage.reasoning) * choices
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: completion,
    total_tokens: usage.prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning * choices,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

export interface OpenAiStream {
  /** The request's `stream_options.include_usage`. */
  readonly includeUsage?: boolean
  readonly choices?: number
}

/** Role chunk, content chunks, finish chunk, then usage where asked for, then `[DONE]`. Choices interleave. */
export function openAiFrames(answer: Answer, { includeUsage = false, choices = 1 }: OpenAiStream = {}): readonly Frame[] {
  const indexes = Array.from({ length: choices }, (_, index) => index)
  const chunk = (content: ChatCompletionChunk.Choice[], usage?: CompletionUsage): string => {
    const body: ChatCompletionChunk = {
      id: answer.id,
      object: 'chat.completion.chunk',
      created: answer.createdSeconds,
      model: answer.model,
      service_tier: 'default',
      choices: content,
      ...(includeUsage && { usage: usage ?? null }),
    }
    return `data: ${JSON.stringify(body)}\n\n`
  }
  const each = (part: Frame['part'], delta: ReasoningDelta, finish: ChatCompletionChunk.Choice['finish_reason'] = null) =>
    indexes.map((index): Frame => ({ part, text: chunk([{ index, delta, logprobs: null, finish_reason: finish }]) }))

  return [
    ...each('opening', { role: 'assistant', content: answer.pieces[0]?.kind === 'tool-call' ? null : '', refusal: null }),
    ...deltas(answer.pieces).flatMap(delta => each('content', delta)),
    ...each('closing', {}, FINISH[answer.finish]),
    ...(includeUsage ? [{ part: 'closing' as const, text: chunk([], openAiUsage(answer, choices)) }] : []),
    { part: 'closing', text: 'data: [DONE]\n\n' },
  ]
}

function deltas(pieces: readonly Piece[]): readonly ReasoningDelta[] {
  const calls: readonly Piece[] = pieces.filter(piece => piece.kind === 'tool-call')
  return pieces.flatMap(piece => deltasOf(piece, calls.indexOf(piece)))
}

/** `call` counts the tool calls of the answer. */
function deltasOf(piece: Piece, call: number): readonly ReasoningDelta[] {
  switch (piece.kind) {
    case 'text':
      return piece.deltas.map(content => ({ content }))
    case 'reasoning':
      return piece.deltas.map(reasoning_content => ({ reasoning_content }))
    case 'refusal':
      return piece.deltas.map(refusal => ({ refusal }))
    case 'tool-call': {
      const head = { index: call, id: piece.id, type: 'function' as const, function: { name: piece.name, arguments: '' } }
      const rest = piece.deltas.map(part => ({ index: call, function: { arguments: part } }))
      return [head, ...rest].map(toolCall => ({ tool_calls: [toolCall] }))
    }
  }
}
