import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anthropicSurface } from '../../src/provider/anthropic/surface'
import { dialects } from '../../src/provider/dialects'
import { createEventDecoder } from '../../src/provider/events'
import { responsesSurface } from '../../src/provider/openai/responses/surface'
import { openaiSurface } from '../../src/provider/openai/surface'
import type { Surface } from '../../src/provider/surface'
import { context, recording } from '../provider/stream-contract'
import { PROVIDER_NAMES, type ProviderName } from '../providers/provider'

/** Every recorded stream on every surface, cut in two at every byte: a client sees the same, whatever the network does. */

const SURFACES: Readonly<Record<string, Surface>> = {
  chat: openaiSurface,
  messages: anthropicSurface({ requestId: 'r', showsThinking: true }),
  responses: responsesSurface({ requestId: 'r', createdSeconds: 1_767_225_600, settings: { object: 'response' }, model: 'm' }),
}

const FIXTURES = join(import.meta.dirname, '../provider/fixtures')
const recordings = PROVIDER_NAMES.flatMap(provider =>
  readdirSync(join(FIXTURES, provider)).map(file => ({ provider, name: file.replace('.jsonl', '') })),
)

/** In the provider's own framing. */
function bytesOf(provider: ProviderName, name: string): Uint8Array {
  const lineEnd = provider === 'google' ? '\r\n' : '\n'
  const text = recording(provider, name).map(({ event, data }) =>
    [...(event === undefined ? [] : [`event: ${event}`]), `data: ${data}`, '', ''].join(lineEnd),
  )
  return new TextEncoder().encode(text.join(''))
}

function translated(provider: ProviderName, surface: Surface, pieces: readonly Uint8Array[]): string {
  const decoder = createEventDecoder()
  const reader = dialects[provider].stream(context)
  const writer = surface.stream(context, { includeUsage: true })
  const events = [...pieces.flatMap(piece => decoder.push(piece)), ...decoder.end()]
  const parts = [...events.flatMap(event => reader.push(event)), ...reader.end()]
  return parts.map(part => writer.write(part)).join('')
}

describe.each(Object.entries(SURFACES))('on %s', (_, surface) => {
  it.each(recordings)('$provider’s $name is the same wherever it is cut', ({ provider, name }) => {
    const bytes = bytesOf(provider, name)
    const whole = translated(provider, surface, [bytes])
    expect(whole).toMatch(/^(event|data): /)
    for (let at = 1; at < bytes.length; at++) {
      const cut = translated(provider, surface, [bytes.subarray(0, at), bytes.subarray(at)])
      // Compared by hand first: a thousand passing assertions of long texts take their time
      if (cut !== whole) expect([at, cut]).toEqual([at, whole])
    }
  })
})

describe('what the recordings say', () => {
  const told = (provider: ProviderName, name: string, surface: string): readonly unknown[] => {
    const side = SURFACES[surface]
    if (side === undefined) throw new Error(`there is no surface ${surface}`)
    return translated(provider, side, [bytesOf(provider, name)])
      .split('\n')
      .flatMap(line => (line.startsWith('data: {') ? [JSON.parse(line.slice('data: '.length)) as unknown] : []))
  }

  it('a stop sequence is the ordinary end, and what the cache read and wrote is part of the prompt', () => {
    const events = told('anthropic', 'stop-sequence', 'chat')
    expect(events.at(-2)).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
    expect(events.at(-1)).toMatchObject({
      model: 'claude-sonnet-4-5-20250929',
      usage: {
        prompt_tokens: 3860,
        completion_tokens: 11,
        prompt_tokens_details: { cached_tokens: 2048, cache_write_tokens: 1800 },
      },
    })
  })

  it('a refusal is text under a stop reason of its own', () => {
    const events = told('openai', 'refusal', 'messages')
    expect(events).toContainEqual({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I’m sorry, ' } })
    expect(events.at(-2)).toMatchObject({
      type: 'message_delta',
      delta: { stop_reason: 'refusal' },
      usage: { output_tokens: 10 },
    })
  })

  it('a loose server’s calls are calls, though it neither counts nor names them as such', () => {
    const events = told('openai', 'loose-calls', 'messages')
    const starts = events.filter(event => JSON.stringify(event).includes('content_block_start'))
    expect(starts).toMatchObject([
      { index: 0, content_block: { type: 'thinking' } },
      { index: 1, content_block: { type: 'tool_use', id: 'a1', name: 'get_weather' } },
      { index: 2, content_block: { type: 'tool_use', id: 'a2', name: 'get_time' } },
    ])
    expect(events[0]).toMatchObject({ message: { id: 'msg_1', model: 'local' } })
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } })
  })

  it('log probabilities come with their text, tokens of sound with the usage', () => {
    const events = told('google', 'sound-and-logprobs', 'chat')
    expect(events[1]).toMatchObject({
      choices: [
        {
          delta: { content: 'Ein Hund' },
          logprobs: {
            content: [{ token: 'Ein', logprob: -0.02, top_logprobs: [{ token: 'Ein' }, { token: 'Der' }] }, { token: ' Hund' }],
          },
        },
      ],
    })
    expect(events.at(-1)).toMatchObject({
      usage: { prompt_tokens: 72, completion_tokens: 4, total_tokens: 76, prompt_tokens_details: { audio_tokens: 64 } },
    })
  })
})
