import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ASK_COST } from '../../src/state/ask-share'
import { ruleOn } from '../../src/state/central'
import { HELD_MS } from '../../src/state/leases'
import { type Lease, LocalLoad } from '../../src/state/local-load'
import { type Learned, MAX_DECISIONS, MAX_SAMPLES, type Report } from '../../src/state/report'
import { MAX_CALLS_PER_SECOND } from '../../src/state/sync-pace'
import { LEASE_MS, Tracker } from '../../src/state/tracker'
import { Fleet, overTheWire, START_MS } from './fleet'

const SEED = 20_261_124
/** A count that decays with a half-life of 5 s stands at rate × 5 s / ln 2; so one request just now is ln 2 / 5 a second. */
const PER_REQUEST = Math.LN2 / 5

describe('in flight', () => {
  it("is everyone's: an isolate sees the others' by snapshot and its own at once, never its own twice", () => {
    const fleet = new Fleet(2)
    fleet.take(0)
    fleet.take(0)
    fleet.take(1, 40)
    fleet.syncAll()
    expect(fleet.sync(0).models.m).toMatchObject({ inFlight: 1, waitingTokens: 40 })
    expect(fleet.sync(1).models.m).toMatchObject({ inFlight: 2, waitingTokens: 200 })
    expect(fleet.state()).toMatchObject({ inFlight: 3, waitingTokens: 240 })
    expect(fleet.load(0)).toMatchObject({ inFlight: 3, waitingTokens: 240 })
    fleet.take(0, 7)
    expect(fleet.load(0)).toMatchObject({ inFlight: 4, waitingTokens: 247 })
    expect(fleet.load(1)).toMatchObject({ inFlight: 3, waitingTokens: 240 })
  })

  it('heals after a lost report with the next one', () => {
    const fleet = new Fleet(2)
    const lease = fleet.take(0)
    fleet.report(0)
    expect(fleet.sync(1).models.m).toBeUndefined()
    fleet.sync(0)
    expect(fleet.sync(1).models.m?.inFlight).toBe(1)
    lease.settle({ verdict: 'succeeded' }, fleet.nowMs)
    fleet.report(0)
    expect(fleet.sync(1).models.m?.inFlight).toBe(1)
    fleet.sync(0)
    expect(fleet.sync(1).models.m?.inFlight).toBe(0)
  })

  it('does not grow when a report arrives twice', () => {
    const fleet = new Fleet(2)
    fleet.take(0)
    const report = fleet.report(0)
    fleet.deliver(report)
    fleet.deliver(report)
    expect(fleet.sync(1).models.m?.inFlight).toBe(1)
  })

  it('of an isolate that falls silent ends with its lease, to the millisecond', () => {
    const fleet = new Fleet(2)
    fleet.take(0)
    fleet.sync(0)
    fleet.pass(LEASE_MS - 1)
    expect(fleet.sync(1)).toMatchObject({ isolates: 2, models: { m: { inFlight: 1 } } })
    fleet.pass(1)
    expect(fleet.sync(1)).toMatchObject({ isolates: 1, models: { m: { inFlight: 0 } } })
  })

  it('of an isolate that comes back late is there again with its next report', () => {
    const fleet = new Fleet(2)
    fleet.take(0)
    fleet.sync(0)
    fleet.pass(60_000)
    expect(fleet.sync(1).models.m?.inFlight).toBe(0)
    fleet.sync(0)
    expect(fleet.sync(1).models.m?.inFlight).toBe(1)
  })

  it('is not believed from a snapshot older than a lease, while what is known of the speed still is', () => {
    const fleet = new Fleet(2)
    fleet.take(0)
    fleet.take(0).firstToken(fleet.nowMs + 300)
    fleet.syncAll()
    fleet.pass(LEASE_MS)
    expect(fleet.load(1)).toMatchObject({ inFlight: 2, waitingTokens: 100 })
    expect(fleet.isolate(1).view(fleet.nowMs)?.ageMs).toBe(LEASE_MS)
    fleet.pass(1)
    expect(fleet.load(1)).toMatchObject({ inFlight: 0, waitingTokens: 0, failureRate: 0, slowdown: 1 })
    expect(fleet.load(1).firstToken).toBeDefined()
    expect(fleet.isolate(1).view(fleet.nowMs)).toBeUndefined()
    fleet.pass(600_000)
    expect(fleet.load(1).firstToken).toBeUndefined()
  })
})

