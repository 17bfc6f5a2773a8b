/** Plays a schedule as a response body, on demand of whoever reads it. */
import type { Step } from './schedule'

/** What the simulator needs of the outside. */
export interface World {
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** At least 24 characters, letters and digits, never the same twice. */
  readonly unique: () => string
}

/** A stalled answer gives up after this, so that a reader without a limit of its own does not hold it for ever. */
const STALL_MS = 600_000

export function play(steps: readonly Step[], world: World): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const remaining = steps.values()
  let left = false
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value: step } = remaining.next()
        if (step?.kind === 'send') {
          if (step.afterMs > 0) await world.sleep(step.afterMs)
          if (!left) controller.enqueue(encoder.encode(step.data))
          return
        }
        if (step?.kind === 'stall') await world.sleep(STALL_MS)
        if (left) return
        // an errored body is what a broken connection looks like from the other side
        if (step?.kind === 'cut' || step?.kind === 'stall') controller.error(new Error(`simulated ${step.kind}`))
        else controller.close()
      },
      cancel() {
        left = true
      },
    },
    // nothing is made before it is asked for: what a cut answer has sent, its reader has had
    { highWaterMark: 0 },
  )
}
