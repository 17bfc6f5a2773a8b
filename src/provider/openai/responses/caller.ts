/**
 * From a caller's Responses request to the canonical one, for everything that is decided here and for upstreams that speak something else.
 *
 * What the canonical request has no word for is one of two things. A hint (truncation, cache options) is left out and reported. What makes the
 * answer another one (items that only OpenAI wrote, tools that only its API knows) binds the request to OpenAI's own API, which gets it as it came.
 */
import * as v from 'valibot'
import type { ChatMessage, ChatRequest } from '../../../chat'
import { isObject, numberAt, stringAt } from '../../../json'
import { ok, type Result } from '../../../outcome'
import { rejected } from '../../translation/fault'
import { Untold } from '../../translation/untold'
import { messagesOf } from './caller-items'
import { toolsFrom } from './caller-tools'
import { refusedState } from './stateless'

const nullish = <T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema))
const Item = v.looseObject({ type: nullish(v.string()), role: nullish(v.string()), id: nullish(v.string()) })
const LoosePart = v.looseObject({ type: v.string() })

/** Loose, and holds only what is read. That there is an input is checked later: what must not be there is the better news. */
export const ResponsesSchema = v.looseObject({
  model: v.pipe(v.string(), v.nonEmpty()),
  input: nullish(v.union([v.string(), v.array(Item)])),
  instructions: nullish(v.string()),
  stream: nullish(v.boolean()),
  store: nullish(v.boolean()),
  max_output_tokens: nullish(v.pipe(v.number(), v.integer(), v.minValue(1))),
  temperature: nullish(v.number()),
  top_p: nullish(v.number()),
  top_logprobs: nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
  include: nullish(v.array(v.string())),
  tools: nullish(v.array(LoosePart)),
  tool_choice: nullish(v.union([v.picklist(['none', 'auto', 'required']), LoosePart])),
  parallel_tool_calls: nullish(v.boolean()),
  reasoning: nullish(v.looseObject({ effort: nullish(v.string()), summary: nullish(v.string()) })),
  text: nullish(v.looseObject({ format: nullish(LoosePart), verbosity: nullish(v.string()) })),
  metadata: nullish(v.record(v.string(), v.string())),
  user: nullish(v.string()),
  safety_identifier: nullish(v.string()),
  prompt_cache_key: nullish(v.string()),
  service_tier: nullish(v.string()),
  truncation: nullish(v.string()),
})

export type ResponsesBody = v.InferOutput<typeof ResponsesSchema>

export interface CallerRequest {
  readonly chat: ChatRequest
  /** Fields that only OpenAI's own API knows and that others answer without. */
  readonly lost: readonly string[]
  /** The first field that only OpenAI's own API can honour and that cannot be left out. */
  readonly binding: string | undefined
}

export function readResponses(body: ResponsesBody): Result<CallerRequest> {
  const state = refusedState(body)
  if (state !== undefined) return state
  const untold = new Untold()
  const input = conversationOf(body, untold)
  if (!input.ok) return input
  const tools = toolsFrom(body, untold)
  if (!tools.ok) return tools
  const format = formatOf(body)
  if (!format.ok) return format
  readOthers(body, untold)
  return ok({
    chat: {
      model: body.model,
      messages: input.value,
      // Usage is part of every response here, and other upstreams stream it only when asked
      ...(body.stream === true && { stream: true, stream_options: { include_usage: true } }),
      ...(typeof body.max_output_tokens === 'number' && { max_tokens: body.max_output_tokens }),
      ...given('temperature', body.temperature),
      ...given('top_p', body.top_p),
      ...tools.value,
      ...format.value,
      ...given('reasoning_effort', body.reasoning?.effort),
      // What happens anyway need not be asked for: few upstreams know the word
      ...(body.text?.verbosity !== 'medium' && given('verbosity', body.text?.verbosity)),
      ...logprobsOf(body),
      ...given('metadata', body.metadata),
      ...given('user', body.user),
      ...given('safety_identifier', body.safety_identifier),
      ...given('prompt_cache_key', body.prompt_cache_key),
      ...(body.service_tier !== 'auto' && given('service_tier', body.service_tier)),
    },
    lost: untold.lost,
    binding: untold.binding,
  })
}

