/**
 * What OpenAI accepts of a request for a response. The checks are those that a router trips over: fields of chat completions, tools in their shape,
 * results without their calls, and everything that refers to what was stored, for nothing ever is.
 */
import { invalidOpenAi as invalid, refuseOpenAi } from '../error/openai'
import type { Refusal } from '../error/refusal'
import { given, isObject, type JsonObject, list, number, object, text } from '../json'
import { type Accepted, accepted, type Prompt, promptTokens, refused, type Tool } from '../prompt'
import { conversation } from './openai-items'

/** Tokens, prompt only. */
const CONTEXT_WINDOW = 400_000

const KNOWN = new Set(
  `access_programs background context_management conversation image include input instructions max_output_tokens max_tool_calls metadata
   model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning
   safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user`.split(
    /\s+/,
  ),
)

/** These always reason and so take no sampling parameters. */
const ALWAYS_REASONS = /^(o\d|gpt-5(-mini|-nano)?(-\d{4}-\d{2}-\d{2})?$)/

export function acceptResponses(body: unknown): Accepted {
  if (!isObject(body)) return refused(refuseOpenAi('bad-request', { message: 'The body of the request is not a JSON object.' }))
  const model = text(body.model)
  if (model === undefined || model === '') return refused(invalid("Missing required parameter: 'model'.", 'model'))
  if (model.startsWith('unknown-')) return refused(refuseOpenAi('unknown-model', { model }))
  for (const check of CHECKS) {
    const refusal = check(body, model)
    if (refusal !== undefined) return refused(refusal)
  }
  const talk = conversation(body.input, body.store === false)
  if (talk.kind === 'refused') return refused(talk.refusal)

  const tools = toolsOf(body)
  const texts = [text(body.instructions) ?? '', ...talk.texts, ...(tools.length > 0 ? [JSON.stringify(body.tools)] : [])]
  const tokens = promptTokens(texts, talk.messages, talk.images)
  if (tokens > CONTEXT_WINDOW) {
    const message = 'Your input exceeds the context window of this model. Please adjust your input and try again.'
    return refused(refuseOpenAi('too-long', { message, param: 'input' }))
  }
  const reasoning = object(body.reasoning)
  const reasons = given(reasoning?.effort) && reasoning?.effort !== 'none'
  return accepted({
    model,
    stream: body.stream === true,
    question: talk.question,
    images: talk.images,
    tools,
    choice: choiceOf(body.tool_choice),
    results: talk.results,
    json: jsonOf(object(body.text)?.format),
    reasoning: given(reasoning?.summary) ? 'shown' : reasons ? 'hidden' : 'none',
    maxTokens: number(body.max_output_tokens),
    choices: 1,
    includeUsage: true,
    promptTokens: tokens,
  })
}

type Check = (body: JsonObject, model: string) => Refusal | undefined

