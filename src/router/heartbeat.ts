/** While a request lives it reminds its isolate to renew the leases and to refresh the view: nobody else will, an isolate having no background. */
import type { World } from './world'

/** Well under the time after which the tracker takes an isolate for dead. */
const BEAT_MS = 1_000

/** Beats until the returned function is called. */
export function heartbeat(world: World, beat: () => void): () => void {
  let cancel = () => {}
  const arm = () => {
    cancel = world.after(BEAT_MS, () => {
      arm()
      beat()
    })
  }
  arm()
  return () => cancel()
}