describe('a lease', () => {
  it('ends once, however often it is settled', () => {
    const fleet = new Fleet(1)
    const [first, second] = [fleet.take(0), fleet.take(0)]
    for (const verdict of ['succeeded', 'failed', 'neutral'] as const) first.settle({ verdict, coolMs: 1_000 }, fleet.nowMs)
    first.firstToken(fleet.nowMs + 5)
    expect(fleet.isolate(0).inFlight).toBe(1)
    expect(fleet.report(0)).toMatchObject({
      leases: { m: [1, 100] },
      learned: { m: { starts: 2, succeeded: 1, failed: 0, firstTokens: [] } },
    })
    second.settle({ verdict: 'neutral' }, fleet.nowMs)
    expect(fleet.isolate(0).inFlight).toBe(0)
  })

  it('waits until its first token, and tells the time to it once', () => {
    const fleet = new Fleet(1)
    fleet.take(0, 30)
    const lease = fleet.take(0, 100)
    lease.firstToken(fleet.nowMs + 250)
    lease.firstToken(fleet.nowMs + 900)
    const report = fleet.report(0)
    expect(report.leases).toEqual({ m: [2, 30] })
    // 30 tokens were ahead of its own 100
    expect(report.learned.m?.firstTokens).toEqual([130, 250])
  })

  it.each([
    ['that timed out without a token tells that it took at least so long', true, false, [100, 400]],
    ['that timed out after its first token tells nothing of it', true, true, []],
    ['that failed otherwise tells nothing of it', false, false, []],
  ])('%s', (_, timedOut, hadToken, censored) => {
    const fleet = new Fleet(1)
    const lease = fleet.take(0)
    if (hadToken) lease.firstToken(fleet.nowMs + 10)
    lease.settle({ verdict: 'failed', timedOut }, fleet.nowMs + 400)
    expect(fleet.report(0).learned.m?.censored).toEqual(censored)
  })
})

describe('the lease of a request that was killed without a word', () => {
  it('ends by itself when its heart has not beaten for ten seconds, and cannot be settled any more', () => {
    const fleet = new Fleet(1)
    const isolate = fleet.isolate(0)
    const killed = isolate.take('m', 100, START_MS)
    const alive = isolate.take('m', 30, START_MS)
    alive.renew(START_MS + 5_000)
    expect(isolate.report(START_MS + HELD_MS).leases).toEqual({ m: [2, 130] })
    expect(isolate.report(START_MS + HELD_MS + 1).leases).toEqual({ m: [1, 30] })
    killed.settle({ verdict: 'succeeded' }, START_MS + HELD_MS + 2)
    killed.firstToken(START_MS + HELD_MS + 2)
    killed.renew(START_MS + HELD_MS + 2)
    expect(isolate.inFlight).toBe(1)
    alive.settle({ verdict: 'succeeded' }, START_MS + HELD_MS + 2)
    expect(isolate.report(START_MS + HELD_MS + 2).leases).toEqual({})
  })
})

