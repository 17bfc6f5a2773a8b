/** `GET /health`: whether this deployment could route at all, and what it lacks. Open to everyone, so it names secrets but never values. */
import { secretOf } from '../env'
import type { AppContext } from './context'

export function health(c: AppContext): Response {
  const { config, plan, missingSecrets } = c.var.deployment
  const keys = config.ok ? config.value.access.keys : 'ROUTER_KEYS'
  const hasAccess = secretOf(c.env, keys) !== undefined || (config.ok && config.value.access.jwt !== undefined)
  const isHealthy = config.ok && (plan?.live.size ?? 0) > 0
  return c.json(
    {
      status: isHealthy ? 'ok' : 'unhealthy',
      live_models: [...(plan?.live.keys() ?? [])],
      missing_secrets: [...missingSecrets, ...(hasAccess ? [] : [keys])],
      ...(config.ok ? { warnings: config.value.warnings } : { config_problems: config.failure }),
    },
    isHealthy ? 200 : 503,
  )
}
