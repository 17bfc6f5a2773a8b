/** Canonical messages as input items: a message's calls become items of their own behind it, each result one more. */
import type { ChatMessage } from '../../../chat'
import { isObject, type JsonObject, stringAt } from '../../../json'
import type { UserPart } from './caller-parts'

export function itemsOf(messages: readonly ChatMessage[]): JsonObject[] {
  const items: JsonObject[] = []
  /** Of free-text tools, whose results are items of another type. */
  const custom = new Set<string>()
  for (const message of messages) {
    switch (message.role) {
      case 'assistant':
        for (const call of message.tool_calls ?? []) if (call.type === 'custom') custom.add(call.id)
        items.push(...said(message), ...(message.tool_calls ?? []).map(callItem))
        break
      case 'tool': {
        const type = custom.has(message.tool_call_id) ? 'custom_tool_call_output' : 'function_call_output'
        items.push({ type, call_id: message.tool_call_id, output: inputContent(message.content) })
        break
      }
      default:
        items.push({ role: message.role, content: inputContent(message.content) })
    }
  }
  return items
}

const inputContent = (content: string | readonly UserPart[]): unknown =>
  typeof content === 'string' ? content : content.map(inputPart)

function inputPart(part: UserPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image_url':
      return { type: 'input_image', image_url: part.image_url.url, detail: part.image_url.detail ?? 'auto' }
    case 'input_audio':
      return part
    case 'file':
      return { type: 'input_file', ...fileOf(part.file) }
  }
}

/** A file at an address has a field of its own here. */
function fileOf(file: unknown): JsonObject {
  const data = stringAt(file, 'file_data')
  if (!isObject(file) || data === undefined || !/^https?:/i.test(data)) return isObject(file) ? file : {}
  const { file_data: _, ...rest } = file
  return { ...rest, file_url: data }
}

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>

/** What the assistant said, if it said anything. */
function said({ content, refusal }: AssistantMessage): JsonObject[] {
  const told = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? [])
  const parts = told.map(part => (part.type === 'text' ? { type: 'output_text', text: part.text } : part))
  const all = [
    ...parts.filter(part => part.type !== 'output_text' || part.text !== ''),
    ...(refusal ? [{ type: 'refusal', refusal }] : []),
  ]
  return all.length === 0 ? [] : [{ type: 'message', role: 'assistant', content: all }]
}

type Call = NonNullable<AssistantMessage['tool_calls']>[number]

function callItem(call: Call): JsonObject {
  return call.type === 'function'
    ? { type: 'function_call', call_id: call.id, name: call.function.name, arguments: call.function.arguments }
    : { type: 'custom_tool_call', call_id: call.id, name: call.custom.name, input: call.custom.input }
}
