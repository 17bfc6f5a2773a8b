/**
 * A caller's tools and the choice among them. A tool with a type of its own is run by Anthropic, or its schema is known to Claude alone:
 * it binds the request.
 */
import type { ChatRequest, ChatTool } from '../../chat'
import { objectAt } from '../../json'
import { ok, type Result } from '../../outcome'
import { rejected } from '../translation/fault'
import type { Untold } from '../translation/untold'
import type { MessagesBody } from './caller'
import { isStrict } from './strict'

export type Tools = Pick<ChatRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>

/** Nothing at all without tools: OpenAI refuses a choice among none. */
export function toolsFrom(body: MessagesBody, untold: Untold): Result<Tools> {
  const tools: ChatTool[] = []
  for (const [index, tool] of (body.tools ?? []).entries()) {
    const path = `tools[${index}]`
    if (tool.type && tool.type !== 'custom') {
      untold.bind(`${path} (${tool.type})`)
      continue
    }
    if (!tool.name) return rejected(`${path}.name`, `${path}.name: expected a name.`)
    const schema = objectAt(tool, 'input_schema')
    if (schema === undefined) return rejected(`${path}.input_schema`, `${path}.input_schema: expected an object.`)
    if (tool.input_examples) untold.lose('tools[].input_examples')
    const strict = tool.strict === true && isStrict(schema)
    if (tool.strict === true && !strict) untold.lose('tools[].strict')
    tools.push({
      type: 'function',
      function: {
        name: tool.name,
        ...(tool.description && { description: tool.description }),
        // OpenAI refuses an object whose properties are not even said to be none
        parameters: schema.type === 'object' && schema.properties === undefined ? { ...schema, properties: {} } : { ...schema },
        ...(strict && { strict: true }),
      },
    })
  }
  const choice = choiceOf(body.tool_choice)
  if (!choice.ok) return choice
  if (tools.length === 0) return ok({})
  return ok({
    tools,
    ...(choice.value !== undefined && { tool_choice: choice.value }),
    ...(body.tool_choice?.disable_parallel_tool_use === true && { parallel_tool_calls: false }),
  })
}

type Choice = NonNullable<ChatRequest['tool_choice']>

function choiceOf(choice: MessagesBody['tool_choice']): Result<Choice | undefined> {
  if (!choice) return ok(undefined)
  switch (choice.type) {
    case 'any':
      return ok('required')
    case 'tool':
      if (!choice.name) return rejected('tool_choice.name', 'tool_choice.name: expected the name of a tool.')
      return ok({ type: 'function', function: { name: choice.name } })
    default:
      return ok(choice.type)
  }
}
