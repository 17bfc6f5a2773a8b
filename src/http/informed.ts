/**
 * Before a decision: what the fleet knows. An isolate that serves traffic is told behind its requests and never waits here. One that is cold, or was idle for
 * longer than the bound within which a change must hold, asks while the request's body is being read, for a limited time.
 *
 * Load fails open: without a view of it, weights and own leases decide. What operators changed fails closed in an isolate that has never heard of it,
 * since a model may be disabled for a reason; one that has goes on with what it last heard.
 */
import { createMiddleware } from 'hono/factory'
import { syncOnce } from '../durable/sync'
import type { Plan } from '../router/plan'
import { neededSecrets } from '../router/refusal'
import { freshForMs } from '../state/refresh'
import type { AppContext, AppEnv } from './context'
import { syncingOf } from './host'
import { NO_RETRY, notConfigured, problemResponse } from './problem'
import { surfaceOf } from './surface'

/** For the view of the others, from the region's own tracker. */
const TRACKER_WAIT_MS = 100
/** For the registry itself, which may be on another continent, where what is known of it is old. */
const REGISTRY_WAIT_MS = 500
/** Where nothing at all is known of it. */
const FIRST_WAIT_MS = 1_500
/** While it is away, one request in so long tries again. */
const TRY_EVERY_MS = 1_000

export const informed = createMiddleware<AppEnv>(async (c, next) => {
  const { deployment, world } = c.var
  const { registry } = deployment
  const inquiry = registry.isStale(world.now()) ? registry.inquiry(world.now(), TRY_EVERY_MS) : undefined
  if (inquiry === 'behind') c.executionCtx.waitUntil(askRegistry(c))
  if (inquiry === 'before') await ask(c)
  if (registry.view === undefined) return problemResponse(REGISTRY_AWAY, surfaceOf(c))
  const { plan } = deployment
  if (plan === undefined || plan.live.size === 0) return problemResponse(noModel(plan), surfaceOf(c), NO_RETRY)
  c.set('plan', plan)
  if (plan.refreshes && isSlowToRead(c)) hearAhead(c)
  return next()
})

/** So much takes the connection a while, and a call to the tracker as long. */
const SLOW_BYTES = 100_000

const isSlowToRead = (c: AppContext): boolean =>
  c.req.method === 'POST' && Number(c.req.header('content-length') ?? Number.POSITIVE_INFINITY) >= SLOW_BYTES

/** Some routes wait for a fresh view. Which one this request takes is known when its body is read; until then the news may be here. */
function hearAhead(c: AppContext): void {
  const { deployment, world } = c.var
  const { isolate, schedule } = deployment
  const isOld = isolate.load.heardAgoMs(world.now()) > freshForMs(schedule.intervalMs)
  if (isOld && !schedule.isBusy(world.now()) && !schedule.isAway(world.now())) c.executionCtx.waitUntil(syncOnce(syncingOf(c)))
}

/** The region's tracker, which will know, and else the registry itself. */
async function ask(c: AppContext): Promise<void> {
  const { deployment, world } = c.var
  const { registry } = deployment
  // The handler's own reading finds it read
  if (c.req.method === 'POST') c.executionCtx.waitUntil(c.req.text().catch(() => ''))
  await within(TRACKER_WAIT_MS, syncOnce(syncingOf(c)), c)
  if (!registry.isStale(world.now())) return
  await within(registry.view === undefined ? FIRST_WAIT_MS : REGISTRY_WAIT_MS, askRegistry(c), c)
  if (registry.isStale(world.now())) registry.missed(world.now())
}

/** The newest that there is. Never rejects; false: it is away. */
export async function askRegistry(c: AppContext): Promise<boolean> {
  const { deployment, registry, world } = c.var
  const askedMs = world.now()
  try {
    deployment.registry.accept(await registry.read(deployment.registry.revision), askedMs, true)
    return true
  } catch (error) {
    deployment.registry.missed(world.now())
    console.warn(JSON.stringify({ level: 'warn', event: 'registry_away', error: String(error) }))
    return false
  }
}

/** Waits for a limited time; what takes longer goes on behind the request. */
async function within(ms: number, work: Promise<unknown>, c: AppContext): Promise<void> {
  c.executionCtx.waitUntil(work)
  let cancel = () => {}
  const timeout = new Promise<void>(resolve => {
    cancel = c.var.world.after(ms, resolve)
  })
  await Promise.race([work, timeout])
  cancel()
}

const REGISTRY_AWAY = {
  status: 503,
  type: 'server_error',
  code: 'registry_away',
  message: 'The router has just started here and cannot learn which models are disabled. Try again in a moment.',
  param: null,
  retryAfterMs: 1_000,
}

function noModel(plan: Plan | undefined) {
  const names = neededSecrets(plan?.missingSecrets.values() ?? [], name => `"npx wrangler secret put ${name}"`)
  return notConfigured(
    names !== ''
      ? `No model is live: none has its secrets set. Set those of one with ${names}, or in .dev.vars for local development.`
      : 'No model is live: all are disabled. An operator can change that with PATCH /admin/models/<id>.',
  )
}
