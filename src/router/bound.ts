/**
 * State that a conversation carries and that only its own provider can read: uploaded files, and what a provider signed or encrypted. Files cannot be left
 * out, so such a request stays with the dialect that knows them. Signatures and encrypted reasoning can: another provider answers without
 * them, and its dialect strips them (`provider/openai/carried.ts`; Anthropic's and Gemini's requests are written anew and take only what is theirs).
 */
import type { ChatRequest } from '../chat'
import { isObject } from '../json'
import type { Dialect } from '../provider/dialect'
import type { Native } from '../provider/native'

export interface Bound {
  readonly dialect: Dialect['name']
  /** The field that binds. */
  readonly field: string
  /** Why others cannot read it, where it is not that another provider keeps it. */
  readonly why?: string
}

/** Token numbers are words of one vocabulary, and every family of models has its own. */
export const TOKEN_NUMBERS: Bound = {
  dialect: 'openai',
  field: 'input',
  why: 'it cannot read token numbers, which are of the vocabulary of OpenAI and its like; send texts instead',
}

/** Undefined: any provider will do. */
export function boundTo(chat: ChatRequest, native?: Native): Bound | undefined {
  if (native?.binding !== undefined) return { dialect: native.dialect, field: native.binding }
  for (const [at, { content }] of chat.messages.entries()) {
    if (!Array.isArray(content)) continue
    for (const [part, value] of content.entries()) {
      const file = isObject(value) && value.type === 'file' && isObject(value.file) ? value.file : undefined
      if (typeof file?.file_id === 'string') return { dialect: 'openai', field: `messages[${at}].content[${part}].file.file_id` }
    }
  }
  return undefined
}
