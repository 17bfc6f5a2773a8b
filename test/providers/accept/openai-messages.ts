/** The conversation of an OpenAI request: who may speak, in which order tool calls and results come, and what is in it to answer. */
import { invalidOpenAi } from '../error/openai'
import { given, isObject, list, object, text } from '../json'
import type { Conversation } from '../prompt'

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function']

const refuse = (message: string, param: string, code?: string): Conversation => ({
  kind: 'refused',
  refusal: invalidOpenAi(message, param, code),
})

export function conversation(messages: readonly unknown[]): Conversation {
  if (messages.length === 0) return refuse("Invalid 'messages': empty array.", 'messages', 'empty_array')
  const texts: string[] = []
  let question = ''
  let results: string[] = []
  let images = 0
  // calls that the last assistant message made and nobody has answered yet
  let open = new Set<string>()
  let called = false

  for (const [index, message] of messages.entries()) {
    const at = `messages.[${index}]`
    const role = text(object(message)?.role)
    if (!isObject(message) || role === undefined || !ROLES.includes(role)) {
      return refuse(`Invalid value: '${role}'. Supported values are: '${ROLES.join("', '")}'.`, `${at}.role`, 'invalid_value')
    }
    const calls = list(message.tool_calls) ?? []
    if (!given(message.content) && calls.length === 0 && !given(message.refusal) && !given(message.function_call)) {
      return refuse(`Invalid value for 'content': expected a string, got null.`, `${at}.content`)
    }
    const content = partsOf(message.content)
    if (content === undefined) return refuse(`Invalid content in '${at}'.`, `${at}.content`, 'invalid_value')
    texts.push(content.text, ...calls.map(call => JSON.stringify(object(call)?.function ?? {})))
    images += content.images

    if (role === 'tool') {
      const id = text(message.tool_call_id) ?? ''
      if (!called)
        return refuse("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.", `${at}.role`)
      if (!open.delete(id)) return refuse(`Invalid 'tool_call_id': '${id}' answers no call.`, `${at}.tool_call_id`)
      results.push(content.text)
      continue
    }
    const missing = [...open]
    if (missing.length > 0) {
      return refuse(
        `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. Without response: ${missing.join(', ')}`,
        at,
      )
    }
    called = calls.length > 0
    open = new Set(calls.map(call => text(object(call)?.id) ?? ''))
    results = []
    if (role === 'user') question = content.text
  }
  const missing = [...open]
  if (missing.length > 0) {
    return refuse(
      `An assistant message with 'tool_calls' must be followed by tool messages. Without response: ${missing.join(', ')}`,
      'messages',
    )
  }
  return { kind: 'conversation', texts, question, results, images, messages: messages.length }
}

/** Undefined for content that is neither text nor a list of known parts. */
function partsOf(content: unknown): { readonly text: string; readonly images: number } | undefined {
  if (!given(content)) return { text: '', images: 0 }
  if (typeof content === 'string') return { text: content, images: 0 }
  const parts = list(content)
  if (parts === undefined || parts.length === 0) return undefined
  let whole = ''
  let images = 0
  for (const part of parts.map(object)) {
    switch (part?.type) {
      case 'text':
        if (typeof part.text !== 'string') return undefined
        whole += part.text
        break
      case 'refusal':
        whole += text(part.refusal) ?? ''
        break
      case 'image_url':
        if (text(object(part.image_url)?.url) === undefined) return undefined
        images += 1
        break
      case 'input_audio':
      case 'file':
        break
      default:
        return undefined
    }
  }
  return { text: whole, images }
}
