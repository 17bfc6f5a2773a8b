/**
 * A namespace as itty-durable is to see it: its stubs know neither a time limit nor a location hint, so the namespace that makes them adds both. An object
 * that hangs would otherwise hold whoever waits for it, and each call to it in memory, for ever.
 */

/** A call that is not over by then rejects. An object may be on another continent and have to start first. */
const TIMEOUT_MS = 2_000

export function inTime(namespace: DurableObjectNamespace, options?: DurableObjectNamespaceGetDurableObjectOptions) {
  return {
    idFromName: (name: string) => namespace.idFromName(name),
    idFromString: (id: string) => namespace.idFromString(id),
    get: (id: DurableObjectId) => {
      const stub = namespace.get(id, options)
      return { fetch: (request: Request) => stub.fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }) }
    },
  }
}
