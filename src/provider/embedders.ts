/** Who makes embeddings. Anthropic offers none. */
import type { EmbeddingsRequest } from '../embeddings'
import type { Model, ProviderName } from '../model'
import { ok, type Result } from '../outcome'
import type { UpstreamRequest } from './dialect'
import type { Embedder } from './embedder'
import { googleEmbedder } from './google/embeddings'
import { openaiEmbedder } from './openai/embeddings'
import { unsupported } from './translation/fault'

const embedders: Readonly<Record<ProviderName, Embedder | undefined>> = {
  openai: openaiEmbedder,
  'openai-compatible': openaiEmbedder,
  google: googleEmbedder,
  anthropic: undefined,
}

export function embedderOf({ provider }: Model): Result<Embedder> {
  const embedder = embedders[provider]
  return embedder === undefined ? unsupported('model', 'Anthropic offers no embeddings.') : ok(embedder)
}

export function embeddingsTo(request: EmbeddingsRequest, model: Model, key: string | undefined): Result<UpstreamRequest> {
  const embedder = embedderOf(model)
  return embedder.ok ? embedder.value.request(request, model, key) : embedder
}
