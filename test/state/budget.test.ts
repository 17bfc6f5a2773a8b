import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { Budget, type BudgetOptions } from '../../src/state/budget'
import { START_MS } from './fleet'

const RETRIES: BudgetOptions = { ratio: 0.2, floor: 10, windowMs: 10_000 }
const HEDGES: BudgetOptions = { ratio: 0.03, floor: 0, windowMs: 600_000 }

/** How many of `asked` extra requests at one instant are granted. */
const granted = (budget: Budget, asked: number, nowMs = START_MS, sharers = 1): number =>
  Array.from({ length: asked }, () => budget.withdraw(nowMs, sharers)).filter(Boolean).length

/** When requests came and when extra ones were granted. Every request asks for `asks` extra ones, as in an outage. */
function underFire(options: BudgetOptions, requestsAtMs: readonly number[], asks: number) {
  const budget = new Budget(options)
  const spentAtMs: number[] = []
  for (const atMs of requestsAtMs) {
    budget.deposit(atMs)
    for (let i = 0; i < asks; i++) if (budget.withdraw(atMs)) spentAtMs.push(atMs)
  }
  return spentAtMs
}

const within = (times: readonly number[], fromMs: number, untilMs: number): number =>
  times.filter(atMs => atMs > fromMs && atMs <= untilMs).length

/** 100 requests a second. */
const steady = (seconds: number) => Array.from({ length: seconds * 100 }, (_, index) => START_MS + (index + 1) * 10)

describe('a budget', () => {
  it('grants its floor to nobody in particular, and then a share of the requests', () => {
    const budget = new Budget(RETRIES)
    expect(granted(budget, 100)).toBe(10)
    for (let i = 0; i < 4; i++) budget.deposit(START_MS)
    expect(granted(budget, 100)).toBe(0)
    budget.deposit(START_MS)
    expect(granted(budget, 100)).toBe(1)
    for (let i = 0; i < 50; i++) budget.deposit(START_MS)
    expect(granted(budget, 100)).toBe(10)
  })

  it('is not touched by asking what it would allow', () => {
    const budget = new Budget(RETRIES)
    for (let i = 0; i < 20; i++) expect(budget.allows(START_MS)).toBe(true)
    expect(granted(budget, 100)).toBe(10)
    expect(budget.allows(START_MS)).toBe(false)
  })

  it('fades: after a window 1 / e of a request and of what was spent still counts', () => {
    const budget = new Budget({ ...RETRIES, floor: 0 })
    for (let i = 0; i < 100; i++) budget.deposit(START_MS)
    // 20 were earned; of 100 requests 36.8 are left after 10 s, which earn 7.36, and of 13 that were spent 4.78: room for two more
    expect(granted(budget, 13)).toBe(13)
    expect(granted(budget, 100, START_MS + 10_000)).toBe(2)
  })

  it('is forgotten after ten windows, what was spent and what was earned', () => {
    const budget = new Budget(RETRIES)
    for (let i = 0; i < 1_000; i++) budget.deposit(START_MS)
    granted(budget, 1_000)
    // e⁻¹⁰ of 200 earned and of 210 spent is next to nothing, but not quite the tenth of the floor
    expect(granted(budget, 100, START_MS + 100_000)).toBe(9)
    expect(granted(budget, 100, START_MS + 1_000_000)).toBe(10)
  })

  it('does not mind a clock that goes backwards', () => {
    const budget = new Budget(RETRIES)
    budget.deposit(START_MS)
    expect(granted(budget, 10, START_MS)).toBe(10)
    expect(granted(budget, 10, START_MS - 3_600_000)).toBe(0)
  })
})

