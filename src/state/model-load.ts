/**
 * What the fleet is believed to have on one model, as a decision sees it: what the isolate has and knows itself, and what its tracker said of everyone else
 * some time ago. The older that is, the less of it is believed. Plain data.
 */
import type { LogNormal } from '../algorithm/log-normal'
import type { CachedShares } from './cached-share'
import { roomFor } from './concurrency'
import { ejectedForMs, failureRate, type Health, mayProbe, recentFailures } from './ejection'
import { older, type Quota, quotaOf, refilled, scarcer } from './headroom'
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
  /** Where that is a limit on requests: how many would be let through. Less than 1, or below 0: none. */
  readonly quota?: Quota | undefined
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
  /** Those that wait for their first token and were sent since then. */
  readonly waitingSince: (atMs: number) => number
}

/** What the tracker said of it. */
export interface Told {
  /** Undefined: it did not know it. */
  readonly model: ModelSnapshot | undefined
  /** Infinite: it never said anything. */
  readonly ageMs: number
  /** If it is left out and its time is over, the isolate is to try it (see `probe-turn.ts`). */
  readonly hasTurn: boolean
}

/** Learned figures outlive the counts: a model's speed is worth knowing longer than its queue. */
const FIGURES_MS = 600_000

/** Of what nobody has or knows anything of: most accounts and places, which a decision looks at as often as at models. */
export const AT_REST: ModelLoad = Object.freeze({
  inFlight: 0,
  told: 0,
  waitingTokens: 0,
  firstToken: undefined,
  slowdown: 1,
  perTokenMs: undefined,
  concurrency: undefined,
  answerMs: undefined,
  answerTokens: undefined,
  cached: undefined,
  p95Ratio: undefined,
  failureRate: 0,
  recentFailures: 0,
  headroom: null,
  usualHeadroom: undefined,
  quota: undefined,
  ejectedForMs: 0,
  probe: false,
})

export function loadOf(
  { count, waits, health, headroom: own, waitingSince }: Own,
  { model, ageMs, hasTurn }: Told,
  nowMs: number,
): ModelLoad {
  const counts = ageMs <= LEASE_MS ? model : undefined
  const figures = ageMs <= FIGURES_MS ? model : undefined
  const baseMs = figures?.baseMs ?? undefined
  const headroom = scarcer(own, counts?.headroom ? older(counts.headroom, ageMs) : null)
  const out = leftOutByEither(leftOutHere(health, nowMs), leftOutElsewhere({ model: figures, ageMs, hasTurn }))
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
    // Whoever is to find out whether it works again must not be kept from it by what went wrong before
    failureRate: out.probe ? 0 : Math.max(counts?.failureRate ?? 0, failureRate(health, nowMs)),
    recentFailures: Math.max(counts?.recentFailures ?? 0, recentFailures(health, nowMs)),
    headroom: headroom && refilled(headroom),
    usualHeadroom: figures?.usualHeadroom ?? undefined,
    quota: headroom?.requests === undefined ? undefined : quotaOf(headroom, waitingSince(nowMs - (headroom.agoMs ?? 0))),
    ...out,
  }
}

type LeftOut = Pick<ModelLoad, 'ejectedForMs' | 'probe'>

/** As the isolate's own results have it. */
export const leftOutHere = (health: Health, nowMs: number): LeftOut => ({
  ejectedForMs: ejectedForMs(health, nowMs),
  probe: mayProbe(health, nowMs),
})

/** By either of the two, and to be tried only if both allow it. */
export const leftOutByEither = (one: LeftOut, other: LeftOut): LeftOut =>
  one.ejectedForMs === 0
    ? other
    : other.ejectedForMs === 0
      ? one
      : { ejectedForMs: Math.max(one.ejectedForMs, other.ejectedForMs), probe: one.probe && other.probe }

/** As the tracker told of it. When its ejection ends, nobody knows of a success yet: it takes a probe. */
function leftOutElsewhere({ model, ageMs, hasTurn }: Told): LeftOut {
  const toldMs = model?.ejectedForMs ?? 0
  if (toldMs === 0) return { ejectedForMs: 0, probe: false }
  const forMs = Math.max(ageMs <= LEASE_MS ? DUE_MS : 0, toldMs - ageMs)
  return { ejectedForMs: forMs, probe: forMs > 0 && forMs <= DUE_MS && hasTurn }
}

/** Whoever waits for longer than expected is the latest news of a slow-down: a sample each, of at least so much. */
function slowerBy({ overdue, timesExpected }: Waits, slowdown: number): number {
  return overdue === 0 ? slowdown : Math.max(slowdown, Math.min(MAX_SLOWDOWN, (slowdown + timesExpected) / (1 + overdue)))
}

/** With the fleet as it is believed to be, at normal speed; undefined while the model's speed is not known. */
export function expectedFirstTokenMs(load: ModelLoad, promptTokens: number): number | undefined {
  if (load.firstToken === undefined) return undefined
  const { baseMs, slopeMsPerToken, ahead = 1 } = load.firstToken
  const { waitMs } = roomFor(load.concurrency, load.answerMs, load.inFlight)
  return baseMs + slopeMsPerToken * promptTokens + Math.max(slopeMsPerToken * ahead * load.waitingTokens, waitMs)
}