describe('what was learned', () => {
  it('is counted once, however often its batch arrives', () => {
    const fleet = new Fleet(2)
    fleet.fail(0, 2)
    const report = fleet.report(0)
    for (let i = 0; i < 5; i++) fleet.deliver(report)
    expect(fleet.state().recentFailures).toBeCloseTo(2, 9)
    expect(fleet.sync(1).arrivalsPerSecond).toBeCloseTo(2 * PER_REQUEST, 9)
  })

  it('is sent again under its number until it is acknowledged; what comes meanwhile waits for the next', () => {
    const fleet = new Fleet(1)
    fleet.fail(0)
    const first = fleet.report(0)
    fleet.fail(0)
    const again = fleet.report(0)
    expect(again).toEqual({ ...first, turn: 2 })
    expect(first).toMatchObject({ batch: 1, learned: { m: { failed: 1 } } })
    expect(fleet.isolate(0).hasNews).toBe(true)
    fleet.sync(0)
    expect(fleet.report(0)).toMatchObject({ batch: 2, learned: { m: { starts: 1, failed: 1 } } })
    fleet.sync(0)
    expect(fleet.isolate(0).hasNews).toBe(false)
    expect(fleet.report(0)).toMatchObject({ batch: 0, learned: {} })
    expect(fleet.state().recentFailures).toBeCloseTo(2, 9)
  })

  it('is not acknowledged by the answer to an earlier report', () => {
    const fleet = new Fleet(1)
    fleet.take(0)
    fleet.sync(0)
    const early = fleet.deliver(fleet.report(0))
    fleet.fail(0)
    fleet.report(0)
    fleet.isolate(0).accept(early, fleet.nowMs)
    expect(fleet.report(0)).toMatchObject({ batch: 2, learned: { m: { failed: 1 } } })
  })

  it('survives the eviction of the object: speed, health and ejections, not leases, which come back by themselves', () => {
    const fleet = new Fleet(2)
    fleet.take(0).firstToken(fleet.nowMs + 321)
    fleet.fail(0, 5, 'broken')
    fleet.syncAll()
    const before = fleet.tracker.state(fleet.nowMs)
    fleet.evict()
    const after = fleet.tracker.state(fleet.nowMs)
    expect(after.models).toEqual({ ...before.models, m: { ...before.models.m, inFlight: 0 } })
    expect(after.models.broken?.ejectedForMs).toBe(5_000)
    fleet.syncAll()
    expect(fleet.tracker.state(fleet.nowMs).models).toEqual(before.models)
    fleet.fail(0, 1, 'broken')
    expect(fleet.sync(0).batch).toBe(2)
  })

  it('of a model that nobody asked for in a day is forgotten', () => {
    const fleet = new Fleet(1)
    fleet.succeed(0)
    fleet.sync(0)
    fleet.pass(24 * 3_600_000)
    expect(Object.keys(fleet.tracker.state(fleet.nowMs).models)).toEqual(['m'])
    fleet.pass(1)
    expect(fleet.tracker.state(fleet.nowMs).models).toEqual({})
  })

  it("tells an isolate of the others' arrivals, not of its own, and how large everyone's prompts are", () => {
    const fleet = new Fleet(2)
    fleet.take(0, 1_000)
    fleet.take(1, 20)
    fleet.take(1, 30)
    fleet.syncAll()
    expect(fleet.sync(0)).toMatchObject({ meanPromptTokens: 350, arrivalsPerSecond: 2 * PER_REQUEST })
    expect(fleet.sync(1)).toMatchObject({ meanPromptTokens: 350, arrivalsPerSecond: PER_REQUEST })
    fleet.pass(5_000)
    expect(fleet.sync(1).arrivalsPerSecond).toBeCloseTo(PER_REQUEST / 2, 12)
    expect(fleet.sync(1).meanPromptTokens).toBeCloseTo(350, 9)
  })

  it('tells an isolate that is alone how large its own prompts are', () => {
    const fleet = new Fleet(1)
    fleet.take(0, 100)
    fleet.take(0, 300)
    fleet.sync(0)
    expect(fleet.sync(0)).toMatchObject({ meanPromptTokens: 200, arrivalsPerSecond: 0 })
  })

  it('an old answer that arrives late does not replace a newer one', () => {
    const fleet = new Fleet(2)
    const old = fleet.deliver(fleet.report(1))
    fleet.take(0)
    fleet.sync(0)
    fleet.pass(100)
    fleet.sync(1)
    fleet.isolate(1).accept(old, fleet.nowMs - 100)
    expect(fleet.load(1).inFlight).toBe(1)
  })
})

