import { describe, expect, it } from 'vitest'
import { type ConfigInput, parseConfig } from '../../src/config'
import { openaiSurface } from '../../src/provider/openai/surface'
import { Isolate } from '../../src/router/isolate'
import { createPlan } from '../../src/router/plan'
import { type Journey, route } from '../../src/router/route'
import { chat } from '../provider/requests'
import { modelsNamed, noControls, snapshotOf } from './given'
import { START_MS, VirtualHost, VirtualWorld } from './virtual-world'

/** A stream's first attempt that brings nothing, through the whole router. In workerd, since whoever answers instead has its bytes pumped by its runtime. */

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const event = (delta: Record<string, unknown>, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const HI = event({ content: 'Hi' })
const END = `${event({}, 'stop')}data: [DONE]\n\n`

/** What an upstream sends, each with the time since the request came. It goes on for ever unless it ends. */
type Line = readonly [atMs: number, text: string]
interface Upstream {
  readonly headersMs?: number
  readonly lines?: readonly Line[]
}
const SILENT: Upstream = { headersMs: Number.POSITIVE_INFINITY }
const QUICK: Upstream = { lines: [[0, HI + END]] }
/** Alive, and without content. */
const IDLING: Upstream = {
  lines: [
    [10, event({ role: 'assistant', content: '' })],
    [900, ': still here\n\n'],
  ],
}
const [A_MS, PATIENCE_MS] = [300, 1_200]

interface Given {
  readonly a?: Upstream
  readonly b?: Upstream
  /** Until the first token, as the fleet knows it. */
  readonly bMs?: number | null
  readonly isolates?: number
  readonly fields?: Record<string, unknown>
  readonly controls?: Partial<Journey['controls']>
  readonly route?: Partial<NonNullable<ConfigInput['routes']>[number]>
  readonly limits?: ConfigInput['limits']
}

function setOut({ a = SILENT, b = QUICK, bMs = 200, isolates = 1, fields, controls, route: own, limits = {} }: Given = {}) {
  const world = new VirtualWorld()
  const host = new VirtualHost()
  const isolate = new Isolate('isolate', world.random)
  const asked: { readonly host: string; readonly afterMs: number }[] = []
  const aborted: string[] = []
  world.fetch = (url, { signal }) => {
    const name = new URL(url).host
    asked.push({ host: name, afterMs: world.nowMs - START_MS })
    const { headersMs = 0, lines = [] } = name === 'a' ? a : b
    return new Promise((resolve, reject) => {
      const body = new ReadableStream({
        type: 'bytes',
        start(controller) {
          for (const [atMs, text] of lines)
            world.after(atMs, () => {
              if (signal?.aborted === true) return
              controller.enqueue(bytes(text))
              if (text.endsWith(END)) controller.close()
            })
          signal?.addEventListener('abort', () => {
            aborted.push(name)
            reject(signal.reason)
            if (!lines.some(([, text]) => text.endsWith(END))) controller.error(signal.reason)
          })
        },
      })
      const answer = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
      if (Number.isFinite(headersMs)) world.after(headersMs, () => resolve(answer))
    })
  }
  const models = Object.fromEntries(
    Object.entries(modelsNamed('a', 'b')).map(([id, each]) => [id, { ...each, baseUrl: `https://${id}` }]),
  )
  const config = parseConfig({ models, routes: [{ name: 'r', use: ['a'], fallback: ['b'], ...own }], limits })
  if (!config.ok) throw new Error(JSON.stringify(config.failure))
  host.load.accept(snapshotOf({ a: { baseMs: A_MS }, b: { baseMs: bMs } }, isolates), START_MS)
  const journey: Journey = {
    id: 'id',
    chat: chat({ model: 'auto', stream: true, ...fields }),
    controls: { ...noControls, ...controls },
    surface: openaiSurface,
    claims: {},
  }
  const plan = createPlan(config.value, () => [])
  const routed = route(plan, journey, isolate, host, world)
  return {
    world,
    host,
    asked,
    aborted,
    routed,
    learned: () => host.load.report(world.nowMs).learned,
    /** Reads the answer to its end. */
    answer: async () => {
      const result = await routed
      if (!result.ok) throw new Error(result.failure.problem.message)
      const text = new Response(result.value.body).text()
      // The tap looks every 500 ms
      await world.pass(2_000)
      await result.value.ended
      return { ...result.value, text: await text }
    },
  }
}

describe('a first attempt that brings nothing', () => {
  it.each([
    ['is silent', SILENT],
    ['sends headers and then nothing', {}],
    ['sends a role and comments, which are no content', IDLING],
  ])('and %s gives way after four times what was expected, and the next one answers', async (_, a) => {
    const journey = setOut({ a })
    await journey.world.pass(PATIENCE_MS - 1)
    expect(journey.asked).toHaveLength(1)
    await journey.world.pass(1)
    const { text, ...facts } = await journey.answer()
    expect(journey.asked).toEqual([
      { host: 'a', afterMs: 0 },
      { host: 'b', afterMs: PATIENCE_MS },
    ])
    expect(text).toBe(HI + END)
    expect(facts).toMatchObject({
      model: 'b',
      attempts: 2,
      tried: [{ model: 'a', failure: { kind: 'timeout', limit: 'first-token', afterMs: PATIENCE_MS } }],
    })
  })

  it('is left once: its upstream is stopped, its lease ends, and no timer stays', async () => {
    const { world, host, answer, aborted } = setOut()
    await world.pass(PATIENCE_MS)
    expect(aborted).toEqual(['a'])
    expect(host.load.load('a', world.nowMs).inFlight).toBe(0)
    await answer()
    expect(host.load.inFlight).toBe(0)
    expect(world.armed).toBe(0)
  })

  it('tells that it would have taken longer than that, and leaves it to the tracker whether the model is stuck or only busy', async () => {
    const { world, answer, learned } = setOut()
    await world.pass(PATIENCE_MS)
    await answer()
    const { a, b } = learned()
    expect(a).toMatchObject({ starts: 1, succeeded: 0, failed: 1, outwaited: 1, firstTokens: [], coolMs: 0 })
    expect(a?.censored.slice(1)).toEqual([PATIENCE_MS])
    expect(b).toMatchObject({ starts: 1, succeeded: 1, failed: 0 })
  })

  it('is looked at again after the same time, and left when the wait has become long enough', async () => {
    // 700 is not within half of 1,200, and is within half of 2,400
    const { world, asked } = setOut({ bMs: 700 })
    await world.pass(2 * PATIENCE_MS - 1)
    expect(asked).toHaveLength(1)
    await world.pass(1)
    expect(asked.at(-1)).toEqual({ host: 'b', afterMs: 2 * PATIENCE_MS })
  })

  it.each<[string, Given]>([
    ['nobody is quicker', { bMs: 11_000 }],
    ['nothing is known of the others', { bMs: null }],
    // An isolate's share of the floor, and a fifth of one request, make no whole attempt
    ['the budget has no attempt to give', { isolates: 100 }],
    ['the operator wants no patience', { limits: { patience: 0 } }],
  ])('has all of its time where %s', async (_, given) => {
    const { world, asked } = setOut(given)
    await world.pass(19_999)
    expect(asked).toHaveLength(1)
    // Each prompt token adds half a ms
    await world.pass(100)
    expect(asked.map(({ host }) => host)).toEqual(['a', 'b'])
  })

  it.each<[string, Given]>([
    ['fallback is off', { controls: { fallback: false } }],
    ['it is to think first, so that nobody knows how long it takes', { fields: { reasoning_effort: 'high' } }],
    ['nobody sees a first token, the answer coming in one piece', { fields: { stream: false } }],
    ['there is nobody else', { route: { use: ['a'], fallback: [] } }],
    ['the route hedges, which is a patience of its own', { route: { hedge: true } }],
  ])('is not left where %s', async (_, given) => {
    const { world, asked } = setOut(given)
    await world.pass(19_000)
    expect(asked.map(({ host }) => host)).toEqual(['a'])
  })

  it('is over with its client, and nobody else is asked', async () => {
    const { world, host, asked, routed } = setOut()
    await world.pass(PATIENCE_MS / 2)
    host.leaving.abort()
    await world.pass(PATIENCE_MS)
    expect(await routed).toMatchObject({ ok: false, failure: { problem: { status: 499 } } })
    expect(asked).toHaveLength(1)
    expect(world.armed).toBe(0)
  })
})

describe('an attempt that has brought content', () => {
  it('is not left any more, however long it pauses', async () => {
    const a = {
      lines: [
        [PATIENCE_MS - 100, HI],
        [10 * PATIENCE_MS, END],
      ],
    } as const
    const journey = setOut({ a })
    await journey.world.pass(10 * PATIENCE_MS)
    const { text, ...facts } = await journey.answer()
    expect(journey.asked).toHaveLength(1)
    expect(text).toBe(HI + END)
    expect(facts).toMatchObject({ model: 'a', attempts: 1, tried: [] })
  })
})

describe('the next attempt', () => {
  it('has all of its time: only the first has a patience', async () => {
    const { world, asked, aborted, host } = setOut({ b: SILENT, route: { use: ['a'], fallback: ['b'] } })
    await world.pass(PATIENCE_MS + 19_999)
    expect(asked.map(each => each.host)).toEqual(['a', 'b'])
    expect(aborted).toEqual(['a'])
    host.leaving.abort()
    await world.pass(0)
    expect(world.armed).toBe(0)
  })
})
