/**
 * The conversation in Claude's shape. The rules where the two APIs differ:
 * - System and developer messages become `system`, in order, wherever they stand; behind the assistant's last word they are the user's.
 * - Consecutive messages of one role become one turn; tool results are blocks of a user turn and lead it, as the API demands.
 * - Blank text is left out, since the API refuses it, and so is a turn that held nothing else. A conversation of system messages
 *   alone is asked as the user's; one that opens with the assistant gets a user turn before it.
 * - A tool call's id is cut down to the letters the API allows, on both sides alike.
 */
import { type ChatMessage, type ChatRequest, textOf } from '../../chat'
import { ok, type Result } from '../../outcome'
import { each, rejected, unsupported } from '../translation/fault'
import { toolArguments } from '../translation/tool-arguments'
import { closingFrom, Turns } from '../translation/turns'
import { breakpoint } from './cache'
import { mediaBlock, type UserPart } from './media'
import type { Block, TextBlockParam, Turn } from './wire'

export interface Conversation {
  readonly system: readonly TextBlockParam[]
  readonly turns: readonly Turn[]
}

const LEAD_IN = 'Continue the conversation.'

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>

export function conversation(chat: ChatRequest): Result<Conversation> {
  const system: TextBlockParam[] = []
  const turns = new Turns<Turn['role'], Block>()
  const called = new Set<string>()
  const closing = closingFrom(chat.messages)

  for (const [index, message] of chat.messages.entries()) {
    const path = `messages[${index}]`
    switch (message.role) {
      case 'system':
      case 'developer':
        if (index < closing) system.push(...texts(message.content))
        else turns.add('user', texts(message.content))
        break
      case 'user': {
        const blocks = typeof message.content === 'string' ? ok(texts(message.content)) : parts(message.content, path)
        if (!blocks.ok) return blocks
        turns.add('user', blocks.value)
        break
      }
      case 'assistant': {
        const calls = toolUses(message, path)
        if (!calls.ok) return calls
        for (const call of message.tool_calls ?? []) called.add(call.id)
        turns.add('assistant', [...texts(message.content), ...texts(message.refusal), ...calls.value])
        break
      }
      case 'tool': {
        const id = message.tool_call_id
        if (!called.has(id)) return rejected(`${path}.tool_call_id`, `${path} answers no tool call of the messages before it.`)
        const content = textOf(message.content)
        const mark = breakpoint(Array.isArray(message.content) ? message.content.at(-1) : undefined)
        turns.add('user', [{ type: 'tool_result', tool_use_id: wireId(id), ...(content.trim() !== '' && { content }), ...mark }])
        break
      }
    }
  }

  return complete(
    system,
    turns.list.map(({ kind, pieces }) => ({ role: kind, content: kind === 'user' ? resultsFirst(pieces) : pieces })),
  )
}

function complete(system: TextBlockParam[], turns: readonly Turn[]): Result<Conversation> {
  const first = turns[0]
  if (first === undefined) {
    if (system.length === 0) return unsupported('messages', 'messages hold no text at all, and Claude refuses that.')
    return ok({ system: [], turns: [{ role: 'user', content: system }] })
  }
  const opened: readonly Turn[] =
    first.role === 'user' ? turns : [{ role: 'user', content: [{ type: 'text', text: LEAD_IN }] }, ...turns]
  return ok({ system, turns: opened.with(-1, withoutTrailingSpace(opened.at(-1) ?? first)) })
}

/** A conversation may not end with the assistant's white space. */
function withoutTrailingSpace(turn: Turn): Turn {
  const last = turn.content.at(-1)
  if (turn.role !== 'assistant' || last?.type !== 'text') return turn
  return { ...turn, content: turn.content.with(-1, { ...last, text: last.text.trimEnd() }) }
}

function parts(content: readonly UserPart[], path: string): Result<Block[]> {
  const blocks = each(content, (part, index): Result<readonly Block[]> => {
    if (part.type === 'text') return ok(texts([part]))
    const block = mediaBlock(part, `${path}.content[${index}]`)
    return block.ok ? ok([{ ...block.value, ...breakpoint(part) }]) : block
  })
  return blocks.ok ? ok(blocks.value.flat()) : blocks
}

/** One block a part, blank ones left out. A refusal of an earlier turn is text that the assistant said. */
function texts(content: ChatMessage['content'] | undefined): TextBlockParam[] {
  if (content === null || content === undefined) return []
  if (typeof content === 'string') return textBlock(content, undefined)
  return content.flatMap(part => textBlock(part.type === 'refusal' ? part.refusal : textOf([part]), part))
}

const textBlock = (text: string, marked: unknown): TextBlockParam[] =>
  text.trim() === '' ? [] : [{ type: 'text', text, ...breakpoint(marked) }]

function toolUses(message: AssistantMessage, path: string): Result<Block[]> {
  return each(message.tool_calls ?? [], (call, index) => {
    const at = `${path}.tool_calls[${index}]`
    if (call.type === 'custom') return unsupported(at, 'A tool that takes free text is known to OpenAI alone.')
    const input = toolArguments(call.function.arguments, `${at}.function.arguments`)
    if (!input.ok) return input
    return ok({ type: 'tool_use', id: wireId(call.id), name: call.function.name, input: input.value })
  })
}

const resultsFirst = (content: readonly Block[]): Block[] => [
  ...content.filter(block => block.type === 'tool_result'),
  ...content.filter(block => block.type !== 'tool_result'),
]

const wireId = (id: string): string => id.replace(/[^a-zA-Z0-9_-]/g, '_')
