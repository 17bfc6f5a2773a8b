/** The two Workers that are compared, in one workerd: the router as it would be deployed, and the least that could stand in its place. */
import { readFile } from 'node:fs/promises'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { ConfigInput } from '../../src/config'
import type { ProviderName } from '../providers/provider'

export const VARIANTS = ['bare', 'router'] as const
export type Variant = (typeof VARIANTS)[number]

export const CLIENT_KEY = 'client-key-1'

export interface Workers {
  readonly urls: Readonly<Record<Variant, URL>>
  stop(): Promise<void>
}

/** Passes on what comes and returns what comes back: no Worker in front of an upstream can cost less. */
const BARE = `export default {
  fetch(request, env) {
    const { pathname, search } = new URL(request.url)
    return fetch(env.UPSTREAM + pathname + search, request)
  },
}`

/** `script` is the bundled router. */
export async function startWorkers(script: string, upstream: string): Promise<Workers> {
  const common = {
    modules: true,
    compatibilityDate: '2026-10-01',
    // Not `global_fetch_strictly_public`: the upstream is on loopback
    compatibilityFlags: ['enable_request_signal'],
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
  const bindings = { ROUTER_KEYS: CLIENT_KEY, ROUTER_CONFIG: JSON.stringify(configFor(upstream)), PROVIDER_KEY: 'sk-provider' }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      // One line a request is part of what the router costs; printing it is not
      handleStructuredLogs: ({ level, message }) => {
        if (level === 'error' || level === 'warn') console.error(message)
      },
      workers: [
        {
          ...common,
          name: 'router',
          script: await readFile(script, 'utf8'),
          bindings,
          durableObjects: {
            LOAD_TRACKER: { className: 'LoadTracker', useSQLite: true },
            REGISTRY: { className: 'Registry', useSQLite: true },
          },
        },
        { ...common, name: 'bare', script: BARE, bindings: { UPSTREAM: upstream } },
      ],
    }),
  )
  await miniflare.ready
  const [bare, router] = await Promise.all([miniflare.unsafeGetDirectURL('bare'), miniflare.unsafeGetDirectURL('router')])
  return { urls: { bare, router }, stop: () => miniflare.dispose() }
}

/** Three models a provider, ranked by live load; `auto` passes two routes over before it finds its own. */
function configFor(upstream: string): ConfigInput {
  const three = (provider: ProviderName, model: string, baseUrl: string): ConfigInput['models'] =>
    Object.fromEntries([1, 2, 3].map(index => [`${provider}-${index}`, { provider, model, baseUrl, secret: 'PROVIDER_KEY' }]))
  const pool = (provider: ProviderName) => [1, 2, 3].map(index => `${provider}-${index}`)
  return {
    models: {
      ...three('openai', 'gpt-5.2', `${upstream}/openai/v1`),
      ...three('anthropic', 'claude-sonnet-5', `${upstream}/anthropic`),
      ...three('google', 'gemini-3-flash', `${upstream}/google`),
    },
    pools: { openai: pool('openai'), anthropic: pool('anthropic'), google: pool('google') },
    routes: [
      { name: 'support', when: { topic: ['technical_support', 'coding'] }, use: ['anthropic'] },
      { name: 'hard', when: { complexity: { gte: 0.95 } }, use: ['google'] },
      { name: 'default', use: pool('openai'), strategy: 'adaptive' },
    ],
  }
}
