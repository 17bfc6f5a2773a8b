import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import type { ModelLoad } from '../../src/state/local-load'
import { ask, decided, modelsNamed, planOf, rankedIds } from './given'

const INPUT: ConfigInput = {
  models: modelsNamed('a', 'b', 'c', 'd'),
  pools: { fast: ['a', 'b'] },
  routes: [
    { name: 'paid', when: { 'claims.tier': ['pro'] }, use: ['d'], fallback: ['a'] },
    { name: 'coding', when: { topic: ['coding'] }, use: ['a', 'b'], fallback: ['c', 'd'], strategy: 'round-robin' },
    { name: 'default', use: ['c'] },
  ],
}
const plan = planOf(INPUT)
const writing = { topic: { value: 'creative_writing', confidence: 1 } } as const
const ejected = (forMs: number) => ({ ejectedForMs: forMs, probe: false })

function refused(...asked: Parameters<typeof ask>) {
  const decision = ask(...asked)
  if (decision.ok) throw new Error(`it was routed to ${rankedIds(decision.value).join(', ')}`)
  return decision.failure
}

describe('auto', () => {
  it('takes the first route that applies, and says why it passed over the ones before', () => {
    expect(decided(plan)).toMatchObject({
      route: 'coding',
      strategy: 'round-robin',
      passedOver: [{ route: 'paid', why: 'claims.tier: expected pro, found none' }],
    })
    expect(decided(plan, { claims: { tier: 'pro' } })).toMatchObject({ route: 'paid', passedOver: [] })
    expect(decided(plan, { features: writing }).passedOver.map(({ route }) => route)).toEqual(['paid', 'coding'])
  })

  it("does not take the client's metadata for a claim", () => {
    expect(decided(plan, { fields: { metadata: { tier: 'pro' } } }).route).toBe('coding')
  })

  it('passes over a route none of whose models is live', () => {
    const decision = decided(
      planOf(
        INPUT,
        ['a', 'b', 'c', 'd'].filter(id => id !== 'c'),
      ),
      { claims: { tier: 'pro' } },
    )
    expect(decision.route).toBe('coding')
    expect(decision.passedOver).toEqual([{ route: 'paid', why: 'none of its models is live' }])
    expect(rankedIds(decision)).toEqual(['c'])
  })

  it('goes to everything where no route applies', () => {
    const none = planOf({ ...INPUT, routes: INPUT.routes?.slice(0, 2) ?? [] })
    const decision = decided(none, { features: writing })
    expect(decision.route).toBe('everything')
    expect([...rankedIds(decision)].sort()).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('a ranking', () => {
  it('is the strategy over what the route uses, and then its fallback in order', () => {
    expect(rankedIds(decided(plan, { turn: () => 0 }))).toEqual(['a', 'b', 'c', 'd'])
    expect(rankedIds(decided(plan, { turn: () => 1 }))).toEqual(['b', 'a', 'c', 'd'])
  })

  it('leaves out who cannot serve, with the reason', () => {
    const decision = decided(plan, { loads: { a: ejected(700), c: { inFlight: 1_000 } } })
    expect(rankedIds(decision)).toEqual(['b', 'd'])
    expect(decision).toMatchObject({
      panic: false,
      excluded: [
        { model: { id: 'a' }, exclusion: { kind: 'ejected', forMs: 700 } },
        { model: { id: 'c' }, exclusion: { kind: 'full', inFlight: 1_000, maxInFlight: 1_000 } },
      ],
    })
  })

  it('is the fallback alone when none of the others can', () => {
    expect(rankedIds(decided(plan, { loads: { a: ejected(700), b: ejected(700) } }))).toEqual(['c', 'd'])
  })

  it('counts recent failures as load: a model that fails at once is not idle', () => {
    const decision = decided(plan, {
      model: 'fast',
      controls: { strategy: 'least-connections' },
      loads: { a: { recentFailures: 3 }, b: { inFlight: 2 } },
    })
    expect(rankedIds(decision)).toEqual(['b', 'a'])
  })

  it('takes the turn of its own group', () => {
    const asked: string[] = []
    decided(plan, { turn: group => asked.push(group) })
    decided(plan, { model: 'fast', turn: group => asked.push(group) })
    expect(asked).toEqual(['coding', 'fast'])
  })
})

describe('panic mode', () => {
  const all = { a: ejected(900), b: ejected(100), c: ejected(500), d: ejected(300) }

  it('tries the ejected rather than nobody, the least bad first within their strategy', () => {
    const decision = decided(plan, { loads: all })
    expect(decision.panic).toBe(true)
    expect(decision.excluded).toEqual([])
    // Round robin keeps its own order over what the route uses; the fallback follows by how soon each is back
    expect(rankedIds(decision)).toEqual(['a', 'b', 'd', 'c'])
  })

  it('never tries one that cannot do it at all', () => {
    const decision = decided(plan, { loads: { ...all, a: { inFlight: 1_000 } } })
    expect(rankedIds(decision)).toEqual(['b', 'd', 'c'])
    expect(decision.excluded.map(({ model, exclusion }) => [model.id, exclusion.kind])).toEqual([['a', 'full']])
  })

  it('is none as long as one of the fallbacks is sound', () => {
    const decision = decided(plan, { loads: { ...all, d: {} } })
    expect(decision.panic).toBe(false)
    expect(rankedIds(decision)).toEqual(['d'])
  })
})

describe('accounts that are refused', () => {
  const keyed = (id: string, secret: string) => ({ provider: 'openai' as const, model: id, secret })
  const models = { a: keyed('a', 'ONE'), b: keyed('b', 'ONE'), c: keyed('c', 'TWO') }
  const shared = planOf({ models, routes: [{ name: 'all', use: ['a'], fallback: ['b', 'c'] }] })

  it('leave out every model behind them, and no other', () => {
    const decision = decided(shared, { loads: { '#account:ONE': ejected(700) } })
    expect(rankedIds(decision)).toEqual(['c'])
    expect(decision.excluded.map(({ model, exclusion }) => [model.id, exclusion])).toEqual([
      ['a', { kind: 'account', forMs: 700 }],
      ['b', { kind: 'account', forMs: 700 }],
    ])
    expect(decision.panic).toBe(false)
  })

  it('are tried all the same when there are no others, the soonest back first', () => {
    const decision = decided(shared, { loads: { '#account:ONE': ejected(700), '#account:TWO': ejected(300) } })
    expect(decision.panic).toBe(true)
    // What the route uses comes before its fallback; within that it is the time
    expect(rankedIds(decision)).toEqual(['a', 'c', 'b'])
    expect(decision.excluded).toEqual([])
  })

  it('are let in for their probe', () => {
    const decision = decided(shared, { loads: { '#account:ONE': { ejectedForMs: 1, probe: true } } })
    expect(rankedIds(decision)).toEqual(['a', 'b', 'c'])
  })

  it('count as the least bad beside ejected models and places, whichever is back first', () => {
    const decision = decided(shared, {
      place: 'HKG',
      loads: { '#place:openai@HKG': ejected(500), '#account:ONE': ejected(900), c: ejected(100) },
    })
    expect(decision.panic).toBe(true)
    expect(rankedIds(decision)).toEqual(['a', 'c', 'b'])
  })

  it('do not bring back a model that cannot do it at all', () => {
    const small = planOf({ models: { a: { ...models.a, contextWindow: 50 }, c: models.c } })
    const loads = { '#account:ONE': ejected(700), '#account:TWO': ejected(300) }
    expect(rankedIds(decided(small, { loads, features: { promptTokens: 51 } }))).toEqual(['c'])
  })
})

describe('a rate limit that is nearly used up', () => {
  const left = (share: number) => ({ headroom: { share, forMs: 1_000 } })

  it.each<[string, Readonly<Record<string, Partial<ModelLoad>>>, readonly string[]]>([
    ['puts its model last, behind the fallback too', { a: left(0.049) }, ['b', 'c', 'd', 'a']],
    ['does not at a twentieth', { a: left(0.05) }, ['a', 'b', 'c', 'd']],
    ['keeps the order among those it spares', { a: left(0.01), c: left(0.04) }, ['b', 'd', 'a', 'c']],
    ['of all changes nothing', { a: left(0.01), b: left(0.02), c: left(0.03), d: left(0.04) }, ['a', 'b', 'c', 'd']],
    ['and quite used up leaves it out', { a: left(0) }, ['b', 'c', 'd']],
    ['is one with less than a request left', { a: { ...left(0.5), quota: { left: 0.9, refillMs: 100 } } }, ['b', 'c', 'd', 'a']],
    ['and is none with one left', { a: { ...left(0.5), quota: { left: 1, refillMs: 100 } } }, ['a', 'b', 'c', 'd']],
  ])('%s', (_, loads, expected) => {
    const decision = decided(plan, { turn: () => 0, loads })
    expect(rankedIds(decision)).toEqual(expected)
    expect(decision.panic).toBe(false)
  })
})

describe('a named model', () => {
  it.each([
    ['a', 'a', ['a']],
    ['a-upstream', 'a-upstream', ['a']],
    ['fast', 'fast', ['a', 'b']],
    ['default', 'default', ['c']],
  ])('%s is routed there and nowhere else', (model, route, expected) => {
    const decision = decided(plan, { model })
    expect(decision.route).toBe(route)
    expect([...rankedIds(decision)].sort()).toEqual(expected)
  })

  it.each([
    ['model', { model: 'gpt-9' }],
    ['x-router-models', { controls: { models: ['a', 'gpt-9'] } }],
  ])('that is not known here is a 404 that names the known ones (%s)', (param, asking) => {
    const problem = refused(plan, asking)
    expect(problem).toMatchObject({ status: 404, code: 'model_not_found', param })
    expect(problem.message).toMatch(/no model, pool or route "gpt-9" here\. Known names: auto, /)
  })

  it('of any length is quoted in part', () => {
    expect(refused(plan, { model: 'x'.repeat(100_000) }).message.length).toBeLessThan(2_000)
  })
})

describe('controls', () => {
  it('a list of models is tried in its order, whatever the strategy of the configuration', () => {
    const decision = decided(plan, { controls: { models: ['d', 'fast'] } })
    expect(decision).toMatchObject({ route: 'listed', strategy: 'listed' })
    expect(rankedIds(decision)).toEqual(['d', 'a', 'b'])
  })

  it('a list wins over the model, which need not even exist', () => {
    expect(rankedIds(decided(plan, { model: 'gpt-9', controls: { models: ['b'] } }))).toEqual(['b'])
  })

  it("a strategy replaces the route's, and its priority reaches it", () => {
    const creative = { accuracy: 0.5, creativity: 0.9, ethics: 0.5 }
    const models = modelsNamed('dull', 'bright')
    const bright = models.bright
    const profiled = planOf({ models: bright === undefined ? models : { ...models, bright: { ...bright, profile: creative } } })
    const decision = decided(profiled, { controls: { strategy: 'model-aware', priority: 'creativity' } })
    expect(decision.strategy).toBe('model-aware')
    expect(rankedIds(decision)).toEqual(['bright', 'dull'])
  })
})

describe('when nobody can take a request', () => {
  const models = modelsNamed('a', 'b')
  const small = (capabilities: readonly 'tools'[], contextWindow: number) =>
    planOf({
      models: Object.fromEntries(
        Object.entries(models).map(([id, each]) => [id, { ...each, capabilities: [...capabilities], contextWindow }]),
      ),
    })

  it('for now, it is a 503 that asks to come back', () => {
    const problem = refused(planOf({ models }), { loads: { a: { inFlight: 1_000 }, b: { inFlight: 2_000 } } })
    expect(problem).toMatchObject({ status: 503, code: 'no_model_available', type: 'server_error', retryAfterMs: 1_000 })
    expect(problem.message).toBe(
      'No model of "everything" can take this request. a: 1000 requests are in flight of at most 1000; b: 2000 requests are in flight of at most 1000.',
    )
  })

  it('for what it asks, it is a 400: waiting would not help', () => {
    const problem = refused(small([], 1_000), { features: { tools: true } })
    expect(problem).toMatchObject({ status: 400, code: 'unsupported_parameter', param: null })
    expect(problem.retryAfterMs).toBeUndefined()
    expect(problem.message).toContain('a: it has no tools; b: it has no tools')
  })

  it('for its length, it is the 400 that clients know', () => {
    expect(refused(small(['tools'], 50), { features: { promptTokens: 51 } })).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      message: expect.stringMatching(/prompt is too long.*maximum context length.*a: the prompt needs about 51 tokens/),
      param: 'messages',
    })
  })

  it('some for ever and some for now, it is a 503', () => {
    const mixed = planOf({
      models: { a: { provider: 'openai', model: 'x', capabilities: [] }, b: { provider: 'openai', model: 'y' } },
    })
    expect(refused(mixed, { features: { tools: true }, loads: { b: { inFlight: 1_000 } } }).status).toBe(503)
  })

  it('since no model is live, it is a 503', () => {
    expect(refused(planOf({ models }, ['a', 'b']))).toMatchObject({
      status: 503,
      message: 'No model of "everything" can take this request. None of its models is live.',
    })
  })
})
