import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { leastConnections } from '../../src/strategy/least-connections'
import type { Candidate, Rank } from '../../src/strategy/strategy'
import { chiSquare, chiSquareBound } from '../algorithm/chi-square'
import { candidate, firsts, idsOf, load, model, modelsOf, situation } from './given'

const fleet = (given: Readonly<Record<string, readonly [inFlight: number, weight: number]>>) =>
  Object.entries(given).map(([id, [inFlight, weight]]) => candidate(id, { inFlight }, { weight }))

const sharesOf = (all: readonly Candidate[], view: Parameters<typeof situation>[0], draws: number) => {
  const rank = leastConnections.prepare(modelsOf(all), {})
  const counts = firsts(draws, (turn, random) => rank(all, situation({ ...view, turn, random })))
  return all.map(each => counts.get(each.model.id) ?? 0)
}

describe('with a fresh view', () => {
  test.each([
    ['the fewest in flight come first', fleet({ a: [3, 1], b: [1, 1], c: [2, 1] }), 'bca', [2, 3, 4]],
    ['in flight counts by weight', fleet({ a: [5, 3], b: [2, 1], c: [0, 0.25] }), 'abc', [2, 3, 4]],
    ['of idle models the heaviest comes first', fleet({ a: [0, 1], b: [0, 4], c: [0, 2] }), 'bca', [0.25, 0.5, 1]],
  ])('%s', (_, all, order, scores) => {
    for (let seed = 0; seed < 20; seed++) {
      const ranking = leastConnections.prepare(modelsOf(all), {})(all, situation({ random: createRandom(seed) }))
      expect(idsOf(ranking).join('')).toBe(order)
      expect(ranking.map(({ score }) => score)).toEqual(scores)
    }
  })

  test('a tie is broken at random by weight', () => {
    // Levels (2 + 1) / 3 and (0 + 1) / 1
    const counts = sharesOf(fleet({ a: [2, 3], b: [0, 1], c: [9, 1] }), {}, 20_000)
    expect(counts[2]).toBe(0)
    expect(chiSquare(counts.slice(0, 2), [15_000, 5_000])).toBeLessThan(chiSquareBound(1))
  })
})

describe('with an old view', () => {
  test('the first is drawn by how the arrivals since would have filled the models', () => {
    // Levels 1, 3, 7 and 6 arrivals in 2 s: surface (6 + 1 + 3) / 2 = 5, hence 4, 2 and 0 of 6
    const view = { ageMs: 2_000, arrivalsPerSecond: 3, meanPromptTokens: 100 }
    const counts = sharesOf(fleet({ a: [0, 1], b: [2, 1], c: [6, 1] }), { view }, 20_000)
    expect(counts[2]).toBe(0)
    expect(chiSquare(counts.slice(0, 2), [(20_000 * 4) / 6, (20_000 * 2) / 6])).toBeLessThan(chiSquareBound(1))
  })

  test('the second is drawn likewise among those that are left, and the others come from the least loaded up', () => {
    // Without a the 6 arrivals fill b from 3 and d from 5 to 7, where c stands: 4 and 2 of 6. Without b they fill a from 1 to 6 and d to 6.
    const all = fleet({ a: [0, 1], b: [2, 1], c: [6, 1], d: [4, 1] })
    const rank = leastConnections.prepare(modelsOf(all), {})
    const view = { ageMs: 2_000, arrivalsPerSecond: 3, meanPromptTokens: 100 }
    const orders = new Set<string>()
    for (let seed = 0; seed < 50; seed++) orders.add(idsOf(rank(all, situation({ view, random: createRandom(seed) }))).join(''))
    expect([...orders].toSorted()).toEqual(['abdc', 'adbc', 'badc', 'bdac'])
  })

  test('a very old one says nothing, and the weights decide', () => {
    const view = { ageMs: 1e12, arrivalsPerSecond: 1e6, meanPromptTokens: 100 }
    const counts = sharesOf(fleet({ a: [90, 3], b: [2, 2], c: [0, 1] }), { view }, 30_000)
    expect(chiSquare(counts, [15_000, 10_000, 5_000])).toBeLessThan(chiSquareBound(2))
  })
})

describe('without a view', () => {
  test('an isolate that has nothing in flight goes by the weights', () => {
    const counts = sharesOf(fleet({ a: [0, 3], b: [0, 2], c: [0, 1] }), { view: undefined }, 30_000)
    expect(chiSquare(counts, [15_000, 10_000, 5_000])).toBeLessThan(chiSquareBound(2))
  })

  test('one that has some gives way: three of its own at a, and four unseen fill b to 3 and then both by half', () => {
    const counts = sharesOf(fleet({ a: [3, 1], b: [0, 1] }), { view: undefined }, 20_000)
    expect(chiSquare(counts, [20_000 / 8, (20_000 * 7) / 8])).toBeLessThan(chiSquareBound(1))
  })

  test('falling back is spread by weight, too, so that cold isolates do not all fall on one model', () => {
    const all = fleet({ a: [0, 3], b: [0, 2], c: [0, 1] })
    const rank = leastConnections.prepare(modelsOf(all), {})
    const counts = firsts(30_000, (turn, random) => rank(all, situation({ view: undefined, turn, random })).slice(1))
    // As for the weighted random order: 0.35, 0.4, 0.25
    const observed = ['a', 'b', 'c'].map(id => counts.get(id) ?? 0)
    expect(chiSquare(observed, [10_500, 12_000, 7_500])).toBeLessThan(chiSquareBound(2))
  })
})

