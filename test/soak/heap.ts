/**
 * What a Worker's JavaScript holds on to, from V8's inspector. Resident memory alone cannot tell: workerd's grows by some 24 kB a request under a Worker that
 * does nothing but pass on, as its allocator keeps what it once had.
 */
import { number, object } from '../providers/json'

/** Objects and the buffers behind them, just after a full collection. */
export async function heapBytes(inspector: URL, worker: string): Promise<number> {
  const session = await connect(new URL(`/core:user:${worker}`, inspector))
  try {
    await session.ask('HeapProfiler.enable')
    // `HeapProfiler.collectGarbage` is not answered; a snapshot, which nobody reads, collects first as well
    await session.ask('HeapProfiler.takeHeapSnapshot')
    const usage = await session.ask('Runtime.getHeapUsage')
    return (number(usage.usedSize) ?? 0) + (number(usage.backingStorageSize) ?? 0)
  } finally {
    session.close()
  }
}

interface Session {
  readonly ask: (method: string) => Promise<Readonly<Record<string, unknown>>>
  readonly close: () => void
}

/** Chrome DevTools protocol. */
async function connect(url: URL): Promise<Session> {
  const socket = new WebSocket(url.href)
  const waiting = new Map<number, (result: Readonly<Record<string, unknown>>) => void>()
  socket.addEventListener('message', ({ data }) => {
    const message = object(JSON.parse(String(data)))
    waiting.get(number(message?.id) ?? -1)?.(object(message?.result) ?? {})
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${url.href}`)))
  })
  let asked = 0
  return {
    ask: method =>
      new Promise(resolve => {
        asked += 1
        waiting.set(asked, resolve)
        socket.send(JSON.stringify({ id: asked, method }))
      }),
    close: () => socket.close(),
  }
}
