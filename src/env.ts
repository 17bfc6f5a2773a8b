/** What a deployment binds. Provider keys are secrets whose names the configuration gives, hence the open end. */

export interface Env {
  readonly LOAD_TRACKER: DurableObjectNamespace
  readonly REGISTRY: DurableObjectNamespace
  /** JSON text or object; replaces `router.config.ts` whole. */
  readonly ROUTER_CONFIG?: unknown
  /** Client keys, comma-separated. */
  readonly ROUTER_KEYS?: string
  readonly ROUTER_ADMIN_KEY?: string
  readonly [name: string]: unknown
}

/** A secret's value; undefined where it is not set or empty. */
export function secretOf(env: Env, name: string): string | undefined {
  const value = env[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
