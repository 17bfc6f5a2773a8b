/** Calls the registry; made anew for each request, since a stub belongs to one. */
import { proxyDurable } from 'itty-durable'
import { isObject } from '../json'
import type { Change, OverlayVersion } from '../state/overlay'
import type { RegistryView } from '../state/registry-view'
import { inTime } from './namespace'
import type { Feedback } from './registry'

export interface Changed {
  readonly view: RegistryView
  /** False: nothing was changed, since somebody else's change came in between or there is no such version. */
  readonly isDone: boolean
}

/** Calls reject when the object is away, too slow, or answers something else. */
export interface RegistryClient {
  /** Null: `known` is still the newest revision. */
  read(known: number): Promise<RegistryView | null>
  /** `expected` is the overlay's version that the change was checked against. */
  change(change: Change, who: string, expected: number): Promise<Changed>
  /** `expected`: as for a change; undefined goes back from whatever there is. */
  rollback(version: number, who: string, expected: number | undefined): Promise<Changed>
  history(): Promise<readonly OverlayVersion[]>
  /** False: this request has had its feedback. */
  learn(feedback: Feedback): Promise<boolean>
}

const NAME = 'global'

export function registryClient(namespace: DurableObjectNamespace): RegistryClient {
  const stub = proxyDurable(inTime(namespace), { parse: true }).get(NAME)
  return {
    read: async known => checked<{ view: RegistryView | null }>(await stub.read(known), 'view').view,
    change: async (change, who, expected) =>
      checked<Changed>(await stub.change(ascii(JSON.stringify(change)), ascii(who), expected), 'view'),
    rollback: async (version, who, expected) => checked<Changed>(await stub.rollback(version, ascii(who), expected), 'view'),
    history: async () => checked<{ versions: readonly OverlayVersion[] }>(await stub.history(), 'versions').versions,
    learn: async feedback => checked<{ isNew: boolean }>(await stub.learn(ascii(JSON.stringify(feedback))), 'isNew').isNew,
  }
}

/** Arguments travel in a header. */
const ascii = (text: string): string => encodeURIComponent(text)

/** itty-durable resolves with a bare `Response` where there was no JSON. */
function checked<T>(answer: unknown, field: string): T {
  if (!isObject(answer) || answer[field] === undefined) throw new Error(`the registry did not answer with its ${field}`)
  return answer as T
}
