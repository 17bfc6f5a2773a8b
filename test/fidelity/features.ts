/** The table: what callers can ask for and what comes of it. */
import { type AnswerFeature, type ErrorFeature, filled, type RequestFeature, type RequestRow } from './feature'
import { ACCOUNT } from './features/account'
import { ANSWERS } from './features/answers'
import { CONVERSATION } from './features/conversation'
import { ERRORS } from './features/errors'
import { MEDIA } from './features/media'
import { OUTPUT } from './features/output'
import { TOOLS } from './features/tools'

export interface Theme {
  readonly title: string
  readonly features: readonly RequestFeature[]
}

const theme = (title: string, rows: readonly RequestRow[]): Theme => ({ title, features: rows.map(filled) })

export const REQUESTS: readonly Theme[] = [
  theme('The conversation', CONVERSATION),
  theme('Tools', TOOLS),
  theme('Images, documents, sound', MEDIA),
  theme('The form of the answer', OUTPUT),
  theme('Account, caching, extensions', ACCOUNT),
]
export const ANSWERS_BACK: readonly AnswerFeature[] = ANSWERS
export const ERRORS_BACK: readonly ErrorFeature[] = ERRORS

/** The same of embeddings. Anthropic's is one that chats: it has no other. */
export const USUAL_EMBEDDERS = {
  openai: 'text-embedding-3-small',
  'openai-compatible': 'bge-m3',
  anthropic: 'claude-sonnet-4-5',
  google: 'gemini-embedding-001',
} as const

/** The models that are asked, unless a feature names another. */
export const USUAL = {
  openai: 'gpt-5.2',
  'openai-compatible': 'llama-4',
  anthropic: 'claude-sonnet-4-5',
  google: 'gemini-2.5-flash',
} as const
