/** The turns of an Anthropic request: who may speak, which blocks may stand where, and that every tool call meets its result. */
import { invalidAnthropic } from '../error/anthropic'
import { isObject, type JsonObject, list, object, text } from '../json'
import type { Conversation } from '../prompt'

interface Turn {
  readonly role: string
  readonly blocks: readonly JsonObject[]
  /** Where it stands in the request, for messages about it. */
  readonly index: number
}

const refuse = (message: string): Conversation => ({ kind: 'refused', refusal: invalidAnthropic(message) })

export function conversation(messages: readonly unknown[], takesSystemTurns: boolean): Conversation {
  if (messages.length === 0) return refuse('messages: at least one message is required')
  const turns: Turn[] = []
  for (const [index, message] of messages.entries()) {
    const role = text(object(message)?.role) ?? ''
    const system = role === 'system' && takesSystemTurns && turns.at(-1)?.role === 'user'
    if (!isObject(message) || !(system || role === 'user' || role === 'assistant')) {
      return refuse(`messages.${index}.role: Input should be 'user' or 'assistant'`)
    }
    const blocks = blocksOf(message.content)
    if (blocks === undefined) return refuse(`messages.${index}.content: Input should be a valid list of content blocks`)
    if (blocks.length === 0 && !(role === 'assistant' && index === messages.length - 1)) {
      return refuse(`messages.${index}: all messages must have non-empty content except for the optional final assistant message`)
    }
    const problem = blockProblem(blocks, role, index)
    if (problem !== undefined) return refuse(problem)
    // consecutive turns of one speaker count as one
    const last = turns.at(-1)
    if (last?.role === role) turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocks] }
    else turns.push({ role, blocks, index })
  }
  const problem = toolProblem(turns.filter(turn => turn.role !== 'system'))
  if (problem !== undefined) return refuse(problem)
  return understood(turns)
}

function understood(turns: readonly Turn[]): Conversation {
  const asked = turns.findLast(turn => turn.role === 'user' && turn.blocks.some(block => block.type === 'text'))
  const last = turns.at(-1)
  const all = turns.flatMap(turn => turn.blocks)
  const texts = all.map(block => textOf(block))
  const inner = all.flatMap(block => (block.type === 'tool_result' ? (list(block.content) ?? []) : [])).map(object)
  return {
    kind: 'conversation',
    texts,
    question: (asked?.blocks ?? [])
      .filter(block => block.type === 'text')
      .map(textOf)
      .join(''),
    results: (last?.blocks ?? []).filter(block => block.type === 'tool_result').map(textOf),
    images: [...all, ...inner].filter(block => block?.type === 'image').length,
    messages: turns.length,
  }
}

/** Text as the model reads it, of blocks that have any. */
function textOf(block: JsonObject): string {
  switch (block.type) {
    case 'text':
      return text(block.text) ?? ''
    case 'tool_use':
      return JSON.stringify(block.input ?? {})
    case 'tool_result':
      return text(block.content) ?? (list(block.content) ?? []).map(part => text(object(part)?.text) ?? '').join('')
    default:
      return ''
  }
}

function blocksOf(content: unknown): readonly JsonObject[] | undefined {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  const blocks = list(content)
  return blocks?.every(isObject) ? blocks : undefined
}

const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'image', 'document', 'tool_result', 'search_result'],
  assistant: ['text', 'tool_use', 'thinking', 'redacted_thinking', 'server_tool_use'],
  system: ['text'],
}

function blockProblem(blocks: readonly JsonObject[], role: string, index: number): string | undefined {
  for (const [at, block] of blocks.entries()) {
    const type = text(block.type) ?? ''
    if (!BLOCKS[role]?.includes(type))
      return `messages.${index}.content.${at}.type: '${type}' is not allowed in a ${role} message`
    if (type === 'text' && textOf(block) === '') return 'messages: text content blocks must be non-empty'
    if (type === 'text' && textOf(block).trim() === '') return 'messages: text content blocks must contain non-whitespace text'
    if (type === 'image' && !isObject(block.source)) return `messages.${index}.content.${at}.image.source: Field required`
    if (type === 'tool_use' && !isObject(block.input)) {
      return `messages.${index}.content.${at}.tool_use.input: Input should be a valid dictionary`
    }
  }
  return undefined
}

/** Results come in the very next turn, all of them, and before anything else that the user says there. */
function toolProblem(turns: readonly Turn[]): string | undefined {
  for (const [position, turn] of turns.entries()) {
    const next = turns[position + 1]
    const previous = turns[position - 1]
    const answered = ids(next, 'tool_result', 'tool_use_id')
    const missing = ids(turn, 'tool_use', 'id').filter(id => !answered.includes(id))
    if (missing.length > 0) {
      return `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}.`
    }
    const called = ids(previous, 'tool_use', 'id')
    const results = ids(turn, 'tool_result', 'tool_use_id')
    const stray = results.find((id, index) => !called.includes(id) || results.indexOf(id) !== index)
    if (stray !== undefined) {
      return `messages.${turn.index}.content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}.`
    }
    const firstOther = turn.blocks.findIndex(block => block.type !== 'tool_result')
    if (firstOther !== -1 && turn.blocks.slice(firstOther).some(block => block.type === 'tool_result')) {
      return `messages.${turn.index}: \`tool_result\` blocks must come before other content.`
    }
  }
  return undefined
}

const ids = (turn: Turn | undefined, type: string, field: string): readonly string[] =>
  (turn?.blocks ?? []).filter(block => block.type === type).map(block => text(block[field]) ?? '')
