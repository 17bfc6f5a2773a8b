import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import type { Group } from '../../src/router/plan'
import { candidate, situation } from '../strategy/given'
import { modelsNamed, planOf } from './given'

const ids = (group: Group | { readonly unknown: string } | undefined) =>
  group === undefined || 'unknown' in group ? group : group.use.map(({ id }) => id)

const INPUT: ConfigInput = {
  models: {
    ...modelsNamed('a', 'b', 'c'),
    east: { provider: 'openai', model: 'gpt-5.2', baseUrl: 'https://east.example' },
    west: { provider: 'openai', model: 'gpt-5.2', baseUrl: 'https://west.example' },
  },
  pools: { fast: ['a', 'b'], both: ['east', 'west'] },
  routes: [
    { name: 'support', when: { topic: ['coding'] }, use: ['both'], fallback: ['fast', 'east', 'c'], strategy: 'random' },
    { name: 'default', use: ['c'] },
  ],
}

describe('what requests may wait for before they are decided on', () => {
  type Wish = readonly [strategy: NonNullable<ConfigInput['strategy']>, decide: NonNullable<ConfigInput['decide']>]
  it.each<[string, Wish, Wish, { readonly hears: boolean; readonly refreshes: boolean }]>([
    ['nothing by default', ['adaptive', 'local'], ['adaptive', 'local'], { hears: false, refreshes: false }],
    ['a fresh view', ['adaptive', 'local'], ['adaptive', 'fresh'], { hears: true, refreshes: true }],
    ['the tracker’s choice alone', ['adaptive', 'local'], ['adaptive', 'central'], { hears: true, refreshes: false }],
    ['both', ['adaptive', 'fresh'], ['adaptive', 'central'], { hears: true, refreshes: true }],
    [
      'a view, where the tracker cannot choose',
      ['adaptive', 'local'],
      ['model-aware', 'central'],
      { hears: true, refreshes: true },
    ],
    ['no view, where nobody looks at load', ['adaptive', 'central'], ['random', 'fresh'], { hears: true, refreshes: false }],
  ])('is %s', (_, [strategy, decide], [own, ownDecide], expected) => {
    const routes = [{ name: 'r', use: ['a', 'b'], strategy: own, decide: ownDecide }]
    expect(planOf({ models: modelsNamed('a', 'b'), strategy, decide, routes })).toMatchObject(expected)
  })
})

describe('the names a client may use', () => {
  const plan = planOf(INPUT)

  it.each([
    ['a model', 'a', ['a']],
    ['a pool', 'fast', ['a', 'b']],
    ['a route', 'support', ['east', 'west']],
    ['an upstream name that several models share', 'gpt-5.2', ['east', 'west']],
    ['an upstream name of one model', 'a-upstream', ['a']],
    ['nothing known', 'gpt-9', undefined],
    ['what every object inherits', 'constructor', undefined],
  ])('are those of %s', (_, name, expected) => {
    expect(ids(plan.find(name))).toEqual(expected)
  })

  it('are listed, each once, auto first', () => {
    expect(plan.names[0]).toBe('auto')
    expect([...plan.names].sort()).toEqual(
      [
        'auto',
        'a',
        'b',
        'c',
        'east',
        'west',
        'fast',
        'both',
        'support',
        'default',
        'gpt-5.2',
        'a-upstream',
        'b-upstream',
        'c-upstream',
      ].sort(),
    )
  })

  it("an id wins over another's upstream name", () => {
    const clash = planOf({ models: { ...modelsNamed('a'), 'a-upstream': { provider: 'openai', model: 'x' } } })
    expect(ids(clash.find('a-upstream'))).toEqual(['a-upstream'])
  })
})

describe('a group', () => {
  const plan = planOf(INPUT)

  it('of a route has its fallback, its strategy and its name; no model of it twice', () => {
    expect(plan.routes[0]).toMatchObject({ name: 'support', group: { name: 'support', strategy: 'random' } })
    expect(plan.routes[0]?.group.fallback.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  it('of all else is ranked by the strategy of the configuration', () => {
    expect(plan.find('fast')?.strategy).toBe('adaptive')
    expect(planOf({ ...INPUT, strategy: 'round-robin' }).find('fast')?.strategy).toBe('round-robin')
    expect(planOf({ ...INPUT, strategy: 'round-robin' }).routes[1]?.group.strategy).toBe('round-robin')
    expect(planOf({ ...INPUT, strategy: 'round-robin' }).everything.strategy).toBe('round-robin')
  })

  it('prepares each strategy once', () => {
    const group = plan.find('fast')
    expect(group?.rankBy('consistent-hash')).toBe(group?.rankBy('consistent-hash'))
    expect(group?.rankBy('consistent-hash')).not.toBe(group?.rankBy('random'))
  })

  it('ranks by the rules where it is asked to, and a rule that is contextual itself does not go in circles', () => {
    const circular = planOf({
      ...INPUT,
      strategy: 'contextual',
      routes: [{ name: 'default', use: ['b', 'a'], strategy: 'contextual' }],
    })
    const ranking = circular.everything.rankBy('contextual')([candidate('a'), candidate('b'), candidate('c')], situation())
    expect(ranking.map(({ model }) => model.id).toSorted()).toEqual(['a', 'b', 'c'])
    expect(ranking.at(-1)?.model.id).toBe('c')
  })
})

describe('models whose secret is not set', () => {
  it('are nowhere, and names behind which nobody is left are unknown', () => {
    const plan = planOf(INPUT, ['a', 'east', 'west'])
    expect([...plan.live.keys()]).toEqual(['b', 'c'])
    expect(ids(plan.find('fast'))).toEqual(['b'])
    expect(plan.find('a')).toBeUndefined()
    expect(plan.find('both')).toBeUndefined()
    expect(plan.find('gpt-5.2')).toBeUndefined()
    expect(plan.names).not.toContain('both')
    expect(plan.routes[0]?.group).toMatchObject({ use: [] })
    expect(plan.routes[0]?.group.fallback.map(({ id }) => id)).toEqual(['b', 'c'])
  })

  it('leave a route with its fallback alone', () => {
    expect(
      planOf(INPUT, ['east', 'west'])
        .find('support')
        ?.fallback.map(({ id }) => id),
    ).toEqual(['a', 'b', 'c'])
  })
})

describe('a list of names', () => {
  const plan = planOf(INPUT)

  it.each([
    [
      ['c', 'a'],
      ['c', 'a'],
    ],
    [
      ['c', 'fast'],
      ['c', 'a', 'b'],
    ],
    [
      ['fast', 'b', 'a', 'c'],
      ['a', 'b', 'c'],
    ],
    [['gpt-5.2'], ['east', 'west']],
    [
      ['default', 'a'],
      ['c', 'a'],
    ],
    [['c', 'nobody', 'nothing'], { unknown: 'nobody' }],
  ])('%j is in its order, each model once', (names, expected) => {
    expect(ids(plan.listed(names))).toEqual(expected)
  })

  it('has no strategy: its order is what the client asked for', () => {
    expect(plan.listed(['c'])).toMatchObject({ name: 'listed', strategy: undefined })
  })

  it('of a route whose own models are not live has its fallback', () => {
    expect(ids(planOf(INPUT, ['east', 'west']).listed(['support']))).toEqual(['a', 'b', 'c'])
  })
})
