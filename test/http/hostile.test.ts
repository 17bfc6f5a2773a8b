/**
 * Whatever stands wherever in a body: nothing throws, what is wrong is refused with 400 by the field's name, and what is let in can be described and
 * written for every provider, or is refused by that in turn.
 */
import { describe, expect, it } from 'vitest'
import { describe as describeChat } from '../../src/context/describe'
import { parseEmbeddings } from '../../src/http/embeddings'
import { parseBody, parseChat } from '../../src/http/parse'
import { parseResponses } from '../../src/http/responses'
import { fail, ok, type Problem, problemOf, type Result } from '../../src/outcome'
import { MessagesSchema, readMessages } from '../../src/provider/anthropic/caller'
import { nativeRequest } from '../../src/provider/anthropic/native'
import { dialects } from '../../src/provider/dialects'
import { requestTo } from '../../src/provider/native'
import { openaiResponses } from '../../src/provider/openai/responses'
import { responsesSurface } from '../../src/provider/openai/responses/surface'
import type { Settings } from '../../src/provider/openai/responses/wire'
import { hashKeyOf } from '../../src/router/hash-key'
import type { ChatAsked } from '../../src/router/question'
import { model } from '../provider/requests'

const IMAGE = 'data:image/png;base64,AAAA'
const PDF = 'data:application/pdf;base64,AAAA'
const SCHEMA = { type: 'object', properties: { a: { type: 'number', enum: [1] } }, required: ['a'] }

const CHAT = {
  model: 'm',
  messages: [
    { role: 'system', content: [{ type: 'text', text: 's' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'hi' },
        { type: 'image_url', image_url: { url: IMAGE, detail: 'low' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: PDF } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [
        { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } },
        { id: 'd', type: 'custom', custom: { name: 'g', input: 'x' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c', content: 'r' },
    { role: 'tool', tool_call_id: 'd', content: 'r' },
  ],
  stream: true,
  stream_options: { include_usage: true },
  temperature: 1,
  n: 1,
  stop: ['a'],
  tools: [
    { type: 'function', function: { name: 'f', description: 'd', parameters: SCHEMA, strict: true } },
    { type: 'custom', custom: { name: 'g' } },
  ],
  tool_choice: { type: 'function', function: { name: 'f' } },
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
  reasoning_effort: 'low',
  verbosity: 'low',
  logprobs: true,
  top_logprobs: 2,
  user: 'u',
  metadata: { a: 'b' },
}

const RESPONSES = {
  model: 'm',
  instructions: 'Be brief.',
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'hi' },
        { type: 'input_image', image_url: IMAGE, detail: 'low' },
        { type: 'input_file', file_data: PDF, filename: 'a.pdf' },
      ],
    },
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
    {
      type: 'message',
      role: 'assistant',
      id: 'msg_1',
      content: [
        { type: 'output_text', text: 'a', annotations: [] },
        { type: 'refusal', refusal: 'no' },
      ],
    },
    { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'r' }] },
    { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'x' },
    { type: 'custom_tool_call_output', call_id: 'c2', output: 'done' },
  ],
  stream: true,
  store: false,
  max_output_tokens: 10,
  include: ['message.output_text.logprobs'],
  tools: [
    { type: 'function', name: 'f', description: 'd', parameters: SCHEMA, strict: true },
    { type: 'custom', name: 'g', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
  ],
  tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
  reasoning: { effort: 'low', summary: 'auto' },
  text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
  metadata: { a: 'b' },
}

const MESSAGES = {
  model: 'm',
  max_tokens: 10,
  system: [{ type: 'text', text: 's' }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'hi' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'document', title: 't', source: { type: 'text', media_type: 'text/plain', data: 'abc' } },
        { type: 'search_result', source: 'a', title: 'b', content: [{ type: 'text', text: 'x' }] },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 't', signature: '' },
        { type: 'text', text: 'a' },
        { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
      ],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't1', is_error: true, content: [{ type: 'text', text: 'r' }] }],
    },
  ],
  stop_sequences: ['x'],
  tools: [
    { name: 'f', description: 'd', input_schema: SCHEMA, strict: true },
    { type: 'web_search_20250305', name: 'web_search' },
  ],
  tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 1024 },
  output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
  metadata: { user_id: 'u' },
}

const EMBEDDINGS = { model: 'm', input: ['a', 'b'], dimensions: 3, encoding_format: 'float', metadata: { a: 'b' } }

/** As JSON text, since not all of it is a value that could be written down otherwise. */
const HOSTILE: readonly string[] = [
  ...['null', 'true', '-1', '1.5', '1e999', '""', '"x"', '"\\ud800"', '"\\u0000"', '"__proto__"', '"data:;base64,"', '"http://"'],
  ...['[]', '[[]]', '[null]', '["a",1]', '{}', '[{}]', '{"type":null}', '{"type":"constructor"}', '{"type":"__proto__"}'],
  ...['{"__proto__":{"type":"text"}}', '{"role":"tool"}', '{"length":3}', '{"toString":1,"toJSON":1}'],
]
/** Several times what can be written again. */
const DEPTH = 20_000
const DEEP = '['.repeat(DEPTH) + ']'.repeat(DEPTH)