describe('a fleet of 100 isolates with views up to a second old', () => {
  const ISOLATES = 100
  const ids = ['a', 'b', 'c', 'd', 'e']
  const models = ids.map(id => model(id))
  const ARRIVALS_PER_SECOND = 1_000
  const MEAN_SERVICE_MS = 1_000
  const SECONDS = 20
  const WARM_UP_MS = 4_000

  interface Isolate {
    own: Map<string, number>
    others: ReadonlyMap<string, number>
    seenAtMs: number
  }

  /** Plain argmin over the same figures: what the strategy would do if it took its view for fresh. */
  const argmin: Rank = candidates =>
    candidates.map(each => ({ model: each.model, score: each.load.inFlight })).toSorted((x, y) => x.score - y.score)

  /**
   * A clock of 1 ms steps, Poisson arrivals at random isolates, exponential service. Greatest in flight over the fair share, and
   * their mean.
   */
  function simulate(rank: Rank, refreshAtMs: (isolate: number) => number): { readonly worst: number; readonly mean: number } {
    const random = createRandom(11)
    const exponential = (mean: number) => -mean * Math.log(1 - random())
    const total = new Map(ids.map(id => [id, 0]))
    const isolates = Array.from({ length: ISOLATES }, (): Isolate => ({ own: new Map(), others: new Map(), seenAtMs: 0 }))
    const endings = new Map<number, (readonly [Isolate, string])[]>()
    const count = (counts: Map<string, number>, id: string, by: number) => counts.set(id, (counts.get(id) ?? 0) + by)
    let nextAtMs = 0
    const ratios: number[] = []
    for (let nowMs = 0; nowMs < SECONDS * 1_000; nowMs++) {
      for (const [isolate, id] of endings.get(nowMs) ?? []) {
        count(isolate.own, id, -1)
        count(total, id, -1)
      }
      endings.delete(nowMs)
      for (const [index, isolate] of isolates.entries()) {
        if (nowMs % 1_000 !== refreshAtMs(index)) continue
        isolate.others = new Map(ids.map(id => [id, (total.get(id) ?? 0) - (isolate.own.get(id) ?? 0)]))
        isolate.seenAtMs = nowMs
      }
      while (nextAtMs <= nowMs) {
        nextAtMs += exponential(1_000 / ARRIVALS_PER_SECOND)
        const isolate = isolates[Math.floor(random() * ISOLATES)]
        if (isolate === undefined) continue
        const candidates = models.map(each => ({
          model: each,
          load: load({ inFlight: (isolate.others.get(each.id) ?? 0) + (isolate.own.get(each.id) ?? 0) }),
          quality: each.profile,
        }))
        const view = {
          ageMs: nowMs - isolate.seenAtMs,
          arrivalsPerSecond: (ARRIVALS_PER_SECOND * (ISOLATES - 1)) / ISOLATES,
          meanPromptTokens: 100,
        }
        const id = rank(candidates, situation({ view, random }))[0]?.model.id ?? ''
        count(isolate.own, id, 1)
        count(total, id, 1)
        const endsAtMs = nowMs + 1 + Math.floor(exponential(MEAN_SERVICE_MS))
        endings.set(endsAtMs, [...(endings.get(endsAtMs) ?? []), [isolate, id]])
      }
      if (nowMs < WARM_UP_MS) continue
      const fair = [...total.values()].reduce((a, b) => a + b, 0) / ids.length
      ratios.push(Math.max(...total.values()) / fair)
    }
    return { worst: Math.max(...ratios), mean: ratios.reduce((a, b) => a + b, 0) / ratios.length }
  }

  const ownTime = (isolate: number) => isolate * 10
  const lockstep = () => 0

  test('spread no worse than chance alone would, where plain argmin herds', () => {
    const ours = simulate(leastConnections.prepare(models, {}), ownTime)
    const plain = simulate(argmin, ownTime)
    // 200 in flight per model on average: blind draws would have a standard deviation of 7 %, of which five models in 16 service
    // times show about three at worst
    expect(ours.worst).toBeLessThan(1.21)
    expect(plain.worst).toBeGreaterThan(1.4)
    expect(ours.mean - 1).toBeLessThan((plain.mean - 1) / 4)
  })

  test('overshoot in lock-step, since a draw by averages lags behind the filling, but four times less than plain argmin', () => {
    const ours = simulate(leastConnections.prepare(models, {}), lockstep)
    const plain = simulate(argmin, lockstep)
    expect(plain.worst).toBeGreaterThan(2)
    expect(ours.mean - 1).toBeLessThan((plain.mean - 1) / 4)
  })
})
