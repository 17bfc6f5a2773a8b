/** Two Workers, as two isolates of one deployment: the production bundle, one load tracker for both. */
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { ConfigInput } from '../../src/config'
import { isObject, number, object } from '../providers/json'
import type { ProviderName } from '../providers/provider'
import { heapBytes } from './heap'
import { MODELS } from './visits'

export const CLIENT_KEY = 'client-key-1'
const ADMIN_KEY = 'admin-key-1'

export interface Workers {
  readonly urls: readonly [URL, URL]
  /** Of each, after a full collection; see `heap.ts`. */
  heaps(): Promise<readonly { readonly worker: string; readonly bytes: number }[]>
  stop(): Promise<void>
}

const NAMES = ['router-0', 'router-1'] as const

export async function startWorkers(script: string, upstream: string): Promise<Workers> {
  const source = await readFile(script, 'utf8')
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      inspectorPort: 0,
      // A line a request would bury the figures; what goes wrong inside is worth seeing
      handleStructuredLogs: ({ level, message }) => {
        if (level === 'error' || level === 'warn') console.error(message)
      },
      workers: NAMES.map((name, index) => ({
        name,
        script: source,
        modules: true,
        compatibilityDate: '2026-10-01',
        // Not `global_fetch_strictly_public`: the upstream is on loopback
        compatibilityFlags: ['enable_request_signal'],
        bindings: {
          ROUTER_KEYS: CLIENT_KEY,
          ROUTER_ADMIN_KEY: ADMIN_KEY,
          ROUTER_CONFIG: JSON.stringify(configFor(upstream)),
          ...Object.fromEntries(MODELS.map(model => [secretOf(model), `sk-${model}`])),
        },
        durableObjects: {
          LOAD_TRACKER: { className: 'LoadTracker', useSQLite: true, ...(index > 0 && { scriptName: NAMES[0] }) },
          REGISTRY: { className: 'Registry', useSQLite: true, ...(index > 0 && { scriptName: NAMES[0] }) },
        },
        unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      })),
    }),
  )
  await miniflare.ready
  const inspector = await miniflare.getInspectorURL()
  return {
    heaps: () => Promise.all(NAMES.map(async worker => ({ worker, bytes: await heapBytes(inspector, worker) }))),
    urls: [await miniflare.unsafeGetDirectURL(NAMES[0]), await miniflare.unsafeGetDirectURL(NAMES[1])],
    stop: () => miniflare.dispose(),
  }
}

const secretOf = (model: string): string => `KEY_${model.replace('-', '_').toUpperCase()}`

const UPSTREAMS: Readonly<Record<string, { readonly provider: ProviderName; readonly path: string }>> = {
  gpt: { provider: 'openai', path: '/openai/v1' },
  claude: { provider: 'anthropic', path: '/anthropic' },
  gemini: { provider: 'google', path: '/google' },
}

function configFor(upstream: string): ConfigInput {
  const models = MODELS.flatMap(id => {
    const found = UPSTREAMS[id.split('-')[0] ?? '']
    if (found === undefined) return []
    return [[id, { provider: found.provider, model: `${id}-1`, baseUrl: upstream + found.path, secret: secretOf(id) }] as const]
  })
  return {
    models: Object.fromEntries(models),
    routes: [{ name: 'all', use: [...MODELS] }],
    limits: { firstTokenMs: 800, idleMs: 800, totalMs: 15_000 },
  }
}

/** How long it took until nothing was in flight, ms; or what still was, and where. */
export async function idleWithin({ urls }: Workers, withinMs: number): Promise<number | string> {
  const startedMs = performance.now()
  for (;;) {
    const states = await Promise.all(urls.map(inFlight))
    const busy = states.filter(state => state !== '')
    if (busy.length === 0) return performance.now() - startedMs
    if (performance.now() - startedMs > withinMs) return `still in flight after ${withinMs} ms: ${busy.join('; ')}`
    await delay(100)
  }
}

/** As the isolate itself and its tracker have it; `''` where that is nothing. */
async function inFlight(url: URL): Promise<string> {
  const response = await fetch(new URL('/admin/state', url), { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
  const state: unknown = await response.json()
  const root = object(state)
  if (!response.ok || root === undefined) return `admin state answered ${response.status}`
  const own = number(object(root.isolate)?.inFlight) ?? 0
  const models = Object.entries(object(root.models) ?? {}).flatMap(([id, model]) => {
    const count = isObject(model) ? number(model.inFlight) : undefined
    return count === 0 ? [] : [`${id} ${count}`]
  })
  return own === 0 && models.length === 0 ? '' : `${own} in the isolate, tracker: ${models.join(', ')}`
}
