/** An isolate of the router in the simulation: its memory is the deployed one, and here it is known which of its requests keep it awake. */
import { Isolate } from '../../src/router/isolate'
import type { Lease } from '../../src/state/local-load'
import { SyncSchedule } from '../../src/state/sync-schedule'
import type { Clock } from './clock'
import type { Once } from './once'

export interface SimulatedIsolate {
  readonly memory: Isolate
  readonly schedule: SyncSchedule
  /** Which of the trackers it reports to. */
  readonly shard: number
  readonly live: Set<Lease>
  /** Requests that wait for a snapshot before they are decided on. */
  readonly waiting: Set<Once>
  heardAtMs: number
  renewedAtMs: number
  isBeating: boolean
  isDead: boolean
}

export function newIsolate(number: number, shards: number, random: () => number): SimulatedIsolate {
  return {
    memory: new Isolate(`isolate-${number}`, random),
    schedule: new SyncSchedule(random),
    shard: number % shards,
    live: new Set(),
    waiting: new Set(),
    heardAtMs: Number.NEGATIVE_INFINITY,
    renewedAtMs: Number.NEGATIVE_INFINITY,
    isBeating: false,
    isDead: false,
  }
}

/** The clock of the router does not start at the epoch: states that begin at 0 would take that for a recent event. */
const START_MS = 1_700_000_000_000

export const routerMs = ({ nowMs }: Clock): number => START_MS + nowMs
