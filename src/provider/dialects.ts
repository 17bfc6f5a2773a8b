/** Which dialect each provider speaks. */
import type { ProviderName } from '../model'
import { anthropic } from './anthropic'
import type { Dialect } from './dialect'
import { google } from './google'
import { openai } from './openai'

export const dialects: Readonly<Record<ProviderName, Dialect>> = {
  openai,
  'openai-compatible': openai,
  anthropic,
  google,
}
