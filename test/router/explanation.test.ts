import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { decide } from '../../src/router/decide'
import { explained } from '../../src/router/explanation'
import type { Decided } from '../../src/router/inform'
import { type Asking, modelsNamed, planOf, questionOf } from './given'

const INPUT: ConfigInput = {
  models: modelsNamed('a', 'b', 'c', 'd'),
  routes: [
    { name: 'paid', when: { 'claims.tier': ['pro'] }, use: ['d'] },
    { name: 'hard', when: { complexity: { gte: 0.7 } }, use: ['d'] },
    { name: 'gone', use: ['c'] },
    { name: 'coding', when: { topic: ['coding'] }, use: ['a', 'b'], fallback: ['d'], strategy: 'round-robin' },
  ],
}

/** a is in a region; c is tried on everyone. */
const REGIONAL: ConfigInput = {
  models: {
    ...modelsNamed('b', 'c'),
    a: { provider: 'openai-compatible', model: 'a', baseUrl: 'https://a.example', region: 'eu' },
  },
  routes: [{ name: 'r', use: ['a', 'b'], canary: { use: ['c'], share: 1 } }],
}

function explain(asking: Asking, dead: readonly string[] = ['c'], input = INPUT, by?: Decided) {
  const question = { ...questionOf(asking), seed: 7, promptTokens: 100 }
  const decision = decide(planOf(input, dead), question)
  if (!decision.ok) throw new Error(decision.failure.message)
  return explained(decision.value, question, by)
}

describe('an explanation', () => {
  it('names every route that was passed over: the condition, what it wants, what there was and how sure that is', () => {
    expect(explain({}).passed_over).toEqual([
      { route: 'paid', why: 'claims.tier: expected pro, found none', field: 'claims.tier', wanted: ['pro'], found: null },
      {
        route: 'hard',
        why: 'complexity: expected >= 0.7, found 0.5',
        field: 'complexity',
        wanted: { gte: 0.7 },
        found: 0.5,
        confidence: 1,
      },
      { route: 'gone', why: 'none of its models is live' },
    ])
  })

  it('says whose view it rests on, and where the tracker was spared', () => {
    expect(explain({}).decided).toBeNull()
    const asked = { mode: 'central', by: 'tracker', waitedMs: 20 } as const
    expect(explain({}, [], INPUT, asked).decided).toEqual({ mode: 'central', by: 'tracker', waited_ms: 20 })
    const spared = { mode: 'central', by: 'isolate', waitedMs: 0, spared: true } as const
    expect(explain({}, [], INPUT, spared).decided).toEqual({ mode: 'central', by: 'isolate', waited_ms: 0, spared: true })
  })

  it('says where the request may be served, who is not there, and whether a canary is tried', () => {
    const said = explain({ regions: ['eu'] }, [], REGIONAL)
    expect(said).toMatchObject({ regions: ['eu'], canary: false })
    expect(said.candidates.find(({ model }) => model === 'b')).toEqual({
      model: 'b',
      rank: null,
      score: null,
      excluded: {
        kind: 'region',
        region: null,
        why: 'nobody says in which region it is, and this request may only be served in some',
      },
    })
    expect(explain({}, [], REGIONAL)).toMatchObject({ regions: null, canary: true })
    expect(explain({})).toMatchObject({ regions: null, canary: false })
  })

  it('gives every candidate its rank and score, or the reason why it has none', () => {
    const { candidates, route, strategy, panic } = explain({ loads: { b: { ejectedForMs: 700 } } })
    expect({ route, strategy, panic }).toEqual({ route: 'coding', strategy: 'round-robin', panic: false })
    expect(candidates).toEqual([
      { model: 'a', rank: 1, score: 0 },
      { model: 'd', rank: 2, score: 0 },
      {
        model: 'b',
        rank: null,
        score: null,
        excluded: {
          kind: 'ejected',
          forMs: 700,
          why: 'it keeps failing or asked for a pause, and is left out for another 700 ms',
        },
      },
    ])
  })

  it('holds what else the decision rested on', () => {
    const { features, view, hash_key, seed } = explain({ hashKey: '0123456789abcdef' })
    expect(features.topic).toEqual({ value: 'coding', confidence: 1 })
    expect({ view, hash_key, seed }).toEqual({ view: { age_ms: 0 }, hash_key: '0123456789abcdef', seed: 7 })
    expect(explain({ view: undefined }).view).toBeNull()
  })

  it('says null for a score that JSON cannot hold', () => {
    const { candidates } = explain({
      controls: { strategy: 'adaptive' },
      view: undefined,
      loads: { a: { failureRate: 1, inFlight: 1 }, b: { failureRate: 1, inFlight: 1 } },
    })
    expect(candidates.slice(0, 2).map(({ score }) => score)).toEqual([null, null])
  })
})
