/**
 * What becomes of fields that a dialect has no word for. Most are hints and are left out, by name. A few change what an answer is,
 * and an answer that ignores them is wrong: those fail, so that a model which knows them gets the request.
 */
import type { ChatMessage, ChatRequest } from '../../chat'
import { ok, type Result } from '../../outcome'
import { unsupported } from './fault'

/** The router's own business, or the dialect's address line; never reported. */
const HANDLED = ['model', 'messages', 'stream', 'stream_options']

const ESSENTIAL: ReadonlySet<string> = new Set(['functions', 'function_call', 'audio', 'web_search_options'])

/** Values that ask for nothing beyond what happens anyway. */
function asksForNothing(field: string, value: unknown): boolean {
  if (value === null || value === undefined) return true
  switch (field) {
    case 'frequency_penalty':
    case 'presence_penalty':
    case 'top_logprobs':
      return value === 0
    case 'n':
      return value === 1
    case 'parallel_tool_calls':
      return value === true
    case 'service_tier':
      return value === 'auto' || value === 'default'
    case 'logit_bias':
    case 'metadata':
      return typeof value === 'object' && Object.keys(value).length === 0
    case 'modalities':
      return Array.isArray(value) && value.every(modality => modality === 'text')
    default:
      return value === false
  }
}

/** The request's fields outside `understood` that asked for something, in the request's order. */
export function leftover(chat: ChatRequest, understood: ReadonlySet<string>): Result<string[]> {
  const names: string[] = []
  for (const [field, value] of Object.entries(chat)) {
    if (understood.has(field) || HANDLED.includes(field) || asksForNothing(field, value)) continue
    if (ESSENTIAL.has(field) || field === 'modalities') {
      return unsupported(field, 'This provider has no equivalent, and the answer would not be what was asked for.')
    }
    names.push(field)
  }
  return ok([...names, ...messageLeftover(chat.messages)])
}

/** The same within messages: a participant's name, and how closely to look at an image. */
function messageLeftover(messages: readonly ChatMessage[]): string[] {
  const named = messages.some(message => message.role !== 'tool' && typeof message.name === 'string')
  const detailed = messages.some(
    ({ role, content }) =>
      role === 'user' &&
      Array.isArray(content) &&
      content.some(part => part.type === 'image_url' && (part.image_url.detail ?? 'auto') !== 'auto'),
  )
  return [...(named ? ['messages[].name'] : []), ...(detailed ? ['messages[].content[].image_url.detail'] : [])]
}
