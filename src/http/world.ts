/** The real world: clock, randomness, timers and network of the Workers runtime. */
import type { World } from '../router/world'

export function realWorld(fetcher: typeof fetch): World {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    fetch: (url, init) => fetcher(url, init),
    newId: () => crypto.randomUUID(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
  }
}
