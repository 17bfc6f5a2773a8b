import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Lease } from '../../src/state/local-load'
import { LocalLoad } from '../../src/state/local-load'
import { bounded, isSummary, MAX_SUMMARY_BYTES, mergedRow, SUMMARY_MS, type Summary } from '../../src/state/summary'
import { LEASE_MS, Tracker } from '../../src/state/tracker'
import { overTheWire, START_MS } from './fleet'

const SEED = 20_261_124

/** Trackers in a tree, `fleet` at its top, and isolates that report to some of them. */
class Tree {
  nowMs = START_MS
  readonly trackers = new Map<string, Tracker>()
  readonly #above: Readonly<Record<string, string>>
  readonly #isolates = new Map<string, { readonly load: LocalLoad; readonly leases: Lease[] }>()

  constructor(above: Readonly<Record<string, string>>) {
    this.#above = above
    for (const name of [...Object.keys(above), ...Object.values(above)]) this.trackers.set(name, new Tracker())
  }

  tracker(name: string): Tracker {
    const tracker = this.trackers.get(name)
    if (tracker === undefined) throw new RangeError(name)
    return tracker
  }

  at(tracker: string) {
    const known = this.#isolates.get(tracker) ?? { load: new LocalLoad(`of ${tracker}`), leases: [] }
    this.#isolates.set(tracker, known)
    return known
  }

