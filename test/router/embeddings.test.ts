import { describe, expect, it, vi } from 'vitest'
import type { ConfigInput } from '../../src/config'
import type { Problem, Result } from '../../src/outcome'
import { openaiSurface } from '../../src/provider/openai/surface'
import { type Decision, decide } from '../../src/router/decide'
import { Isolate } from '../../src/router/isolate'
import type { Plan } from '../../src/router/plan'
import { questionOf } from '../../src/router/question'
import { route } from '../../src/router/route'
import type { World } from '../../src/router/world'
import { STRATEGIES, type StrategyName } from '../../src/strategy/strategy'
import { embeddings } from '../provider/embeddings'
import { ask, decided, noControls, planOf, rankedIds } from './given'
import { settled, VirtualHost, VirtualWorld } from './virtual-world'

const at = { provider: 'openai-compatible', baseUrl: 'https://up.example/v1' } as const
const MODELS: ConfigInput['models'] = {
  east: { ...at, model: 'embed-1' },
  west: { ...at, model: 'embed-1' },
  other: { ...at, model: 'embed-2' },
  gemini: { provider: 'google', model: 'embed-1' },
  both: { ...at, model: 'all-round', capabilities: ['chat', 'embeddings'] },
  chat: { ...at, model: 'chat-1' },
  claude: { provider: 'anthropic', model: 'claude' },
}
const POOLS = { one: ['east', 'west'], two: ['east', 'other'], mixed: ['chat', 'west'], chats: ['chat', 'claude'] }
const plan = planOf({ models: MODELS, pools: POOLS })

interface Asked {
  readonly strategy?: StrategyName
  readonly plan?: Plan
  readonly fields?: Record<string, unknown>
  readonly models?: readonly string[]
}

function answerTo(model: string, { plan: by = plan, fields = {}, models, strategy }: Asked = {}): Result<Decision, Problem> {
  const world = new VirtualWorld()
  const question = questionOf({
    embeddings: embeddings({ model, ...fields }),
    controls: { ...noControls, models, strategy },
    claims: {},
    isolate: new Isolate('i', world.random),
    host: new VirtualHost(),
    nowMs: 0,
    random: world.random,
  })
  return decide(by.embeddings, question)
}

function ranked(model: string, asked: Asked = {}): readonly string[] {
  const decision = answerTo(model, asked)
  if (!decision.ok) throw new Error(decision.failure.message)
  return rankedIds(decision.value).toSorted()
}

function refused(model: string, asked: Asked = {}): Problem {
  const decision = answerTo(model, asked)
  if (decision.ok) throw new Error(`${rankedIds(decision.value)} may answer`)
  return decision.failure
}

