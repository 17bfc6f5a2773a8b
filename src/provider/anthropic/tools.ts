/**
 * Tools and the choice among them. `strict` is left out: Claude limits how many strict tools, optional and nullable parameters a
 * request may hold, and refuses one that exceeds them, while its arguments follow the schema anyway.
 */
import type { ChatRequest, ChatTool } from '../../chat'
import { ok, type Result } from '../../outcome'
import { rejected, unsupported } from '../translation/fault'
import type { Traits } from './claude'
import type { Tool, ToolChoice } from './wire'

export interface Tools {
  readonly tools?: readonly Tool[]
  readonly choice?: ToolChoice
  readonly forced: boolean
  readonly dropped: readonly string[]
}

export function toolsOf(chat: ChatRequest, traits: Traits): Result<Tools> {
  const offered = chat.tools ?? []
  const wanted = chat.tool_choice ?? undefined
  const forced = wanted === 'required' || typeof wanted === 'object'
  if (offered.length === 0) {
    return forced
      ? rejected('tool_choice', 'tool_choice demands a tool, and tools offers none.')
      : ok({ forced: false, dropped: [] })
  }
  if (forced && !traits.forcedTools) return unsupported('tool_choice', 'This Claude decides itself whether to call a tool.')
  const choice = choiceOf(wanted, chat.parallel_tool_calls === false)
  return ok({
    tools: offered.map(tool),
    ...(choice !== undefined && { choice }),
    forced,
    dropped: offered.some(({ function: { strict } }) => strict === true) ? ['tools[].function.strict'] : [],
  })
}

function tool({ function: { name, description, parameters } }: ChatTool): Tool {
  return {
    name,
    ...(typeof description === 'string' && description !== '' && { description }),
    // OpenAI reads a function without parameters, or without their type, as one that takes an object
    input_schema: { ...parameters, type: 'object' },
  }
}

function choiceOf(wanted: NonNullable<ChatRequest['tool_choice']> | undefined, oneAtATime: boolean): ToolChoice | undefined {
  const single = oneAtATime ? { disable_parallel_tool_use: true } : {}
  if (typeof wanted === 'object') return { type: 'tool', name: wanted.function.name, ...single }
  switch (wanted) {
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any', ...single }
    case 'auto':
      return { type: 'auto', ...single }
    case undefined:
      return oneAtATime ? { type: 'auto', ...single } : undefined
  }
}
