/**
 * What an isolate and its tracker say to each other, in one call. Both travel as JSON, the report in a header: ASCII, small, plain, so rows are
 * tuples and their number is bounded by the number of models.
 *
 * Counts in a report are absolute, so that a lost or repeated report changes nothing for good. What was learned since is a batch with
 * a number: it is sent again until a snapshot acknowledges it, and the tracker learns from each number once.
 */

import type { LogNormal } from '../algorithm/log-normal'
import type { Lengths } from './answer-length'
import type { CachedNews, CachedShares } from './cached-share'
import { isPlacements, type Placements } from './placements'
import type { RegistryView } from './registry-view'

export interface Report {
  readonly isolate: string
  /** Counts up with every report of an isolate, since of two calls the later may arrive first. Undefined from a version that made one at a time. */
  readonly turn?: number | undefined
  /** Numbers of the decisions that it has asked the tracker for and not yet acted on. */
  readonly asked?: readonly number[] | undefined
  /** The registry's revision that this isolate knows; 0: none. Undefined from a version that knows of no registry. */
  readonly registry?: number | undefined
  /** Which rows of the tracker's this isolate has (see `rows.ts`). Undefined: it wants them all, as they used to be told. */
  readonly has?: string | undefined
  /** How many of its requests have wanted the tracker's choice so far, whether they asked or not; undefined: none, or it is of a version that asks for each. */
  readonly wanted?: number | undefined
  /** How long its last call took, ms; undefined where that was told already, or there was none. */
  readonly tookMs?: number | undefined
  /** Models whose leases did not fit in; undefined: none. */
  readonly omitted?: number | undefined
  /** Live leases a model: [in flight, prompt tokens still waiting for their first token]. Models without any are left out. */
  readonly leases: Readonly<Record<string, readonly [inFlight: number, waitingTokens: number]>>
  /**
   * Of those leases, how many still wait for their first token; of these, how many do so for longer than expected, and how many times longer all of them
   * together. Models that nobody waits for are left out.
   */
  readonly waiting?: Readonly<Record<string, Waiting>> | undefined
  /** Counts up from 1; 0 with no batch. */
  readonly batch: number
  readonly learned: Readonly<Record<string, Learned>>
  /** How long ago the starts of this batch were, ms, on average: so long nobody else knew of them. */
  readonly startsAgoMs?: number | undefined
  /** Conversations that it has sent elsewhere than everybody would look for them. */
  readonly placed?: Placements | undefined
  /** The latest decisions, for people to look at; part of the batch. */
  readonly decisions: readonly LoggedDecision[]
}

/** What an isolate has under way. */
export type Counts = Pick<Report, 'leases' | 'waiting'>

export type Waiting = readonly [requests: number, overdue: number, timesExpected: number]

/** No prompt, no key, no client. */
export interface LoggedDecision {
  readonly atMs: number
  readonly id: string
  readonly route: string
  readonly strategy: string
  /** Null: nobody answered. */
  readonly model: string | null
  readonly attempts: number
  readonly status: number
  readonly firstTokenMs: number | null
}

/** At most so many a report: enough to watch, too few to weigh. */
export const MAX_DECISIONS = 5

/** What happened with one model since the last batch. */
export interface Learned {
  /** Attempts begun, and the prompt tokens they brought. */
  readonly starts: number
  readonly promptTokens: number
  /** Attempts that ended well or badly; those that say nothing of the model (the client left) are in neither. */
  readonly succeeded: number
  readonly failed: number
  /** Of the latter, those that only waited for their first token until a limit passed. */
  readonly outwaited?: number | undefined
  /** At most `MAX_SAMPLES` pairs, flat: prompt tokens ahead, ms to the first token. */
  readonly firstTokens: readonly number[]
  /** Of the tokens ahead in each of those pairs, the request's own. */
  readonly prompts?: readonly number[] | undefined
  /** Limits that passed without a first token: the same pairs, the time being a lower bound. */
  readonly censored: readonly number[]
  /** Ms per output token, summed, over so many answers. */
  readonly perTokenMs: number
  readonly perTokenCount: number
  /** How long answers were being written, all of them together, ms, and how many of them are over, whichever way. */
  readonly writtenMs?: number | undefined
  readonly written?: number | undefined
  /** How long they were. */
  readonly lengths?: Lengths | undefined
  /** What share of their prompts was cached. */
  readonly cached?: CachedNews | undefined
  /** The upstream asks to be left alone so much longer, ms; 0 if it does not. */
  readonly coolMs: number
  /** What it last said of its rate limit. */
  readonly headroom: Headroom | null
  /** Of an account or a place: it was left out, and has answered. */
  readonly healed: boolean
  /** Of an account or a place: it was left out, and a request has gone there. Starts say so of a model. */
  readonly tried?: boolean | undefined
}