describe('embeddings', () => {
  it.each([
    ['an id', 'east', ['east']],
    ['the name that several upstreams share', 'embed-1', ['east', 'gemini', 'west']],
    ['a pool of one model', 'one', ['east', 'west']],
    ['a pool with others that only chat', 'mixed', ['west']],
    ['a model that does both', 'both', ['both']],
  ])('are made by those behind %s', (_, name, ids) => {
    expect(ranked(name)).toEqual(ids)
  })

  it.each(STRATEGIES)('are shared by %s among all that may make them', strategy => {
    const decision = answerTo('embed-1', { strategy })
    expect(decision.ok && rankedIds(decision.value).toSorted()).toEqual(['east', 'gemini', 'west'])
  })

  it('are never made by one of several models, whose vectors cannot be compared', () => {
    expect(refused('two')).toEqual({
      status: 400,
      type: 'invalid_request_error',
      code: 'ambiguous_model',
      message:
        '"two" stands for several embedding models (embed-1, embed-2), and their vectors cannot be compared. Name one of these: east, west, other, gemini, both.',
      param: 'model',
    })
    expect(refused('auto')).toMatchObject({ code: 'ambiguous_model', param: 'model' })
    expect(refused('auto', { models: ['east', 'other'] })).toMatchObject({
      code: 'ambiguous_model',
      param: 'x-router-models',
      message: expect.stringMatching(/^"east, other" stands for/),
    })
    expect(ranked('auto', { models: ['west', 'east', 'chat'] })).toEqual(['east', 'west'])
  })

  it('do not move to another model when the first is disabled: what a name stands for stays ambiguous', () => {
    const models = { ...MODELS, east: { ...at, model: 'embed-1', state: 'disabled' as const } }
    const changed = planOf({ models, pools: POOLS })
    expect(refused('two', { plan: changed })).toMatchObject({ code: 'ambiguous_model' })
    expect(ranked('one', { plan: changed })).toEqual(['west'])
    // One whose secret is not set was never in use
    expect(ranked('two', { plan: planOf({ models: MODELS, pools: POOLS }, ['east']) })).toEqual(['other'])
  })

  it('by "auto" do not follow the routes, so that no text goes elsewhere for what it is about', () => {
    const routes = [{ name: 'german', when: { language: ['de'] }, use: ['other'] }]
    const { east, west, chat } = {
      east: { ...at, model: 'embed-1' },
      west: { ...at, model: 'embed-1' },
      chat: { ...at, model: 'c' },
    }
    const routed = planOf({ models: { east, west, chat }, routes: [{ name: 'all', use: ['chat'], fallback: ['east'] }] })
    expect(ranked('auto', { plan: routed })).toEqual(['east', 'west'])
    expect(ranked('all', { plan: routed })).toEqual(['east'])
    expect(ranked('german', { plan: planOf({ models: MODELS, routes }) })).toEqual(['other'])
  })

  it('are not made by models that only chat, and who could is said', () => {
    expect(refused('chats')).toMatchObject({
      status: 400,
      code: 'unsupported_model',
      param: 'model',
      message: expect.stringContaining(
        'chat: it makes no embeddings; claude: Anthropic offers no embeddings. Name one of these: east',
      ),
    })
    const none = planOf({ models: { chat: { ...at, model: 'chat-1' } } })
    expect(refused('auto', { plan: none }).message).toContain('No live model here makes embeddings.')
    expect(refused('nobody')).toMatchObject({ status: 404, code: 'model_not_found' })
  })

  it("of token numbers are made where OpenAI's vocabulary is known", () => {
    expect(ranked('embed-1', { fields: { input: [1, 2] } })).toEqual(['east', 'west'])
    expect(refused('gemini', { fields: { input: [[1]] } })).toMatchObject({
      status: 400,
      param: 'input',
      message: expect.stringContaining('it cannot read token numbers'),
    })
  })

  it('need a window for the longest text, not for all of them', () => {
    const small = planOf({ models: { e: { ...at, model: 'embed', contextWindow: 10 } } })
    // A word of up to four letters is one token
    const words = (count: number) => Array(count).fill('word').join(' ')
    expect(ranked('e', { plan: small, fields: { input: Array(100).fill(words(9)) } })).toEqual(['e'])
    expect(refused('e', { plan: small, fields: { input: ['a', words(30)] } })).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      param: 'input',
    })
    expect(ranked('e', { plan: small, fields: { input: [Array(10).fill(1), [1]] } })).toEqual(['e'])
    expect(refused('e', { plan: small, fields: { input: [[1], Array(11).fill(1)] } })).toMatchObject({ param: 'input' })
  })
})

describe('a chat', () => {
  it('never goes to a model that only makes embeddings, and the explanation says why', () => {
    const decision = decided(plan, { model: 'auto' })
    expect(rankedIds(decision).toSorted()).toEqual(['both', 'chat', 'claude'])
    expect(decision.excluded.map(({ model, exclusion }) => [model.id, exclusion.kind])).toEqual(
      ['east', 'west', 'other', 'gemini'].map(id => [id, 'work']),
    )
    expect(ask(plan, { model: 'east' })).toMatchObject({
      ok: false,
      failure: { status: 400, param: 'model', message: expect.stringContaining('it makes embeddings and does not chat') },
    })
    expect(rankedIds(decided(plan, { model: 'mixed' }))).toEqual(['chat'])
  })

  it('passes over a route that has nothing but embeddings', () => {
    const routed = planOf({
      models: MODELS,
      routes: [
        { name: 'search', use: ['east'] },
        { name: 'talk', use: ['chat'] },
      ],
    })
    const decision = decided(routed, { model: 'auto' })
    expect(decision.route).toBe('talk')
    expect(decision.passedOver).toEqual([{ route: 'search', why: 'its live models make embeddings and do not chat' }])
  })

  it('is shared out as if the embedding models were not there', () => {
    const models = { a: { ...at, model: 'a' }, e: { ...at, model: 'embed', weight: 100 }, b: { ...at, model: 'b', weight: 3 } }
    const shared = planOf({ models, strategy: 'weighted-round-robin' })
    const turns = Array.from({ length: 8 }, (_, turn) => rankedIds(decided(shared, { turn: () => turn }))[0])
    expect(turns.filter(id => id === 'a')).toHaveLength(2)
    expect(turns.filter(id => id === 'b')).toHaveLength(6)
  })
})

type Reply = (signal: AbortSignal) => Promise<Response>

const vectors = (count = 1) => ({
  object: 'list',
  data: Array.from({ length: count }, (_, index) => ({ object: 'embedding', index, embedding: [0.6, 0.8] })),
  model: 'embed-1',
  usage: { prompt_tokens: 3, total_tokens: 3 },
})
const json =
  (value: unknown, status = 200): Reply =>
  async () =>
    new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })
const silent: Reply = signal => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
/** Sends headers and the beginning of a body, and then nothing. */
const stuck: Reply = async signal => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"data":['))
      signal.addEventListener('abort', () => controller.error(signal.reason))
    },
  })
  return new Response(body)
}

