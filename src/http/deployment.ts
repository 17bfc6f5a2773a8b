/** What an isolate sets up once, at its first request: the plan or what is wrong with the configuration, and its own memory. */
import { type Config, type ConfigProblem, parseConfig } from '../config'
import type { Region } from '../durable/region'
import { type Env, secretOf } from '../env'
import type { Result } from '../outcome'
import { Isolate } from '../router/isolate'
import { createPlan, type Plan } from '../router/plan'
import type { World } from '../router/world'
import { SyncSchedule } from '../state/sync-schedule'
import { Buffers } from './buffers'

export interface Deployment {
  readonly config: Result<Config, readonly ConfigProblem[]>
  /** Undefined where the configuration is wrong. */
  readonly plan: Plan | undefined
  readonly isolate: Isolate
  readonly schedule: SyncSchedule
  readonly buffers: Buffers
  /** Set by the first request: an isolate stays where it is, while clients come from anywhere. */
  region: Region | undefined
  /** Secrets that models name and that are not set. */
  readonly missingSecrets: readonly string[]
  /** What whoever looks at this deployment should know first, e.g. that its providers are simulated. */
  readonly notice: string | undefined
}

export function deploy(env: Env, fileConfig: unknown, world: World, notice?: string): Deployment {
  const config = parseConfig(env.ROUTER_CONFIG ?? fileConfig)
  const models = config.ok ? [...config.value.models.values()] : []
  const isSet = (secret: string | undefined) => secret === undefined || secretOf(env, secret) !== undefined
  // Once per isolate: whoever watches the log should not have to guess
  if (!config.ok) console.error(JSON.stringify({ level: 'error', event: 'wrong_config', problems: config.failure }))
  if (notice !== undefined) console.warn(notice)
  return {
    config,
    plan: config.ok ? createPlan(config.value, model => isSet(model.secret)) : undefined,
    isolate: new Isolate(world.newId(), world.random),
    schedule: new SyncSchedule(world.random),
    buffers: new Buffers(),
    region: undefined,
    missingSecrets: [...new Set(models.flatMap(({ secret }) => (secret === undefined || isSet(secret) ? [] : [secret])))],
    notice,
  }
}
