/** How one provider makes embeddings, as pure functions; the counterpart of `dialect.ts` for this work. Errors are the dialect's. */
import type { CompletionUsage } from '../chat'
import type { EmbeddingsRequest, Part } from '../embeddings'
import type { Model } from '../model'
import type { Result } from '../outcome'
import type { UpstreamRequest } from './dialect'

interface Asking {
  /** Fails with `unsupported` (another upstream of the same model might do it) or `rejected`; names the field. */
  request(request: EmbeddingsRequest, model: Model, key: string | undefined): Result<UpstreamRequest>
}

/** Answers come in OpenAI's shape, so that an answer's own bytes are what the caller gets. All inputs go into one call. */
export interface PassingEmbedder extends Asking {
  readonly kind: 'passing'
  /** A 2xx JSON body, parsed: a vector for each input, of the length that was asked for. What it cost; undefined: it does not say. */
  reply(body: unknown, request: EmbeddingsRequest): Result<CompletionUsage | undefined>
  /** Whether an answer that is too large to be held begins like one, from its first megabytes. */
  beginning(text: string, request: EmbeddingsRequest): Result<undefined>
}

/** Answers are written anew, for which each has to be read whole. */
export interface TranslatingEmbedder extends Asking {
  readonly kind: 'translating'
  /** In one call. */
  readonly mostInputs: number
  reply(body: unknown, context: EmbeddingsContext): Result<TranslatedVectors>
}

export type Embedder = PassingEmbedder | TranslatingEmbedder

/** What was sent, and where it belongs among all that the caller wants embedded. */
export interface EmbeddingsContext extends Part {
  /** An estimate, for upstreams that do not count. */
  readonly promptTokens: number
}

export interface TranslatedVectors {
  readonly usage: CompletionUsage
  /** The members of OpenAI's list, as JSON text. */
  readonly written: string
}
