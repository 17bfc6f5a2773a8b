/** One attempt at embeddings that makes several calls, since Gemini takes 100 texts at a time. */
import { describe, expect, it } from 'vitest'
import { estimateTextTokens } from '../../src/context/tokens'
import { objectAt, parseJson } from '../../src/json'
import { openaiSurface } from '../../src/provider/openai/surface'
import { Isolate } from '../../src/router/isolate'
import { route } from '../../src/router/route'
import { embeddings } from '../provider/embeddings'
import { isObject, list, text } from '../providers/json'
import { noControls, planOf } from './given'
import { settled, VirtualHost, VirtualWorld } from './virtual-world'

/** One call that somebody has yet to answer. */
interface Call {
  readonly host: string
  /** The numbers of the texts. */
  readonly numbers: readonly number[]
  readonly signal: AbortSignal
  answer(response: Response): void
}

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })

/** Each text's number is its vector. */
const vectors = ({ numbers }: Call, tokens?: number) =>
  json({
    embeddings: numbers.map(number => ({ values: [number] })),
    ...(tokens !== undefined && { usageMetadata: { promptTokenCount: tokens } }),
  })

/** So many texts, or these. Each begins with its number. */
function setOut(texts: number | readonly string[]) {
  const world = new VirtualWorld()
  const host = new VirtualHost()
  const calls: Call[] = []
  world.fetch = (url, { body, signal }) => {
    if (typeof body !== 'string' || !(signal instanceof AbortSignal)) throw new Error('a call without a body or a signal')
    const requests = list(objectAt({ body: parseJson(body) }, 'body')?.requests) ?? []
    const numbers = requests.map(request => {
      const content = isObject(request) ? objectAt(request, 'content') : undefined
      return Number.parseInt(text(objectAt({ part: list(content?.parts)?.[0] }, 'part')?.text) ?? '', 10)
    })
    const answered = Promise.withResolvers<Response>()
    signal.addEventListener('abort', () => answered.reject(signal.reason))
    calls.push({ host: new URL(url).host, numbers, signal, answer: answered.resolve })
    return answered.promise
  }
  const ids = ['east', 'west']
  const plan = planOf({
    models: Object.fromEntries(ids.map(id => [id, { provider: 'google', model: 'embed-1', baseUrl: `https://${id}` }])),
    routes: [{ name: 'r', use: ['east'], fallback: ['west'] }],
    limits: { attempts: 2, firstTokenMs: 5_000, idleMs: 3_000, totalMs: 60_000 },
  })
  const input = typeof texts === 'number' ? Array.from({ length: texts }, (_, number) => String(number)) : texts
  const journey = {
    id: 'id',
    embeddings: embeddings({ model: 'r', input }),
    controls: noControls,
    surface: openaiSurface,
    claims: {},
  }
  const result = route(plan, journey, new Isolate('isolate', world.random), host, world)
  const learned = (model: string) => host.load.report(world.nowMs).learned[model]
  return { world, host, calls, result, learned }
}

/** Those that come meanwhile as well. What was answered already stays as it is. */
async function answerAll(calls: readonly Call[]): Promise<void> {
  for (let at = 0; at < calls.length; at++) {
    const call = calls[at]
    call?.answer(vectors(call))
    await settled()
  }
}

async function answered(result: ReturnType<typeof setOut>['result']) {
  const routed = await result
  if (!routed.ok || typeof routed.value.body !== 'string') throw new Error('nobody answered with a text')
  const { usage } = await routed.value.ended
  return { ...routed.value, usage, told: JSON.parse(routed.value.body) }
}

