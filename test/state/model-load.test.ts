import { describe, expect, it } from 'vitest'
import { cool, HEALTHY, type Health, PROBE_MS, probing } from '../../src/state/ejection'
import { loadOf } from '../../src/state/model-load'
import { DUE_MS } from '../../src/state/report'
import { LEASE_MS } from '../../src/state/tracker'
import { START_MS } from './fleet'
import { UNKNOWN } from './given'

const NOTHING = {
  count: { inFlight: 0, waitingTokens: 0 },
  waits: { requests: 0, begunTokens: 0, overdue: 0, timesExpected: 0 },
  headroom: null,
  waitingSince: () => 0,
}

const out = cool(HEALTHY, 3_000, START_MS)
const due = cool(HEALTHY, 1, START_MS - 1)
const tried = probing(due, START_MS)

describe('a model that is left out', () => {
  it.each<[string, Health, number, number, boolean, number, boolean]>([
    // own health, what the tracker said and how long ago, whether the isolate has a turn; for how long, and whether it may be tried
    ['by nobody is not', HEALTHY, 0, 0, false, 0, false],
    ['by nobody needs no probe', HEALTHY, 0, 0, true, 0, false],
    ['here alone stays out for its time', out, 0, 0, false, 3_000, false],
    ['here alone, its time being over, may be tried once', due, 0, 0, false, DUE_MS, true],
    ['here alone, a probe being out, may not be tried again for as long as that has', tried, 0, 0, false, PROBE_MS, false],
    ['by the tracker stays out for what is left of its time', HEALTHY, 5_000, 2_000, false, 3_000, false],
    ['by the tracker is tried by whoever has a turn', HEALTHY, DUE_MS, 10, true, DUE_MS, true],
    ['by the tracker is tried by nobody else, though its time is over', HEALTHY, 5_000, 6_000, false, DUE_MS, false],
    ['by the tracker is tried as soon as its time is over, without another word', HEALTHY, 5_000, 5_000, true, DUE_MS, true],
    ['by the tracker is not tried before', HEALTHY, 5_000, 4_000, true, 1_000, false],
    ['by a tracker that is away is back when its time is over', HEALTHY, 5_000, LEASE_MS + 1, true, 0, false],
    ['by a tracker that is away cannot be tried before that', HEALTHY, 60_000, LEASE_MS + 1, true, 60_000 - LEASE_MS - 1, false],
    ['by both is out for as long as either has it', out, 2_000, 0, true, 3_000, false],
    ['by both is tried if both allow it', due, DUE_MS, 10, true, DUE_MS, true],
    ['by both is not tried if only one does', due, DUE_MS, 10, false, DUE_MS, false],
  ])('%s', (_, health, ejectedForMs, ageMs, hasTurn, forMs, mayTry) => {
    const load = loadOf({ ...NOTHING, health }, { model: { ...UNKNOWN, ejectedForMs }, ageMs, hasTurn }, START_MS)
    expect(load).toMatchObject({ ejectedForMs: forMs, probe: mayTry })
  })
})
