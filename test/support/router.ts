/**
 * The built Worker in Miniflare, as a deployment would have it: production bundle, keys, a configuration whose models point at an upstream on
 * loopback. Several Workers may share one load tracker, as isolates do.
 */
import { readFile } from 'node:fs/promises'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { inject } from 'vitest'
import type { ConfigInput } from '../../src/config'
import type { ProviderName as SimulatedProvider } from '../providers/provider'

export const CLIENT_KEY = 'client-key-1'
export const ADMIN_KEY = 'admin-key-1'

export interface RouterOptions {
  readonly config?: ConfigInput | string
  /** Bindings over the defaults; undefined removes one. */
  readonly bindings?: Readonly<Record<string, unknown>>
  /** Workers that share the first one's objects. */
  readonly workers?: number
  /** Take the tracker away: the binding leads to an object that always fails. */
  readonly brokenTracker?: boolean
  readonly brokenRegistry?: boolean
  /** Objects that were taken away never answer, instead of failing at once. */
  readonly hanging?: boolean
  /** A folder where the objects' storage outlives this router. */
  readonly persist?: string
  /** Gets every line that the Workers log. */
  readonly onLog?: (line: string) => void
}

export interface ModelState {
  readonly inFlight: number
  readonly waitingTokens: number
  readonly baseMs: number | null
  readonly failureRate: number
  readonly ejectedForMs: number
  readonly state: string
}

export interface AdminState {
  readonly models: Readonly<Record<string, ModelState>>
  readonly isolates: number
  readonly decisions: readonly { readonly id: string; readonly model: string | null; readonly status: number }[]
  readonly isolate: { readonly inFlight: number; readonly viewAgeMs: number | null }
}

export interface Router {
  /** Base URL of each Worker. */
  readonly urls: readonly URL[]
  readonly url: URL
  readonly miniflare: Miniflare
  /** A chat request with the client key. */
  chat(body: unknown, init?: { headers?: Record<string, string>; signal?: AbortSignal; worker?: number }): Promise<Response>
  admin(worker?: number): Promise<AdminState>
  /** Waits until no model has anything in flight, as the tracker and every isolate see it. */
  idle(withinMs?: number): Promise<void>
  close(): Promise<void>
}

const PATHS: Readonly<Record<SimulatedProvider, string>> = { openai: '/openai/v1', anthropic: '/anthropic', google: '/google' }

/** A model of the given dialect at an upstream on loopback. */
export function modelAt(
  url: string,
  provider: SimulatedProvider,
  rest: Partial<ConfigInput['models'][string]> = {},
): ConfigInput['models'][string] {
  const names = { openai: 'gpt-5.2', anthropic: 'claude-sonnet-5', google: 'gemini-3-flash' }
  return { provider, model: names[provider], baseUrl: url + PATHS[provider], ...rest }
}

const brokenObjects = (answer: string) => `export class LoadTracker { ${answer} }
export class Registry { ${answer} }
export default { fetch: () => new Response(null, { status: 404 }) }`
const FAILING = brokenObjects(`fetch() { throw new Error('away today') }`)
const HANGING = brokenObjects('async fetch() { await scheduler.wait(3_600_000); return new Response() }')

export async function startRouter(options: RouterOptions = {}): Promise<Router> {
  const { workers = 1, config, brokenTracker = false, brokenRegistry = false, hanging = false, persist, onLog } = options
  const script = await readFile(inject('bundle'), 'utf8')
  const bindings = defined({
    ROUTER_KEYS: `${CLIENT_KEY}, client-key-2`,
    ROUTER_ADMIN_KEY: ADMIN_KEY,
    OPENAI_API_KEY: 'sk-openai-secret-value',
    ANTHROPIC_API_KEY: 'sk-ant-secret-value',
    GEMINI_API_KEY: 'AIza-gemini-secret-value',
    ROUTER_CONFIG: config,
    ...options.bindings,
  })
  const registry = (index: number) => ({
    className: 'Registry',
    useSQLite: true,
    ...(brokenRegistry ? { scriptName: 'broken' } : index > 0 ? { scriptName: 'router-0' } : {}),
  })
  const tracker = (index: number) =>
    brokenTracker
      ? { className: 'LoadTracker', scriptName: 'broken' }
      : index === 0
        ? { className: 'LoadTracker', useSQLite: true }
        : { className: 'LoadTracker', scriptName: 'router-0', useSQLite: true }
  const common = { modules: true, compatibilityDate: '2026-10-01' } as const
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      ...(persist !== undefined && { resourcePersistencePath: persist }),
      ...(onLog !== undefined && { handleStructuredLogs: ({ message }: { readonly message: string }) => onLog(message) }),
      workers: [
        ...Array.from({ length: workers }, (_, index) => ({
          ...common,
          name: `router-${index}`,
          script,
          // Not `global_fetch_strictly_public`: the upstreams are on loopback
          compatibilityFlags: ['enable_request_signal'],
          bindings,
          durableObjects: { LOAD_TRACKER: tracker(index), REGISTRY: registry(index) },
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        })),
        ...(brokenTracker || brokenRegistry
          ? [
              {
                ...common,
                name: 'broken',
                script: hanging ? HANGING : FAILING,
                durableObjects: { LOAD_TRACKER: { className: 'LoadTracker' }, REGISTRY: { className: 'Registry' } },
              },
            ]
          : []),
      ],
    }),
  )
  await miniflare.ready
  const urls = await Promise.all(Array.from({ length: workers }, (_, index) => miniflare.unsafeGetDirectURL(`router-${index}`)))
  const at = (worker: number): URL => {
    const url = urls[worker]
    if (url === undefined) throw new Error(`there is no worker ${worker}`)
    return url
  }
  const admin = async (worker = 0): Promise<AdminState> => {
    const response = await fetch(new URL('/admin/state', at(worker)), { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
    if (!response.ok) throw new Error(`admin state answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as AdminState
  }
  return {
    urls,
    url: at(0),
    miniflare,
    admin,
    chat: (body, { headers = {}, signal, worker = 0 } = {}) =>
      fetch(new URL('/v1/chat/completions', at(worker)), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}`, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal !== undefined && { signal }),
      }),
    async idle(withinMs = 5_000) {
      const deadline = Date.now() + withinMs
      for (;;) {
        const states = await Promise.all(urls.map((_, worker) => admin(worker)))
        const busy = states.flatMap(({ models, isolate }) => [
          isolate.inFlight,
          ...Object.values(models).map(model => model.inFlight),
        ])
        if (busy.every(count => count === 0)) return
        if (Date.now() > deadline)
          throw new Error(`still in flight after ${withinMs} ms: ${JSON.stringify(states.map(state => state.models))}`)
        await new Promise(resolve => setTimeout(resolve, 25))
      }
    },
    close: () => miniflare.dispose(),
  }
}

function defined(bindings: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== undefined)) as Record<string, string>
}
