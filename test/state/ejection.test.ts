import { describe, expect, it } from 'vitest'
import {
  cool,
  failureRate,
  HEALTHY,
  type Health,
  isEjected,
  mayProbe,
  observeResults,
  recentFailures,
} from '../../src/state/ejection'
import { Fleet, START_MS } from './fleet'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Batches at one instant, each as `succeeded/failed`. */
const healthAfter = (batches: string): Health =>
  batches.split(' ').reduce((health, batch) => {
    const [succeeded = 0, failed = 0] = batch.split('/').map(Number)
    return observeResults(health, succeeded, failed, START_MS)
  }, HEALTHY)

describe('a model is ejected', () => {
  it.each([
    ['not by four failures in a row', '0/4', false],
    ['by five', '0/5', true],
    ['by five that came one by one', '0/1 0/1 0/1 0/1 0/1', true],
    ['not when a success lies between them', '0/4 1/0 0/4', false],
    ['by eight of ten', '2/8', true],
    ['not by seven of ten', '3/7', false],
    ['not by seven of eight: too few to judge a share', '1/7', false],
    ['not by five in a row after five successes, which may be chance', '5/0 0/5', false],
    ['not by 19 in a row after many successes: every second one may have failed', '1000/0 0/19', false],
    ['by twenty in a row, whatever came before', '1000/0 0/20', true],
    ['by nine of ten, though the one success breaks the row', '1/9', true],
    ['not by 15 of 19', '3/0 1/6 0/9', false],
    ['by 17 of 21', '3/0 1/8 0/9', true],
    ['not by successes alone', '1000/0', false],
    ['not by nothing', '0/0', false],
  ])('%s', (_, batches, expected) => {
    expect(isEjected(healthAfter(batches))).toBe(expected)
  })

  it('by its recent share only: old successes have faded', () => {
    // After four half-lives of 10 s 40 successes count 2.5: then 4 failures of 6.5 are too few to judge, and 16 of 19.5 are not
    let health = observeResults(HEALTHY, 40, 0, START_MS)
    const laterMs = START_MS + 40 * SECOND
    health = observeResults(health, 0, 4, laterMs)
    expect(isEjected(health)).toBe(false)
    health = observeResults(health, 1, 12, laterMs)
    expect(isEjected(health)).toBe(true)
  })
})

describe('an ejection', () => {
  it('lasts 5 s, and 10 s each time its probe fails', () => {
    let health = healthAfter('0/5')
    let nowMs = START_MS
    const lasted: number[] = []
    for (let round = 0; round < 4; round++) {
      lasted.push((health.ejectedUntilMs - nowMs) / SECOND)
      nowMs = health.ejectedUntilMs
      health = observeResults(health, 0, 1, nowMs)
    }
    expect(lasted).toEqual([5, 10, 10, 10])
  })

  it('is not touched by results of requests that were under way when it began', () => {
    const health = healthAfter('0/5')
    for (const [succeeded, failed] of [
      [0, 3],
      [3, 0],
    ] as const)
      expect(observeResults(health, succeeded, failed, START_MS + 4_999).ejectedUntilMs).toBe(health.ejectedUntilMs)
  })

  it('ends with the first success after its time, and leaves no record of failures', () => {
    const healed = observeResults(healthAfter('0/5'), 1, 0, START_MS + 5 * SECOND)
    expect(isEjected(healed)).toBe(false)
    expect(failureRate(healed, START_MS + 5 * SECOND)).toBe(0)
    // Four more failures are again no ejection
    expect(isEjected(observeResults(healed, 0, 4, START_MS + 5 * SECOND))).toBe(false)
  })

  it.each([
    ['twice as long within ten minutes of the last', 10 * MINUTE, 10],
    ['as long as the first after that', 10 * MINUTE + 1, 5],
  ])('lasts %s', (_, laterMs, seconds) => {
    const healed = observeResults(healthAfter('0/5'), 1, 0, START_MS + 5 * SECOND)
    const again = observeResults(healed, 0, 5, START_MS + laterMs)
    expect(again.ejectedUntilMs - (START_MS + laterMs)).toBe(seconds * SECOND)
  })

  it('may be probed when its time is over, not before', () => {
    const health = healthAfter('0/5')
    expect(mayProbe(health, START_MS + 4_999)).toBe(false)
    expect(mayProbe(health, START_MS + 5_000)).toBe(true)
    expect(mayProbe(HEALTHY, START_MS)).toBe(false)
  })
})

describe('cooling down', () => {
  it('keeps a model out exactly so long, and costs it nothing beyond', () => {
    const cooled = cool(HEALTHY, 7 * SECOND, START_MS)
    expect(cooled.ejectedUntilMs).toBe(START_MS + 7 * SECOND)
    const healed = observeResults(cooled, 1, 0, START_MS + 7 * SECOND)
    expect(isEjected(healed)).toBe(false)
    expect(observeResults(healed, 0, 5, START_MS + 8 * SECOND).ejectedUntilMs).toBe(START_MS + 13 * SECOND)
  })

  it('never shortens what holds already, and of no time is nothing', () => {
    const ejected = healthAfter('0/5')
    expect(cool(ejected, 1_000, START_MS).ejectedUntilMs).toBe(ejected.ejectedUntilMs)
    expect(cool(HEALTHY, 0, START_MS)).toBe(HEALTHY)
  })
})