describe('over 60 s of steady traffic in which everything fails', () => {
  const requests = steady(60)
  const spent = underFire(RETRIES, requests, 2)

  // What is spent is what counts now and all that has faded, 1 / 10 s of it: S(T) + ∫ S / 10 s. With S at its bound, 0.2 R + 10, and the
  // same sum over R being all requests, that is 0.2 × 6,000 + 10 × (1 + 60 / 10) = 1,270. S is a whole request below its bound at most, by
  // at most (1 + 60 / 10) less in the sum.
  it('the extra load is a fifth, and the floor once and again with every window', () => {
    expect(spent.length).toBeLessThanOrEqual(1_270)
    expect(spent.length).toBeGreaterThanOrEqual(1_270 - 7)
  })

  // By the same sum, over 10 s: 0.2 × 1,000 + 10. S is at most a whole request below its bound, at either end and in between: 2 less or 1 more
  it('no 10 s see more than a fifth of their traffic and the floor', () => {
    for (let fromMs = START_MS + 1_000; fromMs <= START_MS + 50_000; fromMs += 100) {
      const extra = within(spent, fromMs, fromMs + 10_000)
      expect(extra).toBeLessThanOrEqual(211)
      expect(extra).toBeGreaterThanOrEqual(208)
    }
  })

  it('hedges never exceed 3 % of what has come, at any moment', () => {
    const hedges = underFire(HEDGES, requests, 1)
    for (const [index, atMs] of requests.entries()) expect(within(hedges, 0, atMs)).toBeLessThanOrEqual(0.03 * (index + 1))
    // The window is long, so what has faded by then is little: all but a few of the 180 were granted
    expect(hedges.length).toBeGreaterThanOrEqual(178)
  })
})

describe('however requests come', () => {
  // For any window (a, b]: what is granted is S(b) - S(a) + ∫ S / w. With 0 <= S <= ratio × R + floor, and the requests that came within being
  // R(b) - R(a) + ∫ R / w, it follows: granted <= ratio × (came + R(a)) + floor × (1 + (b - a) / w), R(a) being what still counts at a.
  it('no window grants more than the share of what came in it and what still counted, and its floor', () => {
    const traffic = fc.array(fc.tuple(fc.nat(5_000), fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(traffic, fc.nat(100_000), fc.nat(60_000), (bursts, startMs, lengthMs) => {
        let nowMs = START_MS
        const requests = bursts.flatMap(([pauseMs, size]) => {
          nowMs += pauseMs
          return Array.from({ length: size }, () => nowMs)
        })
        const spent = underFire(RETRIES, requests, 3)
        const [fromMs, untilMs] = [START_MS + startMs, START_MS + startMs + lengthMs]
        const counting = requests
          .filter(atMs => atMs <= fromMs)
          .reduce((sum, atMs) => sum + Math.exp((atMs - fromMs) / RETRIES.windowMs), 0)
        const share = RETRIES.ratio * (within(requests, fromMs, untilMs) + counting)
        const bound = share + RETRIES.floor * (1 + lengthMs / RETRIES.windowMs)
        expect(within(spent, fromMs, untilMs)).toBeLessThanOrEqual(bound + 1e-6)
      }),
      { seed: 20_261_124, numRuns: 500 },
    )
  })
})

describe('the floor', () => {
  it.each([1, 3, 10, 11, 1_000])('is one for the whole fleet: %i isolates without traffic share it', isolates => {
    const budgets = Array.from({ length: isolates }, () => new Budget(RETRIES))
    const total = budgets.reduce((sum, budget) => sum + granted(budget, 20, START_MS, isolates), 0)
    expect(total).toBeLessThanOrEqual(RETRIES.floor)
    // Each has its tenth part or third part, of which only whole requests can be sent
    expect(total).toBe(Math.floor(RETRIES.floor / isolates) * isolates)
  })

  it('does not matter where there is traffic: a fleet of any size adds a fifth', () => {
    const random = createRandom(1)
    const budgets = Array.from({ length: 50 }, () => new Budget(RETRIES))
    let sent = 0
    for (let i = 0; i < 20_000; i++) {
      const budget = budgets[Math.floor(random() * budgets.length)]
      budget?.deposit(START_MS + i)
      if (budget?.withdraw(START_MS + i, budgets.length)) sent += 1
    }
    // By the sum above: 0.2 × 20,000 + 10 × (1 + 20 s / 10 s) at most; each of the 50 may be one below its bound, 1 + 20 s / 10 s times
    expect(sent).toBeLessThanOrEqual(4_030)
    expect(sent).toBeGreaterThanOrEqual(4_030 - 150)
  })
})
