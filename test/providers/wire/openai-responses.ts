/**
 * OpenAI's responses on the wire: the JSON body, and the stream's events in the order in which they really come. Both repeat the request's settings,
 * instructions and tools included, as the API does.
 */
import type { ResponseOutputItem, ResponseStreamEvent, ResponseUsage } from 'openai/resources/responses/responses'
import type { Answer, Frame, Piece } from '../answer'
import { isObject, type JsonObject, list } from '../json'

const idOf = (prefix: string, answer: Answer, index: number): string => `${prefix}_${answer.id.replace('chatcmpl-', '')}${index}`

/** Neither the API's own word for it nor a secret. */
const SEALED = 'gAAAAsimulated'

export function responseBody(answer: Answer, request: unknown): JsonObject {
  const output = answer.pieces.map((piece, index) => item(piece, answer, index, isSealed(request), 'completed'))
  return response(answer, request, { ...ending(answer), output, usage: usage(answer) })
}

const isSealed = (request: unknown): boolean =>
  isObject(request) && list(request.include)?.includes('reasoning.encrypted_content') === true

function ending({ finish }: Answer) {
  const reason = { length: 'max_output_tokens', filtered: 'content_filter', stop: undefined, 'tool-calls': undefined }[finish]
  return {
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
  }
}

function response(answer: Answer, request: unknown, rest: JsonObject): JsonObject {
  const asked = isObject(request) ? request : {}
  return {
    id: `resp_${answer.id.replace('chatcmpl-', '')}`,
    object: 'response',
    created_at: answer.createdSeconds,
    background: false,
    error: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: answer.model,
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    user: null,
    metadata: {},
    ...Object.fromEntries(
      Object.entries(asked).filter(([field]) => !['input', 'stream', 'stream_options', 'include'].includes(field)),
    ),
    ...rest,
  }
}

function item(
  piece: Piece,
  answer: Answer,
  index: number,
  sealed: boolean,
  status: 'in_progress' | 'completed',
): ResponseOutputItem {
  const whole = status === 'completed' ? piece.deltas.join('') : ''
  switch (piece.kind) {
    case 'text':
    case 'refusal': {
      const content =
        piece.kind === 'text'
          ? { type: 'output_text' as const, text: whole, annotations: [], logprobs: [] }
          : { type: 'refusal' as const, refusal: whole }
      return {
        id: idOf('msg', answer, index),
        type: 'message',
        status,
        role: 'assistant',
        content: status === 'completed' ? [content] : [],
      }
    }
    case 'reasoning':
      return {
        id: idOf('rs', answer, index),
        type: 'reasoning',
        summary: whole === '' ? [] : [{ type: 'summary_text', text: whole }],
        ...(sealed && { encrypted_content: SEALED }),
      }
    case 'tool-call':
      return {
        id: idOf('fc', answer, index),
        type: 'function_call',
        status,
        call_id: piece.id,
        name: piece.name,
        arguments: whole,
      }
  }
}

function usage({ usage: counted }: Answer): ResponseUsage {
  const output = counted.answer + counted.reasoning
  return {
    input_tokens: counted.prompt,
    input_tokens_details: { cached_tokens: counted.cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: counted.reasoning },
    total_tokens: counted.prompt + output,
  }
}

type Unnumbered<E> = E extends { sequence_number: number } ? Omit<E, 'sequence_number'> : E
type Lifecycle = 'response.created' | 'response.in_progress' | 'response.completed' | 'response.incomplete'
type Event = Unnumbered<ResponseStreamEvent> | { readonly type: Lifecycle; readonly response: JsonObject }

export function responseFrames(answer: Answer, request: unknown): readonly Frame[] {
  let sequence = 0
  const event = (part: Frame['part'], body: Event): Frame => ({
    part,
    text: `event: ${body.type}\ndata: ${JSON.stringify({ ...body, sequence_number: sequence++ })}\n\n`,
  })
  const begun = response(answer, request, { status: 'in_progress', incomplete_details: null, output: [], usage: null })
  const opening = [
    event('opening', { type: 'response.created', response: begun }),
    event('opening', { type: 'response.in_progress', response: begun }),
  ]
  const items = answer.pieces.flatMap((piece, index): readonly Frame[] => {
    const place = { item_id: item(piece, answer, index, false, 'completed').id ?? '', output_index: index }
    const after = index === answer.pieces.length - 1 ? 'closing' : 'opening'
    const added = item(piece, answer, index, isSealed(request), 'in_progress')
    const done = item(piece, answer, index, isSealed(request), 'completed')
    return [
      // The name of a tool is something that a client runs by
      event(piece.kind === 'tool-call' ? 'content' : 'opening', {
        type: 'response.output_item.added',
        output_index: index,
        item: added,
      }),
      ...within(piece, place).map(({ part, body }) => event(part === 'closing' ? after : part, body)),
      event(after, { type: 'response.output_item.done', output_index: index, item: done }),
    ]
  })
  const { status, ...rest } = ending(answer)
  const output = answer.pieces.map((piece, index) => item(piece, answer, index, isSealed(request), 'completed'))
  const ended = response(answer, request, { status, ...rest, output, usage: usage(answer) })
  const type = status === 'completed' ? 'response.completed' : 'response.incomplete'
  return [...opening, ...items, event('closing', { type, response: ended })]
}

interface Inner {
  readonly part: Frame['part']
  readonly body: Event
}

/** What comes between an item's beginning and its end. */
function within(piece: Piece, place: { readonly item_id: string; readonly output_index: number }): readonly Inner[] {
  const whole = piece.deltas.join('')
  const inner = (part: Frame['part'], body: Event): Inner => ({ part, body })
  switch (piece.kind) {
    case 'text': {
      const at = { ...place, content_index: 0 }
      const part = (text: string) => ({ type: 'output_text' as const, text, annotations: [], logprobs: [] })
      return [
        inner('opening', { type: 'response.content_part.added', ...at, part: part('') }),
        ...piece.deltas.map(delta => inner('content', { type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
        inner('closing', { type: 'response.output_text.done', ...at, text: whole, logprobs: [] }),
        inner('closing', { type: 'response.content_part.done', ...at, part: part(whole) }),
      ]
    }
    case 'refusal': {
      const at = { ...place, content_index: 0 }
      return [
        inner('opening', { type: 'response.content_part.added', ...at, part: { type: 'refusal', refusal: '' } }),
        ...piece.deltas.map(delta => inner('content', { type: 'response.refusal.delta', ...at, delta })),
        inner('closing', { type: 'response.refusal.done', ...at, refusal: whole }),
        inner('closing', { type: 'response.content_part.done', ...at, part: { type: 'refusal', refusal: whole } }),
      ]
    }
    case 'reasoning': {
      const at = { ...place, summary_index: 0 }
      return [
        inner('opening', { type: 'response.reasoning_summary_part.added', ...at, part: { type: 'summary_text', text: '' } }),
        ...piece.deltas.map(delta => inner('content', { type: 'response.reasoning_summary_text.delta', ...at, delta })),
        inner('closing', { type: 'response.reasoning_summary_text.done', ...at, text: whole }),
        inner('closing', { type: 'response.reasoning_summary_part.done', ...at, part: { type: 'summary_text', text: whole } }),
      ]
    }
    case 'tool-call':
      return [
        ...piece.deltas.map(delta => inner('content', { type: 'response.function_call_arguments.delta', ...place, delta })),
        inner('closing', { type: 'response.function_call_arguments.done', ...place, arguments: whole }),
      ]
  }
}
