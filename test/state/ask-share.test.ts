import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { CENTRAL_WAIT_MS } from '../../src/router/inform'
import { ASK_COST, AskShare, type Call } from '../../src/state/ask-share'
import { MAX_CALLS_PER_SECOND, MAX_SYNCS_PER_SECOND, MIN_INTERVAL_MS, SyncPace } from '../../src/state/sync-pace'
import { SYNC_TIMEOUT_MS, SyncSchedule } from '../../src/state/sync-schedule'

const SEED = 20_261_201
const START_MS = 1_700_000_000_000
const TICK_MS = 10
/** From an isolate to its object, and the same back. */
const WAY_MS = 10

interface World {
  readonly isolates: number
  /** Requests a second that want to ask, at a time since the start, over all isolates. */
  readonly wanted: (ms: number) => number
  /** What the object can do, in calls that only report; by default it is never behind. */
  readonly callsPerSecond?: number
  readonly forMs: number
  readonly seed: number
}

interface Second {
  syncs: number
  asks: number
  wanted: number
  /** As it was last told. */
  share: number
  readonly tookMs: number[]
}

interface Sent {
  readonly kind: Call
  readonly at: Isolate
  readonly tookMs: number | undefined
  readonly wanted: number
  readonly sentMs: number
  isAnswered: boolean
}

/** Asks and reports as the router does, and always has something to report. */
class Isolate {
  readonly schedule: SyncSchedule
  wanted = 0
  /** As it had told by then, and as it was told. */
  told = 0
  share = 1
  open = 0
  heardMs = Number.NEGATIVE_INFINITY
  constructor(
    readonly name: string,
    random: () => number,
  ) {
    this.schedule = new SyncSchedule(random)
  }
}

/** Isolates around one object, which takes one call after the other and sees each when its turn has come. */
function run({ isolates, wanted, callsPerSecond = Number.POSITIVE_INFINITY, forMs, seed }: World): readonly Second[] {
  const random = createRandom(seed)
  const pace = new SyncPace()
  const asks = new AskShare()
  const everyone = Array.from({ length: isolates }, (_, index) => new Isolate(String(index), random))
  const seconds: Second[] = []
  const due: (() => void)[][] = []
  const queue: Sent[] = []
  let served = 0
  let budget = 0
  let ms = 0
  const now = () => START_MS + ms
  const after = (waitMs: number, callback: () => void) => {
    const tick = Math.max(1, Math.ceil(waitMs / TICK_MS)) + ms / TICK_MS
    const list = due[tick] ?? []
    due[tick] = list
    list.push(callback)
  }
  const second = (): Second => {
    const index = Math.floor(ms / 1_000)
    const known = seconds[index] ?? { syncs: 0, asks: 0, wanted: 0, share: 1, tookMs: [] }
    seconds[index] = known
    return known
  }
  const send = (at: Isolate, kind: Call) => {
    const sent: Sent = { kind, at, tookMs: at.schedule.takeTookMs(), wanted: at.wanted, sentMs: now(), isAnswered: false }
    second()[kind === 'ask' ? 'asks' : 'syncs'] += 1
    after(WAY_MS, () => queue.push(sent))
    after(SYNC_TIMEOUT_MS, () => {
      if (sent.isAnswered) return
      at.schedule.took(SYNC_TIMEOUT_MS)
      if (kind === 'sync') at.schedule.end(sent.sentMs, undefined)
    })
    return sent
  }
  const serve = (sent: Sent) => {
    const { at, kind, sentMs, wanted: all } = sent
    const intervalMs = pace.call(at.name, sent.tookMs, now())
    asks.call(kind, Math.max(0, all - at.told), now())
    at.told = Math.max(at.told, all)
    const share = asks.share(pace.callsPerSecond, now())
    second().share = share
    after(WAY_MS, () => {
      const tookMs = now() - sentMs
      second().tookMs.push(Math.min(SYNC_TIMEOUT_MS, tookMs))
      if (tookMs >= SYNC_TIMEOUT_MS) return
      sent.isAnswered = true
      if (kind === 'ask' && tookMs < CENTRAL_WAIT_MS) {
        at.open -= 1
        at.schedule.waited(true, now())
      }
      at.schedule.took(tookMs)
      if (kind === 'sync') at.schedule.end(sentMs, intervalMs)
      else at.schedule.told(sentMs, intervalMs)
      if (sentMs >= at.heardMs) Object.assign(at, { share, heardMs: sentMs })
    })
  }
  const ask = (at: Isolate) => {
    at.wanted += 1
    second().wanted += 1
    if (at.open >= 64 || (at.share < 1 && random() >= at.share)) return
    if (!at.schedule.mayWait(now())) return
    const sent = send(at, 'ask')
    at.open += 1
    after(CENTRAL_WAIT_MS, () => {
      if (sent.isAnswered) return
      at.open -= 1
      at.schedule.waited(false, now())
    })
  }
  const sync = (at: Isolate) => {
    const leftMs = at.schedule.leftMs(now())
    if (leftMs > 0) after(leftMs, () => sync(at))
    else if (at.schedule.begin(now())) send(at, 'sync')
  }
  for (; ms < forMs; ms += TICK_MS) {
    for (const callback of due[ms / TICK_MS] ?? []) callback()
    delete due[ms / TICK_MS]
    budget = Math.min(budget + (callsPerSecond * TICK_MS) / 1_000, served < queue.length ? Number.POSITIVE_INFINITY : 10)
    for (let next = queue[served]; next !== undefined && budget > 0; next = queue[served]) {
      budget -= next.kind === 'ask' ? ASK_COST : 1
      served += 1
      serve(next)
    }
    const mean = (wanted(ms) * TICK_MS) / 1_000 / isolates
    for (const at of everyone) {
      for (let left = poisson(mean, random); left > 0; left--) ask(at)
      const waitMs = at.schedule.plan(now())
      if (waitMs !== undefined) after(waitMs, () => sync(at))
    }
  }
  return seconds
}