  pass(ms: number): void {
    this.nowMs += ms
    for (const { leases } of this.#isolates.values()) for (const lease of leases) lease.renew(this.nowMs)
  }

  take(tracker: string, model = 'm', promptTokens = 10): Lease {
    const lease = this.at(tracker).load.take(model, promptTokens, this.nowMs)
    this.at(tracker).leases.push(lease)
    return lease
  }

  sync(tracker: string): void {
    const { load } = this.at(tracker)
    load.accept(this.tracker(tracker).sync(load.report(this.nowMs), this.nowMs), this.nowMs)
  }

  /** `isLost`: the answer. */
  exchange(name: string, isLost = false): void {
    const above = this.#above[name]
    if (above === undefined) return
    const { omitted: _, ...summary } = bounded(this.tracker(name).summary(above, this.nowMs))
    this.tracker(above).hear(name, travelled(summary), this.nowMs)
    if (!isLost) this.tracker(name).hear(above, travelled(this.tracker(above).summary(name, this.nowMs)), this.nowMs)
  }

  /** Up and down again, so that everyone has heard of everyone. */
  settle(): void {
    const names = Object.keys(this.#above)
    for (const tracker of this.#isolates.keys()) this.sync(tracker)
    for (let round = 0; round < 3; round++) for (const name of names) this.exchange(name)
    for (const tracker of this.#isolates.keys()) this.sync(tracker)
  }

  inFlight(tracker: string, model = 'm'): number {
    return this.tracker(tracker).state(this.nowMs).models[model]?.inFlight ?? 0
  }

  load(tracker: string, model = 'm') {
    return this.at(tracker).load.load(model, this.nowMs)
  }
}

function travelled(summary: Summary): Summary {
  const arrived: unknown = JSON.parse(JSON.stringify(summary))
  if (!isSummary(arrived)) throw new Error('a summary did not come out of JSON as one')
  return arrived
}

const SHARDS = { 'weur:1': 'weur', 'weur:2': 'weur', weur: 'fleet', enam: 'fleet' } as const
const NAMES = Object.keys(SHARDS) as (keyof typeof SHARDS)[]

describe('trackers that tell each other', () => {
  it('count every request once, wherever it is seen from', () => {
    const tree = new Tree(SHARDS)
    for (const [name, times] of [
      ['weur', 1],
      ['weur:1', 2],
      ['weur:2', 4],
      ['enam', 8],
    ] as const)
      for (let i = 0; i < times; i++) tree.take(name)
    tree.settle()
    for (const name of NAMES) expect([name, tree.inFlight(name)]).toEqual([name, 15])
    expect(tree.tracker('enam').state(tree.nowMs).isolates).toBe(4)
    // And so do isolates, with their own exactly
    for (const name of NAMES) expect([name, tree.load(name).inFlight]).toEqual([name, 15])
  })

  it('hear of an end as of a beginning', () => {
    const tree = new Tree(SHARDS)
    const lease = tree.take('weur:1')
    tree.settle()
    lease.settle({ verdict: 'succeeded' }, tree.nowMs)
    tree.settle()
    for (const name of NAMES) expect([name, tree.inFlight(name)]).toEqual([name, 0])
  })

  it('heal from whatever is lost or repeated with the next exchange', () => {
    const tree = new Tree(SHARDS)
    tree.take('weur:1')
    tree.sync('weur:1')
    tree.exchange('weur:1', true)
    tree.exchange('weur:1')
    tree.exchange('weur:1')
    tree.settle()
    for (const name of NAMES) expect([name, tree.inFlight(name)]).toEqual([name, 1])
  })

  it('forget one that falls silent with its isolates, and its isolates go on with what they have themselves', () => {
    const tree = new Tree(SHARDS)
    tree.take('weur:1')
    tree.take('weur:2')
    tree.settle()
    tree.pass(SUMMARY_MS)
    for (const name of ['weur', 'enam'] as const) expect([name, tree.inFlight(name)]).toEqual([name, 0])
    tree.sync('weur:1')
    expect(tree.inFlight('weur:1')).toBe(1)
    expect(tree.load('weur:1').inFlight).toBe(1)
  })

  it('never count less than nothing, and at rest everything is at zero, in any order of events', () => {
    const name = fc.constantFrom(...NAMES)
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constantFrom('take' as const, 'end' as const, 'sync' as const, 'exchange' as const, 'lose' as const),
          name,
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(100, 3_000, LEASE_MS + 1) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const tree = new Tree(SHARDS)
        let started = 0
        for (const each of steps) {
          if (each.kind === 'pass') tree.pass(each.ms)
          else if (each.kind === 'take') {
            tree.take(each.name)
            started += 1
          } else if (each.kind === 'end') tree.at(each.name).leases.pop()?.settle({ verdict: 'neutral' }, tree.nowMs)
          else if (each.kind === 'sync') tree.sync(each.name)
          else tree.exchange(each.name, each.kind === 'lose')
          for (const tracker of NAMES) {
            expect(tree.inFlight(tracker)).toBeGreaterThanOrEqual(0)
            expect(tree.inFlight(tracker)).toBeLessThanOrEqual(started)
          }
        }
        for (const tracker of NAMES) for (const lease of tree.at(tracker).leases) lease.settle({ verdict: 'neutral' }, tree.nowMs)
        tree.settle()
        for (const tracker of NAMES) expect(tree.inFlight(tracker)).toBe(0)
      }),
      { seed: SEED, numRuns: 150 },
    )
  })

  it('tell of arrivals elsewhere, and how large the prompts of the whole fleet are', () => {
    const tree = new Tree(SHARDS)
    tree.take('weur:1', 'm', 30)
    tree.take('enam', 'm', 90)
    tree.settle()
    const view = tree.at('weur:1').load.view(tree.nowMs)
    expect(view?.arrivalsPerSecond).toBeCloseTo(Math.LN2 / 5, 2)
    expect(view?.meanPromptTokens).toBeCloseTo(60, 0)
  })
})

describe('a failure in one region', () => {
  const failing = () => {
    const tree = new Tree(SHARDS)
    for (let i = 0; i < 5; i++) tree.take('enam', 'broken').settle({ verdict: 'failed' }, tree.nowMs)
    return tree
  }

  it('is known in the others, and lasts there as long', () => {
    const tree = failing()
    tree.take('weur:1', 'm')
    tree.settle()
    expect(tree.load('weur:1', 'broken').ejectedForMs).toBe(5_000)
    expect(tree.load('weur:1', 'broken').recentFailures).toBeCloseTo(5, 0)
    tree.pass(2_000)
    tree.settle()
    expect(tree.load('weur:1', 'broken').ejectedForMs).toBe(3_000)
  })

  it('is not believed where an answer came later', () => {
    const tree = failing()
    tree.settle()
    tree.pass(100)
    tree.take('weur:1', 'broken').settle({ verdict: 'succeeded' }, tree.nowMs)
    tree.settle()
    expect(tree.load('weur:1', 'broken').ejectedForMs).toBe(0)
    expect(tree.load('enam', 'broken').ejectedForMs).toBeGreaterThan(0)
  })

  it('is over elsewhere when the region itself has tried the model and got an answer', () => {
    const tree = failing()
    tree.take('weur:2', 'm')
    tree.settle()
    tree.pass(5_000)
    tree.settle()
    // Each may try it for itself: the region that left it out may have no more requests for it
    expect(tree.load('weur:2', 'broken')).toMatchObject({ ejectedForMs: 1, probe: true })
    expect(tree.load('enam', 'broken').probe).toBe(true)
    tree.take('enam', 'broken').settle({ verdict: 'succeeded' }, tree.nowMs)
    tree.settle()
    expect(tree.load('weur:2', 'broken').ejectedForMs).toBe(0)
  })

  it('of an account is not believed where it has answered since', () => {
    const tree = new Tree(SHARDS)
    const inEnam = tree.at('enam').load.take('m', 10, tree.nowMs, ['#account:K'])
    inEnam.settle({ verdict: 'neutral', coolMs: 300_000, cools: '#account:K' }, tree.nowMs)
    const inWeur = tree.at('weur').load.take('m', 10, tree.nowMs, ['#account:K'])
    tree.pass(1_000)
    tree.settle()
    expect(tree.load('weur', '#account:K').ejectedForMs).toBe(300_000)
    tree.pass(1_000)
    inWeur.settle({ verdict: 'succeeded' }, tree.nowMs)
    tree.settle()
    expect(tree.load('weur', '#account:K').ejectedForMs).toBe(0)
  })

  it('and so is a rate limit: a retry-after, and what is left', () => {
    const tree = new Tree(SHARDS)
    tree.take('enam', 'limited').settle({ verdict: 'failed', coolMs: 60_000 }, tree.nowMs)
    const lease = tree.take('enam', 'scarce')
    lease.headroom({ share: 0.1, forMs: 30_000 }, tree.nowMs)
    tree.take('weur', 'm')
    tree.settle()
    tree.pass(1_000)
    expect(tree.load('weur', 'limited').ejectedForMs).toBe(59_000)
    // A second of thirty: 0.9 / 900 has come back
    expect(tree.load('weur', 'scarce').headroom).toEqual({ share: expect.closeTo(0.101, 4), forMs: 29_000 })
  })

  it('but not how fast a model is: that differs by place', () => {
    const tree = new Tree(SHARDS)
    tree.take('enam', 'm').firstToken(tree.nowMs + 900)
    tree.settle()
    tree.take('weur', 'n')
    tree.settle()
    expect(tree.load('enam').firstToken).toBeDefined()
    expect(tree.load('weur').firstToken).toBeUndefined()
  })
})

describe('a summary', () => {
  const row = fc.record(
    {
      held: fc.tuple(fc.nat(50), fc.nat(1_000), fc.nat(50)),
      failures: fc.nat(50),
      out: fc.tuple(fc.nat(5_000), fc.nat(5_000)),
      headroom: fc.tuple(fc.nat(1_000), fc.nat(5_000)),
    },
    { requiredKeys: [] },
  )

  it('is the same in whatever order trackers are heard', () => {
    fc.assert(
      fc.property(row, row, row, (a, b, c) => {
        expect(mergedRow(mergedRow(a, b), c).held).toEqual(mergedRow(a, mergedRow(b, c)).held)
        expect(mergedRow(a, b).out).toEqual(mergedRow(b, a).out)
        expect(mergedRow(a, b).failures).toEqual(mergedRow(b, a).failures)
        expect(mergedRow(a, b).headroom?.[0]).toEqual(mergedRow(b, a).headroom?.[0])
      }),
      { seed: SEED },
    )
  })

  it('of a longer and a later cool-down leaves each its own beginning, so that the later does not revive what an answer has overruled', () => {
    expect(mergedRow({ out: [1_800_000, 1_800_000] }, { out: [5_000, 0] }).out).toEqual([1_800_000, 1_800_000])
    expect(mergedRow({ out: [5_000, 0] }, { out: [5_000, 700] }).out).toEqual([5_000, 0])
  })

  it('fits into a header with a thousand models, the broken and the busiest first, and says how many it left out', () => {
    const models = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [
        `provider/some-rather-long-name-of-a-model-${index}`,
        { held: [index, 1_000, 1] as const, ...(index === 3 && { out: [5_000, 0] as const }) },
      ]),
    )
    const { omitted, ...summary } = bounded({ isolates: 1, arrivalsPerSecond: 1, tokensPerSecond: 1, models })
    expect(JSON.stringify(summary).length).toBeLessThan(MAX_SUMMARY_BYTES + 1_000)
    expect(omitted + Object.keys(summary.models).length).toBe(1_000)
    expect(
      Object.keys(summary.models)
        .slice(0, 2)
        .map(id => id.split('-').at(-1)),
    ).toEqual(['3', '999'])
  })

