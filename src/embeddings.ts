/**
 * A request for embeddings in OpenAI's shape, which every provider's is translated from; `chat.ts` is its counterpart. What may be millions of
 * token numbers is checked by hand: a schema would make an object of each.
 */
import * as v from 'valibot'

/** A request as far as the router reads it; what else it holds travels untouched to an upstream of the same dialect. */
export const EmbeddingsSchema = v.looseObject({
  model: v.pipe(v.string(), v.nonEmpty()),
  /** For `readInput`, which also says when there is none. */
  input: v.optional(v.unknown()),
  dimensions: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)))),
  encoding_format: v.optional(v.nullable(v.picklist(['float', 'base64']))),
  user: v.optional(v.nullable(v.string())),
  metadata: v.optional(v.nullable(v.record(v.string(), v.string()))),
  /** Not OpenAI's: what the vectors are for, in Google's words. */
  task_type: v.optional(v.nullable(v.string())),
})

export type EmbeddingsBody = v.InferOutput<typeof EmbeddingsSchema>

/** One vector each. Tokens are numbers of the model's own vocabulary, which OpenAI's models and their like understand. */
export type EmbeddingsInput =
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'tokens'; readonly lists: readonly (readonly number[])[] }

export interface EmbeddingsRequest {
  readonly body: EmbeddingsBody
  readonly input: EmbeddingsInput
}

/** Where an input is wrong, and what would be right. */
export interface BadInput {
  readonly field: string
  readonly message: string
}

export const countOf = (input: EmbeddingsInput): number => (input.kind === 'texts' ? input.texts : input.lists).length

/** OpenAI's own limit, and the largest of any provider. */
export const MAX_INPUTS = 2048

export interface Part {
  readonly request: EmbeddingsRequest
  /** Of its first input among all. */
  readonly from: number
}

/** The same request for at most so many inputs at a time, in their order. */
export function partsOf(request: EmbeddingsRequest, most: number): readonly Part[] {
  const { input } = request
  const all: readonly (string | readonly number[])[] = input.kind === 'texts' ? input.texts : input.lists
  if (all.length <= most) return [{ request, from: 0 }]
  return Array.from({ length: Math.ceil(all.length / most) }, (_, index) => {
    const from = index * most
    return { request: cut(request, from, from + most), from }
  })
}

function cut({ body, input }: EmbeddingsRequest, from: number, to: number): EmbeddingsRequest {
  if (input.kind === 'texts') {
    const texts = input.texts.slice(from, to)
    return { body: { ...body, input: texts }, input: { kind: 'texts', texts } }
  }
  const lists = input.lists.slice(from, to)
  return { body: { ...body, input: lists }, input: { kind: 'tokens', lists } }
}

/** `input` as the caller wrote it: a text, a list of token numbers, or a list of either. */
export function readInput(input: unknown): EmbeddingsInput | BadInput {
  if (typeof input === 'string') return readTexts([input], () => 'input')
  if (!Array.isArray(input)) return bad('input', `expected a text or a list, found ${nameOf(input)}`)
  const items: readonly unknown[] = input
  const [first] = items
  if (items.length === 0) return bad('input', 'expected at least one text, found none')
  if (typeof first === 'number') return readTokens([items], () => 'input')
  if (items.length > MAX_INPUTS) return bad('input', `expected at most ${MAX_INPUTS} texts, found ${items.length}`)
  const member = (at: number) => `input[${at}]`
  return Array.isArray(first) ? readTokens(items, member) : readTexts(items, member)
}

function readTexts(items: readonly unknown[], fieldOf: (at: number) => string): EmbeddingsInput | BadInput {
  const texts: string[] = []
  for (const [at, item] of items.entries()) {
    if (typeof item !== 'string') return bad(fieldOf(at), `expected a text, found ${nameOf(item)}`)
    if (item === '') return bad(fieldOf(at), 'expected a text that is not empty, found an empty one')
    texts.push(item)
  }
  return { kind: 'texts', texts }
}

function readTokens(items: readonly unknown[], fieldOf: (at: number) => string): EmbeddingsInput | BadInput {
  const lists: (readonly number[])[] = []
  for (const [at, item] of items.entries()) {
    if (!Array.isArray(item)) return bad(fieldOf(at), `expected a list of token numbers, found ${nameOf(item)}`)
    if (item.length === 0) return bad(fieldOf(at), 'expected at least one token number, found none')
    if (!isTokenList(item)) return bad(fieldOf(at), 'expected token numbers only, whole and not negative')
    lists.push(item)
  }
  return { kind: 'tokens', lists }
}

const isTokenList = (items: readonly unknown[]): items is readonly number[] =>
  items.every(item => typeof item === 'number' && Number.isInteger(item) && item >= 0)

const bad = (field: string, message: string): BadInput => ({ field, message: `${field}: ${message}.` })

function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value
}
