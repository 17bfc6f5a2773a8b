/** Who makes embeddings. Anthropic offers none. */
import { type EmbeddingsRequest, type Part, partsOf } from '../embeddings'
import type { Model, ProviderName } from '../model'
import { ok, type Result } from '../outcome'
import type { UpstreamRequest } from './dialect'
import type { Embedder, PassingEmbedder, TranslatingEmbedder } from './embedder'
import { googleEmbedder } from './google/embeddings'
import { openaiEmbedder } from './openai/embeddings'
import { each, unsupported } from './translation/fault'

const embedders: Readonly<Record<ProviderName, Embedder | undefined>> = {
  openai: openaiEmbedder,
  'openai-compatible': openaiEmbedder,
  google: googleEmbedder,
  anthropic: undefined,
}

/** All that goes up for one request. */
export type EmbeddingsCalls =
  | { readonly embedder: PassingEmbedder; readonly upstream: UpstreamRequest }
  /** Some providers take only so many inputs at a time. In their order, at least one. */
  | { readonly embedder: TranslatingEmbedder; readonly calls: readonly EmbeddingsCall[] }

export interface EmbeddingsCall extends Part {
  readonly upstream: UpstreamRequest
}

export function embeddingsTo(request: EmbeddingsRequest, model: Model, key: string | undefined): Result<EmbeddingsCalls> {
  const embedder = embedders[model.provider]
  if (embedder === undefined) return unsupported('model', 'Anthropic offers no embeddings.')
  if (embedder.kind === 'passing') {
    const upstream = embedder.request(request, model, key)
    return upstream.ok ? ok({ embedder, upstream: upstream.value }) : upstream
  }
  const calls = each(partsOf(request, embedder.mostInputs), (part): Result<EmbeddingsCall> => {
    const upstream = embedder.request(part.request, model, key)
    return upstream.ok ? ok({ ...part, upstream: upstream.value }) : upstream
  })
  return calls.ok ? ok({ embedder, calls: calls.value }) : calls
}
