/**
 * What other providers left in a conversation for themselves, in fields that OpenAI's own API does not know and refuses: thoughts with their
 * signatures, encrypted reasoning. It is of no use here and is left out. Compatible upstreams may understand their own fields and keep them.
 */
import type { ChatMessage } from '../../chat'

const FOREIGN = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking_blocks', 'extra_content'] as const

/** The same list where there is nothing to leave out. */
export function withoutForeignState(messages: ChatMessage[]): ChatMessage[] {
  return messages.some(carries) ? messages.map(message => (carries(message) ? cleaned(message) : message)) : messages
}

const has = (value: object): boolean => FOREIGN.some(field => field in value)

const carries = (message: ChatMessage): boolean =>
  message.role === 'assistant' && (has(message) || (message.tool_calls ?? []).some(has))

function cleaned(message: ChatMessage): ChatMessage {
  if (message.role !== 'assistant') return message
  const kept = without(message)
  return message.tool_calls ? { ...kept, tool_calls: message.tool_calls.map(without) } : kept
}

function without<T extends object>(value: T): T {
  const kept = { ...value }
  for (const field of FOREIGN) if (field in kept) Reflect.deleteProperty(kept, field)
  return kept
}
