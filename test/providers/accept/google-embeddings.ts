/**
 * What Gemini accepts of embedContent and batchEmbedContents, and its vectors: of length 1 at their full 3,072 dimensions, and cut off without
 * being scaled anew where fewer are asked for, as gemini-embedding-001 does.
 */
import { embed } from '../embeddings'
import { invalidGoogle, refuseGoogle } from '../error/google'
import type { Refusal } from '../error/refusal'
import { isObject, list, text } from '../json'
import type { Reply } from '../provider'
import { tokensOf } from '../tokens'
import { camel, named } from './google-names'

const DIMENSIONS = 3072
const MAX_BATCH = 100
const FIELDS = new Set('model content taskType title outputDimensionality'.split(' '))
const TASKS = new Set(
  `TASK_TYPE_UNSPECIFIED RETRIEVAL_QUERY RETRIEVAL_DOCUMENT SEMANTIC_SIMILARITY CLASSIFICATION CLUSTERING QUESTION_ANSWERING
   FACT_VERIFICATION CODE_RETRIEVAL_QUERY`.split(/\s+/),
)

type Vector = { readonly values: readonly number[]; readonly tokens: number }

const refuse = (refusal: Refusal): Reply => ({ kind: 'refused', refusal })
const isRefusal = (vector: Vector | Refusal): vector is Refusal => 'status' in vector

export function acceptEmbedding(body: unknown, model: string): Reply {
  if (model.startsWith('unknown-')) return refuse(refuseGoogle('unknown-model', { model }))
  const vector = vectorOf(body, model, 'EmbedContentRequest', false)
  if (isRefusal(vector)) return refuse(vector)
  return { kind: 'json', body: { embedding: { values: vector.values }, usageMetadata: { promptTokenCount: vector.tokens } } }
}

export function acceptBatch(body: unknown, model: string): Reply {
  if (model.startsWith('unknown-')) return refuse(refuseGoogle('unknown-model', { model }))
  const unknown = isObject(body) ? Object.keys(body).find(name => name !== 'requests') : 'body'
  if (unknown !== undefined) return refuse(unknownName(unknown))
  const requests = list(named(body).requests) ?? []
  if (requests.length === 0) return refuse(invalidGoogle('* BatchEmbedContentsRequest.requests: requests must not be empty'))
  if (requests.length > MAX_BATCH) {
    return refuse(invalidGoogle(`* BatchEmbedContentsRequest.requests: at most ${MAX_BATCH} requests can be in one batch`))
  }
  const vectors: Vector[] = []
  for (const [at, request] of requests.entries()) {
    const vector = vectorOf(request, model, `BatchEmbedContentsRequest.requests[${at}]`, true)
    if (isRefusal(vector)) return refuse(vector)
    vectors.push(vector)
  }
  const promptTokenCount = vectors.reduce((sum, { tokens }) => sum + tokens, 0)
  return { kind: 'json', body: { embeddings: vectors.map(({ values }) => ({ values })), usageMetadata: { promptTokenCount } } }
}

function vectorOf(body: unknown, model: string, path: string, mustName: boolean): Vector | Refusal {
  if (!isObject(body)) return invalidGoogle('Invalid JSON payload received.')
  const unknown = Object.keys(body).find(name => !FIELDS.has(camel(name)))
  if (unknown !== undefined) return unknownName(unknown, path)
  const request = named(body)
  if ((mustName || request.model !== undefined) && request.model !== `models/${model}`)
    return invalidGoogle(`* ${path}.model: unexpected model name format`)
  const parts = list(named(request.content).parts) ?? []
  const texts = parts.map(part => text(named(part).text) ?? '')
  if (texts.length === 0 || texts.includes('')) return invalidGoogle(`* ${path}.content: content is empty`)
  const { taskType, outputDimensionality: size = DIMENSIONS } = request
  if (taskType !== undefined && !TASKS.has(text(taskType) ?? ''))
    return invalidGoogle(
      `Invalid value at '${path}.task_type' (type.googleapis.com/google.ai.generativelanguage.v1beta.TaskType)`,
    )
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > DIMENSIONS)
    return invalidGoogle(`* ${path}.output_dimensionality: must be between 1 and ${DIMENSIONS}`)
  const whole = texts.join(' ')
  return { values: [...embed(whole, DIMENSIONS)].slice(0, size), tokens: tokensOf(whole) }
}

function unknownName(name: string, path = ''): Refusal {
  const message = `Invalid JSON payload received. Unknown name "${name}"${path === '' ? '' : ` at '${path}'`}: Cannot find field.`
  return refuseGoogle('bad-request', { message, param: path })
}
