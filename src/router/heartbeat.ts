/** While a request lives it reminds its isolate to renew the leases and to refresh the view: nobody else will, an isolate having no background. */
import type { World } from './world'

/** Beats until the returned function is called. `everyMs` is asked before each beat, as how often it is worth while changes with the traffic. */
export function heartbeat(world: World, everyMs: () => number, beat: () => void): () => void {
  let cancel = () => {}
  const arm = () => {
    cancel = world.after(everyMs(), () => {
      arm()
      beat()
    })
  }
  arm()
  return () => cancel()
}
