import { describe, expect, it } from 'vitest'
import { newest, older, quotaOf, recall, refilled, remember, scarcer } from '../../src/state/headroom'
import { Fleet, START_MS } from './fleet'

describe('what is left of a rate limit is believed', () => {
  it.each([
    ['as long as the upstream says', 7_000, 7_000],
    ['for ten seconds where it does not say', 0, 10_000],
    ['for a minute at most', 3_600_000, 60_000],
  ])('%s', (_, forMs, lastsMs) => {
    const remembered = remember({ share: 0.25, forMs }, START_MS)
    expect(recall(remembered, START_MS)).toEqual({ share: 0.25, forMs: lastsMs, agoMs: 0 })
    expect(recall(remembered, START_MS + lastsMs - 1)).toEqual({ share: 0.25, forMs: 1, agoMs: lastsMs - 1 })
    expect(recall(remembered, START_MS + lastsMs)).toBeNull()
  })

  it('not at all where nothing was said', () => {
    expect(recall(undefined, START_MS)).toBeNull()
  })
})

describe('what nobody has renewed', () => {
  it.each([
    // Of the three quarters that were gone, the square of the part of the time
    ['is what was said, at first', 0, 0.25],
    ['has grown a little after a quarter of its time', 2_000, 0.25 + 0.75 / 16],
    ['has grown more by its half', 4_000, 0.25 + 0.75 / 4],
    ['is nearly all in the end', 7_999, 1],
  ])('%s', (_, ms, share) => {
    const figure = older({ share: 0.25, forMs: 8_000 }, ms)
    expect(figure && refilled(figure).share).toBeCloseTo(share, 3)
  })

  it('grows the same whether it is looked at once or on its way', () => {
    const onItsWay = older({ share: 0.1, forMs: 8_000 }, 1_000)
    const [one, other] = [older({ share: 0.1, forMs: 8_000 }, 3_000), onItsWay && older(onItsWay, 2_000)]
    expect(one && refilled(one)).toEqual(other && refilled(other))
    expect(older({ share: 0.1, forMs: 8_000 }, 8_000)).toBeNull()
  })

  it('of a version that does not say when does not grow', () => {
    expect(refilled({ share: 0.1, forMs: 8_000 })).toEqual({ share: 0.1, forMs: 8_000 })
    expect(recall({ share: 0.1, untilMs: START_MS + 8_000 }, START_MS)).toEqual({ share: 0.1, forMs: 8_000, agoMs: 0 })
  })
})

describe('a limit on requests', () => {
  // Of ten, with two left it is full again in 16 s: one comes back every 2 s
  const limit = { share: 0.2, forMs: 16_000, requests: 10 }

  it.each([
    ['lets through what was told', 0, 0, 2],
    ['less those that were sent since', 0, 3, -1],
    ['and what has come back since', 5_000, 0, 4.5],
    ['or both', 5_000, 3, 1.5],
    ['but never more than all of it', 15_999, 0, 9.9995],
  ])('%s', (_, ms, since, left) => {
    const later = older(limit, ms)
    expect(later && quotaOf(later, since)).toEqual({ left: expect.closeTo(left, 6), refillMs: expect.closeTo(2_000, 6) })
  })

  it('is told in shares, and is whole again whatever digits these have lost', () => {
    for (let requests = 1; requests <= 200; requests++)
      for (let left = 0; left < requests; left++) {
        const share = Math.round((left / requests) * 1e5) / 1e5
        expect(quotaOf({ share, forMs: 1_000, requests }, 0)?.left).toBe(left)
      }
  })

  it('with all of it left has nothing to come back', () => {
    expect(quotaOf({ share: 1, forMs: 10_000, requests: 500 }, 7)).toEqual({ left: 493, refillMs: 10_000 })
  })

  it('is none where nobody says how many', () => {
    expect(quotaOf({ share: 0.2, forMs: 16_000 }, 0)).toBeUndefined()
  })

  it.each([
    ['takes a day to refill', 86_400_000],
    ['takes nobody knows how long', 0],
  ])('that %s is remembered by its share alone', (_, forMs) => {
    const told = recall(remember({ ...limit, forMs }, START_MS), START_MS)
    expect(told).toMatchObject({ share: 0.2 })
    expect(told && quotaOf(told, 0)).toBeUndefined()
  })

  it('is remembered as one', () => {
    const remembered = remember(limit, START_MS)
    expect(recall(remembered, START_MS + 4_000)).toEqual({ share: 0.2, forMs: 12_000, requests: 10, agoMs: 4_000 })
  })
})

describe('of two that one was told', () => {
  const [earlier, later] = [
    remember({ share: 0.9, forMs: 9_000 }, START_MS),
    remember({ share: 0.1, forMs: 9_000 }, START_MS + 1),
  ]

  it.each([
    ['the later counts', earlier, later, later],
    ['in whichever order they come', later, earlier, later],
    ['the only one counts', undefined, earlier, earlier],
    [
      'one of a version that does not say when is as new as can be',
      later,
      { share: 0.5, untilMs: 9_000 },
      { share: 0.5, untilMs: 9_000 },
    ],
  ])('%s', (_, before, told, expected) => {
    expect(newest(before, told)).toEqual(expected)
  })
})

