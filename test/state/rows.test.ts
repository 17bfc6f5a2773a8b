import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelSnapshot } from '../../src/state/report'
import { KnownRows, Rows, type RowsSince } from '../../src/state/rows'
import { modelSnapshot as model } from './given'

const SEED = 20_261_124
const START_MS = 1_700_000_000_000

/** What arrives. */
function told(rows: Rows, has: string, { atMs = START_MS, own = {}, maxBytes = 1e6 } = {}): RowsSince {
  const { from, to, shared } = rows.since(has, maxBytes)
  return { from, to, atMs, own, shared: JSON.parse(shared) }
}

describe('rows', () => {
  it('are told once: to whoever has them, only what has changed since', () => {
    const [rows, known] = [new Rows('e'), new KnownRows()]
    rows.write('a', model({ inFlight: 1 }), START_MS)
    rows.write('b', model({ inFlight: 2 }), START_MS)
    expect(Object.keys(told(rows, known.version).shared)).toEqual(['a', 'b'])
    known.accept(told(rows, known.version))
    rows.write('a', model({ inFlight: 1 }), START_MS + 1)
    expect(told(rows, known.version).shared).toEqual({})
    rows.write('b', model({ inFlight: 3 }), START_MS + 1)
    const later = told(rows, known.version)
    expect(later.shared).toEqual({ b: { inFlight: 3 } })
    expect(known.accept(later)).toMatchObject({ a: { inFlight: 1 }, b: { inFlight: 3 } })
  })

  it('say only what does not go without saying, to four digits, and come out whole', () => {
    const [rows, known] = [new Rows('e'), new KnownRows()]
    rows.write('a', model({ baseMs: 412.345678, slopeMsPerToken: 0.0412345678, slowdown: 1.23456 }), START_MS)
    rows.write('idle', model(), START_MS)
    const answer = told(rows, '')
    expect(answer.shared).toEqual({ a: { baseMs: 412.3, slopeMsPerToken: 0.04123, slowdown: 1.235 } })
    expect(known.accept(answer).a).toMatchObject(model({ baseMs: 412.3, slopeMsPerToken: 0.04123, slowdown: 1.235 }))
  })

  it('carry a field that they do not know as it is', () => {
    const rows = new Rows('e')
    const more: ModelSnapshot = { ...model(), ...{ lengths: { median: 123.456, spread: 2 } } }
    rows.write('a', more, START_MS)
    expect(told(rows, '').shared).toEqual({ a: { lengths: { median: 123.5, spread: 2 } } })
  })

  it('name times by the clock, so that time that passes is no change, and the isolate counts down', () => {
    const [rows, known] = [new Rows('e'), new KnownRows()]
    const limited = (afterMs: number) =>
      model({ headroom: { share: 0.2, forMs: 9_000 - afterMs, requests: 60, agoMs: afterMs }, ejectedForMs: 5_000 - afterMs })
    rows.write('a', limited(0), START_MS)
    known.accept(told(rows, ''))
    rows.write('a', limited(400), START_MS + 400)
    const later = told(rows, known.version, { atMs: START_MS + 1_000 })
    expect(later.shared).toEqual({})
    expect(known.accept(later).a).toMatchObject({
      headroom: { share: 0.2, forMs: 8_000, requests: 60, agoMs: 1_000 },
      ejectedForMs: 4_000,
    })
    const due = told(rows, known.version, { atMs: START_MS + 9_000 })
    // Only a probe is missing
    expect(known.accept(due).a).toMatchObject({ headroom: null, ejectedForMs: 1 })
  })

  it('of a model that is forgotten end where they are known', () => {
    const [rows, known] = [new Rows('e'), new KnownRows()]
    rows.write('a', model({ inFlight: 1 }), START_MS)
    known.accept(told(rows, known.version))
    rows.write('a', undefined, START_MS)
    expect(known.accept(told(rows, known.version))).toEqual({})
  })

  it('are replaced for one answer by what differs for the reporter', () => {
    const [rows, known] = [new Rows('e'), new KnownRows()]
    rows.write('a', model({ inFlight: 5, baseMs: 300 }), START_MS)
    const own = { a: { inFlight: 3, waitingTokens: 10 } }
    expect(known.accept(told(rows, '', { own })).a).toMatchObject({ inFlight: 3, waitingTokens: 10, baseMs: 300 })
    expect(known.accept(told(rows, known.version)).a).toMatchObject({ inFlight: 5, waitingTokens: 0, baseMs: 300 })
  })

  it('that do not fit into an answer come with the next ones, the longest untold first', () => {
    const [rows, known] = [new Rows('e'), new KnownRows()]
    for (let index = 0; index < 100; index++) rows.write(`m${index}`, model({ inFlight: index + 1 }), START_MS)
    let answers = 0
    for (; answers < 100; answers++) {
      const answer = told(rows, known.version, { maxBytes: 200 })
      expect(JSON.stringify(answer.shared).length).toBeLessThan(210)
      if (Object.keys(answer.shared).length === 0) break
      known.accept(answer)
    }
    expect(answers).toBeLessThan(20)
    expect(Object.values(known.accept(told(rows, known.version))).map(({ inFlight }) => inFlight)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    )
  })

  it('of a tracker that was made anew replace all that there were', () => {
    const known = new KnownRows()
    const before = new Rows('before')
    before.write('a', model({ inFlight: 1 }), START_MS)
    before.write('b', model({ inFlight: 1 }), START_MS)
    known.accept(told(before, known.version))
    const after = new Rows('after')
    after.write('b', model({ inFlight: 7 }), START_MS)
    const models = known.accept(told(after, known.version))
    expect(Object.keys(models)).toEqual(['b'])
    expect(models.b?.inFlight).toBe(7)
  })

  it('stay bounded however many names there were', () => {
    const [rows, known] = [new Rows('e'), new KnownRows()]
    for (let index = 0; index < 5_000; index++) {
      rows.write(`m${index}`, model({ inFlight: 1 }), START_MS)
      rows.write(`m${index}`, undefined, START_MS)
    }
    rows.write('last', model({ inFlight: 1 }), START_MS)
    expect(Object.keys(told(rows, '').shared).length).toBeLessThanOrEqual(2_000)
    expect(known.accept(told(rows, known.version)).last?.inFlight).toBe(1)
  })

  it('are the same for everyone in the end, whatever is lost, late or made anew', () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('write' as const), id: fc.constantFrom('a', 'b', 'c'), inFlight: fc.nat(3) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constantFrom('ask' as const, 'lose' as const, 'keep' as const, 'late' as const) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('anew' as const) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        let [rows, epoch] = [new Rows('0'), 0]
        const known = new KnownRows()
        const truth = new Map<string, number>()
        const kept: RowsSince[] = []
        for (const each of steps) {
          if (each.kind === 'write') {
            truth.set(each.id, each.inFlight)
            rows.write(each.id, model({ inFlight: each.inFlight }), START_MS)
          } else if (each.kind === 'anew') {
            epoch += 1
            rows = new Rows(String(epoch))
            for (const [id, inFlight] of truth) rows.write(id, model({ inFlight }), START_MS)
          } else if (each.kind === 'late') {
            for (const answer of kept.splice(0, 1)) known.accept(answer)
          } else {
            const answer = told(rows, known.version)
            if (each.kind === 'keep') kept.push(answer)
            if (each.kind === 'ask') known.accept(answer)
          }
        }
        known.accept(told(rows, known.version))
        const models = known.accept(told(rows, known.version))
        for (const [id, inFlight] of truth) expect(models[id]?.inFlight ?? 0).toBe(inFlight)
      }),
      { seed: SEED, numRuns: 500 },
    )
  })
})
