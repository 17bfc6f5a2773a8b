/** OpenAI's embeddings: unit vectors that depend on nothing but the text, as numbers or as base64 (the official client's choice). */
import { invalidOpenAi, refuseOpenAi } from './error/openai'
import { given, isObject, list, text } from './json'
import type { Reply } from './provider'
import { tokensOf } from './tokens'

const DIMENSIONS: Readonly<Record<string, number>> = { 'text-embedding-3-small': 1536, 'text-embedding-3-large': 3072 }
const DEFAULT_DIMENSIONS = 1536
/** OpenAI's own limit. */
const MAX_INPUTS = 2048

const refuse = (message: string, param: string): Reply => ({ kind: 'refused', refusal: invalidOpenAi(message, param) })

export function acceptEmbeddings(body: unknown): Reply {
  if (!isObject(body)) return refuse('The body of the request is not a JSON object.', 'body')
  const model = text(body.model)
  if (model === undefined || model === '') return refuse('you must provide a model parameter', 'model')
  if (model.startsWith('unknown-')) return { kind: 'refused', refusal: refuseOpenAi('unknown-model', { model }) }
  const inputs = inputsOf(body.input)
  if (inputs === undefined) return refuse("'$.input' is invalid.", 'input')
  const encoding = body.encoding_format ?? 'float'
  if (encoding !== 'float' && encoding !== 'base64')
    return refuse("'encoding_format' must be 'float' or 'base64'.", 'encoding_format')
  const most = DIMENSIONS[model] ?? DEFAULT_DIMENSIONS
  const size = given(body.dimensions) ? body.dimensions : most
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > most) {
    return refuse(`'dimensions' must be an integer from 1 to ${most}.`, 'dimensions')
  }
  const tokens = inputs.reduce((sum, input) => sum + input.tokens, 0)
  return {
    kind: 'json',
    body: {
      object: 'list',
      data: inputs.map((input, index) => {
        const vector = embed(input.text, size)
        return { object: 'embedding', index, embedding: encoding === 'float' ? [...vector] : base64(vector) }
      }),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
  }
}

interface Input {
  readonly text: string
  readonly tokens: number
}

/** One text, texts, one list of token numbers, or several of these. */
function inputsOf(input: unknown): readonly Input[] | undefined {
  if (typeof input === 'string') return input === '' ? undefined : [{ text: input, tokens: tokensOf(input) }]
  const items = list(input)
  if (items === undefined || items.length === 0 || items.length > MAX_INPUTS) return undefined
  if (items.every(Number.isInteger)) return [{ text: items.join(' '), tokens: items.length }]
  const inputs = items.map(item => inputsOf(item))
  return inputs.every(found => found?.length === 1) ? inputs.flatMap(found => found ?? []) : undefined
}

/** FNV-1a of the text seeds a xorshift generator (Marsaglia 2003), whose numbers are scaled to length 1. */
export function embed(input: string, dimensions: number): Float32Array {
  let state = 0x811c9dc5
  for (const byte of new TextEncoder().encode(input)) state = Math.imul(state ^ byte, 0x01000193)
  state ||= 1
  const vector = Float32Array.from({ length: dimensions }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state / 0x80000000
  })
  const length = Math.hypot(...vector)
  return vector.map(value => value / length)
}

/** Little-endian float32, as every platform that runs this stores them. */
const base64 = (vector: Float32Array): string =>
  btoa(Array.from(new Uint8Array(vector.buffer), byte => String.fromCharCode(byte)).join(''))
