import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Ruling, ruleInRows, ruleOn, type Seen } from '../../src/state/central'
import { type Lease, LocalLoad } from '../../src/state/local-load'
import type { Snapshot } from '../../src/state/report'
import { KnownRows, type RowsSince } from '../../src/state/rows'
import { LEASE_MS, Tracker } from '../../src/state/tracker'

const START_MS = 1_700_000_000_000
const IDS = ['a', 'b', 'c']

/** The fewest in flight, ties by id. */
const fewest = ({ loads }: Seen): readonly string[] =>
  IDS.toSorted((x, y) => (loads[x]?.inFlight ?? 0) - (loads[y]?.inFlight ?? 0) || (x < y ? -1 : 1))

function region() {
  const tracker = new Tracker()
  let nowMs = START_MS
  const isolate = (name: string) => {
    const load = new LocalLoad(name)
    /** A question on its way to the tracker; what comes back is acted on later. */
    const ask = () => {
      const question = load.ask(nowMs)
      const report = load.report(nowMs)
      const sentMs = nowMs
      const arrive = () => ruleOn(tracker, report, { question, promptTokens: 10, ids: IDS }, nowMs, fewest)
      const act = ({ snapshot, ranking: [first = ''] }: Ruling & { readonly snapshot: Snapshot }): Lease => {
        load.accept(snapshot, sentMs)
        load.settleAsked(question, first)
        return load.take(first, 10, nowMs)
      }
      return { arrive, act, giveUp: () => load.settleAsked(question), send: () => act(arrive()) }
    }
    const sync = () => load.accept(tracker.sync(load.report(nowMs), nowMs), nowMs)
    return { load, ask, sync }
  }
  return {
    tracker,
    isolate,
    pass: (ms: number) => {
      nowMs += ms
    },
    now: () => nowMs,
    counts: () => IDS.map(id => tracker.state(nowMs).models[id]?.inFlight ?? 0),
    waiting: () => IDS.map(id => tracker.state(nowMs).models[id]?.waitingTokens ?? 0),
  }
}

