/** Calls a region's tracker. The only caller of itty-durable's proxy; made anew for each request, since a stub belongs to one. */
import { proxyDurable } from 'itty-durable'
import { isObject } from '../json'
import type { Report, SyncAnswer } from '../state/report'
import type { TrackerState } from '../state/tracker'
import type { Region } from './region'

export interface TrackerClient {
  sync(report: Report): Promise<SyncAnswer>
  look(): Promise<TrackerState>
}

/** Calls reject when the object is away, slow to start, or answers something else. */
export function trackerClient(namespace: DurableObjectNamespace, region: Region): TrackerClient {
  // itty-durable passes no location hint on, so the namespace that it sees adds it
  const hinted = {
    idFromName: (name: string) => namespace.idFromName(name),
    idFromString: (id: string) => namespace.idFromString(id),
    get: (id: DurableObjectId) => namespace.get(id, { locationHint: region }),
  }
  const stub = proxyDurable(hinted, { parse: true }).get(`region:${region}`)
  return {
    sync: async report => checked<SyncAnswer>(await stub.sync(report)),
    look: async () => checked<TrackerState>(await stub.look()),
  }
}

/** itty-durable resolves with a bare `Response` where there was no JSON. */
function checked<T>(answer: unknown): T {
  if (!isObject(answer) || !isObject(answer.models)) throw new Error('the load tracker did not answer with its state')
  return answer as T
}
