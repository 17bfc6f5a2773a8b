/**
 * What a tracker keeps of an isolate between its reports. Plain data, and all of it expires: an isolate that falls silent has nothing under way any more.
 */
import type { Arrivals } from './arrivals'
import type { Call } from './ask-share'
import type { Placements } from './placements'
import type { Counts, Report } from './report'
import { NO_RESERVATIONS, type Reservation, type Reservations, standing, withReservations } from './reservation'

export interface Reporter extends Counts {
  /** What was reserved for it since its latest report; its counts have it on top of what it reported. */
  readonly reserved: Reservations
  /** Of its latest report. */
  readonly asked: readonly number[]
  readonly turn: number
  /** Of its requests, so far, those that wanted the tracker's choice. */
  readonly wanted: number
  /** The latest that was learned from. */
  readonly batch: number
  readonly arrivals: Arrivals
  /** The interval that it was last told to keep. */
  readonly toldMs: number
  /** Placements that it has not heard of, and up to where it then has. */
  readonly unheard: Placements
  readonly heardTo: number
  readonly expiresAtMs: number
}

type Standing = Pick<Reporter, 'leases' | 'waiting' | 'reserved' | 'asked' | 'turn'>

/** What it has under way by this report. One that a later one has overtaken is out of date, while what it has learned is not. */
export function standingOf(before: Reporter | undefined, report: Report): Standing {
  if (before !== undefined && report.turn !== undefined && report.turn < before.turn) return before
  const { leases, waiting, asked = [], turn = 0 } = report
  const reserved = standing(before?.reserved ?? NO_RESERVATIONS, asked)
  if (reserved.size === 0) return { leases, waiting, reserved, asked, turn }
  return { ...withReservations({ leases, waiting }, reserved.values()), reserved, asked, turn }
}

/** How many of its requests wanted the tracker's choice since its last call. Of one that was not known before, the rest was long ago. */
export function wantedSince(before: Reporter | undefined, { wanted }: Report, kind: Call): number {
  if (wanted === undefined || before === undefined) return kind === 'ask' ? 1 : 0
  return Math.max(0, wanted - before.wanted)
}

/** With a request that it asked about and will send; undefined where its latest report says that the question is settled. */
export function reserving(before: Reporter, question: number, reservation: Reservation): Reporter | undefined {
  if (!before.asked.includes(question) || before.reserved.has(question)) return undefined
  return {
    ...before,
    ...withReservations(before, [reservation]),
    reserved: new Map([...before.reserved, [question, reservation]]),
  }
}
