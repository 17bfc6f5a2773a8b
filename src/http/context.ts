/** What Hono carries along with a request. */
import type { Context } from 'hono'
import type { RegistryClient } from '../durable/registry-client'
import type { TrackerClient } from '../durable/tracker-client'
import type { Env } from '../env'
import type { Plan } from '../router/plan'
import type { World } from '../router/world'
import type { Caller } from './access'
import type { Deployment } from './deployment'

export interface AppEnv {
  Bindings: Env
  Variables: {
    requestId: string
    world: World
    deployment: Deployment
    /** Behind `requireConfig`. */
    plan: Plan
    /** Behind `requireKey`. */
    caller: Caller
    tracker: TrackerClient
    registry: RegistryClient
  }
}

export type AppContext = Context<AppEnv>
