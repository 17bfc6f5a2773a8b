/**
 * The entry of `npm start`: the production app with two things that production must not have, and therefore does not contain. Access is open
 * where the local configuration binds it so, and the simulated providers stand in while no provider key is set.
 */
import { createApp } from '../../src/app'
import { parseConfig } from '../../src/config'
import { LoadTracker } from '../../src/durable/load-tracker'
import { Registry } from '../../src/durable/registry'
import { type Env, secretOf } from '../../src/env'
import { type AccessPolicy, byKeys } from '../../src/http/access'
import { realWorld } from '../../src/http/world'
import { secretNamesOf } from '../../src/model'
import type { World } from '../../src/router/world'
import config from '../../src/router.config'

export { LoadTracker, Registry }

interface LocalEnv extends Env {
  readonly LOCAL_ACCESS?: string
  readonly PROVIDERS?: Fetcher
}

const open: AccessPolicy = {
  client: async c => (c.env.LOCAL_ACCESS === 'open' ? { caller: { claims: {} } } : byKeys.client(c)),
  admin: async c => (c.env.LOCAL_ACCESS === 'open' ? { caller: { claims: {} } } : byKeys.admin(c)),
}

const secretNames = (env: Env): string[] => {
  const parsed = parseConfig(env.ROUTER_CONFIG ?? config)
  const models = parsed.ok ? [...parsed.value.models.values()] : []
  return [...new Set(models.flatMap(secretNamesOf))]
}

/** Real providers as soon as one key is there, or where none is needed (Ollama alone); never a mixture. */
const isSimulated = (env: LocalEnv): boolean => {
  const names = secretNames(env)
  return env.PROVIDERS !== undefined && names.length > 0 && names.every(name => secretOf(env, name) === undefined)
}

/** Where each provider's simulator listens, inside the binding. */
const SIMULATED_PATH: Readonly<Record<string, string>> = {
  'api.openai.com': '/openai',
  'api.anthropic.com': '/anthropic',
  'generativelanguage.googleapis.com': '/google',
}

function simulated(providers: Fetcher): World {
  return realWorld((input, init) => {
    const url = new URL(String(input))
    const path = SIMULATED_PATH[url.hostname]
    if (path === undefined) return Promise.reject(new Error(`${url.hostname} is not simulated`))
    return providers.fetch(`http://providers.internal${path}${url.pathname}${url.search}`, init)
  })
}

/** In no text that anyone would write: an upstream's answer is searched for its key. */
const MADE_UP_KEY = 'sk-local-made-up-key'

const SIMULATED_KEYS = new WeakMap<Env, Env>()

/** The same bindings with a made-up key for each provider; one object per isolate. */
function withKeys(env: Env): Env {
  const known = SIMULATED_KEYS.get(env)
  if (known !== undefined) return known
  const made = { ...env, ...Object.fromEntries(secretNames(env).map(name => [name, MADE_UP_KEY])) }
  SIMULATED_KEYS.set(env, made)
  return made
}

export default createApp({
  config,
  access: open,
  origins: ['*'],
  notice: (env: LocalEnv) =>
    isSimulated(env)
      ? `The providers are simulated: none of ${secretNames(env).join(', ')} is set in .dev.vars, so no real model is asked.`
      : undefined,
  env: (env: LocalEnv) => (isSimulated(env) ? withKeys(env) : env),
  world: (env: LocalEnv) => (env.PROVIDERS !== undefined && isSimulated(env) ? simulated(env.PROVIDERS) : realWorld(fetch)),
})
