/** The table: what callers can ask for and what comes of it. */
import type { AnswerFeature, ErrorFeature, RequestFeature } from './feature'
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

export const REQUESTS: readonly Theme[] = [
  { title: 'The conversation', features: CONVERSATION },
  { title: 'Tools', features: TOOLS },
  { title: 'Images, documents, sound', features: MEDIA },
  { title: 'The form of the answer', features: OUTPUT },
  { title: 'Account, caching, extensions', features: ACCOUNT },
]
export const ANSWERS_BACK: readonly AnswerFeature[] = ANSWERS
export const ERRORS_BACK: readonly ErrorFeature[] = ERRORS

/** The models that are asked, unless a feature names another. */
export const USUAL = {
  openai: 'gpt-5.2',
  'openai-compatible': 'llama-4',
  anthropic: 'claude-sonnet-4-5',
  google: 'gemini-2.5-flash',
} as const
