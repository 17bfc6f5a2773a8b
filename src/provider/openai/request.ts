/**
 * Caller and upstream speak the same dialect, so the request travels as it came, unknown fields included. Only what must differ is
 * touched: the model's name, the router's own controls, and the habits in which OpenAI and its compatibles part ways.
 */
import type { ChatMessage, ChatRequest } from '../../chat'
import type { Model } from '../../model'
import { ok, type Result } from '../../outcome'
import type { UpstreamRequest } from '../dialect'
import { atMost } from '../translation/at-most'
import { encode } from '../translation/encode'
import { unsupported } from '../translation/fault'
import { requestHeaders } from '../translation/headers'
import { withoutBreakpoints, withoutToolBreakpoints } from './breakpoints'
import { withShortIds } from './call-ids'
import { withoutForeignState } from './carried'
import { mostTokens } from './gpt'

/** Fields of other providers' and of compatible servers' chats. OpenAI's own API answers 400 to their very names. */
const FOREIGN = ['top_k', 'thinking'] as const

/** OpenAI refuses more; compatible upstreams have limits of their own. */
const MOST_STOPS = 4

export function request(chat: ChatRequest, model: Model, key: string | undefined): Result<UpstreamRequest> {
  const isOpenAi = model.provider === 'openai'
  if (isOpenAi && Array.isArray(chat.stop) && chat.stop.length > MOST_STOPS)
    return unsupported('stop', `OpenAI takes at most ${MOST_STOPS} stop sequences.`)
  const kept = keptMetadata(chat)
  const body: ChatRequest = {
    ...chat,
    ...(isOpenAi ? forOpenAi(chat, model.name) : withoutDeveloper(chat)),
    model: model.name,
    metadata: kept,
  }
  const text = encode(body)
  if (!text.ok) return text
  return ok({
    url: `${model.baseUrl}/chat/completions`,
    headers: requestHeaders(
      { 'content-type': 'application/json', authorization: key === undefined ? undefined : `Bearer ${key}` },
      model.headers,
    ),
    body: text.value,
    dropped: [
      ...(kept === undefined && Object.keys(chat.metadata ?? {}).length > 0 ? ['metadata'] : []),
      ...(isOpenAi ? FOREIGN.filter(field => chat[field] !== undefined && chat[field] !== null) : []),
    ],
  })
}

/** OpenAI answers 400 to metadata without `store` on some models, and its only use there is to label what is stored. */
function keptMetadata(chat: ChatRequest): Record<string, string> | undefined {
  return chat.store === true && chat.metadata ? chat.metadata : undefined
}

/** Without what OpenAI's own API refuses, while compatible upstreams may know it. */
function forOpenAi(chat: ChatRequest, name: string): Partial<ChatRequest> {
  return {
    ...modernLimit(chat, name),
    messages: withShortIds(withoutBreakpoints(withoutForeignState(chat.messages))),
    tools: withoutToolBreakpoints(chat.tools),
    ...Object.fromEntries(FOREIGN.map(field => [field, undefined])),
  }
}

/** OpenAI's reasoning models refuse `max_tokens`, and all its chat models know the newer name. Compatible upstreams may not. */
function modernLimit({ max_tokens, max_completion_tokens }: ChatRequest, name: string): Partial<ChatRequest> {
  const wanted = max_completion_tokens ?? max_tokens
  if (typeof wanted !== 'number') return {}
  return {
    ...(typeof max_tokens === 'number' && { max_tokens: undefined }),
    max_completion_tokens: atMost(mostTokens(name), wanted),
  }
}

/** `developer` is OpenAI's own newer word for `system`; templates of other servers refuse it. */
function withoutDeveloper({ messages }: ChatRequest): Partial<ChatRequest> {
  if (!messages.some(message => message.role === 'developer')) return {}
  return {
    messages: messages.map((message): ChatMessage => (message.role === 'developer' ? { ...message, role: 'system' } : message)),
  }
}