describe('a report', () => {
  const row = (id: string) => ({
    atMs: START_MS,
    id,
    route: 'default',
    strategy: 'adaptive',
    model: null,
    attempts: 3,
    status: 503,
    firstTokenMs: null,
  })

  it('stays small however much happened: the newest samples and decisions only', () => {
    const fleet = new Fleet(1)
    for (let i = 0; i < 1_000; i++) {
      const lease = fleet.take(0, 0)
      lease.firstToken(fleet.nowMs + i)
      lease.settle({ verdict: 'succeeded', perTokenMs: 20 }, fleet.nowMs + 2 * i)
      fleet.isolate(0).log(row(String(i)))
    }
    const report = fleet.report(0)
    expect(report.learned.m).toMatchObject({ starts: 1_000, succeeded: 1_000, perTokenMs: 20_000, perTokenCount: 1_000 })
    expect(report.learned.m?.firstTokens).toHaveLength(2 * MAX_SAMPLES)
    expect(report.learned.m?.firstTokens.at(-1)).toBe(999)
    expect(report.decisions.map(({ id }) => id)).toEqual(['995', '996', '997', '998', '999'])
    expect(report.decisions).toHaveLength(MAX_DECISIONS)
    // A header holds 16 KB; a model's row must leave room for tens of others
    expect(JSON.stringify(report.learned).length).toBeLessThan(500)
  })

  it("brings the isolate's latest decisions to the tracker, which shows the latest first and keeps the last fifty", () => {
    const fleet = new Fleet(1)
    for (let batch = 0; batch < 30; batch++) {
      fleet.succeed(0)
      for (const half of ['a', 'b']) fleet.isolate(0).log(row(`${batch}${half}`))
      fleet.sync(0)
    }
    const { decisions } = fleet.tracker.state(fleet.nowMs)
    expect(decisions.slice(0, 3).map(({ id }) => id)).toEqual(['29b', '29a', '28b'])
    expect(decisions).toHaveLength(50)
  })

  it('and its answer come out of JSON as they went in, whatever the numbers, in ASCII', () => {
    const count = fc.nat(1_000_000)
    const samples = fc.array(count, { maxLength: 8 }).map(half => half.flatMap(each => [each, each + 1]))
    const learned: fc.Arbitrary<Learned> = fc.record({
      starts: count,
      promptTokens: count,
      succeeded: fc.nat(50),
      failed: fc.nat(50),
      firstTokens: samples,
      censored: samples,
      perTokenMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      perTokenCount: count,
      coolMs: count,
      healed: fc.boolean(),
      headroom: fc.option(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), forMs: count })),
    })
    const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,20}$/)
    const report: fc.Arbitrary<Report> = fc.record({
      isolate: fc.uuid(),
      leases: fc.dictionary(id, fc.tuple(count, count), { maxKeys: 3 }),
      batch: fc.integer({ min: 1, max: 3 }),
      learned: fc.dictionary(id, learned, { maxKeys: 3 }),
      decisions: fc.constant([]),
    })
    fc.assert(
      fc.property(fc.array(report, { maxLength: 6 }), reports => {
        const tracker = new Tracker()
        for (const [at, each] of reports.entries()) overTheWire(tracker.sync(overTheWire(each), START_MS + 700 * at))
        overTheWire(tracker.state(START_MS + 10_000))
        overTheWire(tracker.memory())
      }),
      { seed: SEED, numRuns: 150 },
    )
  })
})

describe('a snapshot', () => {
  it('goes on showing what was so when it was asked for, whatever the tracker hears then', () => {
    const tracker = new Tracker()
    const [a, b] = [new LocalLoad('a'), new LocalLoad('b')]
    const lease = a.take('m', 500, START_MS, [], true)
    lease.firstToken(START_MS + 300)
    for (let i = 0; i < 10; i++) a.take('n', 100, START_MS, [], true).settle({ verdict: 'failed' }, START_MS + 300)
    const elsewhere = { isolates: 1, arrivalsPerSecond: 1, tokensPerSecond: 9 }
    tracker.hear('elsewhere', { ...elsewhere, models: { m: { held: [2, 20, 1] } } }, START_MS)
    tracker.sync(a.report(START_MS + 300), START_MS + 300)
    const snapshot = tracker.sync(b.report(START_MS + 400), START_MS + 400)
    const copy = structuredClone(snapshot)
    // Then everything changes
    lease.settle({ verdict: 'succeeded', outputTokens: 50, perTokenMs: 9 }, START_MS + 500)
    b.take('m', 900, START_MS + 500, [], true)
    tracker.hear('elsewhere', { ...elsewhere, models: { n: { held: [7, 70, 1] } } }, START_MS + 600)
    for (const load of [a, b]) tracker.sync(load.report(START_MS + 20_000), START_MS + 20_000)
    expect(snapshot).toEqual(copy)
    expect(snapshot.models).toMatchObject({ m: { inFlight: 3, waitingTokens: 20 }, n: { inFlight: 0 } })
    expect(snapshot.models.n?.ejectedForMs).toBeGreaterThan(0)
  })
})

