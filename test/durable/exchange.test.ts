import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Exchange } from '../../src/durable/exchange'
import { LocalLoad } from '../../src/state/local-load'
import { isSummary, type Summary } from '../../src/state/summary'
import { Tracker } from '../../src/state/tracker'
import { START_MS } from '../state/fleet'

/** Exchanges as time passes, around objects that are trackers and nothing else. */

const trackers = vi.hoisted(() => ({ exchange: (_name: string, _source: string, _summary: unknown): unknown => undefined }))
vi.mock('../../src/durable/tracker-client', () => ({
  exchangeWith: async (_: unknown, name: string, source: string, summary: unknown) => trackers.exchange(name, source, summary),
}))

const NAMESPACE = {} as DurableObjectNamespace

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function region(name: string) {
  const tracker = new Tracker()
  const load = new LocalLoad(`of ${name}`)
  const exchange = new Exchange(name, NAMESPACE, tracker)
  const sync = async () => {
    load.accept(tracker.sync(load.report(Date.now()), Date.now()), Date.now())
    void exchange.inTime()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { tracker, load, exchange, sync }
}

function fleet() {
  const top = new Tracker()
  const told: Summary[] = []
  trackers.exchange = (_, source, summary) => {
    if (!isSummary(summary)) throw new TypeError('no summary')
    told.push(summary)
    top.hear(source, summary, Date.now())
    return top.summary(source, Date.now())
  }
  return { top, told }
}

describe('a region that knows no other', () => {
  it('tells of the end of a burst after its five seconds, and is then silent', async () => {
    const { top, told } = fleet()
    const { load, sync } = region('region:weur')
    const leases = Array.from({ length: 100 }, () => load.take('m', 10, Date.now()))
    await sync()
    expect(top.state(Date.now()).models.m?.inFlight).toBe(100)
    await vi.advanceTimersByTimeAsync(2_000)
    for (const lease of leases) lease.settle({ verdict: 'succeeded' }, Date.now())
    await sync()
    await vi.advanceTimersByTimeAsync(3_500)
    expect(top.state(Date.now()).models.m?.inFlight ?? 0).toBe(0)
    await sync()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told).toHaveLength(2)
  })
})

describe('a tracker whose one above is away', () => {
  it('says so once a minute, however often it fails', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    let calls = 0
    trackers.exchange = () => {
      calls += 1
      throw new Error('away')
    }
    const { sync } = region('region:weur:1')
    for (let turn = 0; turn < 120; turn++) {
      await sync()
      await vi.advanceTimersByTimeAsync(500)
    }
    expect(calls).toBeGreaterThan(100)
    expect(warn).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1_000)
    await sync()
    expect(warn).toHaveBeenCalledTimes(2)
  })
})
