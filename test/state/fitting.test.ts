import { describe, expect, it } from 'vitest'
import { LocalLoad } from '../../src/state/local-load'
import { Tracker } from '../../src/state/tracker'

const START_MS = 1_700_000_000_000
/** An ordinary report. */
const HEADER_BYTES = 16 * 1024
/** Everything at once. */
const MOST_BYTES = 32 * 1024

/** An isolate with `each` requests at a time with every one of so many models, all waiting, after a busy second with each. */
function busy(models: number, nameLength: number, each = (_index: number) => 1): LocalLoad {
  const load = new LocalLoad('00000000-0000-4000-8000-000000000000')
  for (let index = 0; index < models; index++) {
    const name = String(index).padStart(nameLength, 'm')
    for (let i = 0; i < 20; i++) {
      const lease = load.take(name, 123_456, START_MS, [], true)
      lease.firstToken(START_MS + 12_345)
      lease.headroom({ share: 0.123456789, forMs: 12_345 }, START_MS)
      lease.settle({ verdict: 'succeeded', perTokenMs: 12.3456789 }, START_MS + 23_456)
    }
    for (let i = 0; i < each(index); i++) load.take(name, 123_456, START_MS, [], true)
  }
  for (let i = 0; i < 5; i++)
    load.log({
      atMs: START_MS,
      id: 'x'.repeat(60),
      route: 'r'.repeat(100),
      strategy: 'weighted-round-robin',
      model: 'm'.repeat(100),
      attempts: 3,
      status: 200,
      firstTokenMs: 12_345,
    })
  return load
}

describe('a report', () => {
  it.each([
    [3, 10],
    [50, 20],
    [300, 20],
    [300, 100],
    [2_000, 100],
  ])('fits into a header with %i models with names of %i characters', (models, nameLength) => {
    const report = busy(models, nameLength).report(START_MS)
    expect(JSON.stringify(report).length).toBeLessThan(HEADER_BYTES)
  })

  it('with everything at its largest, and a contest beside it, stays below twice that', () => {
    const load = busy(2_000, 100)
    for (let i = 0; i < 1_000; i++) load.ask(START_MS)
    for (let i = 0; i < 1_000; i++) load.placements.remember(`${i}`.padStart(16, 'f'), `${i}`.padStart(100, 'm'), START_MS, false)
    // Fifty entrants, whose names have all the characters that they may have together
    const entrant = ['m'.repeat(20), 0.123456789, 1_000, 'a'.repeat(20), 'p'.repeat(20)]
    const contest = { sides: [Array.from({ length: 50 }, () => entrant)], rest: 'x'.repeat(500) }
    const report = { ...load.report(START_MS), registry: START_MS, has: 'x'.repeat(30), tookMs: 2_000 }
    expect(report.asked).toHaveLength(64)
    expect(Object.keys(report.placed ?? {}).length).toBeGreaterThan(0)
    expect(JSON.stringify([report, contest, 1_000]).length).toBeLessThan(MOST_BYTES)
  })

  it('tells all leases of 150 models with names of ordinary length', () => {
    const report = busy(150, 16).report(START_MS)
    expect(Object.keys(report.leases)).toHaveLength(150)
    expect(report.omitted).toBeUndefined()
  })

  it('of more leases than fit tells those of the models with the most, and how many it leaves out', () => {
    const report = busy(300, 100, index => (index % 100 === 7 ? 5 : 1)).report(START_MS)
    const told = Object.keys(report.leases)
    expect(told.slice(0, 3).map(name => name.slice(-3))).toEqual(['mm7', '107', '207'])
    expect(report.omitted).toBe(300 - told.length)
    for (const name of Object.keys(report.waiting ?? {})) expect(told).toContain(name)
  })

  it('tells everything that was learned in the end, over as many reports as it takes, each thing once', () => {
    const [load, tracker] = [busy(300, 20), new Tracker()]
    let reports = 0
    for (; load.hasNews || reports === 0; reports++) load.accept(tracker.sync(load.report(START_MS), START_MS), START_MS)
    expect(reports).toBeGreaterThan(10)
    const { models, arrivalsPerSecond } = tracker.state(START_MS)
    expect(Object.keys(models)).toHaveLength(300)
    // Of 21 requests with each
    expect(arrivalsPerSecond).toBeCloseTo((300 * 21 * Math.LN2) / 5, 6)
  })
})
