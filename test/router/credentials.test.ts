import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { type Asking, ask, decided, modelsNamed, planOf, rankedIds } from './given'

const two = { eu: { secret: 'KEY_EU', region: 'eu' }, us: { secret: 'KEY_US', weight: 3 } }
const inputWith = (rest: Partial<ConfigInput> = {}): ConfigInput => ({
  models: { ...modelsNamed('claude'), gpt: { provider: 'openai', model: 'gpt-5.2', credentials: two } },
  pools: { fast: ['gpt', 'claude'] },
  routes: [
    { name: 'first', use: ['gpt'], fallback: ['claude'], strategy: 'random' },
    { name: 'last', use: ['claude'], fallback: ['gpt'] },
  ],
  ...rest,
})
const plan = planOf(inputWith())
const sorted = (asking: Asking, of = plan) => [...rankedIds(decided(of, asking))].sort()
const random = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
/** How often each comes at this place, over 400 decisions. */
function counts(asking: Asking, place: number, of = plan) {
  const draw = random(7)
  const seen: Record<string, number> = {}
  for (let turn = 0; turn < 400; turn++) {
    const id = rankedIds(decided(of, { random: draw, turn: () => turn, ...asking }))[place] ?? 'nobody'
    seen[id] = (seen[id] ?? 0) + 1
  }
  return seen
}

describe('a model with several credentials', () => {
  it.each(['gpt', 'gpt-5.2'])('stands for all of them under the name %s', model => {
    expect(sorted({ model })).toEqual(['gpt:eu', 'gpt:us'])
  })

  it('stands for all of them in pools, routes and lists', () => {
    expect(sorted({ model: 'fast' })).toEqual(['claude', 'gpt:eu', 'gpt:us'])
    expect(sorted({ model: 'first' })).toEqual(['claude', 'gpt:eu', 'gpt:us'])
    expect(sorted({ controls: { models: ['gpt'] } })).toEqual(['gpt:eu', 'gpt:us'])
  })

  it('is one name in the list of names, and each credential may be named all the same', () => {
    expect(plan.names).toEqual(['auto', 'claude-upstream', 'gpt-5.2', 'claude', 'gpt', 'fast', 'first', 'last'])
    expect(sorted({ model: 'gpt:us' })).toEqual(['gpt:us'])
  })

  it('is there as long as one credential is', () => {
    const half = planOf(inputWith(), ['gpt:eu'])
    expect(sorted({ model: 'gpt' }, half)).toEqual(['gpt:us'])
    expect(ask(planOf(inputWith(), ['gpt:eu', 'gpt:us']), { model: 'gpt' })).toMatchObject({
      failure: { code: 'model_not_found', message: '"gpt" is configured, but its secrets are not set: KEY_EU or KEY_US.' },
    })
  })

  it('goes on under the other where one is cooling down, refused or full', () => {
    const cooling = { ejectedForMs: 5_000, probe: false }
    for (const loads of [{ 'gpt:eu': cooling }, { '#account:KEY_EU': cooling }, { 'gpt:eu': { inFlight: 9_999 } }])
      expect(rankedIds(decided(plan, { model: 'gpt', loads }))).toEqual(['gpt:us'])
  })

  it('takes its credentials by weight in a strategy that goes by weight', () => {
    const { 'gpt:eu': eu = 0, 'gpt:us': us = 0 } = counts({ model: 'gpt', controls: { strategy: 'weighted-round-robin' } }, 0)
    expect([eu, us]).toEqual([100, 300])
  })

  it('is one of those that rotate, not two', () => {
    expect(counts({ model: 'fast', controls: { strategy: 'round-robin' } }, 0)).toEqual({
      claude: 200,
      'gpt:eu': 100,
      'gpt:us': 100,
    })
  })

  it.each<[string, Asking, number]>([
    ['a fallback', { model: 'last' }, 1],
    ['a list of the client', { controls: { models: ['claude', 'gpt'] } }, 1],
    ['a ranking by quality', { model: 'gpt', controls: { strategy: 'model-aware' } }, 0],
  ])('spreads over its credentials in %s too', (_, asking, place) => {
    const { 'gpt:eu': eu = 0, 'gpt:us': us = 0 } = counts({ view: undefined, ...asking }, place)
    expect(eu + us).toBe(400)
    // By weight one in four; each at least half as often as that, which chance misses once in many millions of seeds
    expect(Math.min(eu, us)).toBeGreaterThan(50)
  })

  it('is tried credential by credential where a client or a route puts them in an order', () => {
    expect(counts({ controls: { models: ['gpt:us', 'gpt:eu'] } }, 0)).toEqual({ 'gpt:us': 400 })
    expect(counts({ controls: { models: ['gpt:us', 'claude', 'gpt'] } }, 0)).toEqual({ 'gpt:us': 400 })
    const ordered = planOf(inputWith({ routes: [{ name: 'last', use: ['claude'], fallback: ['gpt:us', 'gpt:eu'] }] }))
    expect(counts({ model: 'last' }, 1, ordered)).toEqual({ 'gpt:us': 400 })
  })

  it('is no candidate twice where its credentials are named beside it', () => {
    const input = inputWith({ routes: [{ name: 'first', use: ['gpt:us'], fallback: ['gpt'] }] })
    expect(rankedIds(decided(planOf(input), { model: 'first' }))).toEqual(['gpt:us', 'gpt:eu'])
  })

  it('has its feedback in common: what an answer was worth does not depend on the key', () => {
    const evidence = { accuracy: { '*': { sum: 100, count: 100, atMs: 1_700_000_000_000 } } }
    const asking: Asking = {
      model: 'fast',
      controls: { strategy: 'model-aware', priority: 'accuracy' },
      feedback: { gpt: evidence },
    }
    expect(rankedIds(decided(plan, asking))[2]).toBe('claude')
    expect(decided(plan, { ...asking, feedback: {} }).ranking[2]?.model.id).not.toBe(undefined)
  })

  it('makes embeddings under any of them, since the vectors are the same', () => {
    const vectors = planOf(
      inputWith({
        models: { v: { provider: 'openai', model: 'text-embedding-3-small', credentials: two } },
        pools: {},
        routes: [],
      }),
    )
    const { embeddings } = vectors
    expect(embeddings.find('v')?.upstreamNames.size).toBe(1)
    expect(embeddings.find('v')?.use.map(({ id }) => id)).toEqual(['v:eu', 'v:us'])
  })

  it('serves a region by the credential that is there', () => {
    expect(rankedIds(decided(plan, { model: 'gpt', regions: ['eu'] }))).toEqual(['gpt:eu'])
  })
})
