/**
 * What a request says, whatever the dialect: the common ground on which two requests can be compared. Only what every dialect can say is in it, and
 * what a dialect is free to arrange (texts in one block or two, results in any order) is arranged in one way.
 */
import type { ChatRequest } from '../../src/chat'
import { isObject, parseJson } from '../../src/json'

export type Item =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'media'; readonly url: string }
  | { readonly is: 'call'; readonly id: string; readonly name: string; readonly args: unknown }
  | { readonly is: 'result'; readonly id: string; readonly value: unknown }

export interface Turn {
  readonly by: 'user' | 'assistant'
  readonly items: readonly Item[]
}

export interface Said {
  readonly system: string
  readonly turns: readonly Turn[]
  readonly tools: readonly { readonly name: string; readonly description: string | undefined; readonly schema: unknown }[]
  readonly choice: unknown
  readonly limit: number | undefined
  readonly stop: readonly string[]
  readonly temperature: number | undefined
}

/** Neighbours of one speaker joined, results first and by their ids, texts that touch each other put together. */
export function arranged(turns: readonly Turn[]): readonly Turn[] {
  const joined: { by: Turn['by']; items: Item[] }[] = []
  for (const { by, items } of turns) {
    const last = joined.at(-1)
    if (last?.by === by) last.items.push(...items)
    else joined.push({ by, items: [...items] })
  }
  return joined.map(({ by, items }) => {
    const results = items.flatMap(item => (item.is === 'result' ? [item] : [])).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    return { by, items: [...results, ...touching(items.filter(item => item.is !== 'result'))] }
  })
}

function touching(items: readonly Item[]): Item[] {
  const joined: Item[] = []
  for (const item of items) {
    const last = joined.at(-1)
    if (item.is === 'text' && last?.is === 'text') joined[joined.length - 1] = { is: 'text', text: last.text + item.text }
    else joined.push(item)
  }
  return joined
}

/** A result that is a JSON object may be sent as one. */
export function resultOf(text: string): unknown {
  const value = parseJson(text)
  return isObject(value) ? value : text
}

export function saidBy(chat: ChatRequest): Said {
  const system: string[] = []
  const turns: Turn[] = []
  for (const message of chat.messages) {
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push(typeof message.content === 'string' ? message.content : message.content.map(part => part.text).join('\n\n'))
        break
      case 'tool': {
        const { content } = message
        const text = typeof content === 'string' ? content : content.map(part => part.text).join('')
        turns.push({ by: 'user', items: [{ is: 'result', id: message.tool_call_id, value: resultOf(text) }] })
        break
      }
      case 'user':
        turns.push({ by: 'user', items: userItems(message.content) })
        break
      case 'assistant': {
        const texts = typeof message.content === 'string' ? [message.content] : []
        const calls = (message.tool_calls ?? []).flatMap((call): Item[] =>
          call.type === 'function'
            ? [{ is: 'call', id: call.id, name: call.function.name, args: parseJson(call.function.arguments) }]
            : [],
        )
        turns.push({ by: 'assistant', items: [...texts.map(text => ({ is: 'text' as const, text })), ...calls] })
        break
      }
    }
  }
  const { stop } = chat
  return {
    system: system.join('\n\n'),
    turns: arranged(turns),
    tools: (chat.tools ?? []).flatMap(tool =>
      tool.type === 'function'
        ? [{ name: tool.function.name, description: tool.function.description ?? undefined, schema: tool.function.parameters }]
        : [],
    ),
    choice: choiceOf(chat.tool_choice),
    limit: chat.max_completion_tokens ?? chat.max_tokens ?? undefined,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    temperature: chat.temperature ?? undefined,
  }
}

function choiceOf(choice: ChatRequest['tool_choice']): unknown {
  return typeof choice === 'object' && choice?.type === 'function' ? { name: choice.function.name } : (choice ?? undefined)
}

function userItems(content: Extract<ChatRequest['messages'][number], { role: 'user' }>['content']): readonly Item[] {
  if (typeof content === 'string') return [{ is: 'text', text: content }]
  return content.flatMap((part): Item[] => {
    if (part.type === 'text') return [{ is: 'text', text: part.text }]
    if (part.type === 'image_url') return [{ is: 'media', url: part.image_url.url }]
    return []
  })
}
