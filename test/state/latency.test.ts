import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import {
  type Latency,
  NO_LATENCY,
  observeCensored,
  observeFirstToken,
  observePerToken,
  readLatency,
} from '../../src/state/latency'
import { Fleet, START_MS } from './fleet'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Box and Muller, 1958. */
const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

interface Sampling {
  readonly deviation: number
  readonly seed: number
  readonly seconds: number
  readonly perSecond: number
  readonly slowdown?: number
}

/** Times around 400 ms + 0.1 ms a token, log-normal, over prompts of up to 4,000 tokens. */
function sampled({ deviation, seed, seconds, perSecond, slowdown = 1 }: Sampling, start = NO_LATENCY, fromMs = START_MS) {
  const random = createRandom(seed)
  let latency = start
  let nowMs = fromMs
  for (let i = 0; i < seconds * perSecond; i++) {
    nowMs = fromMs + ((i + 1) * SECOND) / perSecond
    const tokens = Math.floor(random() * 4_000)
    const ms = (400 + 0.1 * tokens) * slowdown * Math.exp(deviation * normal(random))
    latency = observeFirstToken(latency, tokens, ms, nowMs)
  }
  return { latency, nowMs }
}

/** The same sample so often at one instant. */
const repeated = (times: number, ms = 500, latency: Latency = NO_LATENCY): Latency =>
  Array.from({ length: times }).reduce<Latency>(so => observeFirstToken(so, 100, ms, START_MS), latency)

describe('the tail of the time to first token', () => {
  // The line follows the mean, which for log-normal times lies exp(σ² / 2) above the median: the 95th percentile over the line is
  // exp(1.645 σ - σ² / 2). With 10 samples a second and a half-life of 120 s, 10 × 2 × 120 / ln 2 = 3,460 samples count; ln(p95) then has
  // the deviation σ × sqrt((1 + 1.645² / 2) / 3,460) = 0.026 σ, and the line, of 865 × 10 samples, less than 0.011 × σ(1 + σ²). At σ = 0.7
  // together 0.021; the tolerance is four times that.
  it.each([0.1, 0.3, 0.5, 0.7])('converges on the 95th percentile of log-normal times with σ = %f', deviation => {
    const expected = Math.exp(1.645 * deviation - deviation ** 2 / 2)
    for (const seed of [1, 2, 3, 4, 5]) {
      const { latency, nowMs } = sampled({ deviation, seed, seconds: 1_200, perSecond: 10 })
      const { p95Ratio } = readLatency(latency, nowMs)
      expect(Math.abs(Math.log((p95Ratio ?? 0) / expected)), `seed ${seed}`).toBeLessThan(0.085)
    }
  })

  // Of the actual samples that follow: with p = 0.95 and n = 2,000 the share has the deviation 0.005, and the estimate's own error of 2 %
  // moves it by 0.02 × 0.103 / 0.5 = 0.004. Three times both together: 0.02.
  it('is passed by one in twenty of the requests that follow', () => {
    const { latency, nowMs } = sampled({ deviation: 0.5, seed: 7, seconds: 1_200, perSecond: 10 })
    const { baseMs, slopeMsPerToken, p95Ratio } = readLatency(latency, nowMs)
    const random = createRandom(8)
    let slower = 0
    for (let i = 0; i < 2_000; i++) {
      const tokens = Math.floor(random() * 4_000)
      const ms = (400 + 0.1 * tokens) * Math.exp(0.5 * normal(random))
      if (ms > ((baseMs ?? 0) + slopeMsPerToken * tokens) * (p95Ratio ?? 0)) slower += 1
    }
    expect(Math.abs(slower / 2_000 - 0.05)).toBeLessThan(0.02)
  })

  it('is unknown below ten samples: the first only makes the line', () => {
    expect(readLatency(NO_LATENCY, START_MS).p95Ratio).toBeNull()
    expect(readLatency(repeated(10), START_MS).p95Ratio).toBeNull()
    expect(readLatency(repeated(11), START_MS).p95Ratio).not.toBeNull()
  })

  it('is unknown again when too little of it is recent', () => {
    // 20 samples halve to 10 within the half-life of 2 min
    const latency = repeated(21)
    expect(readLatency(latency, START_MS + 2 * MINUTE).p95Ratio).not.toBeNull()
    expect(readLatency(latency, START_MS + 2 * MINUTE + 1).p95Ratio).toBeNull()
  })

  it('of times that never vary is no tail', () => {
    // The first samples still meet a line that the prior bends; by now it has given way
    expect(readLatency(repeated(1_000), START_MS).p95Ratio).toBeCloseTo(1, 1)
  })

  it('says nothing of limits that passed without a token, which are no times', () => {
    const latency = repeated(20)
    const before = readLatency(latency, START_MS).p95Ratio
    expect(readLatency(observeCensored(latency, 100, 60_000, START_MS), START_MS).p95Ratio).toBe(before)
  })

  it('reaches the isolates with the next sync', () => {
    const fleet = new Fleet(2)
    for (let i = 0; i < 20; i++) {
      const lease = fleet.take(0)
      fleet.pass(500)
      lease.firstToken(fleet.nowMs)
      lease.settle({ verdict: 'succeeded' }, fleet.nowMs)
      if (i % 10 === 9) fleet.syncAll()
    }
    fleet.syncAll()
    for (const index of [0, 1]) expect(fleet.load(index).p95Ratio).toBe(fleet.state().p95Ratio)
    expect(fleet.load(1).p95Ratio).toBeGreaterThan(0)
  })
})