describe('a question to the tracker', () => {
  it('counts whom it chose before the answer has got anywhere, so that the next sees it', () => {
    const { isolate, counts, waiting } = region()
    const [one, other] = [isolate('one'), isolate('other')]
    const first = one.ask()
    const second = other.ask()
    expect(first.arrive().ranking[0]).toBe('a')
    expect(counts()).toEqual([1, 0, 0])
    expect(waiting()).toEqual([10, 0, 0])
    expect(second.arrive().ranking[0]).toBe('b')
    expect(counts()).toEqual([1, 1, 0])
  })

  it('of an isolate that has others under way takes none of them for given up', () => {
    const { isolate, counts } = region()
    const { ask, sync } = isolate('one')
    const asked = Array.from({ length: 6 }, ask)
    const answers = asked.map(({ arrive }) => arrive())
    expect(counts()).toEqual([2, 2, 2])
    const leases = asked.flatMap(({ act }, index) => (answers[index] === undefined ? [] : [act(answers[index])]))
    sync()
    expect(counts()).toEqual([2, 2, 2])
    for (const lease of leases) lease.settle({ verdict: 'succeeded' }, START_MS)
    sync()
    expect(counts()).toEqual([0, 0, 0])
  })

  it('is told of once: neither beside its own lease nor after it has ended', () => {
    const { isolate, counts } = region()
    const { ask, sync, load } = isolate('one')
    const lease = ask().send()
    expect(counts()).toEqual([1, 0, 0])
    sync()
    expect(counts()).toEqual([1, 0, 0])
    expect(load.load('a', START_MS).inFlight).toBe(1)
    lease.settle({ verdict: 'succeeded' }, START_MS)
    sync()
    expect(counts()).toEqual([0, 0, 0])
  })

  it('that was given up counts until the next report, and one that then arrives late counts nobody', () => {
    const { isolate, counts } = region()
    const { ask, sync } = isolate('one')
    const early = ask()
    early.arrive()
    const late = ask()
    early.giveUp()
    late.giveUp()
    expect(counts()).toEqual([1, 0, 0])
    sync()
    expect(counts()).toEqual([0, 0, 0])
    late.arrive()
    expect(counts()).toEqual([0, 0, 0])
  })

  it('whose request died with its context is forgotten after a while', () => {
    const { isolate, counts, pass } = region()
    const { ask, sync } = isolate('one')
    ask().arrive()
    sync()
    expect(counts()).toEqual([1, 0, 0])
    pass(2_001)
    sync()
    expect(counts()).toEqual([0, 0, 0])
  })

  it('of an isolate that falls silent expires like its leases', () => {
    const { isolate, counts, pass } = region()
    isolate('one').ask().arrive()
    pass(LEASE_MS + 1)
    expect(counts()).toEqual([0, 0, 0])
  })

  it('that is overtaken by a later report does not bring back what has ended', () => {
    const { isolate, counts } = region()
    const { ask, sync, load } = isolate('one')
    const lease = load.take('c', 10, START_MS)
    const question = ask()
    lease.settle({ verdict: 'succeeded' }, START_MS)
    sync()
    expect(counts()).toEqual([0, 0, 0])
    // It is still asked, so that its answer counts, while its report of the lease is out of date
    question.arrive()
    expect(counts()).toEqual([1, 0, 0])
  })

  it('that only wants to know counts nobody', () => {
    const { tracker, counts } = region()
    const report = new LocalLoad('one').report(START_MS)
    const { ranking } = ruleOn(tracker, report, { question: undefined, promptTokens: 10, ids: IDS }, START_MS, fewest)
    expect(ranking).toHaveLength(3)
    expect(counts()).toEqual([0, 0, 0])
  })

  it('sees everyone’s requests, the asker’s own included, at that moment', () => {
    const { tracker, isolate } = region()
    const [one, other] = [isolate('one'), isolate('other')]
    one.load.take('a', 100, START_MS)
    other.load.take('a', 7, START_MS)
    other.sync()
    const inquiry = { question: undefined, promptTokens: 0, ids: [...IDS, '#account:K'] }
    let looked: Seen | undefined
    const look = (at: Seen) => {
      looked = at
      return fewest(at)
    }
    const { seen } = ruleOn(tracker, one.load.report(START_MS), inquiry, START_MS, look)
    expect(seen.loads.a).toMatchObject({ inFlight: 2, waitingTokens: 107 })
    expect(seen.view.ageMs).toBe(0)
    // Of whom nothing is known nothing is told, and that is what the choice was made by
    expect(Object.keys(seen.loads)).toEqual(['a'])
    expect(looked?.loads['#account:K']).toMatchObject({ inFlight: 0, ejectedForMs: 0 })
  })

  it('is answered like a report: whoever says which rows it has gets those that have changed, and the same choice', () => {
    const { tracker, isolate, now } = region()
    const other = isolate('other')
    for (const model of IDS) other.load.take(model, 7, now())
    other.sync()
    const { load } = isolate('one')
    const rows = new KnownRows()
    const ask = () => {
      const question = load.ask(now())
      const report = { ...load.report(now()), has: rows.version }
      const inquiry = { question, promptTokens: 10, ids: IDS }
      const { changes, ranking, seen } = ruleInRows(tracker, report, inquiry, now(), fewest)
      const told = JSON.parse(changes.rows) as RowsSince
      const models = rows.accept(told)
      load.accept({ ...changes.head, models }, now())
      load.settleAsked(question)
      return { told, ranking, seen, models }
    }
    expect(Object.keys(ask().told.shared)).toEqual(IDS)
    const again = ask()
    // Whom the first question reserved a place with, and nobody else; the place is the asker's own
    expect(Object.keys(again.told.shared)).toEqual([])
    expect(again.models.a).toMatchObject({ inFlight: 1, waitingTokens: 7 })
    expect(again.ranking).toEqual(['a', 'b', 'c'])
    expect(again.seen.loads.a).toMatchObject({ inFlight: 1 })
  })

  it('may go to a model whose time is over, and only the first does until it is known how that ends', () => {
    const { tracker, isolate, pass, now } = region()
    const broken = isolate('broken')
    for (let i = 0; i < 20; i++) broken.load.take('b', 1, now()).settle({ verdict: 'failed' }, now())
    broken.sync()
    pass(tracker.state(now()).models.b?.ejectedForMs ?? 0)
    const asked = ['one', 'two'].map(name => {
      const [{ load }, rows] = [isolate(name), new KnownRows()]
      const report = { ...load.report(now()), asked: [1], has: rows.version }
      const { seen } = ruleInRows(tracker, report, { question: 1, promptTokens: 1, ids: IDS }, now(), () => ['b'])
      return seen.loads.b
    })
    expect(asked).toMatchObject([
      { ejectedForMs: 1, probe: true },
      { ejectedForMs: 10_000, probe: false },
    ])
  })

  it('tries an account that was left out with one question and not with all of them', () => {
    const { tracker, isolate, pass, now } = region()
    const refused = isolate('refused')
    const account = '#account:KEY'
    const ids = [...IDS, account]
    refused.load.take('b', 1, now(), [account]).settle({ verdict: 'neutral', coolMs: 60_000, cools: account }, now())
    refused.sync()
    pass(60_000)
    const probes = ['one', 'two', 'three'].map(name => {
      const report = { ...isolate(name).load.report(now()), asked: [1] }
      const inquiry = { question: 1, promptTokens: 1, ids, sharedBy: () => [account] }
      return ruleOn(tracker, report, inquiry, now(), () => ['b']).seen.loads[account]?.probe
    })
    expect(probes).toEqual([true, false, false])
  })

  it('is a start that was known of at once', () => {
    const { isolate, pass, now } = region()
    const { ask, load } = isolate('one')
    ask().send()
    pass(300)
    expect(load.report(now()).startsAgoMs).toBe(0)
    // Of two starts the other went unheard for 300 ms
    const mixed = isolate('mixed')
    mixed.ask().send()
    mixed.load.take('a', 10, now())
    pass(300)
    expect(mixed.load.report(now()).startsAgoMs).toBe(150)
  })

  it('brings the lag down, told or not', () => {
    const { tracker, isolate, pass, now } = region()
    const { ask, load, sync } = isolate('one')
    load.take('a', 10, now())
    pass(800)
    sync()
    expect(tracker.state(now()).lagMs).toBe(800)
    for (let turn = 0; turn < 60; turn++) {
      pass(1_000)
      ask().send().settle({ verdict: 'succeeded' }, now())
      const { startsAgoMs: _, ...untold } = load.report(now())
      if (turn % 2 === 0) load.accept(tracker.sync(untold, now()), now())
      else sync()
    }
    // Six half-lives
    expect(tracker.state(now()).lagMs).toBeLessThan(0.02 * 800)
  })
})

