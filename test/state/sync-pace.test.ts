import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { MAX_CALLS_PER_SECOND, MAX_INTERVAL_MS, MAX_SYNCS_PER_SECOND, MIN_INTERVAL_MS, SyncPace } from '../../src/state/sync-pace'

const SEED = 20_261_124
const START_MS = 1_700_000_000_000
/** As `SyncSchedule` does. */
const JITTER = 0.3
const TICK_MS = 10
/** Calls come by chance, at places that are drawn: four deviations of a Poisson count above its mean, which the jitter keeps at nine tenths of the budget. */
const SECOND = 1.2 * MAX_SYNCS_PER_SECOND
/** From an isolate to its object and back, when nobody else is there. */
const TRIP_MS = 20

interface World {
  /** How many isolates there are, at a time since the start. */
  readonly isolates: (ms: number) => number
  /** An isolate has something to tell every so often; 0: always. */
  readonly newsEveryMs?: number
  /** What the object can do; by default it is never behind. */
  readonly syncsPerSecond?: number
  readonly forMs: number
  readonly seed: number
}

interface Course {
  /** By second. */
  readonly syncs: readonly number[]
  readonly intervals: readonly number[]
  readonly pace: SyncPace
}

/** Isolates that obey, around one object: each calls when its interval is over and it has something to tell. */
function run({ isolates, newsEveryMs = 0, syncsPerSecond = Number.POSITIVE_INFINITY, forMs, seed }: World): Course {
  const random = createRandom(seed)
  const pace = new SyncPace()
  const known: { tookMs: number | undefined }[] = []
  const due: number[][] = []
  const at = (ms: number, isolate: number) => {
    const tick = Math.ceil(ms / TICK_MS)
    const list = due[tick] ?? []
    due[tick] = list
    list.push(isolate)
  }
  const syncs: number[] = []
  const intervals: number[] = []
  let freeAtMs = 0
  for (let tick = 0; tick * TICK_MS < forMs; tick++) {
    const ms = tick * TICK_MS
    for (let isolate = known.length; isolate < isolates(ms); isolate++) {
      known.push({ tookMs: undefined })
      at(ms + TICK_MS * (1 + Math.floor(10 * random())), isolate)
    }
    for (const isolate of due[tick] ?? []) {
      const own = known[isolate]
      if (own === undefined || isolate >= isolates(ms)) continue
      freeAtMs = Math.max(freeAtMs, ms) + 1_000 / syncsPerSecond
      const toldMs = pace.call(String(isolate), own.tookMs, START_MS + ms)
      own.tookMs = Math.min(2_000, TRIP_MS + freeAtMs - ms)
      const second = Math.floor(ms / 1_000)
      syncs[second] = (syncs[second] ?? 0) + 1
      at(ms + Math.max(own.tookMs, toldMs * (1 + JITTER * random()), newsEveryMs * 2 * random()), isolate)
    }
    if (ms % 1_000 === 0) intervals.push(pace.intervalMs)
  }
  return { syncs: Array.from(syncs, count => count ?? 0), intervals, pace }
}

