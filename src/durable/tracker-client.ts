/** Calls a region's tracker. The only caller of itty-durable's proxy; made anew for each request, since a stub belongs to one. */
import { proxyDurable } from 'itty-durable'
import { isObject } from '../json'
import type { Report, Snapshot, SyncAnswer } from '../state/report'
import type { TrackerState } from '../state/tracker'
import { inTime } from './namespace'
import type { Region } from './region'

export interface TrackerClient {
  sync(report: Report): Promise<SyncAnswer>
  look(): Promise<TrackerState>
}

/** Calls reject when the object is away, too slow, or answers something else. */
export function trackerClient(namespace: DurableObjectNamespace, region: Region): TrackerClient {
  const stub = proxyDurable(inTime(namespace, { locationHint: region }), { parse: true }).get(`region:${region}`)
  return {
    sync: async report => complete(checked<Snapshot & Partial<SyncAnswer>>(await stub.sync(report))),
    look: async () => checked<TrackerState>(await stub.look()),
  }
}

/** During a rollout the object may be of a version that knows of no registry. */
function complete({ registry = null, isFresh = false, ...snapshot }: Snapshot & Partial<SyncAnswer>): SyncAnswer {
  return { ...snapshot, registry, isFresh }
}

/** itty-durable resolves with a bare `Response` where there was no JSON. */
function checked<T>(answer: unknown): T {
  if (!isObject(answer) || !isObject(answer.models)) throw new Error('the load tracker did not answer with its state')
  return answer as T
}
