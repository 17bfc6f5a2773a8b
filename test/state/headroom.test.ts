import { describe, expect, it } from 'vitest'
import { older, recall, refilled, remember, scarcer } from '../../src/state/headroom'
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

  it('goes by the newest that it was told itself', () => {
    const fleet = new Fleet(1)
    told(fleet, 0, 0.01, 30_000)
    told(fleet, 0, 0.8, 30_000)
    expect(fleet.load(0).headroom?.share).toBe(0.8)
  })
})
