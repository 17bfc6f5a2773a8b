import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { Isolate } from '../../src/router/isolate'
import { questionOf as questionFrom } from '../../src/router/question'
import { claimedRegions, isWithin, narrowed } from '../../src/router/region'
import { chat } from '../provider/requests'
import { type Asking, ask, decided, modelsNamed, noControls, planOf, rankedIds } from './given'
import { START_MS, VirtualHost } from './virtual-world'

describe('regions', () => {
  it.each<[readonly (readonly string[] | undefined)[], readonly string[] | undefined]>([
    [[], undefined],
    [[undefined, undefined], undefined],
    [[['eu'], undefined], ['eu']],
    [
      [undefined, ['us', 'eu']],
      ['us', 'eu'],
    ],
    [
      [
        ['eu', 'us'],
        ['us', 'ap'],
      ],
      ['us'],
    ],
    [[['eu'], ['us']], []],
    [[[], undefined], []],
  ])('%j narrow each other to %j', (allowances, expected) => {
    expect(narrowed(...allowances)).toEqual(expected)
  })

  it('never widen, in whatever order', () => {
    const regions = fc.option(fc.subarray(['a', 'b', 'c']), { nil: undefined })
    fc.assert(
      fc.property(fc.array(regions, { maxLength: 4 }), fc.constantFrom('a', 'b', 'c'), (allowances, region) => {
        const isAllowed = isWithin({ region }, narrowed(...allowances))
        expect(isAllowed).toBe(allowances.every(allowed => allowed?.includes(region) ?? true))
        expect(isWithin({ region }, narrowed(...allowances.toReversed()))).toBe(isAllowed)
      }),
      { seed: 11 },
    )
  })

  it.each<[unknown, readonly string[] | undefined]>([
    [undefined, undefined],
    [null, undefined],
    ['eu', ['eu']],
    ['EU us,ap', ['eu', 'us', 'ap']],
    [
      ['EU', 'us'],
      ['eu', 'us'],
    ],
    [['eu', 3, ''], ['eu']],
    ['', []],
    [[], []],
    [3, []],
    [{ eu: true }, []],
  ])('in the claim %j are %j: what makes no sense keeps everyone out', (claim, expected) => {
    expect(claimedRegions({ regions: claim })).toEqual(expected)
  })

  it('of claim and control meet in the question', () => {
    const regionsOf = (claims: object, regions: readonly string[] | undefined) =>
      questionFrom({
        chat: chat(),
        controls: { ...noControls, regions },
        claims: { ...claims },
        isolate: new Isolate('i', () => 0),
        host: new VirtualHost(),
        nowMs: START_MS,
        random: () => 0,
      }).regions
    expect(regionsOf({}, undefined)).toBeUndefined()
    expect(regionsOf({ regions: ['eu', 'us'] }, ['us', 'ap'])).toEqual(['us'])
    expect(regionsOf({ regions: 'eu' }, ['us'])).toEqual([])
  })
})

const at = (id: string, region?: string) => ({ ...modelsNamed(id)[id], ...(region !== undefined && { region }) })
const INPUT = {
  models: { eu: at('eu', 'eu'), us: at('us', 'us'), any: at('any') },
  routes: [
    { name: 'private', when: { 'claims.tier': ['private'] }, use: ['us', 'any'], fallback: ['eu'], regions: ['eu'] },
    { name: 'default', use: ['us', 'any'], fallback: ['eu'] },
  ],
} as ConfigInput
const plan = planOf(INPUT)
const PRIVATE = { claims: { tier: 'private' } }

describe('a request that may only be served in some regions', () => {
  it('is served there by whoever is left, and each of the others is told apart', () => {
    const decision = decided(plan, PRIVATE)
    expect(rankedIds(decision)).toEqual(['eu'])
    expect(decision).toMatchObject({ route: 'private', regions: ['eu'] })
    expect(decision.excluded.map(({ model, exclusion }) => [model.id, exclusion])).toEqual([
      ['us', { kind: 'region', region: 'us' }],
      ['any', { kind: 'region', region: null }],
    ])
  })

  it('is any request that says so itself, whatever name it asks for', () => {
    for (const model of ['auto', 'default', 'eu', 'eu-upstream'])
      expect(rankedIds(decided(plan, { model, regions: ['eu'] }))).toEqual(['eu'])
    expect(rankedIds(decided(plan, { controls: { models: ['us', 'eu'] }, regions: ['eu'] }))).toEqual(['eu'])
  })

  it.each<[string, Asking]>([
    ['the control contradicts the route', { ...PRIVATE, regions: ['us'] }],
    ['no model is in the region', { regions: ['mars'] }],
    ['the claim contradicts the control', { regions: [] }],
    ['the model that it names is elsewhere', { model: 'us', regions: ['eu'] }],
    ['the model that it names says nothing', { model: 'any', regions: ['eu'] }],
  ])('is refused with a 400 that says so, where %s', (_, asking) => {
    expect(ask(plan, asking)).toMatchObject({
      ok: false,
      failure: {
        status: 400,
        code: 'no_model_in_region',
        param: null,
        message: expect.stringContaining('Regions where it may be served: '),
      },
    })
  })

  it('learns which header it was, where it sent one', () => {
    const failure = ask(plan, { regions: ['mars'], controls: { regions: ['mars'] } })
    expect(failure).toMatchObject({ failure: { param: 'x-router-regions' } })
  })

  it('does not leave them in panic, nor when the one there is full or drained', () => {
    const ejected = { ejectedForMs: 5_000, probe: false }
    const panic = decided(plan, { ...PRIVATE, loads: { eu: ejected } })
    expect([panic.panic, rankedIds(panic)]).toEqual([true, ['eu']])
    expect(ask(plan, { ...PRIVATE, loads: { eu: { inFlight: 9_999 } } })).toMatchObject({ failure: { status: 503 } })
    const drained = planOf({ ...INPUT, models: { ...INPUT.models, eu: { ...at('eu', 'eu'), state: 'draining' } } } as ConfigInput)
    expect(ask(drained, PRIVATE)).toMatchObject({ failure: { status: 503 } })
  })

  it('never sees a model elsewhere, whoever has a say and whatever the load', () => {
    const regions = fc.option(fc.subarray(['eu', 'us', 'mars']), { nil: undefined })
    const loads = fc.dictionary(
      fc.constantFrom('eu', 'us', 'any'),
      fc.record({ ejectedForMs: fc.constantFrom(0, 900), inFlight: fc.constantFrom(0, 9_999) }),
    )
    const models = fc.constantFrom('auto', 'private', 'default', 'us', 'any', 'us-upstream')
    fc.assert(
      fc.property(models, regions, loads, fc.boolean(), (model, asked, busy, isPrivate) => {
        const decision = ask(plan, { model, regions: asked, loads: busy, ...(isPrivate && PRIVATE) })
        if (!decision.ok) return
        const allowed = narrowed(decision.value.route === 'private' ? ['eu'] : undefined, asked)
        for (const { model: ranked } of decision.value.ranking) expect(isWithin(ranked, allowed)).toBe(true)
      }),
      { seed: 12, numRuns: 500 },
    )
  })
})
