/**
 * What trackers tell each other of their isolates: absolute counts, so that what is lost or repeated heals with the next, and with an expiry, so that a tracker
 * that has gone takes its counts with it.
 *
 * They form a tree: shards of a region around its head, heads around one for the whole fleet. Each tells the one above of all below, and is told of everything
 * else; what somebody said is never told back to him, so in a tree nothing is counted twice.
 *
 * How fast a model is differs by place and is not in it. That it fails, or refuses, or has how much of a rate limit left, is known elsewhere as well.
 */
import type { ArrivalRates } from './arrivals'
import { isEjected, recentFailures } from './ejection'
import type { Experience } from './experience'
import { recall, refilled } from './headroom'
import { rounded } from './rows'
import type { Tallied } from './tally'

/** One model; fields that say nothing are left out. */
export interface SummaryRow {
  /** In flight, and of these: prompt tokens and requests that wait for their first token. */
  readonly held?: readonly [inFlight: number, waitingTokens: number, waitingRequests: number] | undefined
  /** Recent ones, decayed. */
  readonly failures?: number | undefined
  /** Left out: for how much longer (from 0 down: its time is over, and nobody has had an answer yet), and since when. */
  readonly out?: readonly [forMs: number, agoMs: number] | undefined
  readonly headroom?: readonly [share: number, forMs: number] | undefined
}

export interface Summary extends ArrivalRates {
  readonly isolates: number
  readonly models: Readonly<Record<string, SummaryRow>>
}

export const NO_SUMMARY: Summary = Object.freeze({
  isolates: 0,
  arrivalsPerSecond: 0,
  tokensPerSecond: 0,
  models: Object.freeze({}),
})

/** Like a lease: who is silent for so long has no isolates any more. */
export const SUMMARY_MS = 20_000

/** More of a rate limit than this is no news elsewhere. */
const SCARCE = 0.5
/** What has nearly faded is none either. */
const FAILURES = 0.05

/** What there is to tell of one model; undefined: nothing. */
export function summaryRowOf(
  { inFlight, waitingTokens, waiting }: Tallied,
  experience: Experience,
  nowMs: number,
): SummaryRow | undefined {
  const { health, outAtMs = nowMs } = experience
  const failures = recentFailures(health, nowMs)
  const headroom = recall(experience.headroom, nowMs)
  const row: SummaryRow = {
    ...(inFlight > 0 && { held: [inFlight, waitingTokens, waiting[0]] as const }),
    ...(failures >= FAILURES && { failures: Math.round(failures * 10) / 10 }),
    ...(isEjected(health) && { out: [health.ejectedUntilMs - nowMs, Math.max(0, nowMs - outAtMs)] as const }),
    ...(headroom !== null &&
      refilled(headroom).share < SCARCE && {
        headroom: [rounded(refilled(headroom).share), Math.round(headroom.forMs)] as const,
      }),
  }
  return Object.keys(row).length === 0 ? undefined : row
}

/** What is told of the same model by different trackers, in any order. */
export function mergedRow(a: SummaryRow | undefined, b: SummaryRow): SummaryRow {
  if (a === undefined) return b
  const failures = (a.failures ?? 0) + (b.failures ?? 0)
  return {
    held:
      a.held === undefined || b.held === undefined
        ? (a.held ?? b.held)
        : [a.held[0] + b.held[0], a.held[1] + b.held[1], a.held[2] + b.held[2]],
    failures: failures > 0 ? failures : undefined,
    out: a.out === undefined || b.out === undefined ? (a.out ?? b.out) : later(a.out, b.out),
    headroom:
      a.headroom === undefined || b.headroom === undefined
        ? (a.headroom ?? b.headroom)
        : a.headroom[0] <= b.headroom[0]
          ? a.headroom
          : b.headroom,
  }
}

type Out = NonNullable<SummaryRow['out']>

/** The one that ends last, with its own beginning: an answer since then overrules it, whatever else began meanwhile. */
const later = (a: Out, b: Out): Out => (a[0] > b[0] || (a[0] === b[0] && a[1] <= b[1]) ? a : b)

export function merged(summaries: Iterable<Summary>): Summary {
  const models = new Map<string, SummaryRow>()
  let [isolates, arrivalsPerSecond, tokensPerSecond] = [0, 0, 0]
  for (const summary of summaries) {
    isolates += summary.isolates
    arrivalsPerSecond += summary.arrivalsPerSecond
    tokensPerSecond += summary.tokensPerSecond
    for (const [id, row] of Object.entries(summary.models)) models.set(id, mergedRow(models.get(id), row))
  }
  return { isolates, arrivalsPerSecond, tokensPerSecond, models: Object.fromEntries(models) }
}

/** What remains of it after a while: counts as they were told, times shorter. */
export function aged(summary: Summary, elapsedMs: number): Summary {
  const rows = Object.entries(summary.models).map(([id, { held, failures, out, headroom }]): [string, SummaryRow] => [
    id,
    {
      held,
      failures,
      out: out === undefined ? undefined : [out[0] - elapsedMs, out[1] + elapsedMs],
      headroom: headroom === undefined || headroom[1] <= elapsedMs ? undefined : [headroom[0], headroom[1] - elapsedMs],
    },
  ])
  return { ...summary, models: Object.fromEntries(rows) }
}

/** A summary travels in a header. */
export const MAX_SUMMARY_BYTES = 12 * 1024

/** The largest part that fits, the busiest and the broken first. */
export function bounded(summary: Summary, maxBytes = MAX_SUMMARY_BYTES): Summary & { readonly omitted: number } {
  const weight = ({ held, out }: SummaryRow) => (held?.[0] ?? 0) + (out === undefined ? 0 : Number.MAX_SAFE_INTEGER)
  const rows = Object.entries(summary.models).map(([id, row]) => ({ id, row, bytes: JSON.stringify([id, row]).length }))
  const kept: [string, SummaryRow][] = []
  let bytes = 0
  for (const { id, row, bytes: more } of rows.sort((a, b) => weight(b.row) - weight(a.row))) {
    if (bytes + more > maxBytes) break
    bytes += more
    kept.push([id, row])
  }
  return { ...summary, models: Object.fromEntries(kept), omitted: rows.length - kept.length }
}

export function isSummary(value: unknown): value is Summary {
  if (typeof value !== 'object' || value === null) return false
  const { isolates, arrivalsPerSecond, tokensPerSecond, models } = value as Partial<Record<keyof Summary, unknown>>
  return (
    [isolates, arrivalsPerSecond, tokensPerSecond].every(Number.isFinite) &&
    typeof models === 'object' &&
    models !== null &&
    Object.values(models).every(isRow)
  )
}

function isRow(value: unknown): value is SummaryRow {
  if (typeof value !== 'object' || value === null) return false
  const { held, failures = 0, out, headroom } = value as Partial<Record<keyof SummaryRow, unknown>>
  return isTuple(held, 3) && isTuple(out, 2) && isTuple(headroom, 2) && Number.isFinite(failures)
}

const isTuple = (value: unknown, length: number): boolean =>
  value === undefined || (Array.isArray(value) && value.length === length && value.every(Number.isFinite))
