import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { anthropicSurface } from '../../src/provider/anthropic/surface'
import type { AnswerContext, StreamPart } from '../../src/provider/dialect'
import { dialects } from '../../src/provider/dialects'
import { createEventDecoder } from '../../src/provider/events'
import { responsesSurface } from '../../src/provider/openai/responses/surface'
import { openaiSurface } from '../../src/provider/openai/surface'
import type { Surface } from '../../src/provider/surface'
import type { Answer, Piece } from '../providers/answer'
import { PROVIDER_NAMES, type ProviderName } from '../providers/provider'
import { anthropicBody, anthropicFrames } from '../providers/wire/anthropic'
import { googleBody, googleFrames } from '../providers/wire/google'
import { openAiBody, openAiFrames } from '../providers/wire/openai'
import { SURFACES, type SurfaceName } from './feature'

/**
 * A random answer, written as each provider would, read by its dialect, written by each surface and put together by the official SDK, is the same
 * answer: whole or streamed, however the network cuts the stream.
 */

const context: AnswerContext = { id: 'chatcmpl-0190-a', createdSeconds: 1_767_225_600, model: 'asked-for' }

const WIRE: Readonly<
  Record<ProviderName, { readonly json: (answer: Answer) => unknown; readonly stream: (answer: Answer) => string }>
> = {
  openai: { json: answer => openAiBody(answer), stream: answer => joined(openAiFrames(answer, { includeUsage: true })) },
  anthropic: { json: anthropicBody, stream: answer => joined(anthropicFrames(answer)) },
  google: { json: googleBody, stream: answer => joined(googleFrames(answer)) },
}
const joined = (frames: readonly { readonly text: string }[]): string => frames.map(({ text }) => text).join('')

const surfaces: Readonly<Record<SurfaceName, Surface>> = {
  chat: openaiSurface,
  messages: anthropicSurface({ requestId: 'r', showsThinking: true }),
  responses: responsesSurface({ requestId: 'r', createdSeconds: 1_767_225_600, settings: { object: 'response' }, model: 'm' }),
}

interface Understood {
  readonly text: string
  readonly thoughts: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: unknown }[]
  readonly finish: string
  readonly prompt: number
  readonly cached: number
  readonly completion: number
  readonly reasoning: number
}

const respondWith = (body: string, type: string) => async () => new Response(body, { headers: { 'content-type': type } })

/** What a user of the official SDK has in hand. */
const CLIENTS: Readonly<Record<SurfaceName, (body: string, streamed: boolean) => Promise<Understood>>> = {
  async chat(body, streamed) {
    const fetch = respondWith(body, streamed ? 'text/event-stream' : 'application/json')
    const { completions } = new OpenAI({ apiKey: 'k', fetch, maxRetries: 0 }).chat
    const asked = { model: 'm', messages: [] }
    let thoughts = ''
    const completion = streamed
      ? await completions
          .stream(asked)
          .on('chunk', chunk => {
            thoughts += reasoningOf(chunk.choices[0]?.delta)
          })
          .finalChatCompletion()
      : await completions.create(asked)
    const [choice] = completion.choices
    const { usage } = completion
    return {
      text: choice?.message.content ?? '',
      thoughts: streamed ? thoughts : reasoningOf(choice?.message),
      calls: (choice?.message.tool_calls ?? []).flatMap(call =>
        call.type === 'function' ? [{ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) }] : [],
      ),
      finish: choice?.finish_reason ?? '',
      prompt: usage?.prompt_tokens ?? -1,
      cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
      completion:
        usage === undefined || usage.total_tokens !== usage.prompt_tokens + usage.completion_tokens
          ? -1
          : usage.completion_tokens,
      reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    }
  },
  async messages(body, streamed) {
    const fetch = respondWith(body, streamed ? 'text/event-stream' : 'application/json')
    const { messages } = new Anthropic({ apiKey: 'k', fetch, maxRetries: 0 })
    const asked = { model: 'm', max_tokens: 1, messages: [] }
    const { content, usage, stop_reason } = streamed ? await messages.stream(asked).finalMessage() : await messages.create(asked)
    return {
      text: content.map(block => (block.type === 'text' ? block.text : '')).join(''),
      thoughts: content.map(block => (block.type === 'thinking' ? block.thinking : '')).join(''),
      calls: content.flatMap(block => (block.type === 'tool_use' ? [{ id: block.id, name: block.name, args: block.input }] : [])),
      finish: FINISH[stop_reason ?? ''] ?? '',
      prompt: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      cached: usage.cache_read_input_tokens ?? 0,
      completion: usage.output_tokens,
      reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
    }
  },
  async responses(body, streamed) {
    const fetch = respondWith(body, streamed ? 'text/event-stream' : 'application/json')
    const { responses } = new OpenAI({ apiKey: 'k', fetch, maxRetries: 0 })
    const asked = { model: 'm', input: 'Hi' }
    const { output, output_text, usage, incomplete_details } = streamed
      ? await responses.stream(asked).finalResponse()
      : await responses.create(asked)
    const calls = output.flatMap(item =>
      item.type === 'function_call' ? [{ id: item.call_id, name: item.name, args: JSON.parse(item.arguments) }] : [],
    )
    return {
      text: output_text,
      thoughts: output.flatMap(item => (item.type === 'reasoning' ? item.summary.map(({ text }) => text) : [])).join(''),
      calls,
      finish: INCOMPLETE[incomplete_details?.reason ?? ''] ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
      prompt: usage?.input_tokens ?? -1,
      cached: usage?.input_tokens_details.cached_tokens ?? -1,
      completion:
        usage === undefined || usage.total_tokens !== usage.input_tokens + usage.output_tokens ? -1 : usage.output_tokens,
      reasoning: usage?.output_tokens_details.reasoning_tokens ?? -1,
    }
  },
}