/** Absent where the caller left it out or wrote null. */
function given<K extends string, T>(name: K, value: T | null | undefined): { readonly [field in K]?: T } {
  if (value === null || value === undefined) return {}
  const field: { [field in K]?: T } = {}
  field[name] = value
  return field
}

function conversationOf(body: ResponsesBody, untold: Untold): Result<ChatMessage[]> {
  const { input, instructions } = body
  if (input === null || input === undefined) return rejected('input', 'input: expected text or a list of items.')
  const read = typeof input === 'string' ? ok<ChatMessage[]>([{ role: 'user', content: input }]) : messagesOf(input, untold)
  if (!read.ok) return read
  const messages: ChatMessage[] = [...(instructions ? [{ role: 'system' as const, content: instructions }] : []), ...read.value]
  if (messages.length > 0) return ok(messages)
  // Of a conversation in OpenAI's own words others cannot be told anything, but it is one
  return untold.binding === undefined ? rejected('input', 'input holds no content at all.') : ok([{ role: 'user', content: '' }])
}

function formatOf({ text }: ResponsesBody): Result<Pick<ChatRequest, 'response_format'>> {
  const format = text?.format
  switch (format?.type) {
    case undefined:
    case 'text':
      return ok({})
    case 'json_object':
      return ok({ response_format: { type: 'json_object' } })
    case 'json_schema': {
      const { type, name, ...schema } = format
      if (typeof name !== 'string') return rejected('text.format.name', 'text.format.name: expected a name.')
      return ok({ response_format: { type, json_schema: { ...schema, schema: schemaOf(format.schema), name } } })
    }
    default:
      return rejected('text.format.type', 'text.format.type: expected "text", "json_object" or "json_schema".')
  }
}

function schemaOf(schema: unknown): Record<string, unknown> {
  return isObject(schema) ? { ...schema } : {}
}

const LOGPROBS = 'message.output_text.logprobs'

/** They may also be asked for by their number. */
export const namesLogprobs = ({ include }: ResponsesBody): boolean => include?.includes(LOGPROBS) === true

function logprobsOf(body: ResponsesBody): { logprobs?: true; top_logprobs?: number } {
  const top = numberAt(body, 'top_logprobs') ?? 0
  if (top === 0 && !namesLogprobs(body)) return {}
  return { logprobs: true, ...(top > 0 && { top_logprobs: top }) }
}

const READ: ReadonlySet<string> = new Set([
  ...['model', 'input', 'instructions', 'stream', 'stream_options', 'store', 'max_output_tokens', 'temperature', 'top_p'],
  ...['top_logprobs', 'include', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning', 'text', 'metadata', 'user'],
  ...['safety_identifier', 'prompt_cache_key', 'service_tier', 'background', 'prompt', 'conversation', 'previous_response_id'],
])
/** It may have an answer blocked. */
const BINDING: ReadonlySet<string> = new Set(['moderation'])
/** Values that ask for what happens anyway. */
const ORDINARY: ReadonlySet<unknown> = new Set([null, undefined, false, 'disabled', 'auto'])

function readOthers(body: ResponsesBody, untold: Untold): void {
  if (body.store === true) untold.lose('store')
  if (body.include?.some(wanted => wanted !== LOGPROBS)) untold.lose('include')
  for (const field of ['mode', 'context']) {
    const value = stringAt(body.reasoning, field)
    if (value !== undefined && value !== 'standard' && value !== 'auto') untold.lose(`reasoning.${field}`)
  }
  for (const [field, value] of Object.entries(body)) {
    if (READ.has(field) || isOrdinary(field, value)) continue
    if (BINDING.has(field)) untold.bind(field)
    else untold.lose(field)
  }
}

const isOrdinary = (field: string, value: unknown): boolean =>
  (field === 'truncation' && value === 'auto' ? false : ORDINARY.has(value)) || (Array.isArray(value) && value.length === 0)
