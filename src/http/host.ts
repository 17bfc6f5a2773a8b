/** The request's own part of the router's world: its lifetime, its client, its secrets, its isolate's load. */

import { askOnce, type Syncing, syncInTime, syncOnce } from '../durable/sync'
import { secretOf } from '../env'
import type { Hearing, Host } from '../router/world'
import { beatMs } from '../state/refresh'
import type { AppContext } from './context'

export function hostOf(c: AppContext): Host {
  const syncing = syncingOf(c)
  // A stream's host lives as long as the stream; the context, with the request's body in it, must not
  const { env, executionCtx } = c
  return {
    waitUntil: promise => executionCtx.waitUntil(promise),
    clientLeft: c.req.raw.signal,
    secret: name => secretOf(env, name),
    load: syncing.load,
    place: typeof c.req.raw.cf?.colo === 'string' ? c.req.raw.cf.colo : 'unknown',
    sync: () => executionCtx.waitUntil(syncInTime(syncing)),
    hearing: hearingOf(syncing, executionCtx),
  }
}

/** Whatever is waited for here goes on when nobody waits any more: what it brings is for everyone. */
export function hearingOf(syncing: Syncing, executionCtx: Pick<Host, 'waitUntil'>): Hearing {
  const { load, schedule, now } = syncing
  const goingOn = <T>(work: Promise<T>): Promise<T> => {
    executionCtx.waitUntil(work)
    return work
  }
  return {
    intervalMs: () => schedule.intervalMs,
    mayWait: () => schedule.mayWait(now()),
    waited: inTime => schedule.waited(inTime, now()),
    sync: () => (schedule.isBusy(now()) ? undefined : goingOn(syncOnce(syncing).then(result => result === 'told'))),
    ask: (contest, question) => goingOn(askOnce(syncing, contest, question)),
    watch: () => schedule.watch(now()),
    beatMs: () => {
      const { isolates, inFlight: live } = load
      return beatMs({ live, isolates, intervalMs: schedule.intervalMs, watchedAgoMs: schedule.watchedAgoMs(now()) })
    },
  }
}

export function syncingOf(c: AppContext): Syncing {
  const { deployment, world, tracker } = c.var
  const { isolate, schedule, registry } = deployment
  return { load: isolate.load, registry, schedule, client: tracker, now: world.now, after: world.after }
}
