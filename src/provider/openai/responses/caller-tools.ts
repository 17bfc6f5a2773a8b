/** A caller's tools and the choice among them. Functions and free-text tools are canonical, hosted ones are refused, all others are OpenAI's alone. */
import type { ChatRequest, ToolChoice } from '../../../chat'
import { isObject, listAt, objectAt, stringAt } from '../../../json'
import { ok, type Result } from '../../../outcome'
import { rejected } from '../../translation/fault'
import type { Untold } from '../../translation/untold'
import type { ResponsesBody } from './caller'
import { isHosted, refusedTool } from './stateless'

export type Tools = Pick<ChatRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>
type Tool = NonNullable<ResponsesBody['tools']>[number]
type ChatTools = NonNullable<ChatRequest['tools']>

/** Nothing at all without tools: chat completions refuse a choice among none. */
export function toolsFrom(body: ResponsesBody, untold: Untold): Result<Tools> {
  const tools: ChatTools = []
  for (const [index, tool] of (body.tools ?? []).entries()) {
    const read = toolOf(tool, `tools[${index}]`, untold)
    if (!read.ok) return read
    tools.push(...read.value)
  }
  const choice = choiceOf(body.tool_choice, untold)
  if (!choice.ok) return choice
  if (tools.length === 0) return demands(body.tool_choice) && untold.binding === undefined ? NONE_TO_CHOOSE : ok({})
  return ok({
    tools,
    ...(choice.value !== undefined && { tool_choice: choice.value }),
    ...(body.parallel_tool_calls === false && { parallel_tool_calls: false }),
  })
}

const NONE_TO_CHOOSE = rejected('tool_choice', 'tool_choice demands a tool, and tools offers none.')

const demands = (choice: ResponsesBody['tool_choice']): boolean =>
  choice === 'required' || (typeof choice === 'object' && choice !== null && stringAt(choice, 'mode') !== 'auto')

function toolOf(tool: Tool, path: string, untold: Untold): Result<ChatTools> {
  if (isHosted(tool)) return refusedTool(path, tool)
  if (tool.type !== 'function' && tool.type !== 'custom') {
    untold.bind(`${path} (${tool.type})`)
    return ok([])
  }
  const name = stringAt(tool, 'name')
  if (name === undefined || name === '') return rejected(`${path}.name`, `${path}.name: expected a name.`)
  for (const field of ['defer_loading', 'async', 'allowed_callers', 'output_schema']) {
    if (field in tool && tool[field] !== null && tool[field] !== false) untold.lose(`tools[].${field}`)
  }
  const description = stringAt(tool, 'description')
  const described = { name, ...(description !== undefined && description !== '' && { description }) }
  if (tool.type === 'custom') {
    const format = formatOf(objectAt(tool, 'format'))
    return ok([{ type: 'custom', custom: { ...described, ...(format !== undefined && { format }) } }])
  }
  const parameters = objectAt(tool, 'parameters')
  return ok([
    {
      type: 'function',
      function: {
        ...described,
        ...(parameters !== undefined && { parameters: { ...parameters } }),
        ...(tool.strict === true && { strict: true }),
      },
    },
  ])
}

/** Chat completions put a grammar one level deeper. */
function formatOf(format: Readonly<Record<string, unknown>> | undefined) {
  if (format?.type !== 'grammar') return format
  const { type, ...grammar } = format
  return { type, grammar }
}

function choiceOf(choice: ResponsesBody['tool_choice'], untold: Untold): Result<ToolChoice | undefined> {
  if (choice === null || choice === undefined || typeof choice === 'string') return ok(choice ?? undefined)
  if (isHosted(choice)) return refusedTool('tool_choice', choice)
  switch (choice.type) {
    case 'function':
    case 'custom': {
      const name = stringAt(choice, 'name')
      if (name === undefined) return rejected('tool_choice.name', 'tool_choice.name: expected the name of a tool.')
      return ok(named(choice.type, name))
    }
    case 'allowed_tools': {
      const tools = listAt(choice, 'tools').filter(isObject)
      const mode = stringAt(choice, 'mode') ?? 'auto'
      if (mode !== 'auto' && mode !== 'required')
        return rejected('tool_choice.mode', 'tool_choice.mode: expected "auto" or "required".')
      const allowed = tools.map(tool => {
        const [type, name] = ['type', 'name'].map(field => stringAt(tool, field))
        return (type === 'function' || type === 'custom') && name !== undefined ? { ...named(type, name) } : tool
      })
      return ok({ type: 'allowed_tools', allowed_tools: { mode, tools: allowed } })
    }
    default:
      untold.bind(`tool_choice (${choice.type})`)
      return ok(undefined)
  }
}

const named = (type: 'function' | 'custom', name: string) =>
  type === 'function' ? { type, function: { name } } : { type, custom: { name } }
