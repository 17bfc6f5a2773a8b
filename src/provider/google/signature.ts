/**
 * A thought's signature: Gemini's sealed reasoning, which it wants back with the next request and without which newer models refuse a
 * function call. It travels through clients where Google's OpenAI-compatible endpoint puts it: `extra_content.google.thought_signature`,
 * on a tool call, or on the message where the signature belongs to its text.
 */

import { objectAt, stringAt } from '../../json'
import type { ExtraContent } from '../translation/answer'

/** What Google's documentation gives as the value for calls that another model made, or whose signature was lost. */
export const UNSIGNED = 'skip_thought_signature_validator'

export const extraContent = (signature: string): ExtraContent => ({ google: { thought_signature: signature } })

/** Of a tool call or a message as a client sent it back. */
export const signatureOf = (holder: unknown): string | undefined =>
  stringAt(objectAt(objectAt(holder, 'extra_content'), 'google'), 'thought_signature')
