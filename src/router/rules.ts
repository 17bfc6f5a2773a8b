/** What a walk down the ranking may do, from the isolate's budgets, the load as it is now, and the deadline. */
import type { Features } from '../context/features'
import type { Model, Work } from '../model'
import { backOffMs } from './back-off'
import type { Bound } from './bound'
import type { Decision } from './decide'
import type { Walk } from './fallback'
import { exclusionOf } from './filter'
import type { Isolate } from './isolate'
import { isQuicker, type Prompt, patienceMs } from './patience'
import type { Host, World } from './world'

interface Given {
  /** Undefined: chat. */
  readonly work?: Work | undefined
  readonly bound: Bound | undefined
  readonly decision: Decision
  readonly features: Features
  readonly deadlineAtMs: number
  /** As in the limits; 0: none. */
  readonly patience: number
  readonly isolate: Isolate
  readonly host: Host
  readonly world: World
}

/** A hedge sooner than this would race what is merely jitter. */
const MIN_HEDGE_MS = 50

export function rulesOf({
  work,
  bound,
  decision,
  features,
  deadlineAtMs,
  patience: times,
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
      const afterMs = decision.hedge && features.stream ? hedgeAfterMs(first) : undefined
      if (afterMs === undefined) return undefined
      // It takes both budgets or neither
      const mayHedge = () => {
        const nowMs = world.now()
        return (
          isolate.retries.allows(nowMs, load.isolates) &&
          isolate.hedges.withdraw(nowMs, load.isolates) &&
          isolate.retries.withdraw(nowMs, load.isolates)
        )
      }
      return { patience: over => world.after(afterMs, over), second: () => second(mayHedge) }
    },
    patience: (first, giveWay) => {
      // In panic nobody else is sound
      if (!features.stream || decision.hedge || decision.panic) return undefined
      const everyMs = patienceMs(load.load(first.id, world.now()), promptFor(first), times)
      if (everyMs === undefined) return undefined
      const isOver = (waitedMs: number): boolean => {
        const nowMs = world.now()
        // Whether the first is stuck or only busy, somebody has to be there to judge
        if (load.view(nowMs) === undefined) return false
        return giveWay(
          other =>
            isQuicker(load.load(other.id, nowMs), promptFor(other), waitedMs) && isolate.retries.withdraw(nowMs, load.isolates),
        )
      }
      return { everyMs, isOver }
    },
  }

  function promptFor(model: Model): Prompt {
    return { tokens: features.promptTokens, relation: decision.ranking.find(ranked => ranked.model === model)?.relation }
  }

  /** The learned 95th percentile of this model's time to first token; undefined while too little is known. */
  function hedgeAfterMs(model: Model): number | undefined {
    const { firstToken, waitingTokens, p95Ratio } = load.load(model.id, world.now())
    if (firstToken === undefined || p95Ratio === undefined) return undefined
    const expectedMs = firstToken.baseMs + firstToken.slopeMsPerToken * (waitingTokens + features.promptTokens)
    return Math.max(MIN_HEDGE_MS, expectedMs * p95Ratio)
  }
}
