/** Sends a reply over a real socket, step by step, until it is through or the other side has left. */
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bytes } from './plan'
import type { Reply } from './reply'

/** The other side of a request, as far as a delivery can tell. */
export interface Line {
  readonly response: ServerResponse
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal
  /** Body bytes handed to the socket. */
  readonly sent: (bytes: number) => void
  /** Called before the connection is broken on purpose. */
  readonly finished: () => void
}

export async function deliver(reply: Reply, line: Line): Promise<void> {
  const { response } = line
  if (!(await waited(reply.headersMs, line.gone))) return
  response.writeHead(reply.status, { ...reply.headers })
  response.flushHeaders()
  for (const step of reply.steps) {
    switch (step.kind) {
      case 'send':
        if (!(await waited(step.afterMs, line.gone))) return
        if (!(await (reply.byteWise ? writtenByByte(step.data, line) : written(step.data, line)))) return
        break
      case 'stall':
        return
      case 'cut':
        return breakOff(reply.breakBy, line)
      case 'end':
        response.end()
        return
    }
  }
  response.end()
}

/**
 * `close` shuts the connection behind what was sent, which all arrives. `reset` may take back what the other side has not read yet:
 * that is what a reset is.
 */
export function breakOff(how: Reply['breakBy'], { response, finished }: Line): void {
  finished()
  if (how === 'reset') response.socket?.resetAndDestroy()
  else response.socket?.destroy()
}

/** False when the other side left meanwhile. */
export async function waited(ms: number, gone: AbortSignal): Promise<boolean> {
  if (ms <= 0) return !gone.aborted
  try {
    await delay(ms, undefined, { signal: gone })
    return true
  } catch (error) {
    if (gone.aborted) return false
    throw error
  }
}

/** Once the operating system has taken it, so that backpressure is felt and a cut comes behind the bytes. */
function written(data: Bytes, { response, gone, sent }: Line): Promise<boolean> {
  if (gone.aborted) return Promise.resolve(false)
  return new Promise(resolve => {
    const left = () => resolve(false)
    gone.addEventListener('abort', left, { once: true })
    response.write(data, error => {
      gone.removeEventListener('abort', left)
      if (!error) sent(Buffer.byteLength(data))
      resolve(!error)
    })
  })
}

async function writtenByByte(data: Bytes, line: Line): Promise<boolean> {
  const bytes = Buffer.from(data)
  for (let at = 0; at < bytes.length; at += 1) {
    if (!(await written(bytes.subarray(at, at + 1), line))) return false
    // a turn of the event loop between two bytes keeps the kernel from joining them more than it must
    await new Promise(resolve => setImmediate(resolve))
  }
  return true
}