const INCOMPLETE: Readonly<Record<string, string>> = { max_output_tokens: 'length', content_filter: 'content_filter' }

const FINISH: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

function reasoningOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'reasoning_content' in value ? String(value.reasoning_content) : ''
}

const OPENAI_FINISH = { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls', filtered: 'content_filter' } as const

function meant({ pieces, finish, usage }: Answer): Understood {
  const all = (kind: Piece['kind']) => pieces.flatMap(piece => (piece.kind === kind ? piece.deltas : [])).join('')
  return {
    text: all('text'),
    thoughts: all('reasoning'),
    calls: pieces.flatMap(piece =>
      piece.kind === 'tool-call' ? [{ id: piece.id, name: piece.name, args: JSON.parse(piece.deltas.join('')) }] : [],
    ),
    finish: OPENAI_FINISH[finish],
    prompt: usage.prompt,
    cached: usage.cached,
    completion: usage.answer + usage.reasoning,
    reasoning: usage.reasoning,
  }
}

function whole(provider: ProviderName, surface: SurfaceName, answer: Answer): string {
  const read = dialects[provider].reply(JSON.parse(JSON.stringify(WIRE[provider].json(answer))), context)
  if (!read.ok) throw new Error(JSON.stringify(read.failure))
  return surfaces[surface].answer(read.value)
}

/** Cut into pieces of the given sizes, over and over. */
function streamed(provider: ProviderName, surface: SurfaceName, answer: Answer, sizes: readonly number[]): string {
  const bytes = new TextEncoder().encode(WIRE[provider].stream(answer))
  const decoder = createEventDecoder()
  const reader = dialects[provider].stream(context)
  const writer = surfaces[surface].stream(context, { includeUsage: true })
  const parts: StreamPart[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    parts.push(...decoder.push(bytes.subarray(at, at + size)).flatMap(event => reader.push(event)))
    at += size
  }
  parts.push(...decoder.end().flatMap(event => reader.push(event)), ...reader.end())
  return parts.map(part => writer.write(part)).join('')
}

const delta = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
const deltas = fc.array(delta, { minLength: 1, maxLength: 4 })
const leaf = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.integer(), fc.boolean(), fc.constant(null))
const args = fc.dictionary(fc.stringMatching(/^[a-z_"\\é]{1,6}$/u), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), {
  maxKeys: 3,
})

/** Arguments as a model streams them: split anywhere, even inside an escape. */
const call = (at: number): fc.Arbitrary<Piece> =>
  fc
    .record({ name: fc.constantFrom('weather', 'time'), args, size: fc.integer({ min: 1, max: 9 }) })
    .map(({ name, args, size }) => {
      const json = JSON.stringify(args)
      const characters = Array.from(json)
      const count = Math.ceil(characters.length / size)
      return {
        kind: 'tool-call',
        id: `call_${at}`,
        name,
        deltas: Array.from({ length: count }, (_, index) => characters.slice(index * size, (index + 1) * size).join('')),
      }
    })

const answers: fc.Arbitrary<Answer> = fc
  .record({
    thoughts: fc.option(deltas, { nil: undefined }),
    text: fc.option(deltas, { nil: undefined }),
    calls: fc.integer({ min: 0, max: 3 }).chain(count => fc.tuple(...Array.from({ length: count }, (_, at) => call(at)))),
    cut: fc.boolean(),
    filtered: fc.boolean(),
    cached: fc.nat(500),
    fresh: fc.nat(500),
    answer: fc.nat(500),
    reasoning: fc.nat(500),
  })
  .map(({ thoughts, text, calls, cut, filtered, cached, fresh, answer, reasoning }): Answer => {
    const pieces: readonly Piece[] = [
      ...(thoughts === undefined ? [] : [{ kind: 'reasoning' as const, deltas: thoughts }]),
      ...(text === undefined ? [] : [{ kind: 'text' as const, deltas: text }]),
      ...calls,
    ]
    return {
      id: 'chatcmpl-1',
      model: 'told',
      createdSeconds: 1_767_225_600,
      pieces,
      finish: cut ? 'length' : calls.length > 0 ? 'tool-calls' : filtered ? 'filtered' : 'stop',
      usage: { prompt: cached + fresh, cached, answer, reasoning },
    }
  })

const pairs = PROVIDER_NAMES.flatMap(provider => SURFACES.map(surface => ({ provider, surface })))

describe.each(pairs)('an answer of $provider on $surface', ({ provider, surface }) => {
  it('is in the SDK’s hands what it was, whole and streamed', async () => {
    await fc.assert(
      fc.asyncProperty(
        answers,
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }),
        async (answer, sizes) => {
          const expected = meant(answer)
          expect(await CLIENTS[surface](whole(provider, surface, answer), false)).toEqual(expected)
          expect(await CLIENTS[surface](streamed(provider, surface, answer, sizes), true)).toEqual(expected)
        },
      ),
      { seed: 20_261_124, numRuns: 50 },
    )
  })
})
