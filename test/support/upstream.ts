/**
 * An upstream on 127.0.0.1 that a script makes healthy, slow or broken, request by request, and that sees when the other side leaves.
 * The wire format follows from the path: `/openai/…`, `/anthropic/…`, `/google/…`.
 *
 *     const up = await startUpstream(request => (request.attempt === 1 ? reset() : answer({ text: 'second time lucky' })))
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { isObject, text } from '../providers/json'
import type { ProviderName } from '../providers/provider'
import { providerAt } from '../providers/providers'
import { breakOff, deliver, type Line, waited } from './deliver'
import type { Plan } from './plan'
import { reply } from './reply'

export * from './plan'

/** Milliseconds of `performance.now()`. */
export interface Ending {
  /** `finished`: the plan was carried out, faults included. `aborted`: the other side closed first. */
  readonly how: 'finished' | 'aborted'
  readonly atMs: number
  /** Body bytes handed to the socket. */
  readonly sentBytes: number
}

export interface Received {
  readonly dialect: ProviderName | undefined
  /** Counts the upstream's requests, from 1. */
  readonly index: number
  /** Counts the requests of this dialect, from 1. */
  readonly attempt: number
  readonly atMs: number
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown
  readonly model: string | undefined
  readonly stream: boolean
  /** Never rejects; stays open as long as the request does. */
  readonly ending: Promise<Ending>
  /** The ending, once there is one. */
  readonly ended: () => Ending | undefined
}

export type Script = (request: Received) => Plan | Promise<Plan>

export interface Upstream {
  /** Without a trailing slash. */
  readonly url: string
  /** What a model of this dialect is configured with. */
  readonly baseUrl: (dialect: ProviderName) => string
  readonly requests: readonly Received[]
  /** Waits for the request with this index, from 1. */
  readonly request: (index: number) => Promise<Received>
  /** Ends all connections, those still in use by reset. */
  readonly close: () => Promise<void>
}

export async function startUpstream(script: Script): Promise<Upstream> {
  const requests: Received[] = []
  const waiting = new Map<number, PromiseWithResolvers<Received>>()
  const failures: unknown[] = []

  const server = createServer((incoming, response) => {
    // a script that throws is a broken test: the client sees a reset, and close() says why
    handle(incoming, response).catch(error => {
      failures.push(error)
      incoming.socket.resetAndDestroy()
    })
  })
  // idle connections are the client's to close: a race between its reuse and our time-out would be a fault that nobody scripted
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  server.headersTimeout = 0

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    const ending = Promise.withResolvers<Ending>()
    let ended: Ending | undefined
    let sentBytes = 0
    const end = (how: Ending['how']) => {
      ended ??= { how, atMs: performance.now(), sentBytes }
      ending.resolve(ended)
      gone.abort()
    }
    const line: Line = {
      response,
      gone: gone.signal,
      sent: bytes => {
        sentBytes += bytes
      },
      finished: () => end('finished'),
    }
    // "finish" comes before "close", and only if everything went out
    response.on('finish', line.finished)
    response.on('close', () => end('aborted'))
    // a client that only half-closes has no more use for the answer either; Node alone would notice at the next write, or never
    const { socket } = incoming
    const halfClosed = () => {
      end('aborted')
      socket.destroy()
    }
    socket.once('end', halfClosed)
    response.once('close', () => socket.off('end', halfClosed))

    const body = await bodyOf(incoming)
    if (body === undefined) return
    const request = received(incoming, body, requests, ending.promise, () => ended)
    requests.push(request)
    waiting.get(request.index)?.resolve(request)
    const plan = await script(request)
    if (gone.signal.aborted || plan.kind === 'silence') return
    if (plan.kind !== 'reset') return deliver(reply(plan, request), line)
    if (await waited(plan.afterMs, gone.signal)) breakOff('reset', line)
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${portOf(server.address())}`
  return {
    url,
    baseUrl: dialect => `${url}/${dialect}${dialect === 'openai' ? '/v1' : ''}`,
    requests,
    request: index => {
      const already = requests[index - 1]
      if (already !== undefined) return Promise.resolve(already)
      const awaited = waiting.get(index) ?? Promise.withResolvers<Received>()
      waiting.set(index, awaited)
      return awaited.promise
    },
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
      if (failures.length > 0) throw new AggregateError(failures, 'the upstream script failed')
    },
  }
}

/** The URL of a port where nobody listens: connections are refused. */
export async function closedPort(): Promise<string> {
  const server = createTcpServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server.address())
  await new Promise<void>(resolve => server.close(() => resolve()))
  return `http://127.0.0.1:${port}`
}

function portOf(address: ReturnType<ReturnType<typeof createTcpServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('the server is not listening on a port')
  return address.port
}

/** Undefined: the other side left while sending. */
async function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  } catch (error) {
    if (incoming.destroyed) return undefined
    throw error
  }
  return Buffer.concat(chunks).toString('utf8')
}

function received(
  incoming: IncomingMessage,
  body: string,
  earlier: readonly Received[],
  ending: Promise<Ending>,
  ended: () => Ending | undefined,
): Received {
  const path = incoming.url ?? '/'
  const dialect = providerAt(path)?.provider.name
  const json = jsonOf(body)
  return {
    dialect,
    index: earlier.length + 1,
    attempt: earlier.filter(request => request.dialect === dialect).length + 1,
    atMs: performance.now(),
    method: incoming.method ?? 'GET',
    path,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    text: body,
    body: json,
    model: (isObject(json) ? text(json.model) : undefined) ?? /\/models\/([^/:?]+):/.exec(path)?.[1],
    stream: dialect === 'google' ? /:streamGenerateContent\?.*\balt=sse\b/.test(path) : isObject(json) && json.stream === true,
    ending,
    ended,
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
