/**
 * A request that the tracker has chosen a model for and that its isolate has not yet told of. It counts from the moment of the choice, so that whoever
 * asks next sees it, however long the answer takes to get there. It is bound to the number of the question: every report names the questions whose
 * answers have not been acted on, and whatever is no longer among them is in the report's own counts by now, or was given up.
 */
import { entryOf } from '../algorithm/entry'
import type { Counts, Waiting } from './report'

export interface Reservation {
  readonly model: string
  readonly promptTokens: number
}

export type Reservations = ReadonlyMap<number, Reservation>

export const NO_RESERVATIONS: Reservations = new Map()

/** Those that a report leaves standing. */
export function standing(reservations: Reservations, asked: readonly number[]): Reservations {
  if (reservations.size === 0) return NO_RESERVATIONS
  return new Map([...reservations].filter(([question]) => asked.includes(question)))
}

/** The counts with these on top, as they will be told: in flight, and waiting for a first token. */
export function withReservations({ leases, waiting }: Counts, reservations: Iterable<Reservation>): Counts {
  const held: Record<string, readonly [number, number]> = { ...leases }
  const waits: Record<string, Waiting> = { ...waiting }
  for (const { model, promptTokens } of reservations) {
    const [inFlight, waitingTokens] = entryOf(held, model) ?? [0, 0]
    held[model] = [inFlight + 1, waitingTokens + promptTokens]
    const [requests, overdue, timesExpected] = entryOf(waits, model) ?? [0, 0, 0]
    waits[model] = [requests + 1, overdue, timesExpected]
  }
  return { leases: held, waiting: waits }
}