  it.each([[undefined], [null], [{}], [{ isolates: 1, arrivalsPerSecond: 1, tokensPerSecond: 1, models: { m: { held: [1] } } }]])(
    'is not %j',
    value => {
      expect(isSummary(value)).toBe(false)
    },
  )
})

describe('what an isolate is told in rows', () => {
  it('is what it would be told in full, to four digits', () => {
    const [whole, inRows] = [new Tracker(), new Tracker({ models: {} }, 'e')]
    const isolates = ['a', 'b', 'c'].map(id => new LocalLoad(id))
    for (let turn = 0; turn < 30; turn++) {
      const nowMs = START_MS + 37 * turn
      const isolate = isolates[turn % 3]
      if (isolate === undefined) throw new RangeError('no isolate')
      const lease = isolate.take(turn % 2 === 0 ? 'm' : 'n', 100 + turn, nowMs, [], true)
      if (turn % 3 > 0) lease.firstToken(nowMs + 100 + turn)
      if (turn % 4 === 0) lease.settle({ verdict: turn % 8 === 0 ? 'failed' : 'succeeded' }, nowMs + 300)
      const report = overTheWire(isolate.report(nowMs))
      const full = whole.sync(report, nowMs)
      const { head, rows } = inRows.answer({ ...report, has: '' }, nowMs)
      expect(head).toEqual({ ...full, models: undefined })
      const { shared, own } = JSON.parse(rows)
      for (const [id, model] of Object.entries(full.models)) {
        const told = { ...shared[id], ...own[id] }
        expect(told.inFlight ?? 0).toBe(model.inFlight)
        expect(told.waitingTokens ?? 0).toBe(model.waitingTokens)
        if (model.baseMs !== null) expect(told.baseMs / model.baseMs).toBeCloseTo(1, 3)
        expect((told.slowdown ?? 1) / model.slowdown).toBeCloseTo(1, 3)
      }
      isolate.accept(full, nowMs)
    }
  })
})
