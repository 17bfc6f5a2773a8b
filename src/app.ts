/** The table of contents: the order of middleware and every route. */
import { Hono } from 'hono'
import { regionOf } from './durable/region'
import { registryClient } from './durable/registry-client'
import { trackerClient } from './durable/tracker-client'
import type { Env } from './env'
import { type AccessPolicy, byKeys, requireAdmin, requireKey } from './http/access'
import { adminState } from './http/admin'
import { deleteModel, getModel, history, listModels, patchModel, putModel, rollback } from './http/admin-models'
import { getProfiles, putProfiles } from './http/admin-profiles'
import { limitBody, reserveBuffer } from './http/body'
import { forBrowsers } from './http/browsers'
import { chat } from './http/chat'
import type { AppEnv } from './http/context'
import { Deployment } from './http/deployment'
import { embeddings } from './http/embeddings'
import { explain } from './http/explain'
import { feedback } from './http/feedback'
import { health } from './http/health'
import { informed } from './http/informed'
import { countMessageTokens, messages } from './http/messages'
import { metrics } from './http/metrics'
import { model, models } from './http/models'
import { invalidRequest, onError, problemResponse } from './http/problem'
import { requireConfig } from './http/ready'
import { replayDecision } from './http/replay'
import { noResponse, responses } from './http/responses'
import { surfaceOf } from './http/surface'
import type { World } from './router/world'

export interface AppOptions {
  /** The configuration file; a `ROUTER_CONFIG` binding replaces it. */
  readonly config: unknown
  readonly access?: AccessPolicy
  readonly world: (env: Env) => World
  /** Bindings as the router is to see them; for local development. */
  readonly env?: (env: Env) => Env
  /** Shown on the console; for local development. */
  readonly notice?: (env: Env) => string | undefined
  /** Origins let in besides the configuration's. */
  readonly origins?: readonly string[]
}

const ENDPOINTS = [
  'POST /v1/chat/completions',
  'POST /v1/messages',
  'POST /v1/messages/count_tokens',
  'POST /v1/responses',
  'POST /v1/embeddings',
  'POST /v1/route',
  'POST /v1/feedback',
  'GET /v1/models',
]

export function createApp(options: AppOptions): Hono<AppEnv> {
  const { access = byKeys, origins = [] } = options
  // One per isolate and set of bindings, made at the first request: at load there is no randomness and there are no bindings
  const deployments = new WeakMap<Env, Deployment>()
  const deploymentOf = (env: Env): Deployment => {
    const known = deployments.get(env)
    if (known !== undefined) return known
    const made = new Deployment(options.env?.(env) ?? env, options.config, options.world(env), options.notice?.(env))
    deployments.set(env, made)
    return made
  }

  const app = new Hono<AppEnv>()
  app.onError(onError)
  app.use(async (c, next) => {
    const world = options.world(c.env)
    c.set('deployment', deploymentOf(c.env))
    c.env = options.env?.(c.env) ?? c.env
    c.set('world', world)
    c.set('requestId', world.newId())
    c.var.deployment.region ??= regionOf(c.req.raw)
    const { region, shard, rows } = c.var.deployment
    c.set('tracker', trackerClient(c.env.LOAD_TRACKER, region, { shard, rows }))
    c.set('registry', registryClient(c.env.REGISTRY))
    await next()
  })
  app.get('/health', health)

  app.use('/v1/*', forBrowsers(origins))
  app.use('/v1/*', requireConfig, requireKey(access))
  app.use('/v1/*', limitBody, reserveBuffer)
  app.use('/v1/*', informed)
  app.post('/v1/chat/completions', chat)
  app.post('/v1/messages', messages)
  app.post('/v1/messages/count_tokens', countMessageTokens)
  app.post('/v1/responses', responses)
  app.all('/v1/responses/:id{.+}', noResponse)
  app.post('/v1/embeddings', embeddings)
  app.post('/v1/route', explain)
  app.post('/v1/feedback', feedback)
  app.get('/v1/models', models)
  app.get('/v1/models/:name{.+}', c => model(c, c.req.param('name')))

  app.use('/admin/*', requireAdmin(access))
  app.get('/admin/state', adminState)
  app.get('/admin/models', listModels)
  app.get('/admin/models/:id{.+}', c => getModel(c, c.req.param('id')))
  app.patch('/admin/models/:id{.+}', c => patchModel(c, c.req.param('id')))
  app.put('/admin/models/:id{.+}', c => putModel(c, c.req.param('id')))
  app.delete('/admin/models/:id{.+}', c => deleteModel(c, c.req.param('id')))
  app.get('/admin/profiles', getProfiles)
  app.put('/admin/profiles', putProfiles)
  app.get('/admin/history', history)
  app.post('/admin/rollback', rollback)
  app.post('/admin/replay', replayDecision)
  app.get('/metrics', requireAdmin(access), metrics)

  app.notFound(c => {
    const message = `There is no ${c.req.method} ${c.req.path} here. What there is: ${ENDPOINTS.join(', ')}.`
    return problemResponse(invalidRequest(message, null, 404, 'not_found'), surfaceOf(c))
  })
  return app
}
