/** Every client library that is held to its promises. A new one is one file and one line here. */
import { aiOverChat, aiOverMessages, aiOverResponses } from './ai'
import { anthropic } from './anthropic'
import type { Library } from './client'
import { langchainOverChat, langchainOverResponses } from './langchain'
import { openai } from './openai'
import { openaiResponses } from './openai-responses'

export const LIBRARIES: readonly Library[] = [
  openai,
  openaiResponses,
  anthropic,
  aiOverChat,
  aiOverResponses,
  aiOverMessages,
  langchainOverChat,
  langchainOverResponses,
]
