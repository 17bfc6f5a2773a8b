/**
 * Ids of tool calls that another provider made may be longer than OpenAI takes. They are renamed on both sides, numbered in the order in
 * which they appear, so that a growing conversation keeps its names and with them its place in the prompt cache.
 */
import type { ChatMessage } from '../../chat'

/** Characters. */
const LONGEST_ID = 40

/** The same list where every id is short enough. */
export function withShortIds(messages: ChatMessage[]): ChatMessage[] {
  const names = new Map<string, string>()
  for (const message of messages) {
    if (message.role !== 'assistant') continue
    for (const { id } of message.tool_calls ?? [])
      if (id.length > LONGEST_ID && !names.has(id)) names.set(id, `call_renamed_${names.size}`)
  }
  if (names.size === 0) return messages
  const short = (id: string): string => names.get(id) ?? id
  return messages.map((message): ChatMessage => {
    if (message.role === 'tool') return { ...message, tool_call_id: short(message.tool_call_id) }
    if (message.role !== 'assistant' || !message.tool_calls) return message
    return { ...message, tool_calls: message.tool_calls.map(call => ({ ...call, id: short(call.id) })) }
  })
}
