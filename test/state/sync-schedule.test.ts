import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SYNC_TIMEOUT_MS, SyncSchedule } from '../../src/state/sync-schedule'

const START_MS = 1_700_000_000_000
const noJitter = () => 0
const schedule = () => new SyncSchedule(noJitter)

describe('a sync', () => {
  it('goes at once when there has been none', () => {
    const first = schedule()
    expect(first.isCold).toBe(true)
    expect(first.plan(START_MS)).toBe(0)
    expect(first.begin(START_MS)).toBe(true)
    expect(first.isCold).toBe(false)
  })

  it('is planned by one caller at a time', () => {
    const planned = schedule()
    planned.begin(START_MS)
    planned.end(START_MS, 100)
    expect(planned.plan(START_MS + 40)).toBe(60)
    expect(planned.plan(START_MS + 40)).toBeUndefined()
    expect(planned.plan(START_MS + 100)).toBeUndefined()
    planned.begin(START_MS + 100)
    planned.end(START_MS + 100, 100)
    expect(planned.plan(START_MS + 110)).toBe(90)
  })

  it('whose planner is gone is planned anew once it is half a second overdue', () => {
    const abandoned = schedule()
    expect(abandoned.plan(START_MS)).toBe(0)
    expect(abandoned.plan(START_MS + 499)).toBeUndefined()
    expect(abandoned.plan(START_MS + 500)).toBe(0)
  })

  it('is under way once only, and the next waits at least an interval', () => {
    const running = schedule()
    expect(running.begin(START_MS)).toBe(true)
    expect(running.begin(START_MS + 50)).toBe(false)
    expect(running.plan(START_MS + 50)).toBe(100)
    running.end(START_MS, 100)
    expect(running.begin(START_MS + 150)).toBe(true)
  })

  it('comes no sooner after the last than the tracker asked for', () => {
    const slow = schedule()
    slow.begin(START_MS)
    slow.end(START_MS, 2_500)
    expect(slow.plan(START_MS + 1_000)).toBe(1_500)
    // A call that failed names no interval: the last one holds
    slow.begin(START_MS + 2_500)
    slow.end(START_MS + 2_500, undefined)
    expect(slow.plan(START_MS + 2_600)).toBe(2_400)
  })

  it('that fails again and again comes less and less often, until one is answered', () => {
    const away = schedule()
    const waits: (number | undefined)[] = []
    for (let turn = 0, ms = START_MS; turn < 4; turn++) {
      away.begin(ms)
      away.end(ms, undefined)
      const waitMs = away.plan(ms) ?? 0
      waits.push(waitMs)
      ms += waitMs
    }
    // The first may be lost by chance
    expect(waits).toEqual([100, 800, 5_000, 5_000])
    const ms = START_MS + 60_000
    away.begin(ms)
    away.end(ms, 100)
    expect(away.plan(ms)).toBe(100)
  })

  it('tells once how long the last one took', () => {
    const told = schedule()
    expect(told.takeTookMs()).toBeUndefined()
    told.took(70.4)
    expect([told.takeTookMs(), told.takeTookMs()]).toEqual([70, undefined])
  })

  it('that does not come back gives way after two seconds, and its late end changes nothing of its successor', () => {
    const stale = schedule()
    stale.begin(START_MS)
    expect(stale.begin(START_MS + SYNC_TIMEOUT_MS - 1)).toBe(false)
    const secondMs = START_MS + SYNC_TIMEOUT_MS
    expect(stale.begin(secondMs)).toBe(true)
    stale.end(START_MS, undefined)
    expect(stale.begin(secondMs + 10)).toBe(false)
    stale.end(secondMs, 100)
    expect(stale.begin(secondMs + 10)).toBe(true)
  })

  it.each([
    [0, 100],
    [0.5, 115],
    [0.999, 130],
  ])('of 100 ms is stretched at random, by at most 30: a draw of %d makes it %d', (random, expected) => {
    const jittered = new SyncSchedule(() => random)
    jittered.begin(START_MS)
    jittered.end(START_MS, 100)
    expect(jittered.plan(START_MS)).toBe(expected)
  })
})

