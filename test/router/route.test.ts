import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../src/algorithm/hash'
import { type ConfigInput, parseConfig } from '../../src/config'
import { openaiSurface } from '../../src/provider/openai/surface'
import { Isolate } from '../../src/router/isolate'
import { createPlan } from '../../src/router/plan'
import { type Journey, route } from '../../src/router/route'
import type { World } from '../../src/router/world'
import { chat } from '../provider/requests'
import { modelsNamed, noControls } from './given'
import { settled, VirtualHost, VirtualWorld } from './virtual-world'

// Answers as JSON, and streams that fail before their first content: neither needs the streams of the Workers runtime.

type Reply = (signal: AbortSignal) => Promise<Response>

const usage = { prompt_tokens: 3, completion_tokens: 20, total_tokens: 23 }
const completion = (content: string) => ({
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage,
})
const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Reply =>
  async () =>
    new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } })
const failing = (status: number, message = 'No.', headers: Record<string, string> = {}): Reply =>
  json({ error: { message } }, status, headers)
const streamed =
  (text: string, type = 'text/event-stream'): Reply =>
  async () =>
    new Response(text, { headers: { 'content-type': type } })
const unreachable: Reply = () => Promise.reject(new TypeError('connection refused'))
/** Never answers, until it is told to stop. */
const silent: Reply = signal => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
/** Sends headers and the beginning of a body, and then nothing. */
const stuck: Reply = async signal => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"id":'))
      signal.addEventListener('abort', () => controller.error(signal.reason))
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

interface Given {
  readonly replies: Readonly<Record<string, Reply>>
  readonly fields?: Record<string, unknown>
  readonly controls?: Partial<Journey['controls']>
  readonly limits?: ConfigInput['limits']
  readonly models?: ConfigInput['models']
}

/** A journey over models a, b, c in this order; each model's upstream is a host of its name. */
function setOut({ replies, fields = {}, controls, limits, models = modelsNamed(...Object.keys(replies)) }: Given) {
  const world = new VirtualWorld()
  const host = new VirtualHost()
  const isolate = new Isolate('isolate', world.random)
  const sent: { readonly url: string; readonly body: Record<string, unknown> }[] = []
  const fetch: World['fetch'] = (url, init) => {
    sent.push({ url, body: JSON.parse(String(init.body)) })
    const reply = replies[new URL(url).host]
    if (reply === undefined || !(init.signal instanceof AbortSignal)) throw new Error(`nobody at ${url}`)
    return reply(init.signal)
  }
  world.fetch = fetch
  const placed = Object.fromEntries(Object.entries(models).map(([id, model]) => [id, { ...model, baseUrl: `https://${id}` }]))
  const config = parseConfig({
    models: placed,
    routes: [{ name: 'r', use: [Object.keys(placed)[0] ?? ''], fallback: Object.keys(placed) }],
    // As many attempts as models: asking one again waits for time to pass, and has tests of its own
    limits: { attempts: Object.keys(placed).length, ...limits },
  })
  if (!config.ok) throw new Error(JSON.stringify(config.failure))
  const journey: Journey = {
    id: 'id',
    chat: chat({ model: 'auto', ...fields }),
    controls: { ...noControls, ...controls },
    surface: openaiSurface,
    claims: {},
  }
  const result = route(
    createPlan(config.value, () => []),
    journey,
    isolate,
    host,
    world,
  )
  return { world, host, isolate, sent, result, hosts: () => sent.map(({ url }) => new URL(url).host) }
}

const learned = (host: VirtualHost, model = 'a') => host.load.report(0).learned[model]

