import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { FAULTS } from './faults'
import { HOSTED, SERVED } from './fleet'
import type { Measures } from './measures'
import { POLICIES, REFERENCES } from './policies'
import { ALL_KNOWING } from './reference/all-knowing'
import { type Scenario, simulate } from './simulation'
import { syntheticChat, syntheticCode, syntheticReason } from './synthetic-trace'

const CHAT = syntheticChat(1_000, createRandom(1))
const REASON = syntheticReason(4_000, createRandom(2))
const CODE = syntheticCode(4_000, createRandom(3))

const [THREE, FIVE, EIGHT] = SERVED

function scenario(given: Partial<Scenario> = {}): Scenario {
  if (FIVE === undefined) throw new Error('no fleet')
  return {
    trace: CHAT,
    fleet: FIVE,
    load: 0.75,
    isolates: 20,
    staleness: 'own',
    fault: 'calm',
    weightError: 1,
    requests: 1_500,
    seed: 5,
    ...given,
  }
}

function run(policy: string, given: Partial<Scenario> = {}): Measures {
  const make = POLICIES[policy]
  if (make === undefined) throw new Error(`no ${policy}`)
  return simulate(scenario(given), make)
}

describe('a run', () => {
  it.each(['adaptive', 'consistent-hash', 'ref:prequal'])(
    'of %s comes out the same every time, and otherwise with another seed',
    policy => {
      const given = { fault: 'churn', isolates: 50, requests: 800 } as const
      const first = run(policy, given).figures()
      expect(run(policy, given).figures()).toEqual(first)
      expect(run(policy, { ...given, seed: 6 }).figures()).not.toEqual(first)
    },
    30_000,
  )

  // `Measures` throws when a request ends twice or never, and when a lease is left over after the last
  it.each(
    FAULTS.flatMap(fault =>
      ['adaptive', 'least-connections', 'ref:peak-ewma', ALL_KNOWING].map(policy => [fault, policy] as const),
    ),
  )('with %s ends every request exactly once under %s, and leaves no lease', (fault, policy) => {
    const measures = run(policy, { fault, requests: 700 })
    const [finished, failed, lost] = (['finished', 'failed', 'lost'] as const).map(which => measures.count(which))
    expect((finished ?? 0) + (failed ?? 0) + (lost ?? 0)).toBe(700)
    if (fault !== 'churn') expect(lost).toBe(0)
  })

  it('with fresh views, or old ones, or hosted models, does so too', () => {
    const others: readonly Partial<Scenario>[] = [
      { staleness: 'fresh' },
      { staleness: 5_000, isolates: 100 },
      ...HOSTED.map(fleet => ({ fleet, fault: 'crash' as const })),
    ]
    // What a crash cuts off nobody can finish, and whoever knows everything has the most at the model that was best until then
    for (const given of others) {
      const [own, bound] = ['adaptive', ALL_KNOWING].map(policy => run(policy, { ...given, requests: 500 }).count('finished'))
      expect(own).toBeGreaterThan((bound ?? 0) - 5)
    }
  })
})

describe('adaptive', () => {
  const cells: readonly Partial<Scenario>[] = [
    { trace: CHAT, fault: 'drift', isolates: 30 },
    { trace: REASON, fleet: THREE, load: 0.75, isolates: 100, staleness: 1_000 },
    { trace: CODE, fleet: EIGHT, load: 0.9, fault: 'errors', isolates: 10, staleness: 'fresh', weightError: 2 },
  ].map(given => ({ ...given, requests: 2_000 }) as Partial<Scenario>)
  // A slow-down of the biggest model in so short a run makes anything from 1.1 to 3.5 of a single cell, by chance
  const ratioOf = (policy: string) =>
    geometricMean([5, 6].flatMap(seed => cells.map(given => run(policy, { ...given, seed }).figures().p95Ms)))
  const own = ratioOf('adaptive')

  it.each(Object.keys(REFERENCES))('has a shorter 95th percentile to the first token than %s', name => {
    expect(own).toBeLessThan(ratioOf(name))
  })

  it('comes close to who knows everything', () => {
    expect(own / ratioOf(ALL_KNOWING)).toBeLessThan(1.8)
  }, 60_000)

  it('keeps conversations where their prompt cache is, though a hundred isolates share no memory, and nobody waits for longer', () => {
    const given = { trace: CHAT, fleet: EIGHT, isolates: 100, staleness: 1_000, requests: 2_000 } as Partial<Scenario>
    const [kept, scattered, best] = ['adaptive', 'adaptive:load-only', ALL_KNOWING].map(policy => run(policy, given).figures())
    // Of the tokens that a cache could save and the load-only balancer does not, more than half of what is possible at all
    const possible = (best?.hits ?? 0) - (scattered?.hits ?? 0)
    expect((kept?.hits ?? 0) - (scattered?.hits ?? 0)).toBeGreaterThan(possible / 2)
    expect(kept?.p95Ms).toBeLessThan(scattered?.p95Ms ?? 0)
  }, 30_000)

  it('makes less of a model that is limited to half of its share, and is seldom refused', () => {
    expect(run('adaptive', { trace: CODE, fault: 'limit', requests: 3_000 }).figures().rejected).toBeLessThan(1)
  }, 30_000)
})

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
