/** The request's own part of the router's world: its lifetime, its client, its secrets, its isolate's load. */

import { syncInTime, syncOnce } from '../durable/sync'
import { secretOf } from '../env'
import type { Host } from '../router/world'
import type { AppContext } from './context'

/** What an isolate's first request may wait for the view of the others; later ones never wait. */
const COLD_WAIT_MS = 100

export function hostOf(c: AppContext): Host {
  const { deployment, world, tracker } = c.var
  const { load } = deployment.isolate
  const syncing = { load, schedule: deployment.schedule, client: tracker, now: world.now, after: world.after }
  // A stream's host lives as long as the stream; the context, with the request's body in it, must not
  const { env, executionCtx } = c
  return {
    waitUntil: promise => executionCtx.waitUntil(promise),
    clientLeft: c.req.raw.signal,
    secret: name => secretOf(env, name),
    load,
    place: typeof c.req.raw.cf?.colo === 'string' ? c.req.raw.cf.colo : 'unknown',
    sync: () => executionCtx.waitUntil(syncInTime(syncing)),
  }
}

/** A cold isolate knows nothing of the fleet: its first request asks, for a bounded time, while its body is being read. */
export async function warmUp(c: AppContext): Promise<void> {
  const { deployment, world, tracker } = c.var
  if (!deployment.schedule.isCold) return
  const { load } = deployment.isolate
  const synced = syncOnce({ load, schedule: deployment.schedule, client: tracker, now: world.now, after: world.after })
  c.executionCtx.waitUntil(synced)
  let cancel = () => {}
  const timeout = new Promise<void>(resolve => {
    cancel = world.after(COLD_WAIT_MS, resolve)
  })
  await Promise.race([synced, timeout])
  cancel()
}
