/** What requests that still wait say of a model, before any of them has an answer. */
import { describe, expect, it } from 'vitest'
import { PROBE_MS } from '../../src/state/ejection'
import { MAX_SLOWDOWN, NO_LATENCY, observeFirstToken, readLatency } from '../../src/state/latency'
import { Leases } from '../../src/state/leases'
import { Fleet, START_MS } from './fleet'

describe('leases that wait', () => {
  it('are overdue when they wait for longer than expected, and tell how many times longer', () => {
    const leases = new Leases()
    leases.take('m', 100, START_MS, 500, true)
    leases.take('m', 100, START_MS, 2_000, true)
    leases.take('m', 100, START_MS, undefined, true)
    const begun = leases.take('m', 100, START_MS, 500, true)
    leases.stopWaiting(begun)
    expect(leases.waits('m', START_MS + 500)).toEqual({ requests: 3, begunTokens: 0, overdue: 0, timesExpected: 0 })
    expect(leases.waits('m', START_MS + 1_500)).toEqual({ requests: 3, begunTokens: 0, overdue: 1, timesExpected: 3 })
    expect(leases.waits('n', START_MS)).toEqual({ requests: 0, begunTokens: 0, overdue: 0, timesExpected: 0 })
  })

  it('for an answer in one piece are none any more once it was to begin, as nobody sees it begin', () => {
    const leases = new Leases()
    const held = leases.take('m', 100, START_MS, 500)
    expect(leases.waits('m', START_MS + 500)).toMatchObject({ requests: 1, begunTokens: 0 })
    expect(leases.waits('m', START_MS + 5_000)).toEqual({ requests: 0, begunTokens: 100, overdue: 0, timesExpected: 0 })
    leases.end(held)
    expect(leases.waits('m', START_MS + 5_000).begunTokens).toBe(0)
  })
})

/** One model that answers 100 tokens in 500 ms, as all isolates know. */
function warm(isolates: number): Fleet {
  const fleet = new Fleet(isolates)
  for (let i = 0; i < 20; i++) {
    const lease = fleet.take(0)
    fleet.pass(500)
    lease.firstToken(fleet.nowMs)
    lease.settle({ verdict: 'succeeded' }, fleet.nowMs)
  }
  fleet.syncAll()
  return fleet
}

const stream = (fleet: Fleet, index: number) => fleet.isolate(index).take('m', 100, fleet.nowMs, [], true)

describe('a model that stalls', () => {
  it('is slow to the isolate that waits, and to everyone after a sync, long before any limit passes', () => {
    const fleet = warm(2)
    const leases = [stream(fleet, 0), stream(fleet, 0)]
    expect(fleet.load(0).slowdown).toBeCloseTo(1, 1)
    fleet.pass(2_000)
    for (const lease of leases) lease.renew(fleet.nowMs)
    expect(fleet.load(0).slowdown).toBeGreaterThan(2)
    expect(fleet.load(1).slowdown).toBeCloseTo(1, 1)
    fleet.syncAll()
    expect(fleet.load(1).slowdown).toBeGreaterThan(1.1)
  })

  it('is not slow because of answers in one piece, which take as long as they are', () => {
    const fleet = warm(1)
    const lease = fleet.isolate(0).take('m', 100, fleet.nowMs)
    fleet.pass(9_000)
    lease.renew(fleet.nowMs)
    expect(fleet.load(0)).toMatchObject({ inFlight: 1, waitingTokens: 0 })
    expect(fleet.load(0).slowdown).toBeCloseTo(1, 1)
    expect(fleet.report(0)).toMatchObject({ leases: { m: [1, 0] } })
  })

  it('is never taken to be slower than what is slow enough', () => {
    const fleet = warm(1)
    const leases = Array.from({ length: 50 }, () => stream(fleet, 0))
    fleet.pass(9_000)
    for (const lease of leases) lease.renew(fleet.nowMs)
    expect(fleet.load(0).slowdown).toBe(MAX_SLOWDOWN)
  })

  it('is well again soon after: what came late tells of the time when it was sent', () => {
    const calm = Array.from({ length: 50 }).reduce<typeof NO_LATENCY>(so => observeFirstToken(so, 100, 500, START_MS), NO_LATENCY)
    const stalled = Array.from({ length: 50 }).reduce<typeof NO_LATENCY>(
      so => observeFirstToken(so, 100, 20_000, START_MS + 20_000),
      calm,
    )
    const recovered = Array.from({ length: 50 }).reduce<typeof NO_LATENCY>(
      so => observeFirstToken(so, 100, 500, START_MS + 25_000),
      stalled,
    )
    // 100 samples of the time of the stall, aged by two and a half half-lives, against 50 new ones
    expect(readLatency(recovered, START_MS + 25_000).slowdown).toBeLessThan(2.5)
  })
})

