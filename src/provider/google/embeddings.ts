/**
 * Gemini's embeddings, through `batchEmbedContents` for one text as for many. The API gives numbers only. A text that is too long for the model it
 * cuts without a word: the parameter that forbids it (`autoTruncate`) exists on Google's enterprise platform alone.
 */
import type { EmbeddingsBody, EmbeddingsRequest } from '../../embeddings'
import { listAt, numberAt, objectAt } from '../../json'
import type { Model } from '../../model'
import { fail, ok, type Result } from '../../outcome'
import type { UpstreamRequest } from '../dialect'
import type { EmbeddingsContext, TranslatedVectors, TranslatingEmbedder } from '../embedder'
import { encode } from '../translation/encode'
import { each, unsupported } from '../translation/fault'
import { requestHeaders } from '../translation/headers'
import { isVector, malformed, toBase64, unit, wrongLength } from '../translation/vector'
import { upstreamError } from './error'
import { pathOf, resource } from './resource'

/** The API answers 400 to more: "at most 100 requests can be in one batch". */
const MOST_TEXTS = 100

const UNDERSTOOD: ReadonlySet<string> = new Set(['model', 'input', 'dimensions', 'encoding_format', 'task_type'])

export const googleEmbedder: TranslatingEmbedder = { kind: 'translating', mostInputs: MOST_TEXTS, request, reply }

function request({ body, input }: EmbeddingsRequest, model: Model, key: string | undefined): Result<UpstreamRequest> {
  if (input.kind === 'tokens') return unsupported('input', 'Gemini takes texts, not token numbers.')
  const options = {
    ...(typeof body.dimensions === 'number' && { outputDimensionality: body.dimensions }),
    ...(typeof body.task_type === 'string' && { taskType: body.task_type }),
  }
  const name = resource(model.name)
  const requests = input.texts.map(text => ({ model: name, content: { parts: [{ text }] }, ...options }))
  const encoded = encode({ requests })
  if (!encoded.ok) return encoded
  return ok({
    url: `${model.baseUrl}/v1beta/${pathOf(model.name)}:batchEmbedContents`,
    // The key goes into a header: addresses end up in logs
    headers: requestHeaders({ 'content-type': 'application/json', 'x-goog-api-key': key }, model.headers),
    body: encoded.value,
    dropped: leftover(body),
  })
}

/** Fields that asked for something and that Gemini has no word for. */
function leftover(body: EmbeddingsBody): string[] {
  const asked = Object.entries(body).filter(([field, value]) => !UNDERSTOOD.has(field) && value !== null && value !== undefined)
  return asked.filter(([field, value]) => field !== 'metadata' || Object.keys(value ?? {}).length > 0).map(([field]) => field)
}

function reply(body: unknown, { request: asked, from, promptTokens }: EmbeddingsContext): Result<TranslatedVectors> {
  if (objectAt(body, 'error') !== undefined) return fail({ kind: 'stream-error', upstream: upstreamError(undefined, body) })
  const items = listAt(body, 'embeddings')
  const count = asked.input.kind === 'texts' ? asked.input.texts.length : 0
  if (items.length !== count) return malformed(`it holds ${items.length} vectors for ${count} inputs`)
  const vectors = each(items, item => vectorOf(listAt(item, 'values'), asked.body))
  if (!vectors.ok) return vectors
  const inBase64 = asked.body.encoding_format === 'base64'
  const data = vectors.value.map((vector, index) => {
    return JSON.stringify({ object: 'embedding', index: from + index, embedding: inBase64 ? toBase64(vector) : vector })
  })
  // OpenAI's clients rely on the counts; not every Gemini gives them
  const tokens = numberAt(objectAt(body, 'usageMetadata'), 'promptTokenCount') ?? promptTokens
  return ok({
    usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
    written: data.join(),
  })
}

/**
 * OpenAI's vectors have length 1 whatever their dimensions, and its clients compare by the dot product. Of gemini-embedding-001 only the full 3,072
 * dimensions do; shorter ones are cut off and left as they are ("you need to normalize the embeddings manually",
 * https://ai.google.dev/gemini-api/docs/embeddings). Where a later model has done it already, doing it again changes nothing.
 */
function vectorOf(values: readonly unknown[], { dimensions }: EmbeddingsBody): Result<readonly number[]> {
  if (!isVector(values)) return malformed('one of its vectors is none')
  if (typeof dimensions !== 'number') return ok(values)
  return values.length === dimensions ? ok(unit(values)) : wrongLength(dimensions, values.length)
}
