/**
 * What consistent hashing hashes. In order: the client's own key, OpenAI's cache key, the user, and else the conversation's stable prefix (system
 * messages and the first user turn), which stays the same while a conversation grows and is what a provider's prompt cache holds.
 */
import { type ChatRequest, textOf } from '../chat'
import type { EmbeddingsRequest } from '../embeddings'

/** Enough to tell conversations apart; hashing takes time in proportion. */
const MAX_CHARACTERS = 1_000
/** System messages that count. A conversation with more has told itself apart by then. */
const MAX_MESSAGES = 4

/** An empty key is none: all who send one would share a model. */
export function hashKeyOf(chat: ChatRequest, own: string | undefined): string {
  return (own || chat.prompt_cache_key || chat.user || stablePrefix(chat)).slice(0, MAX_CHARACTERS * MAX_MESSAGES)
}

function stablePrefix({ messages }: ChatRequest): string {
  const firstUser = messages.find(message => message.role === 'user')
  const system = messages.filter(message => message.role === 'system' || message.role === 'developer')
  return [...system.slice(0, MAX_MESSAGES), ...(firstUser === undefined ? [] : [firstUser])]
    .map(message => textOf(message.content).slice(0, MAX_CHARACTERS))
    .join('\u0000')
}

/** Embeddings have no conversation; the same texts go to the same place, which may hold them in a cache. */
export function embeddingsHashKey({ body, input }: EmbeddingsRequest, own: string | undefined): string {
  const [first] = input.kind === 'texts' ? input.texts : input.lists
  const beginning = typeof first === 'string' ? first.slice(0, MAX_CHARACTERS) : (first ?? []).slice(0, MAX_CHARACTERS).join(' ')
  return (own || body.user || beginning).slice(0, MAX_CHARACTERS * MAX_MESSAGES)
}