describe('whoever asks, reports and ends whenever', () => {
  /** By isolate: ask, have the oldest question arrive, act on its answer, give it up, end the oldest lease, sync; lose the next call. */
  const step = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom('ask', 'arrive', 'act', 'giveUp', 'end', 'sync'),
  })

  it('leaves no lease behind, and counts no more than are asked for or sent', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const { isolate, counts } = region()
        const isolates = ['one', 'two', 'three'].map(name => ({
          ...isolate(name),
          open: [] as {
            question: ReturnType<ReturnType<typeof isolate>['ask']>
            answer?: Ruling & { readonly snapshot: Snapshot }
          }[],
          leases: [] as Lease[],
        }))
        for (const { who, what } of steps) {
          const at = isolates[who]
          if (at === undefined) throw new RangeError('no such isolate')
          const [oldest] = at.open
          if (what === 'ask') at.open.push({ question: at.ask() })
          else if (what === 'sync') at.sync()
          else if (what === 'end') at.leases.shift()?.settle({ verdict: 'succeeded' }, START_MS)
          else if (what === 'arrive') {
            const waiting = at.open.find(({ answer }) => answer === undefined)
            if (waiting !== undefined) waiting.answer = waiting.question.arrive()
          } else if (oldest !== undefined && (what === 'giveUp' || oldest.answer !== undefined)) {
            at.open.shift()
            if (what === 'giveUp') oldest.question.giveUp()
            else if (oldest.answer !== undefined) at.leases.push(oldest.question.act(oldest.answer))
          }
        }
        for (const { sync } of isolates) sync()
        const total = counts().reduce((sum, count) => sum + count, 0)
        const sent = isolates.reduce((sum, { leases }) => sum + leases.length, 0)
        const answered = isolates.reduce((sum, { open }) => sum + open.filter(({ answer }) => answer !== undefined).length, 0)
        expect(total).toBe(sent + answered)
        for (const { open, leases, sync } of isolates) {
          for (const { question } of open) question.giveUp()
          for (const lease of leases) lease.settle({ verdict: 'succeeded' }, START_MS)
          sync()
        }
        expect(counts()).toEqual([0, 0, 0])
      }),
      { seed: 20_261_124, numRuns: 1_000 },
    )
  })
})
