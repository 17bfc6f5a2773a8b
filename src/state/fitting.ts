/**
 * Keeps a report small enough for the header that it travels in, however many models there are. What was learned can wait for the next report; leases
 * cannot, since they are absolute, so that of too many the smallest go untold, and the report says how many.
 */
import type { Learned, Report, Waiting } from './report'

/**
 * These are 13 KB at most. What travels beside them is bounded where it is made: by number, questions (`questions.ts`), placements (`placements.ts`) and
 * decisions to some 1 KB, 5 KB and 2 KB; and a contest (`router/contest.ts`) to some 6 KB. An ordinary report stays below 16 KB, and everything at its largest at once
 * below the 32 KB that Cloudflare takes of headers.
 */
const LEARNED_BYTES = 6_500
const LEASES_BYTES = 5_000
const WAITING_BYTES = 1_500

export type FittingLeases = Pick<Report, 'leases' | 'waiting' | 'omitted'>

/** The first rows that fit; at least one. */
export function fitting<T>(rows: Iterable<readonly [id: string, row: T]>, maxBytes: number): (readonly [string, T])[] {
  const kept: (readonly [string, T])[] = []
  let bytes = 0
  for (const [id, row] of rows) {
    bytes += id.length + JSON.stringify(row).length + '"":,'.length
    if (bytes > maxBytes && kept.length > 0) break
    kept.push([id, row])
  }
  return kept
}

/** A figure takes no more in JSON, its comma included. */
const FIGURE_BYTES = 26
/** What was learned of one model, without its samples: the names of all fields there may be, and some twenty figures. */
const LEARNED_FIELDS_BYTES = 1_000

type Samples = Pick<Learned, 'firstTokens' | 'prompts' | 'censored'>

export function fittingLearned<T extends Samples>(rows: ReadonlyMap<string, T>): (readonly [string, T])[] {
  let bytes = 0
  for (const [id, { firstTokens, prompts, censored }] of rows)
    bytes += id.length + LEARNED_FIELDS_BYTES + (firstTokens.length + (prompts?.length ?? 0) + censored.length) * FIGURE_BYTES
  return bytes <= LEARNED_BYTES ? [...rows] : fitting(rows, LEARNED_BYTES)
}

/** Without a look at the figures, as nearly always there are few rows. */
function surelyFit(rows: readonly (readonly [id: string, row: readonly number[]])[], maxBytes: number): boolean {
  const bytes = rows.reduce((sum, [id, row]) => sum + id.length + '"":[]'.length + row.length * FIGURE_BYTES, 0)
  return bytes <= maxBytes
}

/** Those with the most in flight, and who waits among them. */
export function fittingLeases(
  leases: readonly (readonly [id: string, row: Report['leases'][string]])[],
  waiting: readonly (readonly [id: string, row: Waiting])[],
): FittingLeases {
  if (surelyFit(leases, LEASES_BYTES) && surelyFit(waiting, WAITING_BYTES)) return fitted(leases, waiting)
  const kept = fitting(leases, LEASES_BYTES)
  const isWhole = kept.length === leases.length
  const held = isWhole
    ? kept
    : fitting(
        [...leases].sort(([, a], [, b]) => b[0] - a[0]),
        LEASES_BYTES,
      )
  const names = new Set(held.map(([id]) => id))
  const waits = fitting(
    waiting.filter(([id]) => names.has(id)),
    WAITING_BYTES,
  )
  return { ...fitted(held, waits), ...(!isWhole && { omitted: leases.length - held.length }) }
}

const fitted = (
  leases: readonly (readonly [id: string, row: Report['leases'][string]])[],
  waiting: readonly (readonly [id: string, row: Waiting])[],
): FittingLeases => ({
  leases: Object.fromEntries(leases),
  waiting: waiting.length > 0 ? Object.fromEntries(waiting) : undefined,
})
