/**
 * What Anthropic accepts of a Messages request. The checks are those that a router trips over: fields that other providers know,
 * sampling parameters that newer models refuse, empty text, tool results that do not meet their calls.
 */
import { invalidAnthropic as invalid, refuseAnthropic } from '../error/anthropic'
import type { Refusal } from '../error/refusal'
import { given, isObject, type JsonObject, list, number, object, text } from '../json'
import { type Accepted, accepted, type Prompt, promptTokens, refused, type Tool } from '../prompt'
import { conversation } from './anthropic-messages'

/** Tokens, prompt only. */
const CONTEXT_WINDOW = 200_000

const KNOWN = new Set(
  `model messages max_tokens cache_control container context_management diagnostics inference_geo mcp_servers metadata output_config
   output_format service_tier speed stop_sequences stream system temperature thinking tool_choice tools top_k top_p user_profile_id
   workspace_id`.split(/\s+/),
)

/** Family and version, from `claude-opus-4-8` or `claude-haiku-4-5-20251001`. */
function generation(model: string): { readonly family: string; readonly version: number } | undefined {
  const [, family, major, minor] = /^claude-([a-z]+)-(\d+)(?:-(\d{1,2}))?(?!\d)/.exec(model) ?? []
  return family === undefined || major === undefined ? undefined : { family, version: Number(major) + Number(minor ?? 0) / 100 }
}

const isAtLeast = (model: string, versions: Readonly<Record<string, number>>): boolean => {
  const found = generation(model)
  return found !== undefined && found.version >= (versions[found.family] ?? Number.POSITIVE_INFINITY)
}

const refusesSampling = (model: string): boolean => isAtLeast(model, { opus: 4.07, sonnet: 5, haiku: 5.05 })
/** A `system` turn behind a `user` turn, instead of the top-level field alone. */
const takesSystemTurns = (model: string): boolean => isAtLeast(model, { opus: 4.08, sonnet: 5, haiku: 5.05 })

/** `counting`: the request only asks for its size, and needs no `max_tokens`. */
export function acceptAnthropic(body: unknown, counting = false): Accepted {
  if (!isObject(body)) return refused(invalid('The request body is not valid JSON'))
  const model = text(body.model)
  if (model === undefined || model === '') return refused(invalid('model: Field required'))
  if (model.startsWith('unknown-')) return refused(refuseAnthropic('unknown-model', { model }))
  for (const check of counting ? CHECKS : [needsMaxTokens, ...CHECKS]) {
    const refusal = check(body, model)
    if (refusal !== undefined) return refused(refusal)
  }
  const talk = conversation(list(body.messages) ?? [], takesSystemTurns(model))
  if (talk.kind === 'refused') return refused(talk.refusal)

  const tools = toolsOf(body)
  const texts = [systemText(body.system), ...talk.texts, ...(tools.length > 0 ? [JSON.stringify(body.tools)] : [])]
  const tokens = promptTokens(texts, talk.messages, talk.images)
  if (tokens > CONTEXT_WINDOW && !counting) {
    return refused(refuseAnthropic('too-long', { message: `prompt is too long: ${tokens} tokens > ${CONTEXT_WINDOW} maximum` }))
  }
  const format = object(object(body.output_config)?.format)
  return accepted({
    model,
    stream: body.stream === true,
    question: talk.question,
    images: talk.images,
    tools,
    choice: choiceOf(body.tool_choice),
    results: talk.results,
    json: format === undefined ? undefined : { schema: format.schema },
    reasoning: ['enabled', 'adaptive'].includes(text(object(body.thinking)?.type) ?? '') ? 'shown' : 'none',
    maxTokens: number(body.max_tokens),
    choices: 1,
    includeUsage: true,
    promptTokens: tokens,
  })
}

type Check = (body: JsonObject, model: string) => Refusal | undefined

const needsMaxTokens: Check = ({ max_tokens }) => {
  if (!given(max_tokens)) return invalid('max_tokens: Field required')
  return Number.isInteger(max_tokens) && Number(max_tokens) > 0
    ? undefined
    : invalid('max_tokens: Input should be an integer greater than or equal to 1')
}