/**
 * How many may want to ask, a second, until the object has as much to do as it is given. An isolate that asks λ times a second reports besides whenever it
 * has been silent for its interval T: λ / (e^λT − 1) times a second, after the renewal theorem.
 */
function room(isolates: number): number {
  const intervalS = Math.max(MIN_INTERVAL_MS / 1_000, isolates / MAX_SYNCS_PER_SECOND)
  let [low, high] = [0, MAX_CALLS_PER_SECOND / ASK_COST]
  for (let turn = 0; turn < 50; turn++) {
    const asks = (low + high) / 2
    const each = asks / isolates
    const cost = ASK_COST * asks + (isolates * each) / Math.expm1(each * intervalS)
    if (cost > MAX_CALLS_PER_SECOND) high = asks
    else low = asks
  }
  return low
}

const costOf = ({ syncs, asks }: Second) => syncs + ASK_COST * asks
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Knuth's, for small means; large ones are split until they are. */
function poisson(expected: number, random: () => number): number {
  if (expected > 20) return poisson(expected / 2, random) + poisson(expected / 2, random)
  const limit = Math.exp(-expected)
  let count = -1
  for (let product = 1; product > limit; count += 1) product *= random()
  return count
}

/** By chance a second's calls are off by a few hundredths; and what an isolate was told is as old as its last call. */
const SECOND = 1.25
const CROWDS = fc.constantFrom(1, 3, 10, 40, 150, 400)
const SEEDS = fc.nat(1_000)

