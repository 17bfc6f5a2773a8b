import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HELD_MS, type Held, Leases } from '../../src/state/leases'
import { LocalLoad } from '../../src/state/local-load'
import { START_MS } from './fleet'

const none = { inFlight: 0, waitingTokens: 0 }

describe('a lease', () => {
  it('counts from when it is taken, and its prompt until the first token', () => {
    const leases = new Leases()
    const held = leases.take('m', 100, START_MS)
    leases.take('m', 30, START_MS)
    leases.take('n', 7, START_MS)
    expect(leases.count('m')).toEqual({ inFlight: 2, waitingTokens: 130 })
    expect(leases.stopWaiting(held)).toBe(true)
    expect(leases.count('m')).toEqual({ inFlight: 2, waitingTokens: 30 })
    expect(leases.end(held)).toBe(true)
    expect(leases.count('m')).toEqual({ inFlight: 1, waitingTokens: 30 })
    expect(leases.count('n')).toEqual({ inFlight: 1, waitingTokens: 7 })
    expect(leases.count('nobody')).toEqual(none)
  })

  it.each(['waiting', 'writing'])('that is %s ends once, however often it is ended', state => {
    const leases = new Leases()
    const held = leases.take('m', 100, START_MS)
    leases.take('m', 30, START_MS)
    if (state === 'writing') leases.stopWaiting(held)
    expect([leases.end(held), leases.end(held), leases.stopWaiting(held)]).toEqual([true, false, false])
    expect(leases.count('m')).toEqual({ inFlight: 1, waitingTokens: 30 })
  })

  it('has its first token once', () => {
    const leases = new Leases()
    const held = leases.take('m', 100, START_MS)
    leases.take('m', 30, START_MS)
    expect([leases.stopWaiting(held), leases.stopWaiting(held)]).toEqual([true, false])
    expect(leases.count('m').waitingTokens).toBe(30)
  })

  it('that nobody renews is over after its time, and not before', () => {
    const leases = new Leases()
    const held = leases.take('m', 100, START_MS)
    leases.expire(START_MS + HELD_MS)
    expect(leases.size).toBe(1)
    leases.expire(START_MS + HELD_MS + 1)
    expect(leases.size).toBe(0)
    expect(leases.rows(START_MS + HELD_MS + 1)).toEqual([])
    expect(leases.end(held)).toBe(false)
  })

  it('lives as long as it is renewed in time, be it an hour', () => {
    const leases = new Leases()
    const held = leases.take('m', 100, START_MS)
    for (let beat = 1; beat <= 360; beat++) {
      leases.expire(START_MS + beat * HELD_MS)
      leases.renew(held, START_MS + beat * HELD_MS)
    }
    expect(leases.count('m').inFlight).toBe(1)
  })

  it('that is over is not brought back by a late renewal', () => {
    const leases = new Leases()
    const held = leases.take('m', 100, START_MS)
    leases.expire(START_MS + HELD_MS + 1)
    leases.renew(held, START_MS + HELD_MS + 2)
    expect(leases.size).toBe(0)
  })
})

describe('the counts', () => {
  it('are always those of the leases that live, whatever happens in which order', () => {
    const step = fc.record({
      what: fc.constantFrom('take', 'first', 'end', 'renew', 'pass'),
      which: fc.nat(9),
      size: fc.nat(500),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const leases = new Leases()
        /** The same by brute force. */
        const all: { held: Held; waits: boolean; renewedAtMs: number; lives: boolean }[] = []
        let nowMs = START_MS
        for (const { what, which, size } of steps) {
          const one = all[which % Math.max(1, all.length)]
          if (what === 'take') {
            const expectedMs = which % 3 === 0 ? undefined : size * 15
            const held = leases.take(`m${which % 2}`, size, nowMs, expectedMs, which % 4 > 1)
            all.push({ held, waits: true, renewedAtMs: nowMs, lives: true })
          } else if (what === 'pass') {
            nowMs += size * 20
            leases.expire(nowMs)
            for (const each of all) if (nowMs - each.renewedAtMs > HELD_MS) each.lives = false
          } else if (one !== undefined && what === 'first') {
            expect(leases.stopWaiting(one.held)).toBe(one.lives && one.waits)
            if (one.lives) one.waits = false
          } else if (one !== undefined && what === 'end') {
            expect(leases.end(one.held)).toBe(one.lives)
            one.lives = false
          } else if (one !== undefined) {
            leases.renew(one.held, nowMs)
            one.renewedAtMs = nowMs
          }
          // They are kept while nothing changes, and time alone may change them
          for (const row of leases.rows(nowMs))
            expect(row).toEqual({ model: row.model, ...leases.count(row.model), ...leases.waits(row.model, nowMs) })
        }
        for (const model of ['m0', 'm1']) {
          const live = all.filter(({ held, lives }) => lives && held.model === model)
          const waitingTokens = live.reduce((sum, { held, waits }) => sum + (waits ? held.promptTokens : 0), 0)
          expect(leases.count(model)).toEqual({ inFlight: live.length, waitingTokens })
          expect(leases.rows(nowMs).some(row => row.model === model)).toBe(live.length > 0)
        }
      }),
      { seed: 20_261_124, numRuns: 500 },
    )
  })
})

describe('an isolate', () => {
  it('no longer reports a request that was killed without a word, and what it says later changes nothing', () => {
    const load = new LocalLoad('isolate')
    const killed = load.take('m', 100, START_MS)
    const alive = load.take('m', 50, START_MS)
    for (let second = 1; second <= 11; second++) alive.renew(START_MS + second * 1_000)
    expect(load.report(START_MS + 10_000).leases.m).toEqual([2, 150])
    expect(load.report(START_MS + 10_001).leases.m).toEqual([1, 50])
    killed.settle({ verdict: 'failed' }, START_MS + 10_002)
    killed.firstToken(START_MS + 10_003)
    expect(load.report(START_MS + 10_004).leases.m).toEqual([1, 50])
    expect(load.load('m', START_MS + 10_004).failureRate).toBe(0)
  })
})