describe('the interval between syncs', () => {
  it('is told to every isolate with its snapshot', () => {
    const fleet = new Fleet(50)
    for (let turn = 0; turn < 5; turn++) {
      fleet.syncAll()
      fleet.pass(125)
    }
    // 50 isolates may call 400 times a second; a difference of a twentieth is not worth telling
    const { isolates, intervalMs } = fleet.sync(0)
    expect(isolates).toBe(50)
    expect(Math.abs(intervalMs - 125)).toBeLessThanOrEqual(0.05 * 125)
  })
})

describe('whatever is lost, repeated, late or settled twice', () => {
  type Step =
    | { readonly kind: 'take' | 'deliver' | 'lose-report' | 'lose-answer' | 'repeat'; readonly on: number }
    | { readonly kind: 'first-token' | 'settle'; readonly on: number; readonly lease: number }
    | { readonly kind: 'pass'; readonly ms: number }
    | { readonly kind: 'evict' }

  const on = fc.nat(2)
  const steps = (passing: fc.Arbitrary<number>, mayEvict: boolean): fc.Arbitrary<Step[]> =>
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ kind: fc.constant('take' as const), on }) },
        {
          weight: 5,
          arbitrary: fc.record({ kind: fc.constantFrom('first-token' as const, 'settle' as const), on, lease: fc.nat(20) }),
        },
        {
          weight: 5,
          arbitrary: fc.record({
            kind: fc.constantFrom('deliver' as const, 'lose-report' as const, 'lose-answer' as const, 'repeat' as const),
            on,
          }),
        },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: passing }) },
        // A new object knows no batch numbers, so what is sent again is then learned again
        ...(mayEvict ? [{ weight: 1, arbitrary: fc.record({ kind: fc.constant('evict' as const) }) }] : []),
      ),
      { maxLength: 60 },
    )

  /** Runs the steps, looking after each one, and settles everything that is left. */
  function run(fleet: Fleet, done: readonly Step[], look: () => void): number {
    const leases: Lease[][] = [[], [], []]
    const sent: Report[][] = [[], [], []]
    let starts = 0
    for (const step of done) {
      if (step.kind === 'pass') fleet.pass(step.ms)
      else if (step.kind === 'evict') fleet.evict()
      else {
        const own = leases[step.on] ?? []
        const reports = sent[step.on] ?? []
        const lease = 'lease' in step ? own[step.lease % Math.max(1, own.length)] : undefined
        switch (step.kind) {
          case 'take':
            starts += 1
            own.push(fleet.take(step.on, 10 + starts, starts % 2 === 0 ? 'm' : 'n'))
            break
          case 'first-token':
            lease?.firstToken(fleet.nowMs)
            break
          // Settled leases stay in the list, so that some are settled again
          case 'settle':
            lease?.settle({ verdict: 'succeeded' }, fleet.nowMs)
            break
          case 'deliver':
            fleet.sync(step.on)
            break
          case 'lose-report':
            reports.push(fleet.report(step.on))
            break
          case 'lose-answer':
            reports.push(fleet.report(step.on))
            fleet.deliver(fleet.report(step.on))
            break
          case 'repeat':
            for (const report of reports.slice(-1)) fleet.deliver(report)
        }
      }
      look()
    }
    for (const lease of leases.flat()) lease.settle({ verdict: 'succeeded' }, fleet.nowMs)
    return starts
  }

  it('nothing is ever below zero, and at rest everything is at zero everywhere', () => {
    fc.assert(
      fc.property(steps(fc.constantFrom(1, 500, 4_000, LEASE_MS + 1), true), done => {
        const fleet = new Fleet(3)
        run(fleet, done, () => {
          for (const { inFlight, waitingTokens } of Object.values(fleet.tracker.state(fleet.nowMs).models)) {
            expect(inFlight).toBeGreaterThanOrEqual(0)
            expect(waitingTokens).toBeGreaterThanOrEqual(0)
          }
          for (const index of [0, 1, 2])
            for (const model of ['m', 'n']) {
              expect(fleet.load(index, model).inFlight).toBeGreaterThanOrEqual(0)
              expect(fleet.load(index, model).waitingTokens).toBeGreaterThanOrEqual(0)
            }
        })
        fleet.syncAll()
        for (const model of Object.values(fleet.tracker.state(fleet.nowMs).models))
          expect(model).toMatchObject({ inFlight: 0, waitingTokens: 0 })
        for (const index of [0, 1, 2])
          for (const model of ['m', 'n']) expect(fleet.load(index, model)).toMatchObject({ inFlight: 0, waitingTokens: 0 })
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  it('every start is learned of exactly once', () => {
    fc.assert(
      // On a clock that stands still a decayed count is a count
      fc.property(steps(fc.constant(0), false), done => {
        const fleet = new Fleet(3)
        const starts = run(fleet, done, () => {})
        fleet.syncAll()
        // An unacknowledged batch goes first, and only then what came after it
        fleet.syncAll()
        expect(fleet.tracker.state(fleet.nowMs).arrivalsPerSecond).toBeCloseTo(starts * PER_REQUEST, 6)
      }),
      { seed: SEED, numRuns: 500 },
    )
  })
})

describe('the share of requests that may ask for a choice', () => {
  /** For five seconds an isolate makes a call every 20 ms, in which as many requests want to ask as are given. What it is told last. */
  const toldAfter = (wanted: number, deliver: (tracker: Tracker, report: Report, nowMs: number, turn: number) => void) => {
    const [tracker, load] = [new Tracker(), new LocalLoad('isolate')]
    let nowMs = START_MS
    for (let turn = 0; turn < 250; turn++) {
      nowMs += 20
      for (let i = 0; i < wanted; i++) load.mayAsk(Math.random, nowMs)
      deliver(tracker, overTheWire(load.report(nowMs)), nowMs, turn)
    }
    return tracker.sync(load.report(nowMs), nowMs).askShare
  }
  const reports = (tracker: Tracker, report: Report, nowMs: number) => void tracker.sync(report, nowMs)
  /** Of 3,000 a second, when so many calls a second only report. */
  const shareWith = (syncs: number) => (MAX_CALLS_PER_SECOND - syncs) / ASK_COST / 3_000

  it('is what the object has left after the reports, over what is wanted', () => {
    expect(toldAfter(60, reports)).toBeCloseTo(shareWith(50), 2)
    // 350 a second are within what is left
    expect(toldAfter(7, reports)).toBeUndefined()
  })

  it('is told to whoever is asked for a choice as well', () => {
    const [tracker, load] = [new Tracker(), new LocalLoad('isolate')]
    const inquiry = { question: undefined, promptTokens: 0, ids: ['m'] }
    let told: number | undefined
    for (let ms = 0; ms < 5_000; ms += 20) {
      for (let i = 0; i < 60; i++) load.mayAsk(Math.random, START_MS + ms)
      told = ruleOn(tracker, load.report(START_MS + ms), inquiry, START_MS + ms, () => []).snapshot.askShare
    }
    expect(told).toBeCloseTo(shareWith(0), 2)
  })

  it('takes a report that arrives twice, or late, or never, for what it is', () => {
    const twice = toldAfter(60, (tracker, report, nowMs) => {
      reports(tracker, report, nowMs)
      reports(tracker, report, nowMs)
    })
    expect(twice).toBeCloseTo(shareWith(100), 2)
    const lost = toldAfter(60, (tracker, report, nowMs, turn) => {
      if (turn % 2 === 0) reports(tracker, report, nowMs)
    })
    expect(lost).toBeCloseTo(shareWith(25), 2)
    const held: Report[] = []
    const swapped = toldAfter(60, (tracker, report, nowMs, turn) => {
      held.push(report)
      if (turn % 2 === 1) for (const each of held.splice(0).toReversed()) reports(tracker, each, nowMs)
    })
    expect(swapped).toBeCloseTo(shareWith(50), 2)
  })

  it('counts the questions themselves where an isolate does not say how many wanted to ask', () => {
    const tracker = new Tracker()
    let told: number | undefined
    for (let ms = 0; ms < 15_000; ms += 1) {
      const { wanted: _, ...report } = new LocalLoad(`isolate ${ms % 50}`).report(START_MS + ms)
      told = tracker.sync(report, START_MS + ms, 'ask').askShare
    }
    expect(told).toBeCloseTo(MAX_CALLS_PER_SECOND / ASK_COST / 1_000, 2)
  })
})