/** What is left of the scarcest rate limit, 0..1, and for how long that is to be believed. */
export interface Headroom {
  readonly share: number
  readonly forMs: number
  /** How many requests all of it is; undefined where it is a limit on tokens, or nobody said. */
  readonly requests?: number | undefined
  /** When the upstream said so; undefined: just now, or a version tells that does not know. */
  readonly agoMs?: number | undefined
}

export const MAX_SAMPLES = 16

/** The least that an ejection is reported to last: while no probe has succeeded, it is none of the past. */
export const DUE_MS = 1

export interface Snapshot {
  /** The batch that is now known: it need not be sent again. */
  readonly batch: number
  /** Sync no more often than this. */
  readonly intervalMs: number
  /** Of the requests that want the tracker's choice, the share that may ask for it, 0..1. Undefined: all. */
  readonly askShare?: number | undefined
  /** How long a start goes unreported, on average: what everyone says of itself is so old when it gets here. Undefined from a version that does not know. */
  readonly lagMs?: number | undefined
  /** Isolates that reported lately, this one included. */
  readonly isolates: number
  /** Requests that the other isolates start a second. */
  readonly arrivalsPerSecond: number
  /** By how much more come together than that says (see `bursts.ts`). Undefined from a version that does not know. */
  readonly burstFactor?: number | undefined
  /** Of the prompts that came lately, the isolate's own included; 0 where none did. */
  readonly meanPromptTokens: number
  /** Conversations that others have sent elsewhere since the isolate's last report. */
  readonly placed?: Placements | undefined
  readonly models: Readonly<Record<string, ModelSnapshot>>
}

/** What a report is answered with. */
export interface SyncAnswer extends Snapshot {
  /** Null where the reporter knows it, or the tracker does not. */
  readonly registry: RegistryView | null
  /** Whether the tracker has heard from the registry lately. */
  readonly isFresh: boolean
}

/** One model (or account, or place: see `router/account.ts`), as the other isolates and everyone's experience have it. `null`: nothing is known. */
export interface ModelSnapshot {
  /** The others' live leases. */
  readonly inFlight: number
  readonly waitingTokens: number
  readonly baseMs: number | null
  readonly slopeMsPerToken: number
  /** What a token of the prompts that wait ahead counts for, of one's own; 0..1. */
  readonly ahead?: number | undefined
  readonly slowdown: number
  readonly perTokenMs: number | null
  /** The 95th percentile of the time to first token, over the line's. */
  readonly p95Ratio: number | null
  /** Answers that it writes at a time before prompts have to wait. */
  readonly concurrency?: number | null | undefined
  /** From the first token to the last, ms. */
  readonly answerMs?: number | null | undefined
  /** How long its answers are, in tokens. */
  readonly answerTokens?: LogNormal | null | undefined
  /** What of a prompt it has in its cache. */
  readonly cached?: CachedShares | null | undefined
  readonly failureRate: number
  /** Number of recent failures, decayed. They come back fast and leave no lease, so they count as load for a while. */
  readonly recentFailures: number
  readonly headroom: Headroom | null
  /** What is left of its scarcest rate limit on average, 0..1. */
  readonly usualHeadroom?: number | null | undefined
  /** 0: healthy. `DUE_MS`: its time is over, and only a probe is missing. */
  readonly ejectedForMs: number
  /** For how long only a probe has been missing. Undefined: it is not that, or a version tells that does not know. */
  readonly dueForMs?: number | undefined
}

/** Whether a report is of this version's shape: one of another must not be counted, and above all not be kept. */
export function isReport(value: unknown): value is Report {
  if (typeof value !== 'object' || value === null) return false
  const {
    isolate,
    turn = 0,
    asked = [],
    has,
    wanted,
    tookMs,
    leases,
    waiting = {},
    batch,
    learned,
    placed = {},
    decisions,
  } = value as Partial<Record<keyof Report, unknown>>
  return (
    typeof isolate === 'string' &&
    typeof turn === 'number' &&
    Array.isArray(asked) &&
    asked.every(Number.isFinite) &&
    (has === undefined || typeof has === 'string') &&
    (wanted === undefined || Number.isFinite(wanted)) &&
    (tookMs === undefined || Number.isFinite(tookMs)) &&
    typeof batch === 'number' &&
    Array.isArray(decisions) &&
    rows(leases).every(row => Array.isArray(row) && row.length === 2 && row.every(Number.isFinite)) &&
    rows(waiting).every(row => Array.isArray(row) && row.length === 3 && row.every(Number.isFinite)) &&
    rows(learned).every(isLearned) &&
    isPlacements(placed)
  )
}

const NOT_ROWS = [undefined]
const rows = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : NOT_ROWS

const NUMBERS = ['starts', 'promptTokens', 'succeeded', 'failed', 'perTokenMs', 'perTokenCount', 'coolMs'] as const

function isLearned(value: unknown): value is Learned {
  if (typeof value !== 'object' || value === null) return false
  const row = value as Partial<Record<keyof Learned, unknown>>
  return NUMBERS.every(name => Number.isFinite(row[name])) && Array.isArray(row.firstTokens) && Array.isArray(row.censored)
}
