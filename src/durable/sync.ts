/**
 * The one call that carries reports out and snapshots back, behind the requests and never before them. It runs inside some request's context, as an isolate
 * has no background of its own.
 */
import type { Contest } from '../router/contest'
import type { Ruling } from '../state/central'
import type { KnownRegistry } from '../state/known-registry'
import type { LocalLoad } from '../state/local-load'
import type { Report } from '../state/report'
import { SYNC_TIMEOUT_MS, type SyncSchedule } from '../state/sync-schedule'
import type { TrackerClient } from './tracker-client'

export interface Syncing {
  readonly load: LocalLoad
  readonly registry: KnownRegistry
  readonly schedule: SyncSchedule
  readonly client: Pick<TrackerClient, 'sync' | 'rule'>
  readonly now: () => number
  readonly after: (ms: number, callback: () => void) => () => void
}

/** A lost report costs precision until its leases expire, so it is worth a few more tries, but not a loop. */
const MAX_FAILURES = 3
/** Then another request takes over: the runtime ends this one's background work 30 s after its response, in the middle of whatever it does. */
const MAX_CALLS = 20

/** Syncs in time. Resolves when nothing more is to be told or another request has taken over; never rejects. */
export async function syncInTime(syncing: Syncing): Promise<void> {
  const { load, schedule, now, after } = syncing
  for (let failures = 0, calls = 0; failures < MAX_FAILURES && calls < MAX_CALLS; calls++) {
    const waitMs = schedule.plan(now())
    if (waitMs === undefined) return
    for (let leftMs = waitMs; leftMs > 0; leftMs = schedule.leftMs(now()))
      await new Promise<void>(resolve => after(leftMs, resolve))
    const result = await syncOnce(syncing)
    if (result === 'failed') failures += 1
    // Leases that are merely live are told again by their heartbeat
    if (result === 'told' && !load.hasNews) return
  }
}

/**
 * Has the tracker choose, in the same call that a sync is, beside whatever other call is under way. Undefined: it is away, or too slow. Never rejects.
 */
export async function askOnce(syncing: Syncing, contest: Contest, question: number | undefined): Promise<Ruling | undefined> {
  const { load, registry, schedule, client, now } = syncing
  const startedMs = now()
  // Without the tracker the isolate decides by itself
  const answer = await client.rule(reportFrom(syncing, startedMs), contest, question).catch(() => undefined)
  schedule.took(now() - startedMs)
  if (answer === undefined) return undefined
  const { ruling, ...told } = answer
  schedule.told(startedMs, told.intervalMs)
  load.accept(told, startedMs)
  registry.accept(told.registry, startedMs, told.isFresh)
  return ruling
}

/** `busy`: another call is under way. Never rejects: without the tracker, routing goes on with what this isolate knows. */
export async function syncOnce(syncing: Syncing): Promise<'told' | 'busy' | 'failed'> {
  const { load, registry, schedule, client, now, after } = syncing
  const startedMs = now()
  if (!schedule.begin(startedMs)) return 'busy'
  let cancel = () => {}
  const timeout = new Promise<undefined>(resolve => {
    cancel = after(SYNC_TIMEOUT_MS, () => resolve(undefined))
  })
  // A tracker that is away is the normal case this is built for: the report stays unacknowledged and goes again
  const answer = await Promise.race([client.sync(reportFrom(syncing, startedMs)).catch(() => undefined), timeout])
  cancel()
  schedule.took(now() - startedMs)
  schedule.end(startedMs, answer?.intervalMs)
  if (answer === undefined) return 'failed'
  load.accept(answer, startedMs)
  registry.accept(answer.registry, startedMs, answer.isFresh)
  return 'told'
}

function reportFrom({ load, registry, schedule }: Syncing, nowMs: number): Report {
  const tookMs = schedule.takeTookMs()
  return { ...load.report(nowMs), registry: registry.revision, ...(tookMs !== undefined && { tookMs }) }
}
