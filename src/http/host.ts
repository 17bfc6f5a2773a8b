/** The request's own part of the router's world: its lifetime, its client, its secrets, its isolate's load. */

import { type Syncing, syncInTime } from '../durable/sync'
import { secretOf } from '../env'
import type { Host } from '../router/world'
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
  }
}

export function syncingOf(c: AppContext): Syncing {
  const { deployment, world, tracker } = c.var
  const { isolate, schedule, registry } = deployment
  return { load: isolate.load, registry, schedule, client: tracker, now: world.now, after: world.after }
}