const CHECKS: readonly Check[] = [
  body => {
    const unknown = Object.keys(body).find(key => !KNOWN.has(key))
    return unknown === undefined ? undefined : invalid(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  },
  ({ previous_response_id: id }) =>
    given(id)
      ? invalid(`Previous response with id '${id}' not found.`, 'previous_response_id', 'previous_response_not_found')
      : undefined,
  body =>
    given(body.stream_options) && body.stream !== true
      ? invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
      : undefined,
  ({ stream_options: options }) => {
    const unknown = Object.keys(object(options) ?? {}).find(key => key !== 'include_obfuscation')
    return unknown === undefined ? undefined : unknownParameter(`stream_options.${unknown}`)
  },
  (body, model) => {
    if (!given(body.temperature) || body.temperature === 1 || !ALWAYS_REASONS.test(model)) return undefined
    const message = "Unsupported parameter: 'temperature' is not supported with this model."
    return invalid(message, 'temperature', 'unsupported_parameter')
  },
  inRange('temperature', 0, 2),
  inRange('top_p', 0, 1),
  inRange('top_logprobs', 0, 20),
  inRange('max_output_tokens', 16, Number.POSITIVE_INFINITY),
  ({ metadata }) =>
    Object.values(object(metadata) ?? {}).every(value => typeof value === 'string')
      ? undefined
      : invalid("Invalid type for 'metadata': expected strings.", 'metadata', 'invalid_type'),
  body => {
    const tools = list(body.tools) ?? []
    for (const [index, value] of tools.entries()) {
      const tool = object(value)
      const at = `tools[${index}]`
      if (tool?.type !== 'function' && tool?.type !== 'custom') continue
      if (given(tool.function)) return unknownParameter(`${at}.function`)
      if (!/^[\w-]{1,64}$/.test(text(tool.name) ?? '')) return invalid(`Missing required parameter: '${at}.name'.`, `${at}.name`)
      const schema = object(tool.parameters)
      if (
        tool.type === 'function' &&
        tool.strict === true &&
        schema?.type === 'object' &&
        schema.additionalProperties !== false
      ) {
        const message = `Invalid schema for function '${tool.name}': 'additionalProperties' is required to be supplied and to be false.`
        return invalid(message, `${at}.parameters`, 'invalid_function_parameters')
      }
    }
    return undefined
  },
  body => {
    const choice = object(body.tool_choice)
    if (given(choice?.function)) return unknownParameter('tool_choice.function')
    const wanted = choice?.type === 'function' ? text(choice.name) : undefined
    const offered = toolsOf(body).map(tool => tool.name)
    if (choice?.type === 'function' && (wanted === undefined || !offered.includes(wanted)))
      return invalid(`Tool choice '${wanted}' not found in 'tools' parameter.`, 'tool_choice')
    return body.tool_choice === 'required' && offered.length === 0
      ? invalid("Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice')
      : undefined
  },
  body => {
    const format = object(object(body.text)?.format)
    if (format?.type === 'json_object' && !/json/i.test(JSON.stringify([body.input, body.instructions]))) {
      const message =
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'."
      return invalid(message, 'input')
    }
    if (format?.type !== 'json_schema') return undefined
    if (given(format.json_schema)) return unknownParameter('text.format.json_schema')
    if (text(format.name) === undefined) return invalid("Missing required parameter: 'text.format.name'.", 'text.format.name')
    const schema = object(format.schema)
    if (schema === undefined) return invalid("Missing required parameter: 'text.format.schema'.", 'text.format.schema')
    if (format.strict === true && schema.type === 'object' && schema.additionalProperties !== false) {
      const message = `Invalid schema for response_format '${format.name}': 'additionalProperties' is required to be supplied and to be false.`
      return invalid(message, 'text.format.schema', 'invalid_json_schema')
    }
    return undefined
  },
]

const unknownParameter = (name: string): Refusal => invalid(`Unknown parameter: '${name}'.`, name, 'unknown_parameter')

function inRange(field: string, low: number, high: number): Check {
  return body => {
    const value = body[field]
    if (!given(value) || (typeof value === 'number' && value >= low && value <= high)) return undefined
    return invalid(`Invalid '${field}': expected a number from ${low} to ${high}.`, field, 'invalid_value')
  }
}

const toolsOf = (body: JsonObject): readonly Tool[] =>
  (list(body.tools) ?? []).flatMap(value => {
    const tool = object(value) ?? {}
    if (tool.type !== 'function') return []
    return [{ name: text(tool.name) ?? '', description: text(tool.description) ?? '', schema: tool.parameters }]
  })

function choiceOf(value: unknown): Prompt['choice'] {
  if (value === 'none' || value === 'required') return value
  const choice = object(value)
  return choice?.type === 'function' ? { name: text(choice.name) ?? '' } : 'auto'
}

function jsonOf(value: unknown): Prompt['json'] {
  const format = object(value)
  if (format?.type === 'json_schema') return { schema: format.schema }
  return format?.type === 'json_object' ? { schema: undefined } : undefined
}
