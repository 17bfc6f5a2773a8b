/** Why Gemini stopped, in OpenAI's words. */
import type { FinishReason } from '../../chat'

/** What the model wrote was unusable by Gemini's own account. */
const BROKEN: ReadonlySet<string> = new Set(['MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE', 'UNEXPECTED_TOOL_CALL'])

export const isBroken = (reason: string): boolean => BROKEN.has(reason)

/** Gemini says STOP after function calls too; `called` tells the two apart. */
export function finishReason(reason: string, called: boolean): FinishReason {
  switch (reason) {
    case 'MAX_TOKENS':
    case 'CONTINUATION':
      return 'length'
    case 'SAFETY':
    case 'RECITATION':
    case 'LANGUAGE':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
      return 'content_filter'
    default:
      return called ? 'tool_calls' : 'stop'
  }
}
