/** The words of an Anthropic answer, from the canonical ones: why it stopped, what it cost, its name. */
import type { CompletionUsage } from '../../chat'
import { numberAt, stringAt } from '../../json'
import type { StopReason, Usage } from './wire'

/**
 * `called`: the answer holds a tool call. OpenAI finishes with `stop` after a call that the request forced. Which stop sequence ended an
 * answer other providers do not tell.
 */
export function stopReasonOf(
  finish: string | null | undefined,
  { called, refused }: { called: boolean; refused: boolean },
): StopReason {
  if (refused) return 'refusal'
  switch (finish) {
    case 'length':
      return 'max_tokens'
    case 'content_filter':
      return 'refusal'
    case 'tool_calls':
    case 'function_call':
      return 'tool_use'
    default:
      return called ? 'tool_use' : 'end_turn'
  }
}

/** Claude's input count leaves out what a prompt cache read or wrote, the canonical one includes both. Zeros where nothing is known. */
export function usageIn(usage: CompletionUsage | undefined): Usage {
  const details = usage?.prompt_tokens_details
  const read = details?.cached_tokens ?? 0
  const written = numberAt(details, 'cache_write_tokens') ?? 0
  const thinking = usage?.completion_tokens_details?.reasoning_tokens
  return {
    input_tokens: Math.max(0, (usage?.prompt_tokens ?? 0) - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: usage?.completion_tokens ?? 0,
    output_tokens_details: typeof thinking === 'number' && thinking > 0 ? { thinking_tokens: thinking } : null,
    cache_creation: null,
    server_tool_use: null,
    inference_geo: null,
    service_tier: null,
    speed: null,
  }
}

/** What the answer says. Some compatible servers cut it into parts, of which only those of text are said. */
export function spoken(content: unknown): string {
  if (typeof content === 'string') return content
  return Array.isArray(content)
    ? content.map(part => (stringAt(part, 'type') === 'text' ? (stringAt(part, 'text') ?? '') : '')).join('')
    : ''
}

export const messageId = (id: string): string => (id.startsWith('msg_') ? id : `msg_${id.replace(/^chatcmpl-/, '')}`)
