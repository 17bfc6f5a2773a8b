/** Before anything is routed: the configuration must be sound. Says what is missing and what to do. */
import { createMiddleware } from 'hono/factory'
import type { ConfigProblem } from '../config'
import type { AppEnv } from './context'
import { NO_RETRY, notConfigured, problemResponse } from './problem'
import { surfaceOf } from './surface'

export const requireConfig = createMiddleware<AppEnv>(async (c, next) => {
  const { config, plan } = c.var.deployment
  if (!config.ok || plan === undefined)
    return problemResponse(notConfigured(wrongConfig(config.ok ? [] : config.failure)), surfaceOf(c), NO_RETRY)
  c.set('plan', plan)
  return next()
})

export const describeProblem = ({ field, expected, found }: ConfigProblem): string =>
  `${field}: expected ${expected}, found ${found}`

function wrongConfig(problems: readonly ConfigProblem[]): string {
  const shown = problems.slice(0, 5).map(describeProblem)
  return `The router's configuration is wrong. ${shown.join('; ')}.`
}
