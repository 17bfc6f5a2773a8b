/** Requests for embeddings as callers write them. */
import * as v from 'valibot'
import { type EmbeddingsRequest, EmbeddingsSchema, readInput } from '../../src/embeddings'

export function embeddings(fields: Record<string, unknown> = {}): EmbeddingsRequest {
  const body = v.parse(EmbeddingsSchema, { model: 'auto', input: 'Hi', ...fields })
  const input = readInput(body.input)
  if ('field' in input) throw new Error(input.message)
  return { body, input }
}
