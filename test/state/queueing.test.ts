/** That the time a request waits behind others is not mistaken for the time that a model needs. */
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { type Latency, NO_LATENCY, observeFirstToken, readLatency } from '../../src/state/latency'
import { START_MS } from './fleet'

const EVERY_MS = 100

/** 300 ms and 0.1 ms a token of its own, behind up to 20,000 tokens that count `truly`, seen with an error of up to `error`. */
function learned(truly: number, error: number, samples = 2_000): Latency {
  const random = createRandom(1)
  let latency = NO_LATENCY
  for (let i = 0; i < samples; i++) {
    const own = Math.floor(100 + 4_000 * random())
    const ahead = Math.floor(20_000 * random())
    const seen = Math.max(0, Math.floor(ahead + error * (2 * random() - 1)))
    const ms = 300 + 0.1 * (own + truly * ahead)
    latency = observeFirstToken(latency, own + seen, ms, START_MS + i * EVERY_MS, { ownTokens: own })
  }
  return latency
}

const read = (latency: Latency) => readLatency(latency, START_MS + 200_000)

describe('a prompt that waits behind others', () => {
  it('counts them in full at a server with one queue, and its own line is that of an idle one', () => {
    const { baseMs, slopeMsPerToken, ahead } = read(learned(1, 0))
    // The first samples, when there was no line yet, took some of the queue for base, and after 200 s count more than half as much as the
    // last ones. A line through all of it would have a base of 1,300.
    expect(ahead).toBeGreaterThan(0.75)
    expect(slopeMsPerToken).toBeCloseTo(0.1, 1)
    expect(baseMs).toBeGreaterThan(200)
    expect(baseMs).toBeLessThan(650)
  })

  it('does not count them where none waits for the other, as behind a large API', () => {
    const { baseMs, ahead } = read(learned(0, 0))
    expect(ahead).toBeLessThan(0.05)
    // The queue that was subtracted before this was known is still a part of it
    expect(baseMs).toBeGreaterThan(220)
    expect(baseMs).toBeLessThanOrEqual(301)
  })

  it('leaves a large API its base, however many are on their way to it and however much its times vary', () => {
    const random = createRandom(2)
    let latency = NO_LATENCY
    for (let i = 0; i < 2_000; i++) {
      const own = Math.floor(100 + 4_000 * random())
      const crowd = { waitingTokens: 100_000, roomMs: 0, isFull: false }
      // As often twice as long as half as long
      const ms = (420 + 0.03 * own) * 2 ** (random() + random() - 1)
      latency = observeFirstToken(latency, own + 100_000, ms, START_MS + i * EVERY_MS, { ownTokens: own, crowd })
    }
    const { baseMs, ahead } = read(latency)
    expect(ahead).toBeLessThan(0.05)
    expect(baseMs).toBeGreaterThan(300)
    expect(baseMs).toBeLessThan(500)
  })

  it('counts them less, the less is known of them', () => {
    expect(read(learned(1, 40_000)).ahead).toBeLessThan(read(learned(1, 10_000)).ahead)
  })
})

describe('a crowd', () => {
  const calm = () => learned(0, 0)
  const atMs = START_MS + 200_000
  const crowded = (crowd: { waitingTokens: number; roomMs: number; isFull: boolean }, ms: number) =>
    Array.from({ length: 50 }).reduce<Latency>(so => observeFirstToken(so, 1_000, ms, atMs, { crowd }), calm())

  it('explains what took long by all that waits, and the model is not slow', () => {
    const waiting = crowded({ waitingTokens: 20_000, roomMs: 0, isFull: false }, 2_400)
    expect(readLatency(waiting, atMs).slowdown).toBeLessThan(1.1)
    expect(readLatency(crowded({ waitingTokens: 0, roomMs: 0, isFull: false }, 2_400), atMs).slowdown).toBeGreaterThan(2)
  })

  it('explains it by the wait for room just as well', () => {
    expect(readLatency(crowded({ waitingTokens: 0, roomMs: 2_000, isFull: true }, 2_400), atMs).slowdown).toBeLessThan(1.1)
  })

  it('does not make the model look as if it had become slower for good', () => {
    const before = readLatency(calm(), atMs).baseMs ?? 0
    const after = readLatency(crowded({ waitingTokens: 0, roomMs: 2_000, isFull: true }, 2_400), atMs).baseMs ?? 0
    expect(after).toBeLessThanOrEqual(before * 1.001)
  })
})
