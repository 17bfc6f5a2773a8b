/**
 * The canonical request and answer: OpenAI's chat-completions shape. Every surface parses into it and every provider dialect
 * translates from it, so N surfaces and M dialects cost N + M translations.
 *
 * The schema holds only what the router or a translation reads. Objects are loose: a field that this file does not know
 * travels untouched to an upstream of the same dialect.
 */
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions'
import type { CompletionUsage } from 'openai/resources/completions'
import * as v from 'valibot'

export type { ChatCompletion, ChatCompletionChunk, CompletionUsage }

const TextPart = v.looseObject({ type: v.literal('text'), text: v.string() })
const ImagePart = v.looseObject({
  type: v.literal('image_url'),
  image_url: v.looseObject({ url: v.string(), detail: v.optional(v.nullable(v.string())) }),
})
const RefusalPart = v.looseObject({ type: v.literal('refusal'), refusal: v.string() })
const AudioPart = v.looseObject({ type: v.literal('input_audio') })
const FilePart = v.looseObject({ type: v.literal('file') })

const textual = (part: v.GenericSchema) => v.union([v.string(), v.pipe(v.array(part), v.minLength(1))])
const Text = textual(TextPart) as v.GenericSchema<string | v.InferOutput<typeof TextPart>[]>

const ToolCall = v.variant('type', [
  v.looseObject({
    id: v.string(),
    type: v.literal('function'),
    function: v.looseObject({ name: v.string(), arguments: v.string() }),
  }),
  v.looseObject({ id: v.string(), type: v.literal('custom'), custom: v.looseObject({ name: v.string(), input: v.string() }) }),
])

const Message = v.variant('role', [
  v.looseObject({ role: v.picklist(['system', 'developer']), content: Text }),
  v.looseObject({
    role: v.literal('user'),
    content: v.union([
      v.string(),
      v.pipe(v.array(v.variant('type', [TextPart, ImagePart, AudioPart, FilePart])), v.minLength(1)),
    ]),
  }),
  v.looseObject({
    role: v.literal('assistant'),
    content: v.optional(v.nullable(v.union([v.string(), v.array(v.variant('type', [TextPart, RefusalPart]))]))),
    refusal: v.optional(v.nullable(v.string())),
    tool_calls: v.optional(v.nullable(v.array(ToolCall))),
  }),
  v.looseObject({ role: v.literal('tool'), tool_call_id: v.string(), content: Text }),
])

const FunctionTool = v.looseObject({
  type: v.literal('function'),
  function: v.looseObject({
    name: v.string(),
    description: v.optional(v.nullable(v.string())),
    parameters: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
    strict: v.optional(v.nullable(v.boolean())),
  }),
})

/** Takes text of any form instead of JSON. */
const CustomTool = v.looseObject({
  type: v.literal('custom'),
  custom: v.looseObject({ name: v.string(), description: v.optional(v.nullable(v.string())) }),
})
const Tool = v.variant('type', [FunctionTool, CustomTool])

const ToolChoice = v.union([
  v.picklist(['none', 'auto', 'required']),
  v.variant('type', [
    v.looseObject({ type: v.literal('function'), function: v.looseObject({ name: v.string() }) }),
    v.looseObject({ type: v.literal('custom'), custom: v.looseObject({ name: v.string() }) }),
    v.looseObject({
      type: v.literal('allowed_tools'),
      allowed_tools: v.looseObject({ mode: v.picklist(['auto', 'required']), tools: v.array(v.looseObject({})) }),
    }),
  ]),
])

const ResponseFormat = v.variant('type', [
  v.looseObject({ type: v.literal('text') }),
  v.looseObject({ type: v.literal('json_object') }),
  v.looseObject({
    type: v.literal('json_schema'),
    json_schema: v.looseObject({
      name: v.string(),
      schema: v.optional(v.record(v.string(), v.unknown())),
      strict: v.optional(v.nullable(v.boolean())),
    }),
  }),
])

const number = v.optional(v.nullable(v.number()))
const count = v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))))

/** A chat-completions request as far as the router reads it. `null` counts as absent, as it does at OpenAI. */
export const ChatRequestSchema = v.looseObject({
  model: v.pipe(v.string(), v.nonEmpty()),
  messages: v.pipe(v.array(Message), v.minLength(1)),
  stream: v.optional(v.nullable(v.boolean())),
  stream_options: v.optional(v.nullable(v.looseObject({ include_usage: v.optional(v.nullable(v.boolean())) }))),
  temperature: number,
  top_p: number,
  frequency_penalty: number,
  presence_penalty: number,
  max_tokens: count,
  max_completion_tokens: count,
  n: count,
  seed: number,
  stop: v.optional(v.nullable(v.union([v.string(), v.array(v.string())]))),
  logprobs: v.optional(v.nullable(v.boolean())),
  /** Not OpenAI's, but known to compatible upstreams and to the other dialects. */
  top_k: number,
  tools: v.optional(v.nullable(v.array(Tool))),
  tool_choice: v.optional(v.nullable(ToolChoice)),
  parallel_tool_calls: v.optional(v.nullable(v.boolean())),
  response_format: v.optional(v.nullable(ResponseFormat)),
  reasoning_effort: v.optional(v.nullable(v.string())),
  user: v.optional(v.nullable(v.string())),
  prompt_cache_key: v.optional(v.nullable(v.string())),
  metadata: v.optional(v.nullable(v.record(v.string(), v.string()))),
  store: v.optional(v.nullable(v.boolean())),
})

export type ChatRequest = v.InferOutput<typeof ChatRequestSchema>
export type ChatMessage = v.InferOutput<typeof Message>
export type ChatTool = v.InferOutput<typeof FunctionTool>
export type ToolChoice = v.InferOutput<typeof ToolChoice>
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/** The text of a message's content; parts that are not text are left out. */
export function textOf(content: ChatMessage['content']): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  return content.map(part => ('text' in part && typeof part.text === 'string' ? part.text : '')).join('')
}