describe('the age of a view', () => {
  it('holds how long starts go unreported: so old is what the others say of themselves when it is heard', () => {
    const fleet = new Fleet(2)
    for (let i = 0; i < 30; i++) {
      fleet.take(0)
      fleet.pass(2_000)
      fleet.sync(0)
    }
    fleet.sync(1)
    expect(fleet.isolate(1).view(fleet.nowMs)?.ageMs).toBe(2_000)
  })

  it('is that of the snapshot alone where everyone reports at once', () => {
    const fleet = new Fleet(2)
    fleet.take(0)
    fleet.syncAll()
    fleet.pass(300)
    expect(fleet.isolate(1).view(fleet.nowMs)?.ageMs).toBe(300)
  })
})

describe('a first token that does not come until a limit passes', () => {
  const outwait = (fleet: Fleet, index: number, times: number) => {
    const leases = Array.from({ length: times }, () => stream(fleet, index))
    fleet.pass(5_000)
    for (const lease of leases) lease.renew(fleet.nowMs)
    return () => {
      for (const lease of leases) lease.settle({ verdict: 'failed', timedOut: true }, fleet.nowMs)
      fleet.syncAll()
    }
  }

  it('is no failure of a model that answers others meanwhile: it is busy, and leaving it out would drown the rest', () => {
    const fleet = warm(2)
    const settle = outwait(fleet, 0, 30)
    fleet
      .isolate(1)
      .take('m', 100, fleet.nowMs - 400, [], true)
      .firstToken(fleet.nowMs)
    fleet.sync(1)
    settle()
    expect(fleet.load(1)).toMatchObject({ ejectedForMs: 0, failureRate: 0 })
    expect(fleet.load(1).slowdown).toBeGreaterThan(4)
  })

  it('is one of a model that answers nobody, which is left out', () => {
    const fleet = warm(2)
    fleet.pass(10_000)
    outwait(fleet, 0, 30)()
    expect(fleet.load(1).ejectedForMs).toBeGreaterThan(0)
  })

  it('of a request from before it was left out is none of the probe, so that the model is back as soon as it answers anyone', () => {
    const fleet = warm(2)
    fleet.pass(10_000)
    const [gaveUp, waited] = [stream(fleet, 0), stream(fleet, 1)]
    const beat = () => {
      for (const lease of [gaveUp, waited]) lease.renew(fleet.nowMs)
    }
    outwait(fleet, 0, 30)()
    beat()
    const outForMs = fleet.load(1).ejectedForMs
    expect(outForMs).toBeGreaterThan(0)
    fleet.pass(outForMs)
    beat()
    expect(fleet.load(1).probe).toBe(true)
    const probe = stream(fleet, 1)
    fleet.syncAll()
    gaveUp.settle({ verdict: 'failed', timedOut: true }, fleet.nowMs)
    fleet.syncAll()
    expect(fleet.load(0)).toMatchObject({ ejectedForMs: PROBE_MS, probe: false })
    fleet.pass(300)
    waited.firstToken(fleet.nowMs)
    fleet.syncAll()
    expect(fleet.load(0).ejectedForMs).toBe(0)
    probe.settle({ verdict: 'neutral' }, fleet.nowMs)
  })

  it.each([1_000, 5_000, 20_000])(
    'of every probe of a model that hangs for ever leaves it out, tried as often as a probe may take, with a limit of %i ms',
    limitMs => {
      const fleet = warm(2)
      fleet.pass(10_000)
      outwait(fleet, 0, 30)()
      const probes: { readonly lease: ReturnType<typeof stream>; readonly atMs: number }[] = []
      const untilMs = fleet.nowMs + 300_000
      while (fleet.nowMs < untilMs) {
        fleet.pass(100)
        for (const { lease, atMs } of probes) {
          lease.renew(fleet.nowMs)
          if (fleet.nowMs - atMs >= limitMs) lease.settle({ verdict: 'failed', timedOut: true }, fleet.nowMs)
        }
        fleet.syncAll()
        for (const index of [0, 1]) {
          const { ejectedForMs, probe } = fleet.load(index)
          expect(ejectedForMs).toBeGreaterThan(0)
          if (!probe) continue
          probes.push({ lease: stream(fleet, index), atMs: fleet.nowMs })
          fleet.syncAll()
        }
      }
      expect(probes.length).toBeGreaterThan(0.9 * (300_000 / PROBE_MS))
      expect(probes.length).toBeLessThanOrEqual(300_000 / PROBE_MS)
    },
  )

  it('is one to an isolate that hears of nobody else', () => {
    const fleet = warm(1)
    fleet.pass(30_000)
    const leases = Array.from({ length: 10 }, () => stream(fleet, 0))
    for (const lease of leases) lease.settle({ verdict: 'failed', timedOut: true }, fleet.nowMs)
    expect(fleet.load(0).ejectedForMs).toBeGreaterThan(0)
  })
})
