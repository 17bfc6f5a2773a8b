/**
 * What OpenAI accepts of a chat-completions request. The checks are those that a router trips over: fields that exist elsewhere but
 * not here, fields that only some models take, tool results without their calls.
 */
import { invalidOpenAi as invalid, refuseOpenAi } from '../error/openai'
import type { Refusal } from '../error/refusal'
import { given, isObject, type JsonObject, list, number, object, text } from '../json'
import { type Accepted, accepted, type Prompt, promptTokens, refused, type Tool } from '../prompt'
import { conversation } from './openai-messages'

/** Tokens, prompt only. */
const CONTEXT_WINDOW = 400_000

const KNOWN = new Set(
  `messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens metadata
   modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options
   prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options
   temperature tool_choice tools top_logprobs top_p user verbosity web_search_options`.split(/\s+/),
)

/** These reason before they answer, and want `max_completion_tokens`. */
const REASONS = /^(o\d|gpt-5)/
/** Of these, the ones that always reason and so take no sampling parameters. */
const ALWAYS_REASONS = /^(o\d|gpt-5(-mini|-nano)?(-\d{4}-\d{2}-\d{2})?$)/

export function acceptOpenAi(body: unknown): Accepted {
  if (!isObject(body)) return refused(refuseOpenAi('bad-request', { message: 'The body of the request is not a JSON object.' }))
  const model = text(body.model)
  if (model === undefined || model === '') return refused(invalid('you must provide a model parameter', 'model'))
  if (model.startsWith('unknown-')) return refused(refuseOpenAi('unknown-model', { model }))
  for (const check of CHECKS) {
    const refusal = check(body, model)
    if (refusal !== undefined) return refused(refusal)
  }
  const talk = conversation(list(body.messages) ?? [])
  if (talk.kind === 'refused') return refused(talk.refusal)

  const tools = toolsOf(body)
  const tokens = promptTokens(
    [...talk.texts, ...(tools.length > 0 ? [JSON.stringify(body.tools)] : [])],
    talk.messages,
    talk.images,
  )
  if (tokens > CONTEXT_WINDOW) {
    const message = `This model's maximum context length is ${CONTEXT_WINDOW} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`
    return refused(refuseOpenAi('too-long', { message }))
  }
  return accepted({
    model,
    stream: body.stream === true,
    question: talk.question,
    images: talk.images,
    tools,
    choice: choiceOf(body.tool_choice),
    results: talk.results,
    json: jsonOf(body.response_format),
    reasoning: given(body.reasoning_effort) && body.reasoning_effort !== 'none' ? 'hidden' : 'none',
    maxTokens: number(body.max_completion_tokens) ?? number(body.max_tokens),
    choices: number(body.n) ?? 1,
    includeUsage: object(body.stream_options)?.include_usage === true,
    promptTokens: tokens,
  })
}

type Check = (body: JsonObject, model: string) => Refusal | undefined

const CHECKS: readonly Check[] = [
  body => {
    const unknown = Object.keys(body).find(key => !KNOWN.has(key))
    return unknown === undefined ? undefined : invalid(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  },
  body =>
    given(body.stream_options) && body.stream !== true
      ? invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
      : undefined,
  body =>
    given(body.metadata) && body.store !== true
      ? invalid("The 'metadata' parameter is only allowed when 'store' is enabled.", 'metadata')
      : undefined,
  (body, model) => {
    if (!given(body.max_tokens) || !REASONS.test(model)) return undefined
    const message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    return invalid(message, 'max_tokens', 'unsupported_parameter')
  },
  (body, model) => {
    if (!given(body.temperature) || body.temperature === 1 || !ALWAYS_REASONS.test(model)) return undefined
    const message = `Unsupported value: 'temperature' does not support ${body.temperature} with this model. Only the default (1) value is supported.`
    return invalid(message, 'temperature', 'unsupported_value')
  },
  inRange('temperature', 0, 2),
  inRange('top_p', 0, 1),
  inRange('n', 1, 128),
  inRange('max_tokens', 1, Number.POSITIVE_INFINITY),
  inRange('max_completion_tokens', 1, Number.POSITIVE_INFINITY),
  body => {
    if (given(body.tools)) return undefined
    const orphan = ['tool_choice', 'parallel_tool_calls'].find(key => given(body[key]))
    return orphan === undefined ? undefined : invalid(`'${orphan}' is only allowed when 'tools' are specified.`, orphan)
  },
  body => {
    if (!given(body.tools)) return undefined
    const tools = list(body.tools) ?? []
    if (tools.length === 0) return invalid("Invalid 'tools': empty array.", 'tools', 'empty_array')
    const bad = tools.findIndex(tool => !/^[\w-]{1,64}$/.test(text(object(object(tool)?.function)?.name) ?? ''))
    if (bad !== -1) return invalid(`Invalid 'tools[${bad}].function.name'.`, `tools[${bad}].function.name`, 'invalid_value')
    const wanted = text(object(object(body.tool_choice)?.function)?.name)
    return wanted === undefined || toolsOf(body).some(tool => tool.name === wanted)
      ? undefined
      : invalid(`Tool choice '${wanted}' not found in 'tools' parameter.`, 'tool_choice')
  },
  body => {
    const format = object(body.response_format)
    if (format?.type === 'json_object' && !/json/i.test(JSON.stringify(body.messages))) {
      return invalid("'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.", 'messages')
    }
    if (format?.type !== 'json_schema') return undefined
    const described = object(format.json_schema)
    if (text(described?.name) === undefined) {
      return invalid("Missing required parameter: 'response_format.json_schema.name'.", 'response_format.json_schema.name')
    }
    const schema = object(described?.schema)
    if (described?.strict === true && schema?.type === 'object' && schema.additionalProperties !== false) {
      const message = `Invalid schema for response_format '${described.name}': 'additionalProperties' is required to be supplied and to be false.`
      return invalid(message, 'response_format', 'invalid_schema')
    }
    return undefined
  },
]

function inRange(field: string, low: number, high: number): Check {
  return body => {
    const value = body[field]
    if (!given(value)) return undefined
    if (typeof value === 'number' && value >= low && value <= high) return undefined
    return invalid(
      `Invalid '${field}': expected a number from ${low} to ${high}, but got ${JSON.stringify(value)}.`,
      field,
      'invalid_value',
    )
  }
}

const toolsOf = (body: JsonObject): readonly Tool[] =>
  (list(body.tools) ?? []).map(tool => {
    const described = object(object(tool)?.function) ?? {}
    return { name: text(described.name) ?? '', description: text(described.description) ?? '', schema: described.parameters }
  })

function choiceOf(choice: unknown): Prompt['choice'] {
  if (choice === 'none' || choice === 'required') return choice
  const name = text(object(object(choice)?.function)?.name)
  return name === undefined ? 'auto' : { name }
}

function jsonOf(value: unknown): Prompt['json'] {
  const format = object(value)
  if (format?.type === 'json_schema') return { schema: object(format.json_schema)?.schema }
  return format?.type === 'json_object' ? { schema: undefined } : undefined
}
