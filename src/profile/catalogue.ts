/**
 * List prices and context windows of well-known models, for configurations that leave them out. The figures come from
 * @pydantic/genai-prices at development time (`npm run catalogue`); what a configuration says always wins.
 */
import type { Price, ProviderName } from '../model'
import catalogue from './catalogue.json'

export interface KnownModel {
  readonly price: Price
  /** Tokens. */
  readonly contextWindow: number | undefined
}

const tables: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = catalogue

/** Exact names only: a guess by prefix would give a new model an old model's price. */
export function knownModel(provider: ProviderName, name: string): KnownModel | undefined {
  const table = tables[provider]
  const figures = table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
  if (figures === undefined) return undefined
  const [input = 0, output = 0, contextWindow = 0] = figures
  return { price: { input, output }, contextWindow: contextWindow > 0 ? contextWindow : undefined }
}
