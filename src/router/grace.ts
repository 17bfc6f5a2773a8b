/**
 * An attempt that was stopped ends soon, whatever its client does: one that is connected but takes nothing would hold the write, and with it
 * the lease, for ever. The body then ends when the client goes; it holds a few kilobytes.
 */
import type { Ending } from './ending'
import type { Stopper } from './stopper'
import type { World } from './world'

/** For the last words to a client that does read. */
const GRACE_MS = 1_500

/** Resolves with `ended`, or a while after the stop without it. Never rejects. */
export function boundedBy(stopper: Stopper, ended: Promise<Ending>, world: World): Promise<Ending> {
  const startedMs = world.now()
  return new Promise(resolve => {
    let cancel = () => {}
    const giveUp = () =>
      resolve({
        failure: stopper.cause ?? { kind: 'client-left' },
        usage: undefined,
        writingMs: world.now() - startedMs,
        outputTokens: undefined,
      })
    const onStop = () => {
      cancel = world.after(GRACE_MS, giveUp)
    }
    if (stopper.signal.aborted) onStop()
    else stopper.signal.addEventListener('abort', onStop, { once: true })
    void ended.then(ending => {
      stopper.signal.removeEventListener('abort', onStop)
      cancel()
      resolve(ending)
    })
  })
}
