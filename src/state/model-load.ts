/**
 * What the fleet is believed to have on one model, as a decision sees it: what the isolate has and knows itself, and what its tracker said of everyone else
 * some time ago. The older that is, the less of it is believed. Plain data.
 */
import type { LogNormal } from '../algorithm/log-normal'
import type { CachedShares } from './cached-share'
import { roomFor } from './concurrency'
import { ejectedForMs, failureRate, type Health, mayProbe, recentFailures } from './ejection'
import { scarcer } from './headroom'
import { MAX_SLOWDOWN } from './latency'
import type { Count, Waits } from './leases'
import { DUE_MS, type Headroom, type ModelSnapshot } from './report'
import { LEASE_MS } from './tracker'

/** The isolate's own leases included. */
export interface ModelLoad {
  readonly inFlight: number
  /** Of these, those that the tracker told of, as of its snapshot. */
  readonly told?: number | undefined
  readonly waitingTokens: number
  readonly firstToken: { readonly baseMs: number; readonly slopeMsPerToken: number; readonly ahead?: number } | undefined
  readonly slowdown: number
  readonly perTokenMs: number | undefined
  /** Answers that it writes at a time before prompts have to wait; undefined: there was always room. */
  readonly concurrency?: number | undefined
  /** From the first token to the last. */
  readonly answerMs?: number | undefined
  /** How long its answers are, in tokens; undefined while too few are known. */
  readonly answerTokens?: LogNormal | undefined
  /** What of a prompt it has in its cache. */
  readonly cached?: CachedShares | undefined
  readonly p95Ratio: number | undefined
  readonly failureRate: number
  readonly recentFailures: number
  readonly headroom: Headroom | null
  /** What is left of the rate limit on average, 0..1; undefined where no limit is known. */
  readonly usualHeadroom?: number | undefined
  /** 0: healthy. */
  readonly ejectedForMs: number
  /** Ejected, but one request may try it. */
  readonly probe: boolean
}

/** What the isolate knows of the model by itself. */
export interface Own {
  readonly count: Count
  readonly waits: Waits
  readonly health: Health
  readonly headroom: Headroom | null
}

/** What the tracker said of it. */
export interface Told {
  /** Undefined: it did not know it. */
  readonly model: ModelSnapshot | undefined
  /** Infinite: it never said anything. */
  readonly ageMs: number
  /** The isolate may try it. */
  readonly probe: boolean
}

/** Learned figures outlive the counts: a model's speed is worth knowing longer than its queue. */
const FIGURES_MS = 600_000

export function loadOf({ count, waits, health, headroom }: Own, { model, ageMs, probe }: Told, nowMs: number): ModelLoad {
  const counts = ageMs <= LEASE_MS ? model : undefined
  const figures = ageMs <= FIGURES_MS ? model : undefined
  const baseMs = figures?.baseMs ?? undefined
  return {
    inFlight: (counts?.inFlight ?? 0) + count.inFlight,
    told: counts?.inFlight ?? 0,
    waitingTokens: (counts?.waitingTokens ?? 0) + count.waitingTokens - waits.begunTokens,
    firstToken:
      baseMs === undefined ? undefined : { baseMs, slopeMsPerToken: figures?.slopeMsPerToken ?? 0, ahead: figures?.ahead ?? 1 },
    slowdown: slowerBy(waits, counts?.slowdown ?? 1),
    perTokenMs: figures?.perTokenMs ?? undefined,
    concurrency: figures?.concurrency ?? undefined,
    answerMs: figures?.answerMs ?? undefined,
    answerTokens: figures?.answerTokens ?? undefined,
    cached: figures?.cached ?? undefined,
    p95Ratio: figures?.p95Ratio ?? undefined,
    failureRate: Math.max(counts?.failureRate ?? 0, failureRate(health, nowMs)),
    recentFailures: Math.max(counts?.recentFailures ?? 0, recentFailures(health, nowMs)),
    headroom: scarcer(headroom, fresher(counts?.headroom ?? null, ageMs)),
    usualHeadroom: figures?.usualHeadroom ?? undefined,
    ...leftOut(health, { model: figures, ageMs, probe }, nowMs),
  }
}

/** By either of the two. It takes the leave of everyone who has it left out to try it. */
function leftOut(health: Health, { model, ageMs, probe }: Told, nowMs: number): Pick<ModelLoad, 'ejectedForMs' | 'probe'> {
  const ownMs = ejectedForMs(health, nowMs)
  const wasOut = model !== undefined && model.ejectedForMs > 0
  // When their ejection ends, nobody knows of a success yet: it takes a probe, and the tracker hands that to one isolate
  const leastMs = wasOut && ageMs <= LEASE_MS ? DUE_MS : 0
  const theirMs = wasOut ? Math.max(leastMs, model.ejectedForMs - ageMs) : 0
  const forMs = Math.max(ownMs, theirMs)
  return {
    ejectedForMs: forMs,
    probe: forMs > 0 && (ownMs === 0 || mayProbe(health, nowMs)) && (theirMs === 0 || (leastMs > 0 && probe)),
  }
}

/** Whoever waits for longer than expected is the latest news of a slow-down: a sample each, of at least so much. */
function slowerBy({ overdue, timesExpected }: Waits, slowdown: number): number {
  return overdue === 0 ? slowdown : Math.max(slowdown, Math.min(MAX_SLOWDOWN, (slowdown + timesExpected) / (1 + overdue)))
}

function fresher(headroom: Headroom | null, ageMs: number): Headroom | null {
  return headroom === null || headroom.forMs <= ageMs ? null : { ...headroom, forMs: headroom.forMs - ageMs }
}

/** With the fleet as it is believed to be, at normal speed; undefined while the model's speed is not known. */
export function expectedFirstTokenMs(load: ModelLoad, promptTokens: number): number | undefined {
  if (load.firstToken === undefined) return undefined
  const { baseMs, slopeMsPerToken, ahead = 1 } = load.firstToken
  const { waitMs } = roomFor(load.concurrency, load.answerMs, load.inFlight)
  return baseMs + slopeMsPerToken * promptTokens + Math.max(slopeMsPerToken * ahead * load.waitingTokens, waitMs)
}
