/** From a canonical request to `POST /v1/responses`, the inverse of how this folder reads a caller's. Nothing is ever stored. */
import type { ChatRequest, ToolChoice } from '../../../chat'
import { type JsonObject, objectAt } from '../../../json'
import type { Model } from '../../../model'
import type { Result } from '../../../outcome'
import type { UpstreamRequest } from '../../dialect'
import { atMost } from '../../translation/at-most'
import { unsupported } from '../../translation/fault'
import { leftover } from '../../translation/leftover'
import { mostTokens } from '../gpt'
import { upstreamRequest } from './native'
import { itemsOf } from './request-items'

/** Of the same name and meaning in both. */
const SAME = ['temperature', 'top_p', 'metadata', 'user', 'safety_identifier', 'prompt_cache_key', 'service_tier']

const UNDERSTOOD: ReadonlySet<string> = new Set([
  ...SAME,
  ...['max_tokens', 'max_completion_tokens', 'n', 'tools', 'tool_choice', 'parallel_tool_calls', 'response_format'],
  ...['reasoning_effort', 'verbosity', 'logprobs', 'top_logprobs', 'store'],
])

/** This dialect does know how closely to look at an image. */
const DETAIL = 'messages[].content[].image_url.detail'

export function request(chat: ChatRequest, model: Model, key: string | undefined): Result<UpstreamRequest> {
  if ((chat.n ?? 1) > 1) return unsupported('n', 'The Responses API gives one answer a request.')
  const others = leftover(chat, UNDERSTOOD)
  if (!others.ok) return others
  const limit = atMost(mostTokens(model.name), chat.max_completion_tokens ?? chat.max_tokens ?? undefined)
  const text = { ...formatOf(chat.response_format), ...present('verbosity', chat.verbosity) }
  const body: JsonObject = {
    model: model.name,
    input: itemsOf(chat.messages),
    store: false,
    ...(chat.stream === true && { stream: true }),
    ...present('max_output_tokens', limit),
    ...toolsOf(chat),
    ...(Object.keys(text).length > 0 && { text }),
    ...(chat.reasoning_effort && { reasoning: { effort: chat.reasoning_effort } }),
    ...logprobsOf(chat),
    ...Object.assign({}, ...SAME.map(field => present(field, chat[field]))),
  }
  const dropped = [...others.value.filter(name => name !== DETAIL), ...(chat.store === true ? ['store'] : [])]
  return upstreamRequest(body, model, key, dropped)
}

const present = (name: string, value: unknown): JsonObject => (value === null || value === undefined ? {} : { [name]: value })

function formatOf(format: ChatRequest['response_format']): JsonObject {
  if (!format) return {}
  return { format: format.type === 'json_schema' ? { ...format.json_schema, type: 'json_schema' } : format }
}

function logprobsOf(chat: ChatRequest): JsonObject {
  return chat.logprobs === true
    ? { include: ['message.output_text.logprobs'], ...present('top_logprobs', chat.top_logprobs) }
    : {}
}

function toolsOf({ tools, tool_choice: choice, parallel_tool_calls: parallel }: ChatRequest): JsonObject {
  if (!tools || tools.length === 0) return {}
  return {
    tools: tools.map(flat),
    ...present('tool_choice', choiceOf(choice)),
    ...present('parallel_tool_calls', parallel),
  }
}

type Tool = NonNullable<ChatRequest['tools']>[number]

function flat(tool: Tool): JsonObject {
  if (tool.type === 'function') {
    const { parameters, strict, ...rest } = tool.function
    // Left out, `strict` would be true here and false there
    return { type: tool.type, ...rest, parameters: parameters ?? {}, strict: strict ?? false }
  }
  const { format, ...rest } = tool.custom
  const grammar = objectAt(format, 'grammar')
  return { type: tool.type, ...rest, ...present('format', grammar === undefined ? format : { type: 'grammar', ...grammar }) }
}

function choiceOf(choice: ToolChoice | null | undefined): unknown {
  if (typeof choice !== 'object' || choice === null) return choice
  switch (choice.type) {
    case 'function':
      return { type: choice.type, name: choice.function.name }
    case 'custom':
      return { type: choice.type, name: choice.custom.name }
    case 'allowed_tools': {
      const { mode, tools } = choice.allowed_tools
      return { type: choice.type, mode, tools: tools.map(allowed) }
    }
  }
}

function allowed(tool: JsonObject): JsonObject {
  const named = objectAt(tool, 'function') ?? objectAt(tool, 'custom')
  return named === undefined ? tool : { type: tool.type, name: named.name }
}
