import { describe, expect, it } from 'vitest'
import {
  type Concurrency,
  isNearlyFull,
  NO_CONCURRENCY,
  observeStart,
  readConcurrency,
  roomFor,
} from '../../src/state/concurrency'
import { Fleet } from './fleet'

const IN_TIME = 1
const LATE = 5

const seen = (...starts: readonly (readonly [ratio: number, writing: number])[]): Concurrency =>
  starts.reduce((state, [ratio, writing]) => observeStart(state, ratio, writing), NO_CONCURRENCY)

describe('the number of answers that a model writes at a time', () => {
  it.each([
    ['is unknown before anything was seen', seen(), undefined],
    ['may be twice of what went well, while nobody had to wait', seen([IN_TIME, 4], [IN_TIME, 10], [IN_TIME, 7]), 20],
    ['is what went well at most, once somebody had to wait', seen([IN_TIME, 10], [LATE, 10]), 10],
    ['is more when more go well', seen([LATE, 10], [IN_TIME, 12]), 12],
    // A tenth of the way from 20 to 10
    ['is a little less when somebody waits with fewer', seen([IN_TIME, 20], [LATE, 10]), 19],
    ['is not learned from a wait at a model that writes nothing', seen([IN_TIME, 3], [LATE, 0]), 6],
    ['is never less than one', seen([LATE, 1], [LATE, 1]), 1],
  ])('%s', (_, state, expected) => {
    expect(readConcurrency(state)).toBe(expected)
  })

  it('is found from above by those that are late with fewer, again and again', () => {
    const starts = Array.from({ length: 40 }, () => [LATE, 16] as const)
    // 0.9⁴⁰ = 1.5 % of the 24 in between are left
    expect(readConcurrency(seen([IN_TIME, 40], ...starts))).toBeCloseTo(16.35, 1)
  })

  it('is nearly used up from nine tenths on, and never while nobody knows it', () => {
    expect([17, 18, 19].map(writing => isNearlyFull(seen([LATE, 20]), writing))).toEqual([false, true, true])
    expect(isNearlyFull(seen([IN_TIME, 20]), 20)).toBe(false)
  })

  it('is learned by the tracker and reaches every isolate', () => {
    const fleet = new Fleet(2)
    const leases = Array.from({ length: 6 }, () => fleet.take(0))
    fleet.pass(500)
    for (const lease of leases) lease.firstToken(fleet.nowMs)
    fleet.syncAll()
    expect(fleet.load(1).concurrency).toBe(12)
    fleet.pass(2_000)
    for (const lease of leases) lease.settle({ verdict: 'succeeded' }, fleet.nowMs)
    fleet.syncAll()
    expect(fleet.load(1).answerMs).toBe(2_000)
  })
})

describe('the room for one more', () => {
  it.each([
    [
      'is endless where nothing is known',
      roomFor(undefined, 1_000, 50),
      { requests: Number.POSITIVE_INFINITY, waitMs: 0, turnMs: 0 },
    ],
    ['is what is left beside this request', roomFor(10, 1_000, 4), { requests: 5, waitMs: 0, turnMs: 100 }],
    ['the last place can be taken at once', roomFor(10, 1_000, 9), { requests: 0, waitMs: 0, turnMs: 100 }],
    ['comes when one of ten answers ends', roomFor(10, 1_000, 10), { requests: 0, waitMs: 100, turnMs: 100 }],
    ['comes later behind others that wait', roomFor(10, 1_000, 14), { requests: 0, waitMs: 500, turnMs: 100 }],
  ])('%s', (_, room, expected) => {
    expect(room).toEqual(expected)
  })

  it('is smaller, and a wait possible before, where the number in flight may be off', () => {
    const { requests, waitMs } = roomFor(10, 1_000, 9, 3.4)
    expect(requests).toBe(0)
    // Scale 2: 2 × ln(1 + e⁰) × 100 ms
    expect(waitMs).toBeCloseTo(200 * Math.LN2, 9)
    expect(roomFor(10, 1_000, 4, 2).requests).toBe(3)
    // Far from the limit nothing is left of it
    expect(roomFor(1_000, 1_000, 4, 2).waitMs).toBe(0)
  })
})