/** A journey to `east` and, as its spare, `west`; each at a host of its name. */
function setOut(replies: Readonly<Record<string, Reply>>, fields: Record<string, unknown> = {}) {
  const world = new VirtualWorld()
  const host = new VirtualHost()
  const isolate = new Isolate('isolate', world.random)
  const hosts: string[] = []
  const fetch: World['fetch'] = (url, init) => {
    const name = new URL(url).host
    hosts.push(name)
    const reply = replies[name]
    if (reply === undefined || !(init.signal instanceof AbortSignal)) throw new Error(`nobody at ${url}`)
    return reply(init.signal)
  }
  world.fetch = fetch
  const ids = Object.keys(replies)
  const models = Object.fromEntries(ids.map(id => [id, { ...at, baseUrl: `https://${id}`, model: 'embed-1' }]))
  const own = planOf({
    models,
    routes: [{ name: 'r', use: ids.slice(0, 1), fallback: ids.slice(1) }],
    limits: { attempts: ids.length, firstTokenMs: 5_000, idleMs: 3_000, totalMs: 60_000 },
  })
  const journey = {
    id: 'id',
    embeddings: embeddings({ model: 'r', ...fields }),
    controls: noControls,
    surface: openaiSurface,
    claims: {},
  }
  return { world, host, isolate, hosts, result: route(own, journey, isolate, host, world) }
}

const learned = (host: VirtualHost, model = 'east') => host.load.report(0).learned[model]

describe('a journey for embeddings', () => {
  it('ends with the bytes of the upstream, and has taught nothing of first tokens', async () => {
    const { result, host, world } = setOut({ east: json(vectors()) })
    const routed = await result
    if (!routed.ok) throw new Error(routed.failure.problem.message)
    expect(routed.value).toMatchObject({ model: 'east', attempts: 1, isStream: false, firstTokenMs: undefined, dropped: [] })
    expect(routed.value.body).toBe(JSON.stringify(vectors()))
    expect(await routed.value.ended).toEqual({
      failure: undefined,
      usage: { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 },
      writingMs: 0,
      outputTokens: undefined,
    })
    await settled()
    expect(host.load.inFlight).toBe(0)
    expect(world.armed).toBe(0)
    expect(learned(host)).toMatchObject({ starts: 1, succeeded: 1, failed: 0, firstTokens: [], censored: [], perTokenCount: 0 })
  })

  it('is no conversation to be remembered', async () => {
    const { result, isolate } = setOut({ east: json(vectors()) }, { user: 'ann' })
    const remember = vi.spyOn(isolate.load.placements, 'remember')
    expect(await result).toMatchObject({ ok: true })
    expect(remember).not.toHaveBeenCalled()
  })

  it('holds a lease for all the texts meanwhile', async () => {
    const { host, world } = setOut({ east: silent }, { input: [[1, 2, 3], [4]] })
    await world.pass(10)
    expect(host.load.load('east', world.nowMs)).toMatchObject({ inFlight: 1, waitingTokens: 4 })
  })

  it.each<[string, Reply, number]>([
    ['is silent', silent, 5_001],
    ['stops in its answer', stuck, 3_001],
  ])('goes on to the next upstream when one %s, without waiting for the whole time', async (_, broken, ms) => {
    const { result, host, world, hosts } = setOut({ east: broken, west: json(vectors()) })
    await world.pass(ms)
    expect(await result).toMatchObject({ ok: true, value: { model: 'west', attempts: 2 } })
    expect(hosts).toEqual(['east', 'west'])
    await settled()
    expect(host.load.inFlight).toBe(0)
    expect(world.armed).toBe(0)
    expect(learned(host)).toMatchObject({ succeeded: 0, failed: 1, censored: [] })
  })

  it('does not hold the silence of a large request against its upstream as early as that of a small one', async () => {
    // 5 s and half a millisecond for each of 10,000 tokens
    const { world, hosts } = setOut({ east: silent, west: json(vectors()) }, { input: [Array(10_000).fill(1)] })
    await world.pass(9_999)
    expect(hosts).toEqual(['east'])
    await world.pass(2)
    expect(hosts).toEqual(['east', 'west'])
  })

  it('ends with what the last upstream said, after all of them', async () => {
    const { result, host } = setOut({ east: json({ error: { message: 'No.' } }, 500), west: json({ data: [] }) })
    expect(await result).toMatchObject({
      ok: false,
      failure: {
        problem: { status: 502, code: 'upstream_malformed', message: expect.stringContaining('it holds 0 vectors for 1 inputs') },
        tried: [{ model: 'east' }, { model: 'west' }],
      },
    })
    await settled()
    expect(host.load.inFlight).toBe(0)
  })

  it('stops at what is wrong with the request itself', async () => {
    const { result, hosts } = setOut({ east: json({ error: { message: 'Bad dimensions.' } }, 400), west: json(vectors()) })
    expect(await result).toMatchObject({ ok: false, failure: { problem: { status: 400, message: 'Bad dimensions.' } } })
    expect(hosts).toEqual(['east'])
  })
})
