/** What goes wrong in the course of a run. Which model it happens to is the cell's choice; when, a matter of the run's length. */
import type { Clock } from './clock'
import type { Upstream } from './upstream'

export const FAULTS = ['calm', 'drift', 'crash', 'stall', 'errors', 'limit', 'churn'] as const
export type Fault = (typeof FAULTS)[number]

const MINUTE_MS = 60_000
const STALL_MS = 20_000
/** No longer than this part of the run, or else a short one would show nothing but its fault. */
const MOST_OF_RUN = 0.15
const SLOW = 5
const ERROR_RATE = 0.5

interface Given {
  readonly fault: Fault
  readonly clock: Clock
  readonly upstreams: readonly Upstream[]
  /** Requests per second that a limited model lets through. */
  readonly limitOf: (model: number) => number
  /** The first and the second model that it happens to. */
  readonly victims: readonly [number, number]
  readonly runMs: number
}

/** Plans all of it. */
export function planFaults({ fault, clock, upstreams, limitOf, victims, runMs }: Given): void {
  const lastMs = Math.min(MINUTE_MS, MOST_OF_RUN * runMs)
  const episode = (startMs: number, model: number, begin: (upstream: Upstream) => void, end: (upstream: Upstream) => void) => {
    const upstream = upstreams[model]
    if (upstream === undefined) throw new RangeError(`no model ${model}`)
    clock.at(startMs, () => begin(upstream))
    clock.at(startMs + lastMs, () => end(upstream))
  }
  const starts = [0.3 * runMs, 0.65 * runMs] as const
  for (const [turn, model] of victims.entries()) {
    const startMs = starts[turn] ?? 0
    switch (fault) {
      case 'drift':
        episode(
          startMs,
          model,
          ({ server }) => server.setSlowness(SLOW),
          ({ server }) => server.setSlowness(1),
        )
        break
      case 'crash':
        episode(
          startMs,
          model,
          ({ server }) => server.crash(),
          ({ server }) => server.recover(),
        )
        break
      case 'stall':
        episode(
          startMs,
          model,
          ({ server }) => server.stall(Math.min(STALL_MS, lastMs)),
          () => {},
        )
        break
      case 'errors':
        episode(
          startMs,
          model,
          upstream => {
            upstream.errorRate = ERROR_RATE
          },
          upstream => {
            upstream.errorRate = 0
          },
        )
        break
      case 'limit':
        // One model's, for good
        if (turn === 0) clock.at(0, () => upstreams[model]?.limitTo(limitOf(model)))
        break
      case 'calm':
      case 'churn':
        break
    }
  }
}
