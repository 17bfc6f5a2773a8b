/**
 * Caller and upstream speak the same dialect, so the request travels as it came, unknown fields included. Only what must differ is
 * touched: the model's name, the router's own controls, and three habits in which OpenAI and its compatibles part ways.
 */
import type { ChatMessage, ChatRequest } from '../../chat'
import type { Model } from '../../model'
import { ok, type Result } from '../../outcome'
import type { UpstreamRequest } from '../dialect'
import { encode } from '../translation/encode'
import { requestHeaders } from '../translation/headers'
import { withoutForeignState } from './carried'

export function request(chat: ChatRequest, model: Model, key: string | undefined): Result<UpstreamRequest> {
  const kept = keptMetadata(chat)
  const body: ChatRequest = {
    ...chat,
    ...(model.provider === 'openai'
      ? { ...modernLimit(chat), messages: withoutForeignState(chat.messages) }
      : withoutDeveloper(chat)),
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
    dropped: kept === undefined && Object.keys(chat.metadata ?? {}).length > 0 ? ['metadata'] : [],
  })
}

/** OpenAI answers 400 to metadata without `store` on some models, and its only use there is to label what is stored. */
function keptMetadata(chat: ChatRequest): Record<string, string> | undefined {
  return chat.store === true && chat.metadata ? chat.metadata : undefined
}

/** OpenAI's reasoning models refuse `max_tokens`, and all its chat models know the newer name. Compatible upstreams may not. */
function modernLimit({ max_tokens, max_completion_tokens }: ChatRequest): Partial<ChatRequest> {
  if (typeof max_tokens !== 'number') return {}
  return { max_tokens: undefined, max_completion_tokens: max_completion_tokens ?? max_tokens }
}

/** `developer` is OpenAI's own newer word for `system`; templates of other servers refuse it. */
function withoutDeveloper({ messages }: ChatRequest): Partial<ChatRequest> {
  if (!messages.some(message => message.role === 'developer')) return {}
  return {
    messages: messages.map((message): ChatMessage => (message.role === 'developer' ? { ...message, role: 'system' } : message)),
  }
}
