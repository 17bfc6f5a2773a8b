/** Anthropic's Messages on the wire: the JSON body, and the stream's named events in the order in which they really come. */
import type {
  ContentBlock,
  Message,
  RawContentBlockDelta,
  RawMessageStreamEvent,
  StopReason,
  Usage,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type { Answer, Finish, Frame, Piece } from '../answer'

const STOP: Readonly<Record<Finish, StopReason>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  filtered: 'refusal',
}

/** The real one is a few hundred bytes that only Anthropic can read; that it comes back unchanged is all that matters here. */
const SIGNATURE = 'c2ltdWxhdGVkLXNpZ25hdHVyZQ=='

export function anthropicBody(answer: Answer): Message {
  return { ...message(answer), content: answer.pieces.map(block), stop_reason: STOP[answer.finish], usage: usageOf(answer) }
}

function message(answer: Answer): Message {
  return {
    id: answer.id,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    // one token is out when the message starts, whatever follows
    usage: { ...usageOf(answer), output_tokens: 1 },
  }
}

/** `input_tokens` excludes what came from the cache; `output_tokens` includes thinking. */
function usageOf({ usage }: Answer): Usage {
  return {
    input_tokens: usage.prompt - usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.answer + usage.reasoning,
    output_tokens_details: usage.reasoning > 0 ? { thinking_tokens: usage.reasoning } : null,
    server_tool_use: null,
    inference_geo: null,
    service_tier: 'standard',
    speed: null,
  }
}

/** There is no refusal block here: a refusal is text under the stop reason `refusal`. */
function block(piece: Piece): ContentBlock {
  const whole = piece.deltas.join('')
  switch (piece.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: whole, citations: null }
    case 'reasoning':
      return { type: 'thinking', thinking: whole, signature: SIGNATURE }
    case 'tool-call':
      return { type: 'tool_use', id: piece.id, name: piece.name, input: JSON.parse(whole), caller: { type: 'direct' } }
  }
}

const event = (part: Frame['part'], body: RawMessageStreamEvent | { readonly type: 'ping' }): Frame => ({
  part,
  text: `event: ${body.type}\ndata: ${JSON.stringify(body)}\n\n`,
})

/** `message_start`, the blocks with a ping behind the first start, `message_delta` with the final usage, `message_stop`. */
export function anthropicFrames(answer: Answer): readonly Frame[] {
  const blocks = answer.pieces.flatMap((piece, index): readonly Frame[] => [
    event('opening', { type: 'content_block_start', index, content_block: emptyBlock(piece) }),
    ...(index === 0 ? [event('opening', { type: 'ping' })] : []),
    ...deltas(piece).map(delta => event('content', { type: 'content_block_delta', index, delta })),
    ...signature(piece).map(delta => event('opening', { type: 'content_block_delta', index, delta })),
    event(index === answer.pieces.length - 1 ? 'closing' : 'opening', { type: 'content_block_stop', index }),
  ])
  const usage = usageOf(answer)
  return [
    event('opening', { type: 'message_start', message: message(answer) }),
    ...blocks,
    event('closing', {
      type: 'message_delta',
      delta: { stop_reason: STOP[answer.finish], stop_sequence: null, stop_details: null, container: null },
      usage: {
        input_tokens: usage.input_tokens,
        cache_creation_input_tokens: usage.cache_creation_input_tokens,
        cache_read_input_tokens: usage.cache_read_input_tokens,
        output_tokens: usage.output_tokens,
        output_tokens_details: usage.output_tokens_details,
        server_tool_use: null,
      },
    }),
    event('closing', { type: 'message_stop' }),
  ]
}

function emptyBlock(piece: Piece): ContentBlock {
  switch (piece.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: '', citations: null }
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'tool-call':
      return { type: 'tool_use', id: piece.id, name: piece.name, input: {}, caller: { type: 'direct' } }
  }
}

function deltas(piece: Piece): readonly RawContentBlockDelta[] {
  switch (piece.kind) {
    case 'text':
    case 'refusal':
      return piece.deltas.map(text => ({ type: 'text_delta', text }))
    case 'reasoning':
      return piece.deltas.map(thinking => ({ type: 'thinking_delta', thinking, estimated_tokens: null }))
    case 'tool-call':
      // the first delta is empty in reality, too
      return ['', ...piece.deltas].map(partial_json => ({ type: 'input_json_delta', partial_json }))
  }
}

const signature = (piece: Piece): readonly RawContentBlockDelta[] =>
  piece.kind === 'reasoning' ? [{ type: 'signature_delta', signature: SIGNATURE }] : []