describe('the figures', () => {
  it.each([
    // n failures against the one imagined success: n / (n + 1)
    ['one failure', '0/1', 0, 0.5, 1],
    ['three failures', '0/3', 0, 0.75, 3],
    // A half-life of 10 s later 3 failures weigh 1.5
    ['three failures, 10 s ago', '0/3', 10 * SECOND, 0.6, 1.5],
    ['one failure of four', '3/1', 0, 0.2, 1],
    ['nothing', '0/0', 0, 0, 0],
  ] as const)('%s', (_, batches, laterMs, rate, recent) => {
    const health = healthAfter(batches)
    expect(failureRate(health, START_MS + laterMs)).toBeCloseTo(rate, 12)
    expect(recentFailures(health, START_MS + laterMs)).toBeCloseTo(recent, 12)
  })
})

describe('the fleet', () => {
  /** Five failures, spread so that no isolate sees more than two. */
  function ejectedFleet(size = 5): Fleet {
    const fleet = new Fleet(size)
    for (let i = 0; i < 5; i++) fleet.fail(i % size)
    fleet.syncAll()
    return fleet
  }
  const probes = (fleet: Fleet) => [...fleet.isolates.keys()].filter(index => fleet.load(index).probe)

  it('ejects what no isolate alone would, for all of them', () => {
    const fleet = ejectedFleet()
    for (const index of fleet.isolates.keys()) expect(fleet.load(index)).toMatchObject({ ejectedForMs: 5_000, probe: false })
    fleet.pass(1_000)
    for (const index of fleet.isolates.keys()) expect(fleet.load(index).ejectedForMs).toBe(4_000)
  })

  it('may be tried when its time is over, and by nobody else once the tracker has heard of a try', () => {
    const fleet = ejectedFleet()
    fleet.pass(4_998)
    expect(probes(fleet)).toEqual([])
    fleet.pass(2)
    // So few that each has a turn
    expect(probes(fleet)).toEqual([0, 1, 2, 3, 4])
    fleet.take(2)
    expect(probes(fleet)).toEqual([0, 1, 3, 4])
    fleet.syncAll()
    expect(probes(fleet)).toEqual([])
    for (const index of fleet.isolates.keys()) expect(fleet.load(index).ejectedForMs).toBe(10_000)
  })

  it('is healed everywhere by one success', () => {
    const fleet = ejectedFleet()
    fleet.pass(5_000)
    fleet.syncAll()
    fleet.succeed(0)
    fleet.syncAll()
    for (const index of fleet.isolates.keys())
      expect(fleet.load(index)).toMatchObject({ ejectedForMs: 0, failureRate: expect.any(Number) })
    expect(fleet.state()).toMatchObject({ ejectedForMs: 0, recentFailures: 0 })
  })

  it('stays away twice as long when the probe fails', () => {
    const fleet = ejectedFleet()
    fleet.pass(5_000)
    fleet.syncAll()
    fleet.fail(0)
    fleet.syncAll()
    for (const index of fleet.isolates.keys()) expect(fleet.load(index)).toMatchObject({ ejectedForMs: 10_000, probe: false })
  })

  it('is tried again when nothing is heard of a try for 10 s', () => {
    const fleet = ejectedFleet()
    fleet.pass(5_000)
    fleet.take(3)
    fleet.syncAll()
    for (let i = 0; i < 9; i++) {
      fleet.pass(1_000)
      fleet.syncAll()
      expect(probes(fleet)).toEqual([])
    }
    fleet.pass(1_000)
    expect(probes(fleet)).toEqual([0, 1, 2, 3, 4])
  })

  it('is tried by nobody if it was ejected anew meanwhile', () => {
    const fleet = ejectedFleet()
    fleet.pass(5_000)
    // A request that had begun before the ejection fails now
    fleet.fail(1)
    fleet.syncAll()
    expect(fleet.load(0).ejectedForMs).toBe(10_000)
    expect(probes(fleet)).toEqual([])
  })

  it('does not take the end of an ejection for a recovery: whoever has tried it and heard nothing waits', () => {
    const fleet = ejectedFleet()
    fleet.pass(5_000)
    fleet.take(0)
    fleet.pass(9_999)
    expect(fleet.load(0)).toMatchObject({ ejectedForMs: 1, probe: false })
    // Once the view is too old to mean anything, an isolate goes by what it knows itself
    fleet.pass(5_002)
    for (const index of fleet.isolates.keys()) expect(fleet.load(index).ejectedForMs).toBe(0)
  })

  it('obeys an upstream that asks for time, at once here and with the next sync elsewhere', () => {
    const fleet = new Fleet(2)
    fleet.succeed(1)
    fleet.syncAll()
    fleet.take(0).settle({ verdict: 'failed', coolMs: 9_000 }, fleet.nowMs)
    expect(fleet.load(0)).toMatchObject({ ejectedForMs: 9_000, probe: false })
    expect(fleet.load(1).ejectedForMs).toBe(0)
    fleet.syncAll()
    expect(fleet.load(1)).toMatchObject({ ejectedForMs: 9_000, probe: false })
  })

  it('of one isolate whose tracker is away ejects and probes on its own', () => {
    const fleet = new Fleet(1)
    fleet.fail(0, 5)
    expect(fleet.load(0)).toMatchObject({ ejectedForMs: 5_000, probe: false })
    fleet.pass(5_000)
    expect(probes(fleet)).toEqual([0])
    const probe = fleet.take(0)
    expect(probes(fleet)).toEqual([])
    probe.settle({ verdict: 'succeeded' }, fleet.nowMs)
    expect(fleet.load(0).ejectedForMs).toBe(0)
  })
})