describe('the interval between syncs', () => {
  it('keeps any number of isolates, up to two thousand, within the budget of one object, a few seconds after they came', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.nat(1_000), (isolates, seed) => {
        const { syncs, intervals } = run({ isolates: () => isolates, forMs: 25_000, seed })
        const steady = syncs.slice(10, 24)
        for (const count of steady) expect(count).toBeLessThanOrEqual(SECOND)
        expect(mean(steady)).toBeLessThanOrEqual(MAX_SYNCS_PER_SECOND)
        // And what there is to be had is used: no view is older than it must be
        if (isolates <= 30) expect(intervals.at(-1)).toBe(MIN_INTERVAL_MS)
        else expect(mean(steady)).toBeGreaterThan(Math.min(0.65 * MAX_SYNCS_PER_SECOND, (isolates * 600) / MIN_INTERVAL_MS))
      }),
      { seed: SEED, numRuns: 25 },
    )
  })

  it.each([100, 1_000, 2_000])('does not swing: at %i isolates it stays within a quarter of its mean', isolates => {
    const { intervals } = run({ isolates: () => isolates, forMs: 60_000, seed: 3 })
    const steady = intervals.slice(15)
    const middle = mean(steady)
    for (const each of steady) expect(Math.abs(each / middle - 1)).toBeLessThan(0.25)
    // Hysteresis: most seconds change nothing
    const changes = steady.filter((each, index) => index > 0 && each !== steady[index - 1])
    expect(changes.length).toBeLessThan(steady.length / 2)
  })

  it('answers a crowd that comes at once at once: few call twice before they are told how many they are', () => {
    const { syncs } = run({ isolates: ms => (ms < 5_000 ? 10 : 1_500), forMs: 20_000, seed: 4 })
    // A first call each, before anyone can be told; and a second within the same second of those who came first, and were told little
    expect(Math.max(...syncs.slice(5, 7))).toBeLessThanOrEqual(1.75 * 1_490)
    for (const count of syncs.slice(10, 19)) expect(count).toBeLessThanOrEqual(SECOND)
  })

  it('shrinks within ten seconds after a crowd has left', () => {
    const { intervals } = run({ isolates: ms => (ms < 20_000 ? 1_500 : 10), forMs: 40_000, seed: 5 })
    expect(intervals[19]).toBeGreaterThan(3_000)
    expect(intervals[31]).toBe(MIN_INTERVAL_MS)
  })

  it('does not grow for isolates that have little to tell: a thousand that report once a minute hardly move it', () => {
    const { intervals, pace } = run({ isolates: () => 1_000, newsEveryMs: 60_000, forMs: 120_000, seed: 6 })
    // Who comes once is new each time, and counts for a moment
    expect(Math.max(...intervals.slice(30))).toBeLessThan(1.5 * MIN_INTERVAL_MS)
    expect(pace.busy).toBeLessThan(60)
  })

  it('ends at five seconds, and says that this is not enough', () => {
    const { intervals, pace } = run({ isolates: () => 5_000, forMs: 30_000, seed: 7 })
    expect(intervals.at(-1)).toBe(MAX_INTERVAL_MS)
    expect(pace.isOverrun).toBe(true)
    const quarter = run({ isolates: () => 1_250, forMs: 30_000, seed: 7 })
    expect(Math.max(...quarter.syncs.slice(10, 29))).toBeLessThanOrEqual(SECOND)
    expect(quarter.pace.isOverrun).toBe(false)
  })

  it.each([
    [100, 400],
    [200, 400],
    [150, 600],
  ])('finds out what an object can do that takes no more than %i a second from %i isolates', (syncsPerSecond, isolates) => {
    const { syncs } = run({ isolates: () => isolates, syncsPerSecond, forMs: 120_000, seed: 8 })
    // The last minute: calls are answered as they come, and the object is not idle
    const late = mean(syncs.slice(60, 119))
    expect(late).toBeLessThan(1.02 * syncsPerSecond)
    expect(late).toBeGreaterThan(0.5 * syncsPerSecond)
  })

  it('and takes the whole budget again when the object can do it again', () => {
    const pace = new SyncPace()
    let ms = START_MS
    const call = (tookMs: number) => {
      ms += 5
      pace.call(String(ms % 2_000), tookMs, ms)
    }
    while (ms < START_MS + 20_000) call(500)
    const slowMs = pace.intervalMs
    while (ms < START_MS + 90_000) call(20)
    expect(slowMs).toBe(MAX_INTERVAL_MS)
    expect(pace.intervalMs).toBeLessThan(slowMs)
  })
})

describe('what the object is taken to bear', () => {
  it('shrinks for calls that take longer and longer, however often an isolate calls', () => {
    const bornBy = (everyMs: number) => {
      const pace = new SyncPace()
      for (let ms = 0; ms < 8_000; ms += everyMs) pace.call('one', 20 + 40 * (ms / 1_000), START_MS + ms)
      return pace.callsPerSecond
    }
    expect(bornBy(100)).toBeLessThan(MAX_CALLS_PER_SECOND)
    expect(bornBy(10)).toBeLessThan(MAX_CALLS_PER_SECOND)
  })

  it('leaves syncs what they may have, and takes from what is beside them first', () => {
    const pace = new SyncPace()
    let ms = START_MS
    const call = (tookMs: number) => {
      ms += 1
      // A hundred, each of which calls more often than it may, as those do that ask
      pace.call(String(ms % 100), tookMs, ms)
    }
    while (ms < START_MS + 5_000) call(20)
    expect(pace.callsPerSecond).toBe(MAX_CALLS_PER_SECOND)
    const { intervalMs } = pace
    while (pace.callsPerSecond === MAX_CALLS_PER_SECOND) call(500)
    // A third less is still what syncs may have at most
    expect(pace.callsPerSecond).toBeCloseTo(0.7 * MAX_CALLS_PER_SECOND, 6)
    expect(pace.callsPerSecond).toBeGreaterThan(MAX_SYNCS_PER_SECOND)
    expect(pace.intervalMs).toBe(intervalMs)
  })
})

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