describe('an answer', () => {
  it('comes from the first model, as its own bytes, with the facts', async () => {
    const { result, host, world } = setOut({ replies: { a: json(completion('Hi')), b: unreachable } })
    const routed = await result
    if (!routed.ok) throw new Error(routed.failure.problem.message)
    expect(routed.value).toMatchObject({ model: 'a', attempts: 1, isStream: false, firstTokenMs: undefined, dropped: [] })
    expect(routed.value.body).toBe(JSON.stringify(completion('Hi')))
    expect(await routed.value.ended).toMatchObject({ failure: undefined, usage })
    await settled()
    expect(host.load.inFlight).toBe(0)
    expect(learned(host)).toMatchObject({ starts: 1, succeeded: 1, failed: 0, firstTokens: [], censored: [] })
    expect(world.armed).toBe(0)
  })

  it('is remembered for its conversation', async () => {
    const { result, isolate, world } = setOut({
      replies: { a: failing(500), b: json(completion('Hi')) },
      fields: { user: 'ann' },
    })
    await result
    expect(isolate.load.placements.modelOf(fingerprint('ann'), world.now())).toBe('b')
  })

  it('comes from the next model while one fails, and tells of how many', async () => {
    const { result, hosts } = setOut({ replies: { a: failing(503), b: unreachable, c: json(completion('Hi')) } })
    expect(await result).toMatchObject({ ok: true, value: { model: 'c', attempts: 3 } })
    expect(hosts()).toEqual(['a', 'b', 'c'])
  })

  it("is asked for with the model's own name, and without what is for the router alone", async () => {
    const { result, sent } = setOut({
      replies: { a: json(completion('Hi')) },
      fields: { metadata: { 'x-router-key': 'k', project: 'p' }, store: true },
    })
    await result
    expect(sent[0]).toMatchObject({
      url: 'https://a/chat/completions',
      body: { model: 'a-upstream', metadata: { project: 'p' } },
    })
  })
})

describe('the tracker', () => {
  it('is not waited for where no route says so, and a decision by load says that the view is worth refreshing', async () => {
    // The host would throw if it were asked to sync first, or to have the tracker choose
    const { result, host } = setOut({ replies: { a: json(completion('Hi')), b: unreachable } })
    expect(await result).toMatchObject({ ok: true, value: { trace: { decided: { mode: 'local', by: 'isolate', waitedMs: 0 } } } })
    expect(host.watched).toBe(1)
  })

  it('need not keep a view fresh that no decision looks at', async () => {
    const { result, host } = setOut({ replies: { a: json(completion('Hi')) }, controls: { strategy: 'random' } })
    await result
    expect(host.watched).toBe(0)
  })

  it('hears as often of a live request as is worth while', async () => {
    const { host, world } = setOut({ replies: { a: silent } })
    await world.pass(0)
    const before = host.syncs
    // After the first beat, which was armed before
    host.beatMs = 250
    await world.pass(2_000)
    expect(host.syncs - before).toBe(5)
    host.leaving.abort()
    await world.pass(0)
    expect(world.armed).toBe(0)
  })
})