type Path = readonly (string | number)[]

function pathsIn(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [...(at.length > 0 ? [at] : []), ...inner.flatMap(([key, each]) => pathsIn(each, [...at, key]))]
}

/** The body's JSON text with another value's in one place. */
function textWith(body: unknown, path: Path, text: string): string {
  const [first, ...rest] = path
  if (first === undefined) return text
  const written = (inner: unknown, key: string | number) => (key === first ? textWith(inner, rest, text) : JSON.stringify(inner))
  if (Array.isArray(body)) return `[${body.map(written).join()}]`
  return `{${Object.entries(Object(body))
    .map(([key, inner]) => `${JSON.stringify(key)}:${written(inner, key)}`)
    .join()}}`
}

type Read = Partial<ChatAsked> & { readonly settings?: Settings }

function readMessagesText(text: string): Result<Read, Problem> {
  const body = parseBody(text, MessagesSchema)
  if (!body.ok) return body
  const read = readMessages(body.value)
  if (!read.ok) return fail(problemOf(read.failure))
  const versions = { version: undefined, beta: undefined }
  return ok({ chat: read.value.chat, native: nativeRequest('/v1/messages', body.value, read.value, versions) })
}

const none = () => null

function readEmbeddingsText(text: string): Result<Read, Problem> {
  const read = parseEmbeddings(text, none)
  return read.ok ? ok({}) : read
}

const ENDPOINTS: readonly [string, unknown, (text: string) => Result<Read, Problem>][] = [
  ['chat completions', CHAT, text => parseChat(text, none)],
  ['responses', RESPONSES, text => parseResponses(text, none)],
  ['messages', MESSAGES, readMessagesText],
  ['embeddings', EMBEDDINGS, readEmbeddingsText],
]

const UPSTREAMS = [
  [dialects.openai, model({ provider: 'openai', name: 'gpt-5.2' })],
  [openaiResponses, model({ provider: 'openai', name: 'gpt-5.2' })],
  [dialects['openai-compatible'], model({ provider: 'openai-compatible', name: 'llama-4' })],
  [dialects.anthropic, model({ name: 'claude-sonnet-5' })],
  [dialects.google, model({ provider: 'google', name: 'gemini-3-flash' })],
] as const

/** What the router does with a body until it would send it, and with an answer's frame. Undefined: nothing is wrong with that. */
function wrongWith(read: Result<Read, Problem>): string | undefined {
  if (!read.ok) {
    const { status, param, message } = read.failure
    const isTold = status === 400 && param !== null && param.length < 1_000 && message.length < 2_000
    return isTold ? undefined : `${status} for ${param}: ${message.slice(0, 200)}`
  }
  const { chat, native, settings } = read.value
  if (chat === undefined) return undefined
  describeChat(chat)
  hashKeyOf(chat, undefined)
  for (const [dialect, upstream] of UPSTREAMS) {
    const request = requestTo(dialect, { chat, native }, upstream, 'key')
    if (!request.ok && !['rejected', 'unsupported'].includes(request.failure.kind))
      return `${dialect.name}: ${request.failure.kind}`
  }
  if (settings === undefined) return undefined
  const surface = responsesSurface({ requestId: 'r', createdSeconds: 1, settings, model: 'm' })
  surface.stream({ id: 'x', model: 'm', createdSeconds: 1 }, { includeUsage: true }).write({ kind: 'done' })
  return undefined
}

function trouble(body: unknown, read: (text: string) => Result<Read, Problem>, values: readonly string[]): readonly string[] {
  return pathsIn(body).flatMap(path =>
    values.flatMap(value => {
      const where = `${path.join('.')} = ${value.slice(0, 40)}`
      try {
        const wrong = wrongWith(read(textWith(body, path, value)))
        return wrong === undefined ? [] : [`${where}: ${wrong}`]
      } catch (error) {
        return [`${where}: ${error instanceof Error ? error.stack : error}`]
      }
    }),
  )
}

describe.each(ENDPOINTS)('a body for %s', (_, body, read) => {
  it('is accepted as it stands here', () => {
    expect(read(JSON.stringify(body))).toMatchObject({ ok: true })
  })

  it('with any value anywhere does no harm', () => {
    expect(trouble(body, read, HOSTILE)).toEqual([])
  })

  it('nested twenty thousand deep anywhere does no harm', () => {
    expect(trouble(body, read, [DEEP])).toEqual([])
  })

  it('is never quoted at length', () => {
    const long = JSON.stringify('x'.repeat(20_000))
    const problems = pathsIn(body).map(path => read(textWith(body, path, `{${long}:${long}}`)))
    const lengths = problems.map(problem =>
      problem.ok ? 0 : problem.failure.message.length + (problem.failure.param?.length ?? 0),
    )
    expect(Math.max(...lengths)).toBeLessThan(2_000)
  })
})