describe('an object that is never behind', () => {
  it.each([0.1, 1])('lets everybody ask where %d times as many want to as there is room for', load => {
    fc.assert(
      fc.property(CROWDS, SEEDS, (isolates, seed) => {
        const seconds = run({ isolates, wanted: () => load * room(isolates), forMs: 25_000, seed })
        // Isolates that come at once all report at once; after some seconds each keeps its interval, and has heard that there is room
        for (const { share, asks, wanted } of seconds.slice(12)) {
          expect(share).toBe(1)
          expect(asks).toBe(wanted)
        }
      }),
      { seed: SEED, numRuns: 12 },
    )
  })

  it.each([3, 30])(
    'is asked for what it is given, and all of that, where %d times as many want to as there is room for',
    load => {
      fc.assert(
        fc.property(CROWDS, SEEDS, (isolates, seed) => {
          const steady = run({ isolates, wanted: () => load * room(isolates), forMs: 25_000, seed }).slice(12)
          expect(mean(steady.map(costOf))).toBeLessThan(1.1 * MAX_CALLS_PER_SECOND)
          expect(mean(steady.map(costOf))).toBeGreaterThan(0.9 * MAX_CALLS_PER_SECOND)
          for (const each of steady) expect(costOf(each)).toBeLessThan(SECOND * MAX_CALLS_PER_SECOND)
          // No swings: the share follows from what is wanted, and moves as little as that
          const middle = mean(steady.map(({ share }) => share))
          for (const { share } of steady) expect(Math.abs(share / middle - 1)).toBeLessThan(0.25)
        }),
        { seed: SEED, numRuns: 8 },
      )
    },
  )

  it('is asked by everybody again, some seconds after a crowd has left', () => {
    const wanted = (ms: number) => (ms < 20_000 ? 30 : 0.8) * room(40)
    const shares = run({ isolates: 40, wanted, forMs: 40_000, seed: 3 }).map(({ share }) => share)
    expect(shares[19]).toBeLessThan(0.05)
    for (const share of shares.slice(26)) expect(share).toBe(1)
  })

  it('is asked for little more than it is given while thirty times as many come within a second', () => {
    const wanted = (ms: number) => (ms < 10_000 ? 0.5 : 15) * room(10)
    const seconds = run({ isolates: 10, wanted, forMs: 20_000, seed: 4 })
    expect(seconds[9]?.share).toBe(1)
    // A quarter of what would come
    expect(mean(seconds.slice(10, 11).map(costOf))).toBeLessThan(4 * MAX_CALLS_PER_SECOND)
    for (const each of seconds.slice(12)) expect(costOf(each)).toBeLessThan(SECOND * MAX_CALLS_PER_SECOND)
  })

  it.each([10, 150, 400])('hears from each of %i isolates as often as without any questions: syncs come first', isolates => {
    const calls = (load: number) =>
      run({ isolates, wanted: () => load * room(isolates), forMs: 25_000, seed: 5 })
        .slice(12)
        .map(({ syncs, asks }) => syncs + asks)
    expect(mean(calls(30))).toBeGreaterThanOrEqual(0.98 * mean(calls(0)))
  })
})

describe('an object that can do less', () => {
  it.each([
    [1, 600],
    [40, 600],
    [400, 600],
    [10, 300],
    [40, 300],
    [40, 150],
    [400, 150],
  ])(
    'among %i isolates settles at no more than the %i calls a second that it can do, however many want to ask',
    (isolates, callsPerSecond) => {
      for (const load of [0.1, 1, 3, 30]) {
        const wanted = () => (load * callsPerSecond) / ASK_COST
        const late = run({ isolates, wanted, callsPerSecond, forMs: 80_000, seed: 6 }).slice(50)
        expect(mean(late.map(costOf))).toBeLessThan(1.1 * callsPerSecond)
        // What the first crowd has left in the queue is over, and answers come again; among hundreds of isolates not always in time
        const tookMs = late.flatMap(second => second.tookMs)
        expect(tookMs.filter(ms => ms < SYNC_TIMEOUT_MS).length).toBeGreaterThan(0.4 * tookMs.length)
        if (isolates <= 40) expect(mean(tookMs)).toBeLessThan(CENTRAL_WAIT_MS)
      }
    },
  )
})