describe('a failed attempt', () => {
  it.each<[string, Reply, Record<string, unknown>, object]>([
    ['that cannot connect', unreachable, {}, { status: 502, code: 'upstream_unreachable' }],
    ['that is overloaded', failing(529, 'Overloaded.'), {}, { status: 503, code: 'upstream_overloaded' }],
    ['with an empty body', async () => new Response(null), {}, { status: 502, code: 'upstream_malformed' }],
    ['with a page for an answer', streamed('<html>', 'text/html'), {}, { status: 502, code: 'upstream_malformed' }],
    ['with an error for an answer', json({ error: { message: 'Out of memory' } }), {}, { status: 502, code: 'upstream_error' }],
    ['with a redirect', async () => new Response(null, { status: 302 }), {}, { status: 502, code: 'upstream_malformed' }],
    ['with a page for a stream', streamed('<html>', 'text/html'), { stream: true }, { status: 502, code: 'upstream_malformed' }],
    ['with JSON for a stream', json({ error: { message: 'No.' } }), { stream: true }, { status: 502, code: 'upstream_error' }],
    ['with a stream of nothing', streamed(''), { stream: true }, { status: 502, code: 'upstream_cut' }],
    [
      'with an error first in its stream',
      streamed('data: {"error":{"message":"No."}}\n\n'),
      { stream: true },
      { status: 502, code: 'upstream_error' },
    ],
    ['with nothing but its end', streamed('data: [DONE]\n\n'), { stream: true }, { status: 502, code: 'upstream_malformed' }],
  ])('%s is tried elsewhere, leaves no lease and no timer, and counts against the model', async (_, reply, fields, problem) => {
    const { result, host, hosts, world } = setOut({ replies: { a: reply, b: reply }, fields })
    const lost = await result
    expect(lost).toMatchObject({ ok: false, failure: { problem, tried: [{ model: 'a' }, { model: 'b' }] } })
    expect(hosts()).toEqual(['a', 'b'])
    expect(host.load.inFlight).toBe(0)
    expect(world.armed).toBe(0)
    expect(learned(host)).toMatchObject({ starts: 1, succeeded: 0, failed: 1, firstTokens: [] })
    expect(host.syncs).toBeGreaterThan(0)
  })

  it.each<[string, Reply, object]>([
    ['over its rate limit', failing(429, 'Slow down.', { 'retry-after': '7' }), { status: 429, retryAfterMs: 7_000 }],
    ['with a broken key', failing(401, 'Bad key.'), { status: 502, code: 'upstream_account' }],
  ])('%s is tried elsewhere, and its model is not blamed', async (_, reply, problem) => {
    const { result, host, hosts } = setOut({ replies: { a: reply, b: reply } })
    expect(await result).toMatchObject({ ok: false, failure: { problem } })
    expect(hosts()).toEqual(['a', 'b'])
    expect(host.load.inFlight).toBe(0)
    expect(learned(host)).toMatchObject({ starts: 1, succeeded: 0, failed: 0 })
  })

  it('that is the fault of the request is not repeated, and the model is not blamed', async () => {
    const { result, hosts, host } = setOut({
      replies: {
        a: json({ error: { message: 'Bad.', code: 'bad', param: 'n', type: 'invalid_request_error' } }, 400),
        b: unreachable,
      },
    })
    expect(await result).toMatchObject({ failure: { problem: { status: 400, message: 'Bad.', code: 'bad', param: 'n' } } })
    expect(hosts()).toEqual(['a'])
    expect(learned(host)).toMatchObject({ succeeded: 0, failed: 0 })
  })

  it('never tells the key, even if the upstream quotes it, whatever it looks like', async () => {
    const models = { a: { provider: 'openai-compatible' as const, model: 'm', baseUrl: 'https://a', secret: 'ODD_KEY' } }
    const { result } = setOut({ models, replies: { a: failing(500, 'Bad header "value of ODD_KEY" in request.') } })
    const lost = await result
    expect(JSON.stringify(lost)).not.toContain('value of ODD_KEY')
    expect(lost).toMatchObject({ failure: { problem: { message: 'The upstream answered 500: Bad header "[key]" in request.' } } })
  })

  it('and others tell their story together', async () => {
    const { result } = setOut({ replies: { a: failing(500, 'First.'), b: failing(502, 'Second.') } })
    expect(await result).toMatchObject({
      failure: {
        problem: {
          status: 503,
          message: 'All 2 attempts failed. a: The upstream answered 500: First. b: The upstream answered 502: Second.',
        },
      },
    })
  })

  it('is the only one where fallback is off, or the number of attempts is one', async () => {
    for (const given of [{ controls: { fallback: false } }, { limits: { attempts: 1 } }]) {
      const { result, hosts } = setOut({ replies: { a: failing(500), b: json(completion('Hi')) }, ...given })
      expect(await result).toMatchObject({ failure: { problem: { message: 'The upstream answered 500: No.' } } })
      expect(hosts()).toEqual(['a'])
    }
  })
})

