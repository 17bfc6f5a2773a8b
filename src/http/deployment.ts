/** What an isolate sets up at its first request: the plan or what is wrong with the configuration, and its own memory. The plan follows the registry. */
import { type Config, type ConfigProblem, parseConfig } from '../config'
import { type Region, shardOf } from '../durable/region'
import { type Env, secretOf } from '../env'
import { type Model, secretNamesOf } from '../model'
import type { Result } from '../outcome'
import { fitted } from '../overlay'
import { configHash } from '../router/config-hash'
import { Isolate } from '../router/isolate'
import { createPlan, type Plan } from '../router/plan'
import type { World } from '../router/world'
import type { KnownRegistry } from '../state/known-registry'
import type { Overlay } from '../state/overlay'
import { KnownRows } from '../state/rows'
import { SyncSchedule } from '../state/sync-schedule'
import { Buffers } from './buffers'
import { refusedUpstream } from './upstream-host'

/** The configuration as it holds under one version of the overlay. */
interface Effective {
  readonly overlay: Overlay
  readonly config: Result<Config, readonly ConfigProblem[]>
  /** Undefined where the configuration is wrong. */
  readonly plan: Plan | undefined
  /** Secrets that models name and that are not set. */
  readonly missingSecrets: readonly string[]
}

export class Deployment {
  readonly isolate: Isolate
  readonly schedule: SyncSchedule
  readonly buffers = new Buffers()
  /** What the tracker tells everyone. */
  readonly rows = new KnownRows()
  /** Set by the first request: an isolate stays where it is, while clients come from anywhere. */
  region: Region | undefined
  /** What the overlay is laid over: the file, or the variable that replaces it. */
  readonly input: unknown
  /** What whoever looks at this deployment should know first, e.g. that no real model is asked. */
  readonly notice: string | undefined
  readonly #env: Env
  readonly #overlays = new WeakMap<Plan, Overlay>()
  readonly #hashes = new WeakMap<Plan, string>()
  readonly #id: string
  #effective: Effective

  constructor(env: Env, fileConfig: unknown, world: World, notice?: string) {
    this.input = env.ROUTER_CONFIG ?? fileConfig
    this.notice = notice
    const id = world.newId()
    this.isolate = new Isolate(id, world.random)
    this.#id = id
    this.schedule = new SyncSchedule(world.random)
    this.#env = env
    this.#effective = this.#under(this.registry.overlay, parseConfig(this.input))
    // Once per isolate: whoever watches the log should not have to guess
    const { config } = this.#effective
    if (!config.ok) console.error(JSON.stringify({ level: 'error', event: 'wrong_config', problems: config.failure }))
    if (notice !== undefined) console.warn(notice)
  }

  get registry(): KnownRegistry {
    return this.isolate.registry
  }

  /** Which of its region's trackers this isolate reports to. An isolate stays with one, as a shard of another number would count it a second time. */
  get shard(): number {
    const { config } = this.#effective
    return config.ok ? shardOf(this.#id, config.value.tracker.shards) : 0
  }

  get config(): Effective['config'] {
    return this.#current().config
  }

  get plan(): Effective['plan'] {
    return this.#current().plan
  }

  get missingSecrets(): Effective['missingSecrets'] {
    return this.#current().missingSecrets
  }

  /** Of a plan that was made here; requests may still go by one that no longer holds. */
  configHash(plan: Plan): string {
    const known = this.#hashes.get(plan)
    if (known !== undefined) return known
    const hash = configHash(plan, this.#overlays.get(plan)?.version ?? 0)
    this.#hashes.set(plan, hash)
    return hash
  }

  /** A request keeps the plan that it began with; the next one gets the new. */
  #current(): Effective {
    const { overlay } = this.registry
    if (overlay !== this.#effective.overlay)
      this.#effective = this.#under(overlay, fitted(this.input, overlay, refusedUpstream).config)
    return this.#effective
  }

  #under(overlay: Overlay, config: Effective['config']): Effective {
    const isSet = (secret: string) => secretOf(this.#env, secret) !== undefined
    const missing = (model: Model) => secretNamesOf(model).filter(name => !isSet(name))
    const plan = config.ok ? createPlan(config.value, missing) : undefined
    if (plan !== undefined) this.#overlays.set(plan, overlay)
    return {
      overlay,
      config,
      plan,
      missingSecrets: [...new Set([...(plan?.missingSecrets.values() ?? [])].flat())],
    }
  }
}
