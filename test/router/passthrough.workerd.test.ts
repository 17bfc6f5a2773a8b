import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import type { StreamReader } from '../../src/provider/dialect'
import { openai } from '../../src/provider/openai'
import { openaiSurface } from '../../src/provider/openai/surface'
import { passThrough } from '../../src/router/passthrough'
import { Stopper } from '../../src/router/stopper'
import { VirtualWorld } from './virtual-world'

/** In workerd, since the bytes are pumped by its runtime. The gate has let go of the first event; the rest comes here. */

const context = { id: 'chatcmpl-1', createdSeconds: 1_760_000_000, model: 'm' }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
const HELD = chunk('Hi')
const DONE = 'data: [DONE]\n\n'

async function passed(rest: string, { newReader = () => openai.stream(context), breaks = false } = {}) {
  const world = new VirtualWorld()
  const left = [bytes(rest)]
  const flow = passThrough({
    // Not an identity stream: the runtime cannot pipe one of those into another
    body: new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const next = left.shift()
        if (next !== undefined) controller.enqueue(next)
        else if (breaks) controller.error(new Error('connection reset'))
        else controller.close()
      },
    }),
    committed: { held: [bytes(HELD)], parts: [], bytesPerEvent: HELD.length },
    newReader,
    writer: openaiSurface.stream(context, { includeUsage: false }),
    stopper: new Stopper(world, new AbortController().signal),
    idleMs: 60_000,
    world,
  })
  const text = new Response(flow.body).text()
  // The tap looks every 500 ms, and what has not been looked at is not the end
  await world.pass(2_000)
  return { text: await text, ending: await flow.ended }
}

let logged: MockInstance<typeof console.error>
beforeEach(() => {
  logged = vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  logged.mockRestore()
})

describe('a stream that passes natively', () => {
  it('is whole, byte for byte, once its end marker was seen', async () => {
    const { text, ending } = await passed(chunk(' there') + DONE)
    expect(text).toBe(HELD + chunk(' there') + DONE)
    expect(ending).toMatchObject({ failure: undefined })
  })

  it('has an error event added where it ended without one', async () => {
    const { text, ending } = await passed(chunk(' there'))
    expect(text).toMatch(/"code":"upstream_cut"\}\}\n\n$/)
    expect(ending).toMatchObject({ failure: { kind: 'cut' } })
  })
})

describe('a bug in understanding its end', () => {
  const buggy = (): StreamReader => ({
    push: () => {
      throw new TypeError('no such property')
    },
    end: () => [],
  })

  it('spoils nothing for the client, who has all the bytes: it is logged, and the stream is over', async () => {
    const { text, ending } = await passed(chunk(' there') + DONE, { newReader: buggy })
    expect(text).toBe(HELD + chunk(' there') + DONE)
    expect(ending).toMatchObject({ failure: undefined, usage: undefined })
    expect(logged).toHaveBeenCalled()
  })

  it('does not hide that the upstream broke off', async () => {
    const { text, ending } = await passed(chunk(' there'), { newReader: buggy, breaks: true })
    expect(text).toMatch(/"code":"upstream_cut"\}\}\n\n$/)
    expect(ending).toMatchObject({ failure: { kind: 'cut', detail: 'the connection was lost' } })
  })
})
