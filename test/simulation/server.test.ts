/** The simulated model against what queueing theory says of it, and its faults. */
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { Clock } from './clock'
import type { Job } from './job'
import { Server, type ServerSpec } from './server'
import { exponential } from './synthetic-trace'

/** One millisecond a prompt token and nothing else: a queue with one server. */
const SPEC: ServerSpec = {
  name: 'm',
  baseMs: 0,
  baseSigma: 0,
  msPerPromptToken: 1,
  slots: 1e6,
  msPerToken: 10,
  cacheBlocks: 0,
}
const NO_BLOCKS = new Int32Array(0)

interface Heard {
  firstMs?: number
  endMs?: number
  isWhole?: boolean
}

function jobOf(clock: Clock, promptTokens: number, outputTokens = 1, blocks = NO_BLOCKS): { job: Job; heard: Heard } {
  const heard: Heard = {}
  const job: Job = {
    promptTokens,
    outputTokens,
    blocks,
    luck: 0,
    onFirstToken: () => {
      heard.firstMs = clock.nowMs
    },
    onEnd: isWhole => {
      heard.endMs = clock.nowMs
      heard.isWhole = isWhole
    },
  }
  return { job, heard }
}

/** Mean time from arrival to the first token, Poisson arrivals, in service times. */
function meanTime(load: number, serviceMs: (random: () => number) => number, arrivals: number): number {
  const clock = new Clock()
  const random = createRandom(7)
  const server = new Server(SPEC, clock)
  let sum = 0
  const arrive = (left: number) => {
    if (left === 0) return
    const arrivedMs = clock.nowMs
    const { job } = jobOf(clock, serviceMs(random))
    server.send({
      ...job,
      onFirstToken: () => {
        sum += clock.nowMs - arrivedMs
      },
    })
    clock.after(exponential(1_000 / load, random), () => arrive(left - 1))
  }
  arrive(arrivals)
  clock.run()
  return sum / arrivals / 1_000
}

describe('a model that reads one prompt after the other', () => {
  // The mean of n times in a queue at load ρ is off by about 2 / ((1 - ρ) √n) of itself (Whitt, Management Science 35, 1989, for M/M/1): 0.5 % at ρ = 0.5
  // and 2 % at ρ = 0.9 with these numbers. Three times that.
  it.each([
    [0.5, 200_000, 0.03],
    [0.9, 1_000_000, 0.06],
  ])(
    'makes wait as M/M/1 does at a load of %f',
    (load, arrivals, tolerance) => {
      const expected = 1 / (1 - load)
      const observed = meanTime(load, random => exponential(1_000, random), arrivals)
      expect(Math.abs(observed / expected - 1)).toBeLessThan(tolerance)
    },
    20_000,
  )

  it('makes wait half as long where all prompts are alike, as M/D/1 does', () => {
    const expected = 1 + 0.7 / (2 * (1 - 0.7))
    expect(Math.abs(meanTime(0.7, () => 1_000, 200_000) / expected - 1)).toBeLessThan(0.03)
  })

  it('is foreseen by whoever knows everything, to the millisecond', () => {
    const clock = new Clock()
    const server = new Server({ ...SPEC, baseMs: 50, slots: 2 }, clock)
    // Both places are taken from 300 on, for 4 and 40 more tokens at 10 × (1 + 2 / 2) ms
    server.send(jobOf(clock, 100, 11).job)
    server.send(jobOf(clock, 200, 41).job)
    clock.run(300)
    const foreseen = server.expectedFirstTokenMs(NO_BLOCKS, 30)
    const { job, heard } = jobOf(clock, 30)
    const sentMs = clock.nowMs
    server.send(job)
    clock.run()
    expect(heard.firstMs).toBeCloseTo(sentMs + foreseen, 6)
  })
})

describe('a model that writes', () => {
  it('slows down with every answer beside it, and makes prompts wait for a place', () => {
    const clock = new Clock()
    const server = new Server({ ...SPEC, slots: 2 }, clock)
    const [a, b, c] = [jobOf(clock, 100, 101), jobOf(clock, 100, 101), jobOf(clock, 100, 1)]
    for (const { job } of [a, b, c]) server.send(job)
    clock.run()
    // a writes alone from 100 to 200 at 15 ms a token, 6.67 of 100; then both at 20 ms until a's other 93.33 are written
    expect(a.heard.endMs).toBeCloseTo(200 + (100 - 100 / 15) * 20, 6)
    // c is read only now
    expect(c.heard.firstMs).toBeCloseTo((a.heard.endMs ?? 0) + 100, 6)
    // b's last 6.67 alone again, but for the moment that c takes
    expect(b.heard.endMs).toBeCloseTo((a.heard.endMs ?? 0) + (100 / 15) * 15, 6)
  })

  it('has read what begins alike, as long as it remembers it', () => {
    const clock = new Clock()
    const server = new Server({ ...SPEC, cacheBlocks: 3 }, clock)
    const blocks = Int32Array.from([1, 2, 3])
    server.send(jobOf(clock, 1_600, 1, blocks).job)
    clock.run()
    expect(server.expectedFirstTokenMs(blocks, 1_600)).toBe(1_600 - 3 * 512)
    expect(server.expectedFirstTokenMs(Int32Array.from([1, 2, 9]), 1_600)).toBe(1_600 - 2 * 512)
    server.send(jobOf(clock, 600, 1, Int32Array.from([8])).job)
    clock.run()
    // The end of what was used longest ago is forgotten first
    expect(server.expectedFirstTokenMs(blocks, 1_600)).toBe(1_600 - 2 * 512)
  })
})

describe('what goes wrong', () => {
  it('a crash breaks all connections and frees all places', () => {
    const clock = new Clock()
    const server = new Server({ ...SPEC, slots: 2 }, clock)
    const jobs = [jobOf(clock, 100, 1_000), jobOf(clock, 100, 1_000), jobOf(clock, 100)]
    for (const { job } of jobs) server.send(job)
    clock.run(250)
    server.crash()
    expect(jobs.map(({ heard }) => heard.isWhole)).toEqual([false, false, false])
    server.recover()
    expect([server.inFlight, server.expectedFirstTokenMs(NO_BLOCKS, 10)]).toEqual([0, 10])
    const { job, heard } = jobOf(clock, 10)
    server.send(job)
    clock.run()
    expect(heard).toEqual({ firstMs: 260, endMs: 260, isWhole: true })
  })

  it('a stall moves everything by its length, and a slow time takes as many times longer', () => {
    const clock = new Clock()
    const server = new Server(SPEC, clock)
    const stalled = jobOf(clock, 100)
    server.send(stalled.job)
    clock.run(40)
    server.stall(1_000)
    clock.run()
    expect(stalled.heard.firstMs).toBe(1_100)
    server.setSlowness(5)
    const slow = jobOf(clock, 100)
    server.send(slow.job)
    clock.run(1_350)
    server.setSlowness(1)
    clock.run()
    // 250 of 500 ms, then the other half at normal speed
    expect(slow.heard.firstMs).toBe(1_400)
  })

  it('a caller who leaves takes nobody else’s time', () => {
    const clock = new Clock()
    const server = new Server({ ...SPEC, slots: 1 }, clock)
    const [reading, waiting, last] = [jobOf(clock, 1_000), jobOf(clock, 1_000), jobOf(clock, 10)]
    for (const { job } of [reading, waiting, last]) server.send(job)
    clock.run(100)
    server.cancel(waiting.job)
    server.cancel(reading.job)
    clock.run()
    expect([reading.heard, waiting.heard]).toEqual([{}, {}])
    expect(last.heard.firstMs).toBe(110)
  })
})