const CHECKS: readonly Check[] = [
  body => {
    const unknown = Object.keys(body).find(key => !KNOWN.has(key))
    return unknown === undefined ? undefined : invalid(`${unknown}: Extra inputs are not permitted`)
  },
  (body, model) => {
    const sampling = ['temperature', 'top_p', 'top_k'].find(key => given(body[key]))
    return sampling !== undefined && refusesSampling(model) ? invalid(`${sampling}: is not supported by this model`) : undefined
  },
  ({ temperature }) =>
    !given(temperature) || (typeof temperature === 'number' && temperature >= 0 && temperature <= 1)
      ? undefined
      : invalid('temperature: range: 0..1'),
  body => systemProblem(body.system),
  ({ stop_sequences }) =>
    (list(stop_sequences) ?? []).every(stop => typeof stop === 'string' && stop.trim() !== '')
      ? undefined
      : invalid('stop_sequences: each stop sequence must contain non-whitespace'),
  body => {
    const bad = (list(body.tools) ?? []).findIndex(
      tool => !('type' in (object(tool) ?? {})) && object(object(tool)?.input_schema)?.type !== 'object',
    )
    if (bad !== -1) return invalid(`tools.${bad}.custom.input_schema.type: Input should be 'object'`)
    const nameless = toolsOf(body).findIndex(tool => !/^[\w-]{1,128}$/.test(tool.name))
    if (nameless !== -1) return invalid(`tools.${nameless}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
    const choice = object(body.tool_choice)
    if (choice === undefined) return undefined
    if (toolsOf(body).length === 0) return invalid('tool_choice may only be specified while providing tools.')
    return choice.type === 'tool' && !toolsOf(body).some(tool => tool.name === choice.name)
      ? invalid(`tool_choice: tool '${choice.name}' not found in provided tools`)
      : undefined
  },
  ({ thinking, max_tokens, tool_choice }) => {
    const budget = object(thinking)?.type === 'enabled' ? object(thinking)?.budget_tokens : undefined
    if (object(thinking)?.type === 'enabled' && (typeof budget !== 'number' || budget < 1024)) {
      return invalid('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
    }
    if (typeof budget === 'number' && typeof max_tokens === 'number' && budget >= max_tokens) {
      return invalid('`max_tokens` must be greater than `thinking.budget_tokens`.')
    }
    const forced = ['any', 'tool'].includes(text(object(tool_choice)?.type) ?? '')
    return typeof budget === 'number' && forced
      ? invalid('Thinking may not be enabled when tool_choice forces tool use.')
      : undefined
  },
  body => {
    const format = object(object(body.output_config)?.format)
    if (format === undefined) return undefined
    if (format.type !== 'json_schema') return invalid("output_config.format.type: Input should be 'json_schema'")
    return openObject(format.schema)
      ? invalid("output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false")
      : undefined
  },
]

/** Whether any object in the schema would allow properties that it does not name. */
function openObject(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(openObject)
  if (!isObject(schema)) return false
  if (schema.type === 'object' && schema.additionalProperties !== false) return true
  const { enum: _, const: __, default: ___, ...nested } = schema
  return Object.values(nested).some(value => typeof value === 'object' && openObject(value))
}

function systemProblem(system: unknown): Refusal | undefined {
  if (!given(system) || typeof system === 'string') return undefined
  const blocks = list(system)?.map(object)
  if (blocks === undefined || blocks.some(block => block?.type !== 'text'))
    return invalid("system.0.type: Input should be 'text'")
  return blocks.some(block => (text(block?.text) ?? '') === '')
    ? invalid('system: text content blocks must be non-empty')
    : undefined
}

const systemText = (system: unknown): string =>
  text(system) ?? (list(system) ?? []).map(block => text(object(block)?.text) ?? '').join('')

const toolsOf = (body: JsonObject): readonly Tool[] =>
  (list(body.tools) ?? []).map(value => {
    const tool = object(value) ?? {}
    return { name: text(tool.name) ?? '', description: text(tool.description) ?? '', schema: tool.input_schema }
  })

function choiceOf(value: unknown): Prompt['choice'] {
  const choice = object(value)
  switch (choice?.type) {
    case 'none':
      return 'none'
    case 'any':
      return 'required'
    case 'tool':
      return { name: text(choice.name) ?? '' }
    default:
      return 'auto'
  }
}
