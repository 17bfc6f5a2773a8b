import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { anthropic } from '../../src/provider/anthropic'
import type { StreamPart, StreamReader } from '../../src/provider/dialect'
import { createEventDecoder } from '../../src/provider/events'
import { openaiSurface } from '../../src/provider/openai/surface'
import type { SurfaceWriter } from '../../src/provider/surface'
import { Stopper } from '../../src/router/stopper'
import { translate } from '../../src/router/translate'
import { VirtualWorld } from './virtual-world'

/** In workerd, since what the client gets is an identity stream of its runtime. What it translates is committed already. */

const context = { id: 'chatcmpl-1', createdSeconds: 1_760_000_000, model: 'm' }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const event = (value: { readonly type: string } & Record<string, unknown>): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`
const delta = (text: string): string => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
const START = event({ type: 'message_start', message: { id: 'm', model: 'm', usage: { input_tokens: 3, output_tokens: 1 } } })
const BLOCK = event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
const END = [
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }),
  event({ type: 'message_stop' }),
].join('')

interface Given {
  readonly stream?: StreamReader
  readonly writer?: SurfaceWriter
  readonly parts?: readonly StreamPart[]
}

/** `pieces`: what the upstream sends after the commit. A function throws instead. */
function translated(pieces: readonly (string | (() => never))[], given: Given = {}) {
  const world = new VirtualWorld()
  const leaving = new AbortController()
  const stopper = new Stopper(world, leaving.signal)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) {
        if (typeof piece === 'string') controller.enqueue(bytes(piece))
        else controller.error(new Error('connection reset'))
      }
      if (pieces.every(piece => typeof piece === 'string')) controller.close()
    },
  })
  const flow = translate({
    reader: body.getReader(),
    committed: { held: [], parts: given.parts ?? [], bytesPerEvent: 10 },
    decoder: createEventDecoder(),
    stream: given.stream ?? anthropic.stream(context),
    writer: given.writer ?? openaiSurface.stream(context, { includeUsage: false }),
    stopper,
    idleMs: 1_000,
    world,
  })
  return { ...flow, text: new Response(flow.body).text() }
}

const lastEvent = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1)?.slice('data: '.length) ?? '')
const throwing = (): never => {
  throw new TypeError('no such property')
}

let logged: MockInstance<typeof console.error>
beforeEach(() => {
  logged = vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  logged.mockRestore()
})

describe('a stream that is translated', () => {
  it('to its end is whole, and nothing is logged', async () => {
    const { text, ended } = translated([START + BLOCK + delta('Hi'), delta(' there') + END])
    expect(await text).toMatch(/"content":"Hi".*"content":" there".*data: \[DONE\]\n\n$/s)
    expect(await ended).toMatchObject({ failure: undefined, usage: { completion_tokens: 2 } })
    expect(logged).not.toHaveBeenCalled()
  })

  it('and cut ends with an error event', async () => {
    const { text, ended } = translated([START + BLOCK + delta('Hi'), throwing])
    const failure = { kind: 'cut', detail: 'the connection was lost' }
    // What was queued before the connection broke may be lost with it
    expect(lastEvent(await text)).toHaveProperty('error.code', 'upstream_cut')
    expect(await ended).toMatchObject({ failure })
    expect(logged).not.toHaveBeenCalled()
  })

  it('with a line that does not end is given up above 1 MiB, with an error event, and counts against the model', async () => {
    const endless = Array.from({ length: 40 }, (_, index) => (index === 0 ? 'data: ' : '') + 'x'.repeat(64 * 1024))
    const { text, ended } = translated([START + BLOCK + delta('Hi'), ...endless, END])
    expect(await text).toContain('"content":"Hi"')
    expect(lastEvent(await text)).toMatchObject({ error: { code: 'upstream_malformed' } })
    expect(await text).not.toContain('[DONE]')
    expect(await ended).toMatchObject({ failure: { kind: 'malformed' } })
    expect(logged).not.toHaveBeenCalled()
  })
})

describe('a bug of our own', () => {
  const openaiWriter = () => openaiSurface.stream(context, { includeUsage: false })

  it.each<[string, () => Given]>([
    ['in reading an event', () => ({ stream: { push: throwing, end: () => [] } })],
    ['in reading the end', () => ({ stream: { push: () => [], end: throwing } })],
    [
      'in writing a part',
      () => {
        const writer = openaiWriter()
        return { writer: { write: part => (part.kind === 'failure' ? writer.write(part) : throwing()) } }
      },
    ],
    [
      'in writing what the gate had held',
      () => {
        const writer = openaiWriter()
        return {
          parts: [{ kind: 'done' }],
          writer: { write: part => (part.kind === 'failure' ? writer.write(part) : throwing()) },
        }
      },
    ],
  ])('%s ends the stream with an error event, is logged, and is not taken for the client leaving', async (_, buggy) => {
    const { text, ended } = translated([START + BLOCK + delta('Hi')], buggy())
    expect(lastEvent(await text)).toMatchObject({ error: { type: 'server_error', code: 'upstream_malformed' } })
    expect(await text).not.toContain('[DONE]')
    expect(await ended).toMatchObject({ failure: { kind: 'malformed', detail: 'the router could not read it' } })
    expect(logged).toHaveBeenCalledOnce()
    expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({
      event: 'bug',
      where: 'translating a stream',
      error: 'no such property',
    })
  })

  it('that spoils even the error event breaks the body off, so that it does not look finished', async () => {
    const { text, ended } = translated([START], { writer: { write: throwing } })
    await expect(text).rejects.toBeDefined()
    expect(await ended).toMatchObject({ failure: { kind: 'malformed' } })
    expect(logged).toHaveBeenCalledTimes(2)
  })
})

describe('a client that leaves', () => {
  it('is what it is, and no bug', async () => {
    const world = new VirtualWorld()
    const flow = translate({
      reader: new ReadableStream<Uint8Array>({
        pull: controller => controller.enqueue(bytes(delta('more'))),
      }).getReader(),
      committed: { held: [], parts: [], bytesPerEvent: 10 },
      decoder: createEventDecoder(),
      stream: anthropic.stream(context),
      writer: openaiSurface.stream(context, { includeUsage: false }),
      stopper: new Stopper(world, new AbortController().signal),
      idleMs: 1_000,
      world,
    })
    const reader = flow.body.getReader()
    await reader.read()
    await reader.cancel('gone')
    expect(await flow.ended).toMatchObject({ failure: { kind: 'client-left' } })
    expect(logged).not.toHaveBeenCalled()
  })
})
