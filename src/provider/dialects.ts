/** Which dialect each provider speaks, and which one besides. */
import type { ProviderName } from '../model'
import { anthropic } from './anthropic'
import type { Dialect } from './dialect'
import { google } from './google'
import { openai } from './openai'
import { openaiResponses } from './openai/responses'

export const dialects: Readonly<Record<ProviderName, Dialect>> = {
  openai,
  'openai-compatible': openai,
  anthropic,
  google,
}

/** The caller's own dialect, where the provider speaks it besides its first; else its first. `wanted` undefined: the canonical one. */
export function dialectFor(provider: ProviderName, wanted: Dialect['name'] | undefined): Dialect {
  return provider === 'openai' && wanted === openaiResponses.name ? openaiResponses : dialects[provider]
}
