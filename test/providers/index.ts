/**
 * The simulated providers as a Worker of their own: real wire formats, honest words, no keys. The router reaches it through a service
 * binding, at `http://<any host>/openai/v1`, `/anthropic` and `/google`. What can be made to fail, and how, is in `fault.ts`.
 */
import type { World } from './play'
import { serve } from './serve'
import { speedsOf } from './speed'

interface Env {
  /** Milliseconds by provider: `{ openai: { firstTokenMs, perTokenMs }, … }`, or the same as JSON text. */
  readonly PACE?: unknown
}

const world: World = {
  nowMs: () => Date.now(),
  sleep: ms => (ms <= 0 ? Promise.resolve() : new Promise(resolve => setTimeout(resolve, ms))),
  unique: () => crypto.randomUUID().replaceAll('-', ''),
}

export default {
  fetch: (request: Request, env: Env): Promise<Response> => serve(request, speedsOf(env.PACE), world),
}
