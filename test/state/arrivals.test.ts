import { describe, expect, it } from 'vitest'
import { type Arrivals, arrive, arriveSteadily, meanTokens, NO_ARRIVALS, ratesOf, without } from '../../src/state/arrivals'
import { START_MS } from './fleet'

/** So many requests a second, of so many tokens each, for long enough that nothing is left of the time before. */
function steady(perSecond: number, tokens: number): { readonly arrivals: Arrivals; readonly nowMs: number } {
  let [arrivals, nowMs] = [NO_ARRIVALS, START_MS]
  for (let i = 0; i < 120 * perSecond; i++) {
    nowMs += 1000 / perSecond
    arrivals = arrive(arrivals, 1, tokens, nowMs)
  }
  return { arrivals, nowMs }
}

describe('the rate of arrivals', () => {
  it.each([1, 10, 100])('of %d a second reads as that, to half a request just after one came', perSecond => {
    const { arrivals, nowMs } = steady(perSecond, 50)
    const rates = ratesOf(arrivals, nowMs)
    // The curve is a saw: right after an arrival it stands half a request, ln 2 / 10 a second, above the mean, and a little more for its bend
    expect(Math.abs(rates.arrivalsPerSecond - perSecond)).toBeLessThan(0.075)
    expect(rates.tokensPerSecond).toBeCloseTo(50 * rates.arrivalsPerSecond, 6)
    expect(meanTokens(arrivals)).toBeCloseTo(50, 9)
  })

  it('halves every five seconds in which nobody comes, while the mean prompt stays, and ends at exactly nothing', () => {
    const arrivals = arrive(NO_ARRIVALS, 8, 800, START_MS)
    const { arrivalsPerSecond } = ratesOf(arrivals, START_MS)
    expect(ratesOf(arrivals, START_MS + 5_000).arrivalsPerSecond).toBeCloseTo(arrivalsPerSecond / 2, 12)
    expect(ratesOf(arrivals, START_MS + 15_000).arrivalsPerSecond).toBeCloseTo(arrivalsPerSecond / 8, 12)
    expect(meanTokens(arrivals)).toBe(100)
    // 8 halved 27 times is below a millionth, the tokens' 800 only later
    expect(ratesOf(arrivals, START_MS + 27 * 5_000).arrivalsPerSecond).toBe(0)
    expect(ratesOf(arrivals, START_MS + 60 * 5_000)).toEqual({ arrivalsPerSecond: 0, tokensPerSecond: 0 })
  })

  it('that another tracker told of adds up with what is counted here', () => {
    const [here, there] = [arrive(NO_ARRIVALS, 3, 30, START_MS), arrive(NO_ARRIVALS, 5, 500, START_MS)]
    const both = arriveSteadily(here, ratesOf(there, START_MS), START_MS)
    expect(both.count).toBeCloseTo(8, 9)
    expect(both.tokens).toBeCloseTo(530, 9)
  })
})

describe('arrivals without a part of them', () => {
  it('are the others, whenever each of them came', () => {
    const own = arrive(NO_ARRIVALS, 2, 70, START_MS + 900)
    const all = arrive(arrive(arrive(NO_ARRIVALS, 4, 10, START_MS), 2, 70, START_MS + 900), 1, 5, START_MS + 3_000)
    const others = arrive(arrive(NO_ARRIVALS, 4, 10, START_MS), 1, 5, START_MS + 3_000)
    const left = without(all, own, START_MS + 4_000)
    expect(ratesOf(left, START_MS + 4_000).arrivalsPerSecond).toBeCloseTo(ratesOf(others, START_MS + 4_000).arrivalsPerSecond, 12)
    expect(meanTokens(left)).toBeCloseTo(meanTokens(others), 9)
  })

  it('are none, and never less, where that was all of them', () => {
    let [all, own] = [NO_ARRIVALS, NO_ARRIVALS]
    for (let i = 0; i < 1_000; i++) {
      all = arrive(all, 1, 0.1, START_MS + 7 * i)
      own = arrive(own, 1, 0.1, START_MS + 7 * i + (i % 2))
    }
    const left = without(all, own, START_MS + 7_000)
    expect(Math.min(left.count, left.tokens)).toBeGreaterThanOrEqual(0)
    expect(without(all, all, START_MS + 7_000)).toMatchObject({ count: 0, tokens: 0 })
  })
})
