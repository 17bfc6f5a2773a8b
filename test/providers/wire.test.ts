/** The official clients are the judges: what they read from the simulated wire must be what was put on it. */
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer, startUpstream, type Upstream } from '../support/upstream'
import { type Answer, type Piece, toolCallPiece } from './answer'
import { anthropicFrames } from './wire/anthropic'
import { googleFrames } from './wire/google'
import { openAiFrames } from './wire/openai'

const TEXT = 'Grüße, 世界! Two\nlines 👋.'
const ARGS = { city: 'Zürich', days: 3, note: 'a "quoted" 👋' }
const PIECES: readonly Piece[] = [
  { kind: 'text', deltas: ['Grüße, ', '世界! ', 'Two\nlines ', '👋.'] },
  toolCallPiece('call_1', 'get_weather', ARGS),
  toolCallPiece('call_2', 'get_time', {}),
]
const USAGE = { prompt: 100, cached: 40, answer: 30, reasoning: 7 }

let up: Upstream
beforeAll(async () => {
  up = await startUpstream(() => answer({ pieces: PIECES, finish: 'tool-calls', usage: USAGE }))
})
afterAll(() => up.close())

describe('the OpenAI client', () => {
  const client = () => new OpenAI({ apiKey: 'test', baseURL: up.baseUrl('openai'), maxRetries: 0 })
  const request = { model: 'gpt-test', messages: [{ role: 'user' as const, content: 'Hi' }] }

  it('reads text, tool calls and usage from the JSON body', async () => {
    const reply = await client().chat.completions.create(request)
    const [choice] = reply.choices
    expect(choice?.message.content).toBe(TEXT)
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(choice?.message.tool_calls?.map(call => call.type === 'function' && call.function)).toEqual([
      { name: 'get_weather', arguments: JSON.stringify(ARGS) },
      { name: 'get_time', arguments: '{}' },
    ])
    // 30 of the answer and 7 of reasoning, both billed as completion
    expect(reply.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 37, total_tokens: 137 })
    expect(reply.usage?.prompt_tokens_details?.cached_tokens).toBe(40)
  })

  it('accumulates the same from the stream', async () => {
    const final = await client()
      .chat.completions.stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(TEXT)
    expect(final.choices[0]?.message.tool_calls?.map(call => call.type === 'function' && call.function.arguments)).toEqual([
      JSON.stringify(ARGS),
      '{}',
    ])
    expect(final.usage?.total_tokens).toBe(137)
  })

  it('keeps interleaved choices apart', async () => {
    const final = await client()
      .chat.completions.stream({ ...request, n: 2 })
      .finalChatCompletion()
    expect(final.choices.map(choice => choice.message.content)).toEqual([TEXT, TEXT])
  })
})

describe('the Anthropic client', () => {
  const client = () => new Anthropic({ apiKey: 'test', baseURL: up.baseUrl('anthropic'), maxRetries: 0 })
  const request = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] }

  it('reads the same from the JSON body and from the stream', async () => {
    const reply = await client().messages.create(request)
    const final = await client().messages.stream(request).finalMessage()
    for (const message of [reply, final]) {
      expect(message.content).toMatchObject([
        { type: 'text', text: TEXT },
        { type: 'tool_use', id: 'call_1', name: 'get_weather', input: ARGS },
        { type: 'tool_use', id: 'call_2', name: 'get_time', input: {} },
      ])
      expect(message.stop_reason).toBe('tool_use')
      // the 40 from the cache are counted beside the other 60, not among them
      expect(message.usage).toMatchObject({ input_tokens: 60, cache_read_input_tokens: 40, output_tokens: 37 })
    }
  })
})

describe('the Google client', () => {
  const client = () => new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: up.baseUrl('google') } })
  const request = { model: 'gemini-test', contents: 'Hi' }

  it('reads the same from the JSON body and from the stream', async () => {
    const reply = await client().models.generateContent(request)
    const chunks = []
    for await (const chunk of await client().models.generateContentStream(request)) chunks.push(chunk)
    for (const responses of [[reply], chunks]) {
      const parts = responses.flatMap(response => response.candidates?.[0]?.content?.parts ?? [])
      expect(parts.map(part => part.text ?? '').join('')).toBe(TEXT)
      expect(parts.flatMap(part => (part.functionCall ? [part.functionCall] : []))).toMatchObject([
        { name: 'get_weather', args: ARGS },
        { name: 'get_time', args: {} },
      ])
      // only the first of parallel calls is signed
      expect(parts.filter(part => part.thoughtSignature !== undefined)).toHaveLength(1)
      expect(responses.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
      expect(responses.at(-1)?.usageMetadata).toMatchObject({
        promptTokenCount: 100,
        cachedContentTokenCount: 40,
        candidatesTokenCount: 30,
        thoughtsTokenCount: 7,
        totalTokenCount: 137,
      })
    }
  })
})

describe('the order of events', () => {
  const said: Answer = {
    id: 'x',
    model: 'm',
    createdSeconds: 0,
    pieces: [{ kind: 'text', deltas: ['a', 'b'] }],
    finish: 'stop',
    usage: { prompt: 1, cached: 0, answer: 2, reasoning: 0 },
  }
  const names = (frames: readonly { readonly text: string }[]) => frames.map(frame => /^event: (\w+)/.exec(frame.text)?.[1])

  it("is Anthropic's: start, block with a ping, delta with usage, stop", () => {
    expect(names(anthropicFrames(said))).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  it("is OpenAI's: a role, content, a finish, and usage only if asked for", () => {
    const parts = (includeUsage: boolean) => openAiFrames(said, { includeUsage }).map(frame => frame.part)
    expect(parts(false)).toEqual(['opening', 'content', 'content', 'closing', 'closing'])
    expect(parts(true)).toEqual(['opening', 'content', 'content', 'closing', 'closing', 'closing'])
    expect(openAiFrames(said).at(-1)?.text).toBe('data: [DONE]\n\n')
    expect(openAiFrames(said).some(frame => frame.text.includes('usage'))).toBe(false)
  })

  it("is Gemini's: whole responses in CRLF lines, the last of which has the reason", () => {
    const frames = googleFrames(said)
    expect(frames.map(frame => frame.text.includes('finishReason'))).toEqual([false, false, true])
    expect(frames.every(frame => /^data: [^\r\n]*\r\n\r\n$/.test(frame.text))).toBe(true)
  })

  it.each(['stop', 'length', 'filtered'] as const)('also tells of an answer without content that finished by %s', finish => {
    const empty = { ...said, pieces: [], finish }
    for (const frames of [openAiFrames(empty), anthropicFrames(empty), googleFrames(empty)]) {
      expect(frames.some(frame => frame.part === 'content')).toBe(false)
      expect(frames.some(frame => frame.part === 'closing')).toBe(true)
    }
  })
})
