/** How one provider makes embeddings, as pure functions; the counterpart of `dialect.ts` for this work. Errors are the dialect's. */
import type { CompletionUsage } from '../chat'
import type { EmbeddingsRequest } from '../embeddings'
import type { Model } from '../model'
import type { Result } from '../outcome'
import type { UpstreamRequest } from './dialect'

export interface EmbeddingsContext {
  readonly request: EmbeddingsRequest
  /** The upstream model's name. */
  readonly model: string
  /** An estimate, for upstreams that do not count. */
  readonly promptTokens: number
}

export interface Vectors {
  readonly usage: CompletionUsage | undefined
  /** The answer in OpenAI's shape, JSON text; undefined where it came in that shape, so that its own bytes are the answer. */
  readonly written?: string | undefined
}

export interface Embedder {
  /** Fails with `unsupported` (another upstream of the same model might do it) or `rejected`; names the field. */
  request(request: EmbeddingsRequest, model: Model, key: string | undefined): Result<UpstreamRequest>
  /** A 2xx JSON body, parsed: a vector for each input, of the length that was asked for. */
  reply(body: unknown, context: EmbeddingsContext): Result<Vectors>
  /**
   * Whether an answer that is too large to be held begins like one, from its first megabytes. Undefined: it does not come in OpenAI's shape and
   * has to be read whole.
   */
  readonly beginning: ((text: string, request: EmbeddingsRequest) => Result<undefined>) | undefined
}
