import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KnownPlacements, PlacementLog } from '../../src/state/placements'

describe('what one isolate tells the others', () => {
  test.each([
    ['a conversation that begins where everybody looks is no news', [['k', 'home', true]], {}],
    ['one that begins elsewhere is', [['k', 'away', false]], { away: ['k'] }],
    // Its second turn tells nothing new
    [
      'one that stays elsewhere is told of once',
      [
        ['k', 'away', false],
        ['k', 'away', false],
      ],
      { away: ['k'] },
    ],
    [
      'one that comes home is news to those who looked elsewhere',
      [
        ['k', 'away', false],
        ['k', 'home', true],
      ],
      { home: ['k'] },
    ],
    ['one that nobody looks for is none', [['k', 'away', undefined]], {}],
  ] as const)('%s', (_, turns, expected) => {
    const known = new KnownPlacements()
    for (const [key, model, isExpected] of turns) known.remember(key, model, 0, isExpected)
    expect(known.takeNews()).toEqual(expected)
    expect(known.hasNews).toBe(false)
  })

  test('of too much news the latest is told', () => {
    const known = new KnownPlacements()
    for (let index = 0; index < 100; index++) known.remember(`k${index}`, 'away', 0, false)
    const { away = [] } = known.takeNews()
    expect(away).toHaveLength(40)
    expect(away.at(-1)).toBe('k99')
  })
})

describe('what is known', () => {
  test('is forgotten after ten minutes, as providers forget', () => {
    const known = new KnownPlacements()
    known.remember('k', 'a', 0, true)
    expect(known.modelOf('k', 600_000)).toBe('a')
    expect(known.modelOf('k', 600_001)).toBeUndefined()
  })

  test('is bounded, the oldest going first', () => {
    const known = new KnownPlacements()
    for (let index = 0; index <= 5_000; index++) known.remember(`k${index}`, 'a', 0, true)
    expect(known.modelOf('k0', 0)).toBeUndefined()
    expect(known.modelOf('k1', 0)).toBe('a')
  })
})

describe('what the tracker passes on', () => {
  test('goes to everyone else, once each', () => {
    const log = new PlacementLog()
    log.add({ a: ['k1', 'k2'] }, 'one')
    expect(log.since(0, 'two')).toEqual({ a: ['k1', 'k2'] })
    expect(log.since(0, 'one')).toEqual({})
    expect(log.since(log.next, 'two')).toEqual({})
    log.add({ b: ['k1'] }, 'three')
    expect(log.since(2, 'two')).toEqual({ b: ['k1'] })
    expect(log.since(0, 'two')).toEqual({ a: ['k2'], b: ['k1'] })
  })

  test('is no more than the latest 200', () => {
    const log = new PlacementLog()
    log.add({ a: Array.from({ length: 300 }, (_, index) => `k${index}`) }, 'one')
    const { a = [] } = log.since(0, 'two')
    expect(a).toHaveLength(200)
    expect(a[0]).toBe('k100')
  })

  test('reaches an isolate’s memory, and the last word counts', () => {
    const [one, two] = [new KnownPlacements(), new KnownPlacements()]
    const log = new PlacementLog()
    one.remember('k', 'away', 0, false)
    log.add(one.takeNews(), 'one')
    two.hear(log.since(0, 'two'), 0)
    expect(two.modelOf('k', 1)).toBe('away')
    // Two goes on there: no news
    two.remember('k', 'away', 2, false)
    expect(two.hasNews).toBe(false)
  })

  test("is each conversation of the others' once, where it went last, in the order in which they were first heard of", () => {
    const step = fc.record({ source: fc.nat(3), key: fc.nat(5), model: fc.nat(2), from: fc.nat(40) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const log = new PlacementLog()
        for (const [at, { source, key, model, from }] of steps.entries()) {
          log.add({ [`m${model}`]: [`k${key}`] }, `isolate ${source}`)
          const places = new Map<string, string>()
          for (const told of steps.slice(from, at + 1)) if (told.source !== source) places.set(`k${told.key}`, `m${told.model}`)
          const expected: Record<string, string[]> = {}
          for (const [each, place] of places) expected[place] = [...(expected[place] ?? []), each]
          expect(log.since(from, `isolate ${source}`)).toEqual(expected)
        }
      }),
      { seed: 20_261_201, numRuns: 300 },
    )
  })

  test('is the same after what is old was given back', () => {
    const log = new PlacementLog()
    // One of a few conversations at a time, moved again and again
    for (let turn = 0; turn < 1_000; turn++) log.add({ [`m${turn % 3}`]: [`k${turn % 7}`] }, 'a')
    const told = log.since(log.next - 200, 'b')
    const latest = Array.from({ length: 7 }, (_, back) => 999 - back)
    const keysOf = (model: number) => latest.filter(turn => turn % 3 === model).map(turn => `k${turn % 7}`)
    for (const model of [0, 1, 2]) expect([...(told[`m${model}`] ?? [])].sort()).toEqual(keysOf(model).sort())
  })
})