describe('of two figures', () => {
  const [little, much] = [
    { share: 0.1, forMs: 5 },
    { share: 0.9, forMs: 500 },
  ] as const

  it.each([
    ['the scarcer counts', little, much, little],
    ['in either order', much, little, little],
    ['the only one counts', null, much, much],
    ['wherever it stands', little, null, little],
    ['none is none', null, null, null],
  ])('%s', (_, a, b, expected) => {
    expect(scarcer(a, b)).toEqual(expected)
  })
})

describe('an isolate', () => {
  const told = (fleet: Fleet, index: number, share: number, forMs: number) => {
    const lease = fleet.take(index)
    lease.headroom({ share, forMs }, fleet.nowMs)
    lease.settle({ verdict: 'succeeded' }, fleet.nowMs)
  }

  it('knows at once what it was told, and all others after a sync', () => {
    const fleet = new Fleet(2)
    told(fleet, 0, 0.02, 8_000)
    expect(fleet.load(0).headroom).toEqual({ share: 0.02, forMs: 8_000 })
    expect(fleet.load(1).headroom).toBeNull()
    fleet.syncAll()
    expect(fleet.load(1).headroom).toEqual({ share: 0.02, forMs: 8_000 })
  })

  it('believes it no longer than it holds, also where it came from others', () => {
    const fleet = new Fleet(2)
    told(fleet, 0, 0, 8_000)
    fleet.syncAll()
    fleet.pass(7_999)
    for (const index of [0, 1]) expect(fleet.load(index).headroom).toEqual({ share: expect.closeTo(1, 3), forMs: 1 })
    fleet.pass(1)
    for (const index of [0, 1]) expect(fleet.load(index).headroom).toBeNull()
  })

  it('counts its own requests against a limit on these until their answers tell anew', () => {
    const fleet = new Fleet(2)
    const tell = (lease: ReturnType<Fleet['take']>, left: number) =>
      lease.headroom({ share: left / 10, forMs: 1_000 * (10 - left), requests: 10 }, fleet.nowMs)
    const before = fleet.take(0)
    fleet.pass(1)
    tell(fleet.take(0), 4)
    const left = (index: number) => fleet.load(index).quota?.left
    // The one before was counted by whoever told
    expect(left(0)).toBe(4)
    fleet.pass(500)
    const after = fleet.take(0)
    expect(left(0)).toBeCloseTo(3.5)
    fleet.syncAll()
    // To the others they are part of what the view does not show
    expect(left(1)).toBeCloseTo(4.5)
    fleet.pass(500)
    tell(after, 3)
    after.firstToken(fleet.nowMs)
    expect(left(0)).toBe(3)
    for (const lease of [before, after]) lease.settle({ verdict: 'succeeded' }, fleet.nowMs)
  })

  it('says when it was told, however long the report was in coming', () => {
    const fleet = new Fleet(2)
    told(fleet, 0, 0.25, 8_000)
    fleet.pass(4_000)
    fleet.syncAll()
    // Half of its time has passed: a quarter of what was gone is back
    expect(fleet.load(1).headroom).toEqual({ share: 0.25 + 0.75 / 4, forMs: 4_000 })
  })

  it('tells of a limit that is full again before a report leaves, so that one that was used up is not on average for ever', () => {
    const fleet = new Fleet(2)
    const answered = (share: number, forMs: number) => {
      told(fleet, 0, share, forMs)
      fleet.pass(2_000)
      fleet.syncAll()
    }
    for (let i = 0; i < 20; i++) answered(0.05, 57_000)
    expect(fleet.load(1).usualHeadroom).toBeCloseTo(0.05)
    // 500 a minute: one is back after 120 ms
    for (let i = 0; i < 100; i++) answered(0.998, 120)
    expect(fleet.load(1).usualHeadroom).toBeGreaterThan(0.95)
    // Of itself it is no news any more
    fleet.pass(1)
    for (const index of [0, 1]) expect(fleet.load(index)).toMatchObject({ headroom: null, quota: undefined })
  })

  it('does not overrule what another was told later, though its report comes after', () => {
    const fleet = new Fleet(3)
    told(fleet, 0, 0.9, 20_000)
    fleet.pass(1_000)
    told(fleet, 1, 0.1, 20_000)
    fleet.sync(1)
    fleet.sync(0)
    fleet.sync(2)
    expect(fleet.load(2).headroom?.share).toBeCloseTo(0.1, 2)
  })

  it('goes by the newest that it was told itself', () => {
    const fleet = new Fleet(1)
    told(fleet, 0, 0.01, 30_000)
    told(fleet, 0, 0.8, 30_000)
    expect(fleet.load(0).headroom?.share).toBe(0.8)
  })
})
