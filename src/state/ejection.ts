/**
 * Outlier ejection: a model that keeps failing is left out for a while, then for longer, and let back in by a probe
 * (the circuit breaker of Nygard's "Release It!"). The tracker runs it over the fleet's
 * results, since with a thousand isolates none sees enough failures itself; an isolate runs it over its own too, so that ejection works while the tracker is
 * away.
 *
 * States are plain data, never changed in place.
 */
import { type Ewma, evidence, observe, readWithPrior } from '../algorithm/ewma'
import { DUE_MS, type ModelSnapshot } from './report'

export interface Health {
  readonly consecutiveFailures: number
  /** 1 for a failure, 0 for a success. */
  readonly failures: Ewma | undefined
  /** Ejections in a row; the next one lasts twice as long. Forgotten after a good stretch. */
  readonly ejections: number
  /** 0: not ejected. In the past: ejected, and due for a probe. */
  readonly ejectedUntilMs: number
  /** When a probe was last let through; 0: none is out. */
  readonly probedAtMs: number
  readonly lastEjectedAtMs: number
}

export const HEALTHY: Health = Object.freeze({
  consecutiveFailures: 0,
  failures: undefined,
  ejections: 0,
  ejectedUntilMs: 0,
  probedAtMs: 0,
  lastEjectedAtMs: 0,
})

/** So many failures without a success between them eject, what Envoy's `consecutive_5xx` has as its default, if most recent attempts failed. */
const CONSECUTIVE = 5
/**
 * So many do in any case: one that fails every second time comes to this once in a million times. It is still of use, and where it carries most of the traffic
 * the others drown without it; ten in a row, once in a thousand, it has within a minute.
 */
const CERTAIN = 20
/** Or this share of recent attempts, if there were at least so many. */
const FAILURE_SHARE = 0.8
const MIN_VOLUME = 10
const FAILURE_HALF_LIFE_MS = 10_000

const FIRST_EJECTION_MS = 5_000
/** Leaving out one that has healed costs more than the one request that finds out. */
const MAX_EJECTION_MS = 10_000
/** A probe without an answer after so long is lost, and another may go. */
export const PROBE_MS = 10_000
/** Ejections are forgotten after so long without one. */
const FORGET_MS = 600_000

/** The state after some results, in no order among themselves. */
export function observeResults(health: Health, succeeded: number, failed: number, nowMs: number): Health {
  if (succeeded + failed === 0) return health
  let failures = health.failures
  for (let i = 0; i < succeeded; i++) failures = observe(failures, 0, nowMs, FAILURE_HALF_LIFE_MS)
  for (let i = 0; i < failed; i++) failures = observe(failures, 1, nowMs, FAILURE_HALF_LIFE_MS)
  const consecutiveFailures = succeeded > 0 ? 0 : health.consecutiveFailures + failed
  const next: Health = { ...health, failures, consecutiveFailures }
  return isEjected(health) ? afterProbe(next, succeeded, nowMs) : ejectIfBad(next, failed, nowMs)
}

/** Share of recent attempts that failed, as if one more had succeeded: a single failure is no rule. */
export const failureRate = ({ failures }: Health, nowMs: number): number =>
  readWithPrior(failures, nowMs, FAILURE_HALF_LIFE_MS, 0, 1)

/** How many failed lately, decayed. */
export const recentFailures = ({ failures }: Health, nowMs: number): number =>
  (failures?.value ?? 0) * evidence(failures, nowMs, FAILURE_HALF_LIFE_MS)

/** An upstream that says how long to stay away is believed, and it costs nothing beyond that time. */
export function cool(health: Health, forMs: number, nowMs: number): Health {
  return forMs > 0 ? { ...health, ejectedUntilMs: Math.max(health.ejectedUntilMs, nowMs + forMs), probedAtMs: 0 } : health
}

export const isEjected = (health: Health): boolean => health.ejectedUntilMs > 0

/** For how much longer it is left out, a probe's time for its answer included; from 0 down: only a probe is missing, and for so long. Undefined: healthy. */
export const leftOutMs = (health: Health, nowMs: number): number | undefined =>
  isEjected(health) ? Math.max(health.ejectedUntilMs, probedUntilMs(health)) - nowMs : undefined

/** 0: healthy. `DUE_MS`: only a probe is missing. */
export const ejectedForMs = (health: Health, nowMs: number): number => toldOut(leftOutMs(health, nowMs)).ejectedForMs

/** How `leftOutMs` is told. */
export const toldOut = (leftMs: number | undefined): Pick<ModelSnapshot, 'ejectedForMs' | 'dueForMs'> =>
  leftMs === undefined
    ? HEALTHY_TOLD
    : leftMs >= 0
      ? { ejectedForMs: Math.max(DUE_MS, leftMs) }
      : { ejectedForMs: DUE_MS, dueForMs: -leftMs }

const HEALTHY_TOLD = Object.freeze({ ejectedForMs: 0 })

/** For how much longer a probe that is out may answer; 0: none is. */
export const probedForMs = (health: Health, nowMs: number): number => Math.max(0, probedUntilMs(health) - nowMs)

const probedUntilMs = ({ probedAtMs }: Health): number => (probedAtMs === 0 ? 0 : probedAtMs + PROBE_MS)

/** Whether its time is over and nobody else is trying it. `isDueElsewhere`: so it is where others have ejected it. */
export function mayProbe(health: Health, nowMs: number, isDueElsewhere = false): boolean {
  const isDue = isEjected(health) ? nowMs >= health.ejectedUntilMs : isDueElsewhere
  return isDue && probedForMs(health, nowMs) === 0
}

export const probing = (health: Health, nowMs: number): Health => ({ ...health, probedAtMs: nowMs })

function ejectIfBad(health: Health, failed: number, nowMs: number): Health {
  if (failed === 0) return health
  const volume = evidence(health.failures, nowMs, FAILURE_HALF_LIFE_MS)
  const share = health.failures?.value ?? 0
  const enough = health.consecutiveFailures >= CONSECUTIVE || volume >= MIN_VOLUME
  const bad = health.consecutiveFailures >= CERTAIN || (enough && share >= FAILURE_SHARE)
  return bad ? eject(health, nowMs) : health
}

/** Answers to requests that were under way when it was ejected count as well: what matters is that it answers. */
function afterProbe(health: Health, succeeded: number, nowMs: number): Health {
  if (nowMs < health.ejectedUntilMs) return health
  if (succeeded === 0) return eject(health, nowMs)
  return { ...health, ejectedUntilMs: 0, probedAtMs: 0, consecutiveFailures: 0, failures: undefined }
}

function eject(health: Health, nowMs: number): Health {
  const ejections = nowMs - health.lastEjectedAtMs > FORGET_MS ? 1 : health.ejections + 1
  const forMs = Math.min(MAX_EJECTION_MS, FIRST_EJECTION_MS * 2 ** (ejections - 1))
  return { ...health, ejections, ejectedUntilMs: nowMs + forMs, probedAtMs: 0, lastEjectedAtMs: nowMs }
}
