/**
 * An HTTP server over a bare socket, half-open, that answers one request with what it is told and notes how the other side leaves: by a FIN, by a reset,
 * or by a reset only in answer to what comes after its FIN. Node's own HTTP server hides the difference.
 */
import { createServer, type Socket } from 'node:net'

/** Milliseconds of `performance.now()`. */
export interface Leaving {
  readonly how: 'FIN' | 'RST'
  readonly atMs: number
}

export interface BareServer {
  readonly url: string
  /** The request is complete, and what there is to answer at once has been written. */
  readonly answered: Promise<void>
  readonly left: Promise<Leaving>
  /** When something written after the FIN was refused. Stays open where nothing is written. */
  readonly refusedAtMs: Promise<number>
  readonly close: () => Promise<void>
}

export interface Bytes {
  /** Written when the request is complete. */
  readonly atOnce: string
  /** Then this, again and again. */
  readonly thenEveryMs?: { readonly ms: number; readonly bytes: string }
}

export async function startBareServer({ atOnce, thenEveryMs }: Bytes): Promise<BareServer> {
  const answered = Promise.withResolvers<void>()
  const left = Promise.withResolvers<Leaving>()
  const refused = Promise.withResolvers<number>()
  const sockets = new Set<Socket>()

  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    sockets.add(socket)
    let request = ''
    let isAsked = false
    let timer: NodeJS.Timeout | undefined
    socket.on('data', data => {
      request += data.toString('latin1')
      if (isAsked || !isComplete(request)) return
      isAsked = true
      if (atOnce !== '') socket.write(atOnce)
      if (thenEveryMs !== undefined) timer = setInterval(() => socket.write(thenEveryMs.bytes), thenEveryMs.ms)
      answered.resolve()
    })
    // Connections without a request are a client's spare ones: how they end says nothing
    socket.on('end', () => isAsked && left.resolve({ how: 'FIN', atMs: performance.now() }))
    socket.on('error', () => {
      if (!isAsked) return
      left.resolve({ how: 'RST', atMs: performance.now() })
      refused.resolve(performance.now())
    })
    socket.on('close', () => {
      clearInterval(timer)
      sockets.delete(socket)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server is not listening on a port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    answered: answered.promise,
    left: left.promise,
    refusedAtMs: refused.promise,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function isComplete(request: string): boolean {
  const end = request.indexOf('\r\n\r\n')
  const length = Number(/^content-length: *(\d+)/im.exec(request.slice(0, end))?.[1])
  return end !== -1 && request.length - end - 4 >= length
}

/** One chunk of the chunked transfer coding. */
export const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
