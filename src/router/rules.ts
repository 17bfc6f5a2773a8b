/** What a walk down the ranking may do, from the isolate's budgets, the load as it is now, and the deadline. */
import type { Features } from '../context/features'
import type { Model, Work } from '../model'
import { backOffMs } from './back-off'
import type { Bound } from './bound'
import type { Decision } from './decide'
import type { Walk } from './fallback'
import { exclusionOf } from './filter'
import type { Isolate } from './isolate'
import type { Host, World } from './world'

interface Given {
  /** Undefined: chat. */
  readonly work?: Work | undefined
  readonly bound: Bound | undefined
  readonly decision: Decision
  readonly features: Features
  readonly deadlineAtMs: number
  readonly isolate: Isolate
  readonly host: Host
  readonly world: World
}

/** A hedge sooner than this would race what is merely jitter. */
const MIN_PATIENCE_MS = 50

export function rulesOf({
  work,
  bound,
  decision,
  features,
  deadlineAtMs,
  isolate,
  host,
  world,
}: Given): Omit<Walk, 'maxAttempts' | 'fallback'> {
  const { load } = host
  const sleep = (ms: number) => new Promise<void>(resolve => world.after(ms, resolve))
  return {
    isOver: () => world.now() >= deadlineAtMs,
    isEligible: model => {
      const nowMs = world.now()
      const { regions } = decision
      const sieve = { work, regions, features, bound, place: host.place, load: (id: string) => load.load(id, nowMs) }
      return decision.panic || exclusionOf(model, sieve) === undefined
    },
    withdraw: () => isolate.retries.withdraw(world.now(), load.isolates),
    pause: async (repeat, atLeastMs) => {
      const waitMs = backOffMs(repeat, atLeastMs, world.random)
      if (world.now() + waitMs >= deadlineAtMs || !isolate.retries.withdraw(world.now(), load.isolates)) return false
      await sleep(waitMs)
      return !host.clientLeft.aborted
    },
    hedge: (first, second) => {
      const patienceMs = decision.hedge && features.stream ? patienceOf(first) : undefined
      if (patienceMs === undefined) return undefined
      // It takes both budgets or neither
      const mayHedge = () => {
        const nowMs = world.now()
        return (
          isolate.retries.allows(nowMs, load.isolates) &&
          isolate.hedges.withdraw(nowMs, load.isolates) &&
          isolate.retries.withdraw(nowMs, load.isolates)
        )
      }
      return { patience: over => world.after(patienceMs, over), second: () => second(mayHedge) }
    },
  }

  /** The learned 95th percentile of this model's time to first token; undefined while too little is known. */
  function patienceOf(model: Model): number | undefined {
    const { firstToken, waitingTokens, p95Ratio } = load.load(model.id, world.now())
    if (firstToken === undefined || p95Ratio === undefined) return undefined
    const expectedMs = firstToken.baseMs + firstToken.slopeMsPerToken * (waitingTokens + features.promptTokens)
    return Math.max(MIN_PATIENCE_MS, expectedMs * p95Ratio)
  }
}
