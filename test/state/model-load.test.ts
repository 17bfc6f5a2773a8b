import { describe, expect, it } from 'vitest'
import { cool, HEALTHY, type Health, probing } from '../../src/state/ejection'
import { loadOf } from '../../src/state/model-load'
import { DUE_MS } from '../../src/state/report'
import { LEASE_MS } from '../../src/state/tracker'
import { START_MS } from './fleet'
import { UNKNOWN } from './given'

const NOTHING = {
  count: { inFlight: 0, waitingTokens: 0 },
  waits: { requests: 0, begunTokens: 0, overdue: 0, timesExpected: 0 },
  headroom: null,
}

const out = cool(HEALTHY, 3_000, START_MS)
const due = cool(HEALTHY, 1, START_MS - 1)
const tried = probing(due, START_MS)

describe('a model that is left out', () => {
  it.each<[string, Health, number, number, boolean, number, boolean]>([
    // own health, what the tracker said and how long ago, whether it handed a probe; for how long, and whether it may be tried
    ['by nobody is not', HEALTHY, 0, 0, false, 0, false],
    ['by nobody needs no probe', HEALTHY, 0, 0, true, 0, false],
    ['here alone stays out for its time', out, 0, 0, false, 3_000, false],
    ['here alone, its time being over, may be tried once', due, 0, 0, false, DUE_MS, true],
    ['here alone, a probe being out, may not be tried again', tried, 0, 0, false, DUE_MS, false],
    ['by the tracker stays out for what is left of its time', HEALTHY, 5_000, 2_000, false, 3_000, false],
    ['by the tracker is tried by whoever it hands the probe to', HEALTHY, DUE_MS, 10, true, DUE_MS, true],
    ['by the tracker is tried by nobody else, though its time is over', HEALTHY, 5_000, 6_000, false, DUE_MS, false],
    ['by a tracker that is away is back when its time is over', HEALTHY, 5_000, LEASE_MS + 1, true, 0, false],
    ['by a tracker that is away cannot be tried before that', HEALTHY, 60_000, LEASE_MS + 1, true, 60_000 - LEASE_MS - 1, false],
    ['by both is out for as long as either has it', out, 2_000, 0, true, 3_000, false],
    ['by both takes the leave of both to be tried', due, DUE_MS, 10, true, DUE_MS, true],
    ['by both is not tried with one leave only', due, DUE_MS, 10, false, DUE_MS, false],
  ])('%s', (_, health, ejectedForMs, ageMs, probe, forMs, mayTry) => {
    const load = loadOf({ ...NOTHING, health }, { model: { ...UNKNOWN, ejectedForMs }, ageMs, probe }, START_MS)
    expect(load).toMatchObject({ ejectedForMs: forMs, probe: mayTry })
  })
})
