/**
 * Cache breakpoints in the form that Anthropic and several compatible APIs give them. OpenAI's own API refuses the name, and caches by itself;
 * there is nothing to report, since the answer stays the same.
 */
import type { ChatMessage, ChatRequest } from '../../chat'

const MARK = 'cache_control'

/** The same list where there is nothing to leave out. */
export function withoutBreakpoints(messages: ChatMessage[]): ChatMessage[] {
  return messages.some(isMarked) ? messages.map(message => (isMarked(message) ? cleaned(message) : message)) : messages
}

export function withoutToolBreakpoints(tools: ChatRequest['tools']): ChatRequest['tools'] {
  return tools?.some(has) ? tools.map(without) : tools
}

const has = (value: object): boolean => MARK in value

const isMarked = (message: ChatMessage): boolean => has(message) || (Array.isArray(message.content) && message.content.some(has))

function cleaned(message: ChatMessage): ChatMessage {
  const kept = without(message)
  if (Array.isArray(kept.content)) Reflect.set(kept, 'content', kept.content.map(without))
  return kept
}

function without<T extends object>(value: T): T {
  const kept = { ...value }
  Reflect.deleteProperty(kept, MARK)
  return kept
}
