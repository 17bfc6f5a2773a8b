/** Walks down the ranking until an attempt commits, as far as the number of attempts, the deadline and the failures' consequences allow. */
import type { Model } from '../model'
import { type Failure, fail, ok, type Result } from '../outcome'
import type { Ranked } from '../strategy/strategy'
import { consequenceOf } from './consequence'

/** An attempt that did not commit. */
export interface Tried {
  readonly model: string
  readonly failure: Failure
}

export interface Walk {
  readonly maxAttempts: number
  /** Whether another candidate may follow a failed one. */
  readonly fallback: boolean
  readonly isOver: () => boolean
}

export interface Success<T> {
  readonly model: Model
  readonly answer: T
  readonly tried: readonly Tried[]
}

/** Never empty: at least one attempt was made. */
export async function walk<T>(
  ranking: readonly Ranked[],
  { maxAttempts, fallback, isOver }: Walk,
  attempt: (model: Model) => Promise<Result<T>>,
): Promise<Result<Success<T>, readonly Tried[]>> {
  const tried: Tried[] = []
  let largerThan: number | undefined
  for (const { model } of ranking) {
    if (tried.length >= maxAttempts || (tried.length > 0 && (!fallback || isOver()))) break
    if (largerThan !== undefined && (model.contextWindow ?? Number.POSITIVE_INFINITY) <= largerThan) continue
    const result = await attempt(model)
    if (result.ok) return ok({ model, answer: result.value, tried })
    tried.push({ model: model.id, failure: result.failure })
    const { moves } = consequenceOf(result.failure)
    if (moves === 'stop') break
    if (moves === 'larger') largerThan = Math.max(largerThan ?? 0, model.contextWindow ?? 0)
  }
  return fail(tried)
}
