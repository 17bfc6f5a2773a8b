/**
 * An HTTP client without manners, over a bare socket: it can reset or half-close its connection at any moment, and it notes when every
 * piece of the response came. What a browser tab does when it is closed, and what `fetch` does not let a test do.
 */
import { connect, type Socket } from 'node:net'
import { type RawResponse, responseReader } from './response-reader'

export interface RawRequest {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A value that is not a string is sent as JSON. */
  readonly body?: unknown
}

/** Milliseconds of `performance.now()`. */
export interface Arrival {
  readonly atMs: number
  readonly bytes: Buffer
}

export interface Closing {
  readonly atMs: number
  /** `end`: the server finished the connection; `reset`: it broke; `own`: this client did one of the two itself. */
  readonly how: 'end' | 'reset' | 'own'
}

export interface RawExchange {
  readonly sentAtMs: number
  readonly arrivals: readonly Arrival[]
  /** All bytes so far, head and framing included. */
  readonly text: () => string
  /** What the bytes so far amount to; undefined before the head is complete. */
  readonly response: () => RawResponse | undefined
  /** Resolves with the first state that satisfies it, asked at every arrival; rejects when the connection closes before. */
  readonly until: (wanted: (response: RawResponse) => boolean) => Promise<RawResponse>
  /** Never rejects. */
  readonly closed: Promise<Closing>
  /** Ends with a TCP reset: the process is gone. */
  readonly reset: () => void
  /** Ends with a FIN: nothing more to say, still listening. */
  readonly finish: () => void
  /** Stays connected and takes nothing any more. */
  readonly pause: () => void
  /** Ends as a process that closes its socket does: a FIN, and a reset to whatever comes after it. */
  readonly leave: () => void
}

/** Sends at once; the result is there as soon as the request is on its way. */
export async function sendRaw(request: RawRequest): Promise<RawExchange> {
  const url = new URL(request.url)
  const socket = connect({ host: url.hostname, port: Number(url.port || 80), noDelay: true, allowHalfOpen: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const exchange = listen(socket)
  socket.write(message(url, request))
  return exchange
}

function message(url: URL, { method, headers = {}, body }: RawRequest): Buffer {
  const payload = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const all: Readonly<Record<string, string>> = {
    host: url.host,
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
    ...headers,
  }
  const verb = method ?? (body === undefined ? 'GET' : 'POST')
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${verb} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n${payload}`)
}

function listen(socket: Socket): RawExchange {
  const sentAtMs = performance.now()
  const arrivals: Arrival[] = []
  const watchers = new Set<() => void>()
  const reader = responseReader()
  const closed = Promise.withResolvers<Closing>()
  let own = false
  const close = (how: Closing['how']) => closed.resolve({ atMs: performance.now(), how: own ? 'own' : how })
  const bytes = () => Buffer.concat(arrivals.map(arrival => arrival.bytes))

  socket.on('data', (data: Buffer) => {
    arrivals.push({ atMs: performance.now(), bytes: data })
    reader.push(data)
    for (const check of watchers) check()
  })
  socket.on('end', () => {
    close('end')
    socket.end()
  })
  socket.on('error', () => close('reset'))
  socket.on('close', () => close('reset'))

  const { response } = reader
  return {
    sentAtMs,
    arrivals,
    text: () => bytes().toString('utf8'),
    response,
    until: wanted =>
      new Promise((resolve, reject) => {
        const check = () => {
          const state = response()
          if (state === undefined || !wanted(state)) return false
          watchers.delete(check)
          resolve(state)
          return true
        }
        if (check()) return
        watchers.add(check)
        closed.promise.then(({ how }) => {
          if (watchers.delete(check))
            reject(new Error(`connection closed (${how}) after: ${bytes().subarray(0, 4096).toString('utf8')}`))
        }, reject)
      }),
    closed: closed.promise,
    reset: () => {
      own = true
      socket.resetAndDestroy()
    },
    finish: () => {
      own = true
      socket.end()
    },
    pause: () => {
      socket.pause()
    },
    leave: () => {
      own = true
      socket.destroy()
    },
  }
}
