/**
 * A caller's turns as canonical messages. The rules where the two differ:
 * - Tool results are blocks of a user's turn here and messages of their own there, in front of what the user says beside them.
 * - A tool message holds text alone: images and documents of a result follow in the user's message, under the call's id. A failed call's text
 *   begins with `Error: `, since there is no flag for it.
 * - Thinking is left out. What Anthropic signed or encrypted means nothing to others, and its own models get the caller's turns as they came.
 */
import type { ChatMessage } from '../../chat'
import { isObject, objectAt, stringAt } from '../../json'
import { ok, type Result } from '../../outcome'
import { encode } from '../translation/encode'
import { rejected } from '../translation/fault'
import type { Untold } from '../translation/untold'
import type { MessagesBody } from './caller'
import { partsOf } from './caller-media'
import type { UserPart } from './media'

type Turn = MessagesBody['messages'][number]
type Block = Exclude<Turn['content'], string>[number]
type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>
type Call = NonNullable<AssistantMessage['tool_calls']>[number]

/** Turns without content are left out. */
export function messagesOf(turns: readonly Turn[], untold: Untold): Result<ChatMessage[]> {
  const messages: ChatMessage[] = []
  for (const [index, { role, content }] of turns.entries()) {
    const path = `messages[${index}]`
    const blocks: readonly Block[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content
    const read = role === 'assistant' ? assistantTurn(blocks, path, untold) : speakerTurn(role, blocks, path, untold)
    if (!read.ok) return read
    messages.push(...read.value)
  }
  return ok(messages)
}

function speakerTurn(
  role: 'user' | 'system',
  blocks: readonly Block[],
  path: string,
  untold: Untold,
): Result<readonly ChatMessage[]> {
  const results: ChatMessage[] = []
  const parts: UserPart[] = []
  for (const [index, block] of blocks.entries()) {
    const at = `${path}.content[${index}]`
    if (block.type === 'tool_result') {
      const result = toolResult(block, at, untold)
      if (!result.ok) return result
      results.push(result.value.message)
      parts.push(...result.value.attached)
      continue
    }
    const read = partsOf(block, at, untold)
    if (!read.ok) return read
    parts.push(...read.value)
  }
  // A turn of which others cannot be told anything was still a turn
  if (parts.length === 0 && results.length === 0) return ok(blocks.length === 0 ? [] : [{ role, content: '' }])
  if (parts.length === 0) return ok(results)
  if (role === 'user') return ok([...results, { role, content: textOnly(parts) ?? parts }])
  const texts = parts.flatMap(part => (part.type === 'text' ? [part.text] : []))
  if (texts.length < parts.length || results.length > 0) return rejected(path, `${path}: a system turn holds text alone.`)
  return ok([{ role, content: texts.join('\n\n') }])
}

/** The text of a message that is one text and nothing else. */
function textOnly([first, ...others]: readonly UserPart[]): string | undefined {
  return first?.type === 'text' && others.length === 0 ? first.text : undefined
}

interface ToolResult {
  readonly message: ChatMessage
  /** What a tool message cannot hold. */
  readonly attached: readonly UserPart[]
}

function toolResult(block: Block, path: string, untold: Untold): Result<ToolResult> {
  const id = stringAt(block, 'tool_use_id')
  if (id === undefined) return rejected(`${path}.tool_use_id`, `${path}.tool_use_id: expected the id of a tool call.`)
  const parts: UserPart[] = []
  const inner = typeof block.content === 'string' ? [{ type: 'text', text: block.content }] : (block.content ?? [])
  if (!Array.isArray(inner)) return rejected(`${path}.content`, `${path}.content: expected text or a list of blocks.`)
  for (const [index, value] of inner.entries()) {
    const read = partsOf(value, `${path}.content[${index}]`, untold)
    if (!read.ok) return read
    parts.push(...read.value)
  }
  const text = parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
  const attached = parts.filter(part => part.type !== 'text')
  return ok({
    message: { role: 'tool', tool_call_id: id, content: block.is_error === true ? `Error: ${text}` : text },
    attached: attached.length === 0 ? [] : [{ type: 'text', text: `Attached to the result of ${id}:` }, ...attached],
  })
}

function assistantTurn(blocks: readonly Block[], path: string, untold: Untold): Result<readonly ChatMessage[]> {
  const texts: string[] = []
  const calls: Call[] = []
  let bound = false
  for (const [index, block] of blocks.entries()) {
    const at = `${path}.content[${index}]`
    switch (block.type) {
      case 'text': {
        const text = stringAt(block, 'text')
        if (text === undefined) return rejected(`${at}.text`, `${at}.text: expected text.`)
        texts.push(text)
        break
      }
      case 'tool_use': {
        const call = toolCall(block, at)
        if (!call.ok) return call
        calls.push(call.value)
        break
      }
      case 'thinking':
      case 'redacted_thinking':
        break
      default:
        untold.bind(`${at} (${block.type})`)
        bound = true
    }
  }
  // Citations cut a sentence into blocks, so there is nothing between them
  const text = texts.join('')
  if (calls.length > 0) return ok([{ role: 'assistant', content: text === '' ? null : text, tool_calls: calls }])
  return ok(text === '' && !bound ? [] : [{ role: 'assistant', content: text }])
}

function toolCall(block: Block, path: string): Result<Call> {
  const id = stringAt(block, 'id')
  if (id === undefined) return rejected(`${path}.id`, `${path}.id: expected an id.`)
  const name = stringAt(block, 'name')
  if (name === undefined) return rejected(`${path}.name`, `${path}.name: expected the name of a tool.`)
  if (block.input !== undefined && !isObject(block.input)) return rejected(`${path}.input`, `${path}.input: expected an object.`)
  const args = encode(objectAt(block, 'input') ?? {})
  return args.ok ? ok({ id, type: 'function', function: { name, arguments: args.value } }) : args
}
