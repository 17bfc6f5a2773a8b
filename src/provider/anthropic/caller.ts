/**
 * From a caller's Messages request to the canonical one, for everything that is decided here and for upstreams of other dialects.
 *
 * What the canonical request has no word for is one of two things. A hint (a service tier, a data centre's speed) is left out and reported. What makes
 * the answer another one (server tools, uploaded files, a container, where it may be computed) binds the request to Anthropic's dialect,
 * which gets it as it came. Cache breakpoints are neither: other providers cache by themselves.
 */
import * as v from 'valibot'
import type { ChatMessage, ChatRequest } from '../../chat'
import { objectAt } from '../../json'
import { ok, type Result } from '../../outcome'
import { rejected } from '../translation/fault'
import { Untold } from '../translation/untold'
import { toolsFrom } from './caller-tools'
import { messagesOf } from './caller-turns'
import { isStrict } from './strict'
import { effortOfBudget } from './thinking'
import { declinedThread } from './threads'

const Block = v.looseObject({ type: v.string() })
const TextBlock = v.looseObject({ type: v.literal('text'), text: v.string() })
const nullish = <T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema))

/** A request to count tokens, which is one for a message without the limit on its answer. Loose, and holds only what is read. */
export const CountSchema = v.looseObject({
  model: v.pipe(v.string(), v.nonEmpty()),
  messages: v.pipe(
    v.array(v.looseObject({ role: v.picklist(['user', 'assistant', 'system']), content: v.union([v.string(), v.array(Block)]) })),
    v.minLength(1),
  ),
  system: nullish(v.union([v.string(), v.array(TextBlock)])),
  stream: nullish(v.boolean()),
  temperature: nullish(v.number()),
  top_p: nullish(v.number()),
  top_k: nullish(v.number()),
  stop_sequences: nullish(v.array(v.string())),
  tools: nullish(
    v.array(v.looseObject({ type: nullish(v.string()), name: nullish(v.string()), description: nullish(v.string()) })),
  ),
  tool_choice: nullish(
    v.looseObject({
      type: v.picklist(['auto', 'any', 'tool', 'none']),
      name: nullish(v.string()),
      disable_parallel_tool_use: nullish(v.boolean()),
    }),
  ),
  thinking: nullish(v.looseObject({ type: v.string(), budget_tokens: nullish(v.number()), display: nullish(v.string()) })),
  output_config: nullish(v.looseObject({ effort: nullish(v.string()), format: nullish(v.looseObject({ type: v.string() })) })),
  metadata: nullish(v.looseObject({ user_id: nullish(v.string()) })),
})

export const MessagesSchema = v.looseObject({
  ...CountSchema.entries,
  max_tokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
})

export type MessagesBody = v.InferOutput<typeof CountSchema>

export interface CallerRequest {
  readonly chat: ChatRequest
  /** Fields that only Anthropic's dialect knows and that others answer without. */
  readonly lost: readonly string[]
  /** The first field that only Anthropic's dialect can honour and that cannot be left out. */
  readonly binding: string | undefined
  /** The caller asked to see the model think. */
  readonly showsThinking: boolean
}

export function readMessages(body: MessagesBody): Result<CallerRequest> {
  const declined = declinedThread(body)
  if (declined !== undefined) return declined
  const untold = new Untold()
  const turns = messagesOf(body.messages, untold)
  if (!turns.ok) return turns
  const messages = [...systemOf(body.system), ...turns.value]
  if (messages.length === 0) return rejected('messages', 'messages hold no content at all.')
  const tools = toolsFrom(body, untold)
  if (!tools.ok) return tools
  const format = formatOf(body)
  if (!format.ok) return format
  readOthers(body, untold)

  const effort = effortOf(body)
  const maxTokens = body.max_tokens
  return ok({
    chat: {
      model: body.model,
      messages,
      // Usage is part of every message here, and other providers stream it only when asked
      ...(body.stream === true && { stream: true, stream_options: { include_usage: true } }),
      ...(typeof maxTokens === 'number' && { max_tokens: maxTokens }),
      ...(typeof body.temperature === 'number' && { temperature: body.temperature }),
      ...(typeof body.top_p === 'number' && { top_p: body.top_p }),
      ...(typeof body.top_k === 'number' && { top_k: body.top_k }),
      ...(body.stop_sequences && body.stop_sequences.length > 0 && { stop: body.stop_sequences }),
      ...tools.value,
      ...format.value,
      ...(effort !== undefined && { reasoning_effort: effort }),
      ...(body.metadata?.user_id && { user: body.metadata.user_id }),
    },
    lost: untold.lost,
    binding: untold.binding,
    showsThinking: isThinking(body) && body.thinking?.display !== 'omitted',
  })
}

/** Claude reads its system blocks as one text, and some servers' templates take no list. */
function systemOf(system: MessagesBody['system']): ChatMessage[] {
  const text = typeof system === 'string' ? system : (system ?? []).map(block => block.text).join('\n\n')
  return text === '' ? [] : [{ role: 'system', content: text }]
}

const isThinking = ({ thinking }: MessagesBody): boolean => thinking?.type === 'enabled' || thinking?.type === 'adaptive'

const EFFORTS: ReadonlySet<string> = new Set(['low', 'medium', 'high', 'xhigh'])

/**
 * Thinking that is switched off asks for nothing: clients send that by habit, and a model that cannot think would refuse even the word
 * for not thinking.
 */
function effortOf(body: MessagesBody): string | undefined {
  const { thinking } = body
  if (thinking?.type === 'enabled') return effortOfBudget(thinking.budget_tokens ?? 0)
  if (thinking && thinking.type !== 'adaptive') return undefined
  const effort = body.output_config?.effort
  // OpenAI's scale ends one word earlier
  const word = effort === 'max' ? 'xhigh' : effort
  if (typeof word === 'string' && EFFORTS.has(word)) return word
  return thinking?.type === 'adaptive' ? 'medium' : undefined
}

function formatOf(body: MessagesBody): Result<Pick<ChatRequest, 'response_format'>> {
  const format = body.output_config?.format
  if (!format) return ok({})
  const path = 'output_config.format'
  if (format.type !== 'json_schema') return rejected(`${path}.type`, `${path}.type: expected "json_schema".`)
  const schema = objectAt(format, 'schema')
  if (schema === undefined) return rejected(`${path}.schema`, `${path}.schema: expected an object.`)
  const strict = isStrict(schema) ? { strict: true } : {}
  return ok({ response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { ...schema }, ...strict } } })
}

const READ: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'system', 'stream', 'max_tokens', 'temperature', 'top_p', 'top_k', 'stop_sequences', 'tools'],
  ...['tool_choice', 'thinking', 'output_config', 'metadata', 'cache_control'],
])
const BINDING: ReadonlySet<string> = new Set(['mcp_servers', 'container', 'output_format', 'inference_geo'])
/** Values that ask for what happens anyway. */
const ORDINARY: ReadonlySet<unknown> = new Set([null, undefined, false, 'auto', 'standard', 'global'])

function readOthers(body: MessagesBody, untold: Untold): void {
  for (const [field, value] of Object.entries(body)) {
    if (READ.has(field) || ORDINARY.has(value) || (Array.isArray(value) && value.length === 0)) continue
    if (BINDING.has(field)) untold.bind(field)
    else untold.lose(field)
  }
}
