import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Counts, Waiting } from '../../src/state/report'
import { isSame, type Tallied, Tally } from '../../src/state/tally'

const SEED = 20_261_125
const MODELS = ['a', 'b', 'c'] as const

/** Of those in flight some wait, and of those some are late, by halves, which add up exactly. */
const row = fc
  .record({ inFlight: fc.integer({ min: 1, max: 9 }), tokens: fc.nat(9_000), waiting: fc.nat(9), overdue: fc.nat(9) })
  .map(({ inFlight, tokens, waiting, overdue }) => {
    const requests = Math.min(inFlight, waiting)
    const late = Math.min(requests, overdue)
    return { leases: [inFlight, tokens] as const, waiting: [requests, late, late * 1.5] as Waiting }
  })
const counts: fc.Arbitrary<Counts> = fc.dictionary(fc.constantFrom(...MODELS), row).map(rows => ({
  leases: Object.fromEntries(Object.entries(rows).map(([model, { leases }]) => [model, leases])),
  waiting: Object.fromEntries(Object.entries(rows).flatMap(([model, { waiting }]) => (waiting[0] > 0 ? [[model, waiting]] : []))),
}))

/** By walking over everyone. */
function counted(all: readonly Counts[], model: string): Tallied {
  const sum = (of: (each: Counts) => number | undefined) => all.reduce((total, each) => total + (of(each) ?? 0), 0)
  return {
    inFlight: sum(({ leases }) => leases[model]?.[0]),
    waitingTokens: sum(({ leases }) => leases[model]?.[1]),
    waiting: [
      sum(({ waiting }) => waiting?.[model]?.[0]),
      sum(({ waiting }) => waiting?.[model]?.[1]),
      sum(({ waiting }) => waiting?.[model]?.[2]),
    ],
  }
}

describe('a tally', () => {
  it('is what a walk over all isolates would find, whoever came and went', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ counts, leaves: fc.boolean() }), { maxLength: 12 }), isolates => {
        const tally = new Tally()
        for (const isolate of isolates) tally.add(isolate.counts)
        for (const isolate of isolates) if (isolate.leaves) tally.remove(isolate.counts)
        const left = isolates.filter(({ leaves }) => !leaves).map(isolate => isolate.counts)
        for (const model of MODELS) {
          expect(tally.of(model)).toEqual(counted(left, model))
          expect(tally.has(model)).toBe(counted(left, model).inFlight > 0)
        }
        expect([...tally.models()].sort()).toEqual(MODELS.filter(model => tally.has(model)))
      }),
      { seed: SEED },
    )
  })

  it("without one isolate's own is what a walk over the others would find", () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 5 }), counts, (others, own) => {
        const tally = new Tally()
        for (const each of [...others, own]) tally.add(each)
        for (const model of MODELS) expect(tally.of(model, own)).toEqual(counted(others, model))
      }),
      { seed: SEED },
    )
  })
})

describe('two counts of an isolate', () => {
  const told: Counts = { leases: { a: [2, 30], b: [1, 0] }, waiting: { a: [1, 0, 0] } }

  it.each<[string, Counts, boolean]>([
    ['are the same in another order', { ...told, leases: { b: [1, 0], a: [2, 30] } }, true],
    ['differ by a request', { ...told, leases: { a: [3, 30], b: [1, 0] } }, false],
    ['differ by tokens', { ...told, leases: { a: [2, 31], b: [1, 0] } }, false],
    ['differ by a model that is gone', { ...told, leases: { a: [2, 30] } }, false],
    ['differ by a model that is new', { ...told, leases: { ...told.leases, c: [1, 0] } }, false],
    ['differ where one model is gone and another new', { ...told, leases: { a: [2, 30], c: [1, 0] } }, false],
    ['differ where nobody waits any more', { leases: told.leases }, false],
    ['never are the same while somebody waits for too long', { ...told, waiting: { a: [1, 1, 1.2] } }, false],
  ])('%s', (_, other, expected) => {
    expect(isSame(told, other)).toBe(expected)
    expect(isSame(other, other)).toBe(expected || other.waiting?.a?.[1] !== 1)
  })
})
