/** The load tracker as it would be deployed, in workerd, and beside it an object that only answers: what a call costs before anything is done in it. */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'

export interface Answer {
  readonly status: number
  readonly text: string
}

export interface Workers {
  /** One call to an object of this name, as itty-durable's client makes it. `argument` is plain JSON in a header. */
  call(variant: string, object: string, method: string, argument: string): Promise<Answer>
  inspector(): Promise<URL>
  stop(): Promise<void>
}

/** The name of the object that only answers; it takes the size of its answer as its argument. */
export const FLOOR = 'floor'

/** Stands for an isolate of the router: makes the call and hands back what comes. */
const CALLER = `
import { DurableObject } from 'cloudflare:workers'
export class Floor extends DurableObject {
  fetch(request) {
    const [bytes] = JSON.parse(request.headers.get('do-content'))
    return new Response('{"is":"' + 'x'.repeat(bytes) + '"}', { headers: { 'content-type': 'application/json' } })
  }
}
export default {
  fetch(request, env) {
    const [, object, method] = new URL(request.url).pathname.split('/')
    const name = decodeURIComponent(object)
    const headers = { 'do-name': name, 'do-content': request.headers.get('do-content') }
    return env.OBJECT.get(env.OBJECT.idFromName(name)).fetch('https://itty-durable/do/call/' + method, { headers })
  },
}`

/** `bundles`: the built router by variant, e.g. of this version and of another. */
export async function startWorkers(bundles: Readonly<Record<string, string>>): Promise<Workers> {
  const common = { modules: true, compatibilityDate: '2026-10-01', compatibilityFlags: ['enable_request_signal'] }
  const socket = { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }
  const caller = { ...common, ...socket, script: CALLER }
  const pairs = Object.entries(bundles).map(async ([variant, bundle]) => [
    {
      ...common,
      name: variant,
      script: await readFile(bundle, 'utf8'),
      durableObjects: {
        LOAD_TRACKER: { className: 'LoadTracker', useSQLite: true },
        REGISTRY: { className: 'Registry', useSQLite: true },
      },
    },
    {
      ...caller,
      name: callerOf(variant),
      durableObjects: { OBJECT: { className: 'LoadTracker', useSQLite: true, scriptName: variant } },
    },
  ])
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      inspectorPort: 0,
      handleStructuredLogs: ({ level, message }) => {
        if (level === 'error' || level === 'warn') console.error(message)
      },
      workers: [
        { ...caller, name: callerOf(FLOOR), durableObjects: { OBJECT: { className: 'Floor', useSQLite: true } } },
        ...(await Promise.all(pairs)).flat(),
      ],
    }),
  )
  await miniflare.ready
  const names = [FLOOR, ...Object.keys(bundles)]
  const urls = new Map(
    await Promise.all(names.map(async name => [name, await miniflare.unsafeGetDirectURL(callerOf(name))] as const)),
  )
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  return {
    call: (variant, object, method, argument) =>
      new Promise((resolve, reject) => {
        const url = new URL(`/${encodeURIComponent(object)}/${method}`, urls.get(variant)).href
        const outgoing = request(url, { agent, headers: { 'do-content': `[${argument}]` } }, incoming => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', reject)
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
        })
        outgoing.on('error', reject)
        outgoing.end()
      }),
    inspector: () => miniflare.getInspectorURL(),
    stop: async () => {
      agent.destroy()
      await miniflare.dispose()
    },
  }
}

const callerOf = (variant: string): string => `caller-of-${variant}`