describe('an attempt with more texts than the provider takes at a time', () => {
  it('calls with 100 at a time, three calls at a time, and one lease for all', async () => {
    const { calls, host, world, result } = setOut(450)
    await settled()
    expect(calls.map(({ numbers }) => [numbers[0], numbers.length])).toEqual([
      [0, 100],
      [100, 100],
      [200, 100],
    ])
    expect(host.load.load('east', world.nowMs).inFlight).toBe(1)
    const [, second] = calls
    second?.answer(vectors(second))
    await settled()
    expect(calls.map(({ numbers }) => numbers[0])).toEqual([0, 100, 200, 300])
    await answerAll(calls)
    expect(calls.map(({ numbers }) => [numbers[0], numbers.length]).slice(3)).toEqual([
      [300, 100],
      [400, 50],
    ])
    expect((await answered(result)).attempts).toBe(1)
    await settled()
    expect(host.load.inFlight).toBe(0)
    expect(world.armed).toBe(0)
  })

  it('gives the vectors in the order of the texts, whichever call is answered first, and the sum of what they cost', async () => {
    const { calls, result, learned } = setOut(250)
    await settled()
    for (const [at, call] of [...calls.entries()].toReversed()) {
      call.answer(vectors(call, 10 ** at))
      await settled()
    }
    const { told, usage, isStream } = await answered(result)
    expect(told.data).toEqual(Array.from({ length: 250 }, (_, index) => ({ object: 'embedding', index, embedding: [index] })))
    expect(told).toMatchObject({ object: 'list', model: 'embed-1', usage: { prompt_tokens: 111, total_tokens: 111 } })
    expect(usage).toEqual({ prompt_tokens: 111, completion_tokens: 0, total_tokens: 111 })
    expect(isStream).toBe(false)
    expect(learned('east')).toMatchObject({ starts: 1, succeeded: 1, failed: 0 })
  })

  it('estimates of each call what Gemini does not count', async () => {
    const { calls, result } = setOut(101)
    await settled()
    const [first, second] = calls
    first?.answer(vectors(first, 100))
    second?.answer(vectors(second))
    expect((await answered(result)).usage?.prompt_tokens).toBe(100 + estimateTextTokens(['100']))
  })

  it('fails as a whole when one call does: the others are aborted, none is begun, and the next upstream is asked for everything', async () => {
    const { calls, result, learned } = setOut(500)
    await settled()
    const [first, second] = calls
    first?.answer(vectors(first))
    await settled()
    second?.answer(json({ error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } }, 503))
    await settled()
    const { east = [], west = [] } = Object.groupBy(calls, ({ host }) => host)
    expect(east.map(({ numbers }) => numbers[0])).toEqual([0, 100, 200, 300])
    expect(east.map(({ signal }) => signal.aborted)).toEqual([true, true, true, true])
    expect(west.map(({ numbers }) => numbers[0])).toEqual([0, 100, 200])
    await answerAll(calls)
    expect(calls.filter(({ host }) => host === 'west')).toHaveLength(5)
    expect(await answered(result)).toMatchObject({ model: 'west', attempts: 2 })
    await settled()
    expect(learned('east')).toMatchObject({ starts: 1, succeeded: 0, failed: 1 })
    expect(learned('west')).toMatchObject({ starts: 1, succeeded: 1, failed: 0 })
  })

  it('fails when one call is silent for longer than a single one may be', async () => {
    const { calls, world, result } = setOut(300)
    await settled()
    for (const call of calls.slice(0, 2)) call.answer(vectors(call))
    await world.pass(5_500)
    for (const call of calls.slice(3)) call.answer(vectors(call))
    expect(await answered(result)).toMatchObject({ model: 'west', attempts: 2 })
    await settled()
    expect(world.armed).toBe(0)
  })

  it('gives each call the time that its own texts take to read, not the time for all of them', async () => {
    // 5 s, and 0.5 ms a token: for all of it more than the 60 s that the whole request has
    const texts = Array.from({ length: 1_000 }, (_, number) => String(number).padEnd(2_000, ' word'))
    const own = 5_000 + 0.5 * estimateTextTokens(texts.slice(0, 100))
    const all = 5_000 + 0.5 * estimateTextTokens(texts)
    expect(all).toBeGreaterThan(60_000)
    expect(own).toBeLessThan(30_000)
    const { calls, world, result } = setOut(texts)
    await settled()
    for (const call of calls.slice(1)) call.answer(vectors(call))
    await world.pass(own - 100)
    expect(calls.every(({ host }) => host === 'east')).toBe(true)
    await world.pass(200)
    expect(calls.at(-1)?.host).toBe('west')
    await answerAll(calls)
    expect(await answered(result)).toMatchObject({ model: 'west', attempts: 2 })
  })

  it.each([
    // As numbers they would be 126 MB together
    ['refuses at the first answer what will be too large together', 2_048, 3],
    // 44.2 MB, where 41.9 are the limit: by one answer it might still fit
    ['goes on where that is not sure yet', 720, 4],
  ])('%s', async (_, count, expected) => {
    const { calls, result } = setOut(count)
    await settled()
    const [first] = calls
    const values = Array.from({ length: 3_072 }, () => 0.01234567890123456)
    first?.answer(json({ embeddings: first.numbers.map(() => ({ values })) }))
    await settled()
    expect(calls).toHaveLength(expected)
    expect(calls.every(({ host }) => host === 'east')).toBe(true)
    if (expected > 3) return
    expect(calls.slice(1).every(({ signal }) => signal.aborted)).toBe(true)
    expect(await result).toMatchObject({ ok: false, failure: { problem: { status: 400, param: 'input' } } })
  })
})
