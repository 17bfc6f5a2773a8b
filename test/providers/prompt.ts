/** What a provider has understood of a request, whatever its wire format: all that composing an answer needs. */
import type { Refusal } from './error/refusal'
import { IMAGE_TOKENS, MESSAGE_TOKENS, tokensOf } from './tokens'

export interface Tool {
  readonly name: string
  readonly description: string
  readonly schema: unknown
}

export interface Prompt {
  readonly model: string
  readonly stream: boolean
  /** The last user message's text. */
  readonly question: string
  /** Over the whole conversation. */
  readonly images: number
  readonly tools: readonly Tool[]
  readonly choice: 'auto' | 'none' | 'required' | { readonly name: string }
  /** Tool results that the conversation ends with; empty when it ends otherwise. */
  readonly results: readonly string[]
  /** The answer must be JSON: of this schema, or of none in particular. */
  readonly json: { readonly schema: unknown } | undefined
  /** `hidden` reasoning is only billed, `shown` reasoning is also sent. */
  readonly reasoning: 'none' | 'hidden' | 'shown'
  readonly maxTokens: number | undefined
  /** OpenAI's `n`. */
  readonly choices: number
  /** OpenAI's `stream_options.include_usage`; the others always send usage. */
  readonly includeUsage: boolean
  readonly promptTokens: number
}

export type Accepted =
  | { readonly kind: 'accepted'; readonly prompt: Prompt }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** What the messages of a request come to, before the request's other fields have their say. */
export type Conversation =
  | {
      readonly kind: 'conversation'
      readonly texts: readonly string[]
      readonly question: string
      readonly results: readonly string[]
      readonly images: number
      readonly messages: number
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export const accepted = (prompt: Prompt): Accepted => ({ kind: 'accepted', prompt })
export const refused = (refusal: Refusal): Accepted => ({ kind: 'refused', refusal })

/** `texts` is everything that the model would read, tool definitions included. */
export function promptTokens(texts: readonly string[], messages: number, images: number): number {
  return texts.reduce((sum, text) => sum + tokensOf(text), 0) + messages * MESSAGE_TOKENS + images * IMAGE_TOKENS
}
