/**
 * A caller's input items as canonical messages. The rules where the two differ:
 * - A call is an item of its own here and part of the assistant's message there: it joins the message before it, if that is the assistant's.
 * - A result may stand anywhere behind its call here and must follow the call's message there, so that is where it goes.
 * - A tool message holds text alone: images and files of a result follow in a user's message of their own, under the call's id.
 * - Reasoning is left out. Encrypted, it means nothing to others, and OpenAI's own API gets the caller's items as they came.
 */
import type { ChatMessage } from '../../../chat'
import { listAt, stringAt } from '../../../json'
import { ok, type Result } from '../../../outcome'
import { rejected } from '../../translation/fault'
import type { Untold } from '../../translation/untold'
import type { ResponsesBody } from './caller'
import { isPlain, partsOf, type UserPart } from './caller-parts'
import { isReference, refusedReference } from './stateless'

type Item = Exclude<ResponsesBody['input'], string | null | undefined>[number]
type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>
type Call = NonNullable<AssistantMessage['tool_calls']>[number]

/** A message, and the results of the calls in it. */
interface Entry {
  message: ChatMessage
  readonly results: ChatMessage[]
}

export function messagesOf(items: readonly Item[], untold: Untold): Result<ChatMessage[]> {
  const entries: Entry[] = []
  const callers = new Map<string, Entry>()

  const say = (message: ChatMessage): Entry => {
    const entry = { message, results: [] }
    entries.push(entry)
    return entry
  }

  function add(call: Call): void {
    const last = entries.at(-1)
    const { message } = last ?? {}
    if (last === undefined || message?.role !== 'assistant' || last.results.length > 0) {
      callers.set(call.id, say({ role: 'assistant', content: null, tool_calls: [call] }))
      return
    }
    last.message = { ...message, tool_calls: [...(message.tool_calls ?? []), call] }
    callers.set(call.id, last)
  }

  for (const [index, item] of items.entries()) {
    const path = `input[${index}]`
    if (isReference(item)) return refusedReference(path)
    switch (item.type ?? 'message') {
      case 'message': {
        const message = messageOf(item, path, untold)
        if (!message.ok) return message
        if (message.value !== undefined) say(message.value)
        break
      }
      case 'function_call':
      case 'custom_tool_call': {
        const call = callOf(item, path)
        if (!call.ok) return call
        add(call.value)
        break
      }
      case 'function_call_output':
      case 'custom_tool_call_output': {
        const result = resultOf(item, path, untold)
        if (!result.ok) return result
        const { id, message, attached } = result.value
        const caller = callers.get(id)
        if (caller === undefined) return uncalled(path, id)
        caller.results.push(message)
        if (attached.length > 0) say({ role: 'user', content: attached })
        break
      }
      case 'reasoning':
        break
      default:
        untold.bind(`${path} (${item.type})`)
    }
  }
  return ok(entries.flatMap(({ message, results }) => [message, ...results]))
}

function uncalled(path: string, id: string) {
  return rejected(
    `${path}.call_id`,
    `${path}.call_id: no tool call before it has the call_id "${id.slice(0, 100)}". This router keeps no responses: send the call along with its result.`,
  )
}

/** Undefined: it says nothing. */
function messageOf(item: Item, path: string, untold: Untold): Result<ChatMessage | undefined> {
  if (item.role === 'assistant') return assistantMessage(item, path)
  const parts = partsOf(item.content, `${path}.content`, untold)
  if (!parts.ok) return parts
  const content = textOnly(parts.value) ?? parts.value
  switch (item.role) {
    case 'user':
      // Its parts may all be ones that others cannot be told of; it was a turn all the same
      return ok({ role: 'user', content: parts.value.length === 0 ? '' : content })
    case 'system':
    case 'developer': {
      const texts = parts.value.filter(part => part.type === 'text')
      if (texts.length < parts.value.length)
        return rejected(`${path}.content`, `${path}.content: a ${item.role} message holds text alone.`)
      return ok(texts.length === 0 ? undefined : { role: item.role, content: textOnly(texts) ?? texts })
    }
    default:
      return rejected(`${path}.role`, `${path}.role: expected "user", "assistant", "system" or "developer".`)
  }
}

/** The text of a message that is one text and nothing else: some servers' templates take no list. */
function textOnly([first, ...others]: readonly UserPart[]): string | undefined {
  return isPlain(first) && others.length === 0 ? first.text : undefined
}

function assistantMessage(item: Item, path: string): Result<ChatMessage | undefined> {
  if (typeof item.content === 'string') return ok({ role: 'assistant', content: item.content })
  if (!Array.isArray(item.content)) return rejected(`${path}.content`, `${path}.content: expected text or a list of parts.`)
  const texts: string[] = []
  const refusals: string[] = []
  for (const [index, part] of listAt(item, 'content').entries()) {
    const type = stringAt(part, 'type')
    const [list, field] = type === 'refusal' ? [refusals, 'refusal'] : [texts, 'text']
    const value = stringAt(part, field)
    if (value === undefined) {
      const at = `${path}.content[${index}].${field}`
      return rejected(at, `${at}: expected text.`)
    }
    list.push(value)
  }
  if (texts.length === 0 && refusals.length === 0) return ok(undefined)
  return ok({
    role: 'assistant',
    // Citations cut a sentence into parts, so there is nothing between them
    content: texts.length === 0 ? null : texts.join(''),
    ...(refusals.length > 0 && { refusal: refusals.join('') }),
  })
}

function callOf(item: Item, path: string): Result<Call> {
  const isFunction = item.type === 'function_call'
  const [id, name, input] = ['call_id', 'name', isFunction ? 'arguments' : 'input'].map(field => stringAt(item, field))
  if (id === undefined) return rejected(`${path}.call_id`, `${path}.call_id: expected the id of the call.`)
  if (name === undefined) return rejected(`${path}.name`, `${path}.name: expected the name of a tool.`)
  if (input === undefined && !isFunction) return rejected(`${path}.input`, `${path}.input: expected text.`)
  return isFunction
    ? ok({ id, type: 'function', function: { name, arguments: input ?? '' } })
    : ok({ id, type: 'custom', custom: { name, input: input ?? '' } })
}

interface ToolResult {
  readonly id: string
  readonly message: ChatMessage
  /** What a tool message cannot hold. */
  readonly attached: UserPart[]
}

function resultOf(item: Item, path: string, untold: Untold): Result<ToolResult> {
  const id = stringAt(item, 'call_id')
  if (id === undefined) return rejected(`${path}.call_id`, `${path}.call_id: expected the id of a call.`)
  const parts = partsOf(item.output, `${path}.output`, untold)
  if (!parts.ok) return parts
  const text = parts.value.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
  const attached = parts.value.filter(part => part.type !== 'text')
  return ok({
    id,
    message: { role: 'tool', tool_call_id: id, content: text },
    attached: attached.length === 0 ? [] : [{ type: 'text', text: `Attached to the result of ${id}:` }, ...attached],
  })
}