describe('waiting for the tracker', () => {
  it('is over for two seconds once two in a row have waited in vain, and then one may try', () => {
    const tried = schedule()
    expect(tried.isAway(START_MS)).toBe(false)
    tried.waited(false, START_MS)
    expect(tried.isAway(START_MS)).toBe(false)
    tried.waited(false, START_MS + 10)
    expect(tried.isAway(START_MS + 2_009)).toBe(true)
    expect(tried.isAway(START_MS + 2_010)).toBe(false)
    tried.waited(false, START_MS + 2_010)
    expect(tried.isAway(START_MS + 2_020)).toBe(true)
  })

  it('is for one at a time then, and less and less often while that is in vain', () => {
    const tried = schedule()
    const tries: number[] = []
    for (let ms = 0; ms < 40_000; ms += 50) {
      // Any number of requests, each of which waits for 250 ms
      const may = [0, 1, 2].map(() => tried.mayWait(START_MS + ms))
      if (ms >= 250 && may.some(Boolean)) tries.push(may.filter(Boolean).length, ms)
      if (ms === 200 || tries.at(-1) === ms - 250) for (const _ of may) tried.waited(false, START_MS + ms)
    }
    // After 2, 4, 8 and 8 seconds
    expect(tries).toEqual([1, 2_200, 1, 6_450, 1, 14_700, 1, 22_950, 1, 31_200, 1, 39_450])
    tried.waited(true, START_MS + 39_500)
    expect([0, 1, 2].map(() => tried.mayWait(START_MS + 39_550))).toEqual([true, true, true])
  })

  it('is in vain once for all that waited at once', () => {
    const tried = schedule()
    for (let i = 0; i < 50; i++) tried.waited(false, START_MS + i)
    expect(tried.isAway(START_MS + 2_000)).toBe(true)
    expect(tried.isAway(START_MS + 2_001)).toBe(false)
  })

  it('is as before when one has come in time, and not because an answer came late', () => {
    const tried = schedule()
    tried.waited(false, START_MS)
    tried.waited(false, START_MS)
    tried.told(START_MS, 100)
    expect(tried.isAway(START_MS + 1)).toBe(true)
    tried.waited(true, START_MS + 2)
    expect(tried.isAway(START_MS + 3)).toBe(false)
    tried.waited(false, START_MS + 4)
    expect(tried.isAway(START_MS + 5)).toBe(false)
  })
})

describe('a call beside the schedule', () => {
  it('counts as one: the next has an interval', () => {
    const beside = schedule()
    beside.told(START_MS + 50, 400)
    expect(beside.intervalMs).toBe(400)
    expect(beside.plan(START_MS + 60)).toBe(390)
  })

  it('that began before the last one changes nothing of when the next is due, and ends nobody else’s', () => {
    const beside = schedule()
    beside.begin(START_MS + 100)
    beside.told(START_MS, 200)
    expect(beside.isBusy(START_MS + 110)).toBe(true)
    beside.end(START_MS + 100, 200)
    expect(beside.isBusy(START_MS + 110)).toBe(false)
    expect(beside.plan(START_MS + 110)).toBe(190)
  })
})

describe('whoever calls whenever', () => {
  it('two calls never run at once within their time, and two begin at least an interval apart if planned', () => {
    const step = fc.record({ waitMs: fc.nat(400), ends: fc.boolean(), draw: fc.double({ min: 0, max: 0.999, noNaN: true }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), steps => {
        let draw = 0
        const tested = new SyncSchedule(() => draw)
        let nowMs = START_MS
        let runningMs: number | undefined
        let lastMs = Number.NEGATIVE_INFINITY
        for (const { waitMs, ends, draw: drawn } of steps) {
          draw = drawn
          nowMs += waitMs
          if (ends && runningMs !== undefined) {
            tested.end(runningMs, 100)
            runningMs = undefined
          }
          const planned = tested.plan(nowMs)
          if (planned === undefined) continue
          expect(planned).toBeGreaterThanOrEqual(0)
          expect(planned).toBeLessThanOrEqual(130)
          nowMs += planned
          const begins = tested.begin(nowMs)
          const isStale = runningMs !== undefined && nowMs - runningMs >= SYNC_TIMEOUT_MS
          expect(begins).toBe(runningMs === undefined || isStale)
          if (!begins) continue
          expect(nowMs - lastMs).toBeGreaterThanOrEqual(100)
          lastMs = nowMs
          runningMs = nowMs
        }
      }),
      { seed: 20_261_124, numRuns: 500 },
    )
  })
})