describe('the line', () => {
  it('is learned from the samples: base and slope', () => {
    const { latency, nowMs } = sampled({ deviation: 0, seed: 1, seconds: 600, perSecond: 10 })
    const { baseMs, slopeMsPerToken } = readLatency(latency, nowMs)
    // Thousands of exact samples against a prior of a quarter of one
    expect(baseMs).toBeCloseTo(400, 0)
    expect(slopeMsPerToken).toBeCloseTo(0.1, 3)
  })

  it('is unknown before the first sample, and again when it has faded', () => {
    expect(readLatency(NO_LATENCY, START_MS)).toMatchObject({ baseMs: null, slopeMsPerToken: 0, slowdown: 1, perTokenMs: null })
    const latency = repeated(1)
    // One sample counts 0.2 after 300 s × log2(5) = 696.6 s
    expect(readLatency(latency, START_MS + 696 * SECOND).baseMs).not.toBeNull()
    expect(readLatency(latency, START_MS + 697 * SECOND).baseMs).toBeNull()
  })
})

describe('the slow-down', () => {
  it('follows within seconds, while the line stays where it was', () => {
    const calm = sampled({ deviation: 0.1, seed: 1, seconds: 1_200, perSecond: 10 })
    const slow = sampled({ deviation: 0.1, seed: 2, seconds: 20, perSecond: 10, slowdown: 3 }, calm.latency, calm.nowMs)
    const { baseMs, slowdown } = readLatency(slow.latency, slow.nowMs)
    // After two half-lives three quarters of the way from 1 to 3, less the little by which the line has given way
    expect(slowdown).toBeGreaterThan(2.2)
    expect(slowdown).toBeLessThan(2.55)
    expect(baseMs).toBeLessThan(400 * 1.15)
    // Without news it goes back to 1
    expect(readLatency(slow.latency, slow.nowMs + 10 * MINUTE).slowdown).toBeCloseTo(1, 1)
  })

  it('is raised by a limit that passed later than expected, and by no other', () => {
    const latency = repeated(20)
    expect(observeCensored(latency, 100, 100, START_MS)).toBe(latency)
    expect(readLatency(observeCensored(latency, 100, 20_000, START_MS), START_MS).slowdown).toBeGreaterThan(
      readLatency(latency, START_MS).slowdown,
    )
  })
})

it('the time per output token is the average of the recent ones', () => {
  const latency = observePerToken(observePerToken(NO_LATENCY, 10, START_MS), 20, START_MS)
  expect(readLatency(latency, START_MS).perTokenMs).toBe(15)
})
