/**
 * Tools and the choice among them. `strict` is left out: Claude limits how many strict tools, optional and nullable parameters a
 * request may hold, and refuses one that exceeds them, while its arguments follow the schema anyway.
 */
import type { ChatRequest, ChatTool } from '../../chat'
import { ok, type Result } from '../../outcome'
import { unsupported } from '../translation/fault'
import { type Offered, offeredBy } from '../translation/offered'
import { breakpoint } from './cache'
import type { Traits } from './claude'
import type { Tool, ToolChoice } from './wire'

export interface Tools {
  readonly tools?: readonly Tool[]
  readonly choice?: ToolChoice
  readonly forced: boolean
  readonly dropped: readonly string[]
}

export function toolsOf(chat: ChatRequest, traits: Traits): Result<Tools> {
  const offered = offeredBy(chat)
  if (!offered.ok) return offered
  const { tools, choice: wanted } = offered.value
  if (tools.length === 0) return ok(toolsOfThePast(chat))
  const forced = wanted === 'required' || typeof wanted === 'object'
  if (forced && !traits.forcedTools) return unsupported('tool_choice', 'This Claude decides itself whether to call a tool.')
  const choice = choiceOf(wanted, chat.parallel_tool_calls === false)
  return ok({
    tools: tools.map(tool),
    ...(choice !== undefined && { choice }),
    forced,
    dropped: tools.some(({ function: { strict } }) => strict === true) ? ['tools[].function.strict'] : [],
  })
}

function tool(offered: ChatTool): Tool {
  const { name, description, parameters } = offered.function
  return {
    name,
    ...(typeof description === 'string' && description !== '' && { description }),
    // OpenAI reads a function without parameters, or without their type, as one that takes an object
    input_schema: { ...parameters, type: 'object' },
    ...(breakpoint(offered) ?? breakpoint(offered.function)),
  }
}

/** A conversation in which tools were called must declare them, though none may be called any more. */
function toolsOfThePast({ messages }: ChatRequest): Tools {
  const calls = messages.flatMap(message => (message.role === 'assistant' ? (message.tool_calls ?? []) : []))
  const names = new Set(calls.flatMap(call => (call.type === 'function' ? call.function.name : [])))
  if (names.size === 0) return { forced: false, dropped: [] }
  const tools = [...names].map((name): Tool => ({ name, input_schema: { type: 'object' } }))
  return { tools, choice: { type: 'none' }, forced: false, dropped: [] }
}

function choiceOf(wanted: Offered['choice'], oneAtATime: boolean): ToolChoice | undefined {
  const single = oneAtATime ? { disable_parallel_tool_use: true } : {}
  if (typeof wanted === 'object') return { type: 'tool', name: wanted.name, ...single }
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
