import { describe, expect, it } from 'vitest'
import { observeCached, readCached, withShare } from '../../src/state/cached-share'
import { LocalLoad } from '../../src/state/local-load'
import { Tracker } from '../../src/state/tracker'
import { START_MS } from './fleet'

describe('the cached share', () => {
  it('is unknown until an answer tells, and then as if three answers without a cache stood behind it', () => {
    expect(readCached(undefined, START_MS)).toBeNull()
    const news = withShare(undefined, 'home', 0.8)
    // 0.8 × 1 / (1 + 3)
    expect(readCached(observeCached(undefined, news, START_MS), START_MS)).toEqual({ first: 0, home: 0.2, away: 0 })
  })

  it('is kept apart by how the request stood to the model', () => {
    let news = withShare(undefined, 'home', 0.9)
    for (let i = 0; i < 2; i++) news = withShare(news, 'home', 0.9)
    for (let i = 0; i < 9; i++) news = withShare(news, 'away', 0.4)
    const shares = readCached(observeCached(undefined, news, START_MS), START_MS)
    // 3 of 3 + 3 and 9 of 9 + 3
    expect(shares?.home).toBeCloseTo(0.45)
    expect(shares?.away).toBeCloseTo(0.3)
    expect(shares?.first).toBe(0)
  })

  it('fades, so that a provider which ceases to cache is not believed for long', () => {
    let news = withShare(undefined, 'home', 1)
    for (let i = 0; i < 8; i++) news = withShare(news, 'home', 1)
    const state = observeCached(undefined, news, START_MS)
    // Nine answers halve every minute: 4.5 of 7.5
    expect(readCached(state, START_MS + 60_000)?.home).toBeCloseTo(0.6)
  })

  it('is never outside of 0 and 1, whatever a provider says', () => {
    expect(withShare(withShare(undefined, 'home', 7), 'home', -7)).toEqual({ home: [1, 2] })
  })
})

describe('a lease', () => {
  const served = (share: number) => {
    const load = new LocalLoad('i')
    const tracker = new Tracker()
    for (let i = 0; i < 9; i++) {
      const lease = load.take('m', 2_000, START_MS, [], true, 'home')
      lease.firstToken(START_MS)
      lease.settle({ verdict: 'succeeded', cachedShare: share }, START_MS)
    }
    load.accept(tracker.sync(load.report(START_MS), START_MS), START_MS)
    return load
  }

  it('counts what has to be read, once the fleet knows what is cached', () => {
    const load = served(0.8)
    // 0.8 × 9 / (9 + 3)
    expect(load.load('m', START_MS).cached).toEqual({ first: 0, home: expect.closeTo(0.6), away: 0 })
    load.take('m', 2_000, START_MS, [], true, 'home')
    expect(load.load('m', START_MS).waitingTokens).toBe(800)
    load.take('m', 2_000, START_MS, [], true, 'away')
    expect(load.load('m', START_MS).waitingTokens).toBe(2_800)
    load.take('m', 2_000, START_MS)
    expect(load.load('m', START_MS).waitingTokens).toBe(4_800)
  })

  it('counts all of it at a provider that has no cache', () => {
    const load = served(0)
    load.take('m', 2_000, START_MS, [], true, 'home')
    expect(load.load('m', START_MS).waitingTokens).toBe(2_000)
  })
})