describe('time', () => {
  it('over: a stream without a first token gives way to the next model', async () => {
    const { result, world, hosts, host } = setOut({
      replies: { a: silent, b: failing(500) },
      fields: { stream: true },
      limits: { firstTokenMs: 1_000 },
    })
    await world.pass(999)
    expect(hosts()).toEqual(['a'])
    // The prompt is a few tokens long, and each adds half a ms
    await world.pass(30)
    expect(hosts()).toEqual(['a', 'b'])
    await result
    const [tokensAhead = 0, ms = 0] = learned(host)?.censored ?? []
    expect(tokensAhead).toBeGreaterThan(0)
    expect(ms).toBeCloseTo(1_000 + tokensAhead / 2, 0)
  })

  it('a model that thinks first gets more of it', async () => {
    const { world, hosts } = setOut({ replies: { a: silent, b: silent }, fields: { stream: true, reasoning_effort: 'high' } })
    await world.pass(119_000)
    expect(hosts()).toEqual(['a'])
    await world.pass(2_000)
    expect(hosts()).toEqual(['a', 'b'])
  })

  it("a model's own limit counts", async () => {
    const a = { provider: 'openai-compatible' as const, model: 'm', baseUrl: 'https://a', firstTokenMs: 50 }
    const { world, hosts } = setOut({
      models: { a, ...modelsNamed('b') },
      replies: { a: silent, b: silent },
      fields: { stream: true },
    })
    await world.pass(100)
    expect(hosts()).toEqual(['a', 'b'])
  })

  it.each([
    ['silent', silent],
    ['stuck in its body', stuck],
  ])('over in all: a JSON answer (%s) fails, stops its upstream, and blames the model', async (_, reply) => {
    const { result, world, hosts, host } = setOut({
      replies: { a: reply, b: json(completion('Hi')) },
      limits: { totalMs: 5_000 },
    })
    await world.pass(5_000)
    expect(await result).toMatchObject({
      failure: {
        problem: { status: 504, code: 'timeout', message: 'The upstream took too long: the total limit passed after 5000 ms.' },
      },
    })
    expect(hosts()).toEqual(['a'])
    // A JSON answer has no first token, so nothing is learned of one
    expect(learned(host)).toMatchObject({ failed: 1, firstTokens: [], censored: [] })
    expect(world.armed).toBe(0)
  })

  it("over by the client's own deadline: the model is not blamed for its impatience", async () => {
    const { result, world, host } = setOut({ replies: { a: silent, b: silent }, controls: { deadlineMs: 40 } })
    await world.pass(40)
    expect(await result).toMatchObject({ failure: { problem: { status: 504 }, tried: [{ failure: { limit: 'deadline' } }] } })
    expect(learned(host)).toMatchObject({ starts: 1, succeeded: 0, failed: 0 })
  })

  it('of the operator holds where the client asks for more', async () => {
    const { result, world } = setOut({ replies: { a: silent }, controls: { deadlineMs: 60_000 }, limits: { totalMs: 1_000 } })
    await world.pass(1_000)
    expect(await result).toMatchObject({ failure: { tried: [{ failure: { limit: 'total' } }] } })
  })

  it('is shared by all attempts', async () => {
    const slowly: Reply = async signal => {
      await Promise.race([silent(signal).catch(() => {}), settled()])
      return failing(500)(signal)
    }
    const { result, world, hosts } = setOut({ replies: { a: slowly, b: silent }, limits: { totalMs: 1_000 } })
    await world.pass(400)
    expect(hosts()).toEqual(['a', 'b'])
    await world.pass(600)
    expect(await result).toMatchObject({ failure: { tried: [{ model: 'a' }, { model: 'b', failure: { kind: 'timeout' } }] } })
  })

  it('passes with a heart that beats: the isolate is reminded to sync, and the lease stays alive', async () => {
    const { world, host, result } = setOut({ replies: { a: silent } })
    await world.pass(30_500)
    expect(host.syncs).toBe(31)
    expect(host.load.report(world.nowMs).leases.a?.[0]).toBe(1)
    await world.pass(300_000)
    await result
    expect(host.load.report(world.nowMs).leases).toEqual({})
  })
})

describe('a client that leaves', () => {
  it.each([
    ['silent', silent],
    ['stuck in its body', stuck],
  ])('stops a %s upstream, ends the lease, and nobody else is tried', async (_, reply) => {
    let stopped = false
    const watched: Reply = signal => {
      signal.addEventListener('abort', () => {
        stopped = true
      })
      return reply(signal)
    }
    const { result, host, hosts, world } = setOut({ replies: { a: watched, b: json(completion('Hi')) } })
    await settled()
    expect(host.load.inFlight).toBe(1)
    host.leaving.abort()
    expect(await result).toMatchObject({ failure: { problem: { status: 499 }, tried: [{ failure: { kind: 'client-left' } }] } })
    expect(stopped).toBe(true)
    expect(hosts()).toEqual(['a'])
    expect(host.load.inFlight).toBe(0)
    expect(world.armed).toBe(0)
    expect(learned(host)).toMatchObject({ starts: 1, succeeded: 0, failed: 0 })
  })
})

describe('a request that cannot be decided', () => {
  it('fails without an attempt', async () => {
    const { result, hosts } = setOut({ replies: { a: unreachable }, fields: { model: 'gpt-9' } })
    expect(await result).toMatchObject({ failure: { problem: { status: 404 }, decision: undefined, tried: [] } })
    expect(hosts()).toEqual([])
  })
})
