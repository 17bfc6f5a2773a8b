/** The tools that a dialect with functions alone can offer, and what `tool_choice` asks for among them. */
import type { ChatRequest, ChatTool } from '../../chat'
import { objectAt, stringAt } from '../../json'
import { ok, type Result } from '../../outcome'
import { each, rejected, unsupported } from './fault'

export interface Offered {
  /** Those among which the caller allows a choice. */
  readonly tools: readonly ChatTool[]
  /** A function by its name; undefined where the caller says nothing. */
  readonly choice: 'none' | 'auto' | 'required' | { readonly name: string } | undefined
}

export function offeredBy(chat: ChatRequest): Result<Offered> {
  const functions = each(chat.tools ?? [], (tool, index): Result<ChatTool> => {
    if (tool.type === 'function') return ok(tool)
    return unsupported(`tools[${index}]`, 'A tool that takes free text is known to OpenAI alone.')
  })
  if (!functions.ok) return functions
  const tools = functions.value
  const wanted = chat.tool_choice ?? undefined
  if (tools.length === 0 && wanted !== undefined && wanted !== 'none' && wanted !== 'auto')
    return rejected('tool_choice', 'tool_choice demands a tool, and tools offers none.')
  if (typeof wanted !== 'object') return ok({ tools, choice: wanted })
  switch (wanted.type) {
    case 'function':
      return ok({ tools, choice: { name: wanted.function.name } })
    case 'custom':
      return unsupported('tool_choice', 'A tool that takes free text is known to OpenAI alone.')
    case 'allowed_tools': {
      // Elsewhere a tool that may not be called is one that is not there
      const names = wanted.allowed_tools.tools.map(tool => stringAt(objectAt(tool, 'function'), 'name'))
      const allowed = tools.filter(tool => names.includes(tool.function.name))
      if (allowed.length > 0) return ok({ tools: allowed, choice: wanted.allowed_tools.mode })
      return rejected('tool_choice.allowed_tools', 'tool_choice allows none of the tools.')
    }
  }
}
