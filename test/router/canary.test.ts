import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../src/algorithm/hash'
import { createRing } from '../../src/algorithm/ring'
import type { ConfigInput } from '../../src/config'
import { isInCanary } from '../../src/router/canary'
import { type Asking, ask, decided, modelsNamed, planOf, rankedIds } from './given'

/** As they come: fingerprints of what clients send. */
const KEYS = Array.from({ length: 20_000 }, (_, at) => fingerprint(`conversation ${at}`))
const shareOf = (keys: readonly string[], share: number, route = 'r') =>
  keys.filter(key => isInCanary(share, route, key)).length / keys.length

describe('the share of a canary', () => {
  it.each([0, 0.001, 0.01, 0.05, 0.25, 0.5, 0.9, 1])('%d is kept over many conversations', share => {
    // Five standard deviations of a binomial share of 20,000: one correct hash in two million would fail
    const tolerance = 5 * Math.sqrt((share * (1 - share)) / KEYS.length)
    expect(Math.abs(shareOf(KEYS, share) - share)).toBeLessThanOrEqual(tolerance)
  })

  it('grows without letting anyone go who is in, and keeps each conversation on its side', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.string(), fc.string(), share, share, (route, key, one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)]
        expect(isInCanary(small, route, key)).toBe(isInCanary(small, route, key))
        if (isInCanary(small, route, key)) expect(isInCanary(large, route, key)).toBe(true)
        expect(isInCanary(0, route, key)).toBe(false)
        expect(isInCanary(1, route, key)).toBe(true)
      }),
      { seed: 5, numRuns: 1_000 },
    )
  })

  it('is made of other conversations on another route', () => {
    const [one, other] = ['r', 's'].map(route => new Set(KEYS.filter(key => isInCanary(0.5, route, key))))
    const both = KEYS.filter(key => one?.has(key) && other?.has(key)).length / KEYS.length
    // Independent halves share a quarter; five standard deviations
    expect(Math.abs(both - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / KEYS.length))
  })

  it('takes from each model of a hash ring alike: who owns a key has nothing to do with it', () => {
    const ring = createRing(['a', 'b', 'c'].map(id => ({ id, weight: 1 })))
    for (const id of ['a', 'b', 'c']) {
      const owned = KEYS.filter(key => ring.walk(key)[0] === id)
      expect(Math.abs(shareOf(owned, 0.2) - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / owned.length))
    }
  })
})

const inputWith = (route: object = {}, models: object = {}) =>
  ({
    models: { ...modelsNamed('old', 'next', 'spare'), ...models },
    routes: [{ name: 'r', use: ['old'], fallback: ['spare'], canary: { use: ['next'], share: 0.5 }, ...route }],
  }) as ConfigInput
const plan = planOf(inputWith())
const IN = KEYS.find(key => isInCanary(0.5, 'r', key)) ?? ''
const OUT = KEYS.find(key => !isInCanary(0.5, 'r', key)) ?? ''
const ejected = { ejectedForMs: 9_000, probe: false }

describe('a route with a canary', () => {
  it('tries it first on its conversations, with the ordinary models behind it, and on no others', () => {
    const [inside, outside] = [decided(plan, { hashKey: IN }), decided(plan, { hashKey: OUT })]
    expect([inside.canary, rankedIds(inside)]).toEqual([true, ['next', 'old', 'spare']])
    expect([outside.canary, rankedIds(outside)]).toEqual([false, ['old', 'spare']])
  })

  it.each<[string, Asking['loads'], object]>([
    ['ejected', { next: ejected }, {}],
    ['full', { next: { inFlight: 9_999 } }, {}],
    ['drained', {}, { next: { ...modelsNamed('next').next, state: 'draining' } }],
    ['disabled', {}, { next: { ...modelsNamed('next').next, state: 'disabled' } }],
  ])('that is %s sends everyone back', (_, loads = {}, models) => {
    const decision = decided(planOf(inputWith({}, models)), { hashKey: IN, loads })
    expect([decision.canary, rankedIds(decision)]).toEqual([false, ['old', 'spare']])
  })

  it('is not tried ahead of the others in panic, nor while it is nearly out of its rate limit', () => {
    const panic = decided(plan, { hashKey: IN, loads: { old: ejected, next: ejected, spare: ejected } })
    expect([panic.panic, panic.canary, panic.ranking[0]?.model.id]).toEqual([true, false, 'old'])
    const scarce = decided(plan, { hashKey: IN, loads: { next: { headroom: { share: 0.01, forMs: 1_000 } } } })
    expect([scarce.canary, rankedIds(scarce)]).toEqual([false, ['old', 'spare', 'next']])
  })

  it('is held to the regions of its route', () => {
    const models = { old: { ...modelsNamed('old').old, region: 'eu' }, next: { ...modelsNamed('next').next, region: 'us' } }
    const decision = decided(planOf(inputWith({ regions: ['eu'] }, models)), { hashKey: IN })
    expect([decision.canary, rankedIds(decision)]).toEqual([false, ['old']])
  })

  it('ranks several by its own strategy, and none twice that is a fallback as well', () => {
    const input = inputWith({ canary: { use: ['next', 'spare'], share: 1 }, strategy: 'round-robin' })
    const turns = [0, 1].map(turn => rankedIds(decided(planOf(input), { turn: () => turn })))
    expect(turns).toEqual([
      ['next', 'spare', 'old'],
      ['spare', 'next', 'old'],
    ])
  })

  it('leaves the hash ring of the ordinary models as it was', () => {
    const routes = { use: ['old', 'spare'], fallback: [], strategy: 'consistent-hash' }
    const [without, with5] = [{ canary: undefined }, { canary: { use: ['next'], share: 0.05 } }].map(canary =>
      planOf(inputWith({ ...routes, ...canary })),
    )
    if (without === undefined || with5 === undefined) throw new Error('two plans')
    for (const hashKey of KEYS.slice(0, 300)) {
      const ordinary = rankedIds(decided(with5, { hashKey })).filter(id => id !== 'next')
      expect(ordinary).toEqual(rankedIds(decided(without, { hashKey })))
    }
  })

  it('is a route of several vector spaces, where both make embeddings', () => {
    const vectors = (name: string) => ({ provider: 'openai', model: name, capabilities: ['embeddings'] })
    const input = {
      models: { one: vectors('v-1'), two: vectors('v-2') },
      routes: [{ name: 'r', use: ['one'], canary: { use: ['two'], share: 0.1 } }],
    }
    expect(ask(planOf(input as ConfigInput).embeddings as typeof plan, { model: 'r' })).toMatchObject({
      failure: { code: 'ambiguous_model' },
    })
  })
})
