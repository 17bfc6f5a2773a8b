/** OpenAI's embeddings, of its own and of compatible upstreams: the request and the answer travel as they came. */
import type { CompletionUsage } from '../../chat'
import { countOf, type EmbeddingsRequest } from '../../embeddings'
import { isObject, listAt, numberAt, objectAt, parseJson } from '../../json'
import type { Model } from '../../model'
import { fail, ok, type Result } from '../../outcome'
import type { UpstreamRequest } from '../dialect'
import type { PassingEmbedder } from '../embedder'
import { encode } from '../translation/encode'
import { requestHeaders } from '../translation/headers'
import { dimensionsOf, malformed, wrongLength } from '../translation/vector'
import { upstreamError } from './error'

export const openaiEmbedder: PassingEmbedder = { kind: 'passing', request, reply, beginning }

function request({ body }: EmbeddingsRequest, model: Model, key: string | undefined): Result<UpstreamRequest> {
  const { metadata, ...rest } = body
  // Not OpenAI's own, so that an empty one is what is left of the router's controls
  const kept = metadata && Object.keys(metadata).length > 0 ? { metadata } : {}
  const text = encode({ ...rest, ...kept, model: model.name })
  if (!text.ok) return text
  return ok({
    url: `${model.baseUrl}/embeddings`,
    headers: requestHeaders(
      { 'content-type': 'application/json', authorization: key === undefined ? undefined : `Bearer ${key}` },
      model.headers,
    ),
    body: text.value,
    dropped: [],
  })
}

function reply(body: unknown, { body: asked, input }: EmbeddingsRequest): Result<CompletionUsage | undefined> {
  // Some compatible servers answer 200 with an error body
  if (objectAt(body, 'error') !== undefined) return fail({ kind: 'stream-error', upstream: upstreamError(undefined, body) })
  const items = listAt(body, 'data')
  const count = countOf(input)
  if (items.length !== count) return malformed(`it holds ${items.length} vectors for ${count} inputs`)
  for (const item of items) {
    const sound = checked(isObject(item) ? item.embedding : undefined, asked.dimensions)
    if (!sound.ok) return sound
  }
  return ok(usageOf(body))
}

/** A vector, as numbers or as base64, as the first in an answer. */
const FIRST = /"embedding"\s*:\s*(\[[^\]]*\]|"[^"]*")/

function beginning(text: string, { body: asked }: EmbeddingsRequest): Result<undefined> {
  const [, first] = FIRST.exec(text) ?? []
  if (!/^\s*\{/.test(text) || first === undefined) return malformed('it does not begin with a vector')
  return checked(parseJson(first), asked.dimensions)
}

function checked(embedding: unknown, asked: number | null | undefined): Result<undefined> {
  const dimensions = dimensionsOf(embedding)
  if (dimensions === undefined) return malformed('one of its vectors is none')
  return typeof asked === 'number' && dimensions !== asked ? wrongLength(asked, dimensions) : ok(undefined)
}

function usageOf(body: unknown): CompletionUsage | undefined {
  const tokens = numberAt(objectAt(body, 'usage'), 'prompt_tokens')
  return tokens === undefined ? undefined : { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens }
}
