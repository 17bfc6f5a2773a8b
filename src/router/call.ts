/**
 * One HTTP call of an attempt: the request up, and whatever its answer is read into. What breaks is a failure, named by whoever stopped it or else as the
 * upstream's doing.
 */
import type { Model } from '../model'
import { type Failure, fail, type Result } from '../outcome'
import type { Dialect, UpstreamRequest } from '../provider/dialect'
import { headroomOf } from '../provider/headroom'
import type { Lease } from '../state/local-load'
import { errorText, scrubbedFailure } from './error-text'
import type { Secrets } from './secrets'
import type { Stopper } from './stopper'
import type { World } from './world'

/** What an attempt's calls share. */
export interface Connection {
  readonly model: Model
  readonly dialect: Dialect
  readonly lease: Lease
  readonly stopper: Stopper
  readonly world: World
  /** That must not come back: what an upstream may quote. */
  readonly secrets: Secrets['values']
}

/** Never rejects. `read` gets what is in the 200s, and rejects where its body breaks. `upstreamWaitMs`: from sending to the headers. */
export async function call<T>(
  connection: Connection,
  upstream: UpstreamRequest,
  read: (response: Response, upstreamWaitMs: number) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { lease, stopper, world, secrets } = connection
  const sentMs = world.now()
  let connected = false
  try {
    const response = await world.fetch(upstream.url, {
      method: 'POST',
      headers: upstream.headers,
      body: upstream.body,
      signal: stopper.signal,
      redirect: 'manual',
    })
    connected = true
    const upstreamWaitMs = world.now() - sentMs
    const headroom = headroomOf(response.headers, world.now())
    if (headroom !== undefined) lease.headroom(headroom, world.now())
    if (!response.ok) return fail(await errorOf(response, connection))
    const result = await read(response, upstreamWaitMs)
    return result.ok ? result : fail(scrubbedFailure(result.failure, secrets))
  } catch (error) {
    if (stopper.cause !== undefined) return fail(stopper.cause)
    return fail(connected ? { kind: 'cut', detail: 'the connection was lost' } : { kind: 'unreachable', detail: String(error) })
  }
}

async function errorOf(response: Response, { dialect, secrets, world }: Connection): Promise<Failure> {
  const text = await errorText(response.body, secrets)
  const failure = dialect.error(response.status, response.headers, text, world.now())
  // Without a word on when to come back, the exhausted limit's own reset is the best answer
  const resetMs = failure.kind === 'rate-limited' ? headroomOf(response.headers, world.now())?.forMs : undefined
  return failure.kind === 'rate-limited' && failure.retryAfterMs === undefined && resetMs !== undefined && resetMs > 0
    ? { ...failure, retryAfterMs: resetMs }
    : failure
}
