/** Small requests and models to translate, and a look at what came out. */
import * as v from 'valibot'
import { type ChatRequest, ChatRequestSchema } from '../../src/chat'
import type { Model } from '../../src/model'
import type { Dialect } from '../../src/provider/dialect'

const GUESS = { mean: 0.5, count: 10 }
const NEUTRAL = { accuracy: GUESS, creativity: GUESS, ethics: GUESS, topics: {} }

export const model = (overrides: Partial<Model> = {}): Model => ({
  id: 'm',
  of: 'm',
  provider: 'anthropic',
  name: 'claude-sonnet-4-5',
  baseUrl: 'https://upstream.test',
  headers: {},
  secretHeaders: undefined,
  secret: 'KEY',
  weight: 1,
  maxInFlight: 10,
  contextWindow: undefined,
  capabilities: undefined,
  price: undefined,
  profile: NEUTRAL,
  firstTokenMs: undefined,
  region: undefined,
  state: 'active',
  ...overrides,
})

/** Through the public schema, so that a test cannot ask for what a client cannot. */
export const chat = (fields: Record<string, unknown> = {}): ChatRequest =>
  v.parse(ChatRequestSchema, { model: 'auto', messages: [{ role: 'user', content: 'Hi' }], ...fields })

export interface Translated {
  readonly body: Readonly<Record<string, unknown>>
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly dropped: readonly string[]
}

export function translator(dialect: Dialect, name: string) {
  const ask = (fields: Record<string, unknown>, named = name) => dialect.request(chat(fields), model({ name: named }), 'key')
  return {
    sent(fields: Record<string, unknown> = {}, named = name): Translated {
      const result = ask(fields, named)
      if (!result.ok) throw new Error(JSON.stringify(result.failure))
      return { ...result.value, body: v.parse(v.record(v.string(), v.unknown()), JSON.parse(result.value.body)) }
    },
    refused(fields: Record<string, unknown>, named = name): string {
      const result = ask(fields, named)
      if (result.ok) return `sent ${result.value.body}`
      const { failure } = result
      if (failure.kind === 'unsupported') return `unsupported ${failure.field}`
      return failure.kind === 'rejected' ? `rejected ${failure.upstream.param}` : failure.kind
    },
  }
}

export const call = (id: string, name: string, args = '{}', extra: Record<string, unknown> = {}) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
  ...extra,
})

export const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
