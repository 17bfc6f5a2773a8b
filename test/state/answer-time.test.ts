import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { observeWriting, readAnswerMs, Writing } from '../../src/state/answer-time'
import { Fleet, START_MS } from './fleet'

describe('the time that an answer takes', () => {
  it('is unknown before one is over', () => {
    expect(readAnswerMs(undefined)).toBeUndefined()
    expect(readAnswerMs(observeWriting(undefined, 5_000, 0, START_MS))).toBeUndefined()
  })

  it('counts those that still go on: one of 1 s is over, and another has been written for 4 s', () => {
    expect(readAnswerMs(observeWriting(undefined, 5_000, 1, START_MS))).toBe(5_000)
  })

  it('forgets half of what was in a minute', () => {
    // 2 × 1,000 halved and 1 × 4,000, over 2 halved and 1
    const before = observeWriting(undefined, 2_000, 2, START_MS)
    expect(readAnswerMs(observeWriting(before, 4_000, 1, START_MS + 60_000))).toBe(2_500)
  })

  it('is right from the first answers on, though the short ones end first', () => {
    const random = createRandom(1)
    // Answers of 3 s on average begin every 100 ms; 5 s later most of those that are over were short
    const all = Array.from({ length: 4_000 }, () => ({ beginMs: random() * 5_000, lastsMs: -3_000 * Math.log(1 - random()) }))
    const over = all.filter(({ beginMs, lastsMs }) => beginMs + lastsMs <= 5_000)
    const writtenMs = all.reduce((sum, { beginMs, lastsMs }) => sum + Math.min(lastsMs, 5_000 - beginMs), 0)
    const ofThose = over.reduce((sum, { lastsMs }) => sum + lastsMs, 0) / over.length
    expect(ofThose).toBeLessThan(1_700)
    // Some 2,000 are over: a deviation of 2 % of the mean
    expect(readAnswerMs(observeWriting(undefined, writtenMs, over.length, START_MS))).toBeGreaterThan(2_750)
    expect(readAnswerMs(observeWriting(undefined, writtenMs, over.length, START_MS))).toBeLessThan(3_250)
  })
})

describe('an isolate', () => {
  it('counts for how long its answers are being written, each time anew', () => {
    const writing = new Writing()
    writing.begin('a', 0)
    writing.begin('a', 100)
    writing.begin('b', 100)
    expect(writing.takeMs('a', 300)).toBe(300 + 200)
    writing.end('a', 400)
    expect(writing.takeMs('a', 1_000)).toBe(100 + 700)
    expect(writing.takeMs('b', 1_000)).toBe(900)
    expect(writing.takeMs('nobody', 1_000)).toBe(0)
  })

  it('tells the tracker, and of an answer whose request was killed without a word as well', () => {
    const fleet = new Fleet(2)
    const [whole, killed] = [fleet.isolate(0), fleet.isolate(0)].map(isolate => isolate.take('model', 100, fleet.nowMs, [], true))
    for (const lease of [whole, killed]) lease?.firstToken(fleet.nowMs)
    fleet.nowMs += 2_000
    whole?.settle({ verdict: 'neutral' }, fleet.nowMs)
    fleet.syncAll()
    // Two were written for 2 s each, and one is over
    expect(fleet.isolate(1).load('model', fleet.nowMs).answerMs).toBe(4_000)
    fleet.nowMs += 20_000
    fleet.syncAll()
    const { inFlight, answerMs = 0 } = fleet.isolate(1).load('model', fleet.nowMs)
    expect(inFlight).toBe(0)
    // 22 s and 2 s, the first 4 of them faded a little, over two
    expect(answerMs).toBeGreaterThan(11_000)
    expect(answerMs).toBeLessThan(13_500)
    killed?.settle({ verdict: 'succeeded' }, fleet.nowMs)
    expect(fleet.report(0).learned).toEqual({})
  })
})
