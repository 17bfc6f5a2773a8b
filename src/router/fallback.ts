/**
 * Walks down the ranking until an attempt commits, as far as the number of attempts, the deadline, the budget and the failures' consequences
 * allow. Where a credential alone was the trouble, another one of the same model stands in for it first, and counts as the same attempt. The first may be left for somebody quicker before it has failed. When every candidate has had its turn, one whose trouble is likely to pass is asked again after a pause.
 */
import { type Model, secretNamesOf } from '../model'
import { type Failure, fail, ok, type Result } from '../outcome'
import type { Ranked } from '../strategy/strategy'
import { consequenceOf } from './consequence'
import { type Hedge, hedged } from './hedge'
import type { Patience } from './patience'

/** An attempt that did not commit. */
export interface Tried {
  readonly model: string
  readonly failure: Failure
}

export interface Walk {
  readonly maxAttempts: number
  /** Whether another attempt may follow a failed one. */
  readonly fallback: boolean
  readonly isOver: () => boolean
  /** Whether a candidate can still serve, now that time has passed. Not asked for the first. */
  readonly isEligible: (model: Model) => boolean
  /** Takes one attempt out of the retry budget. The first fallback to another account needs none. */
  readonly withdraw: () => boolean
  /** Waits before the same model is asked again, which takes an attempt out of the budget; false where the budget or the deadline leaves no room for it. */
  readonly pause: (repeat: number, atLeastMs: number) => Promise<boolean>
  /** Undefined: no hedging. `second` finds the candidate to hedge with, and if there is one, asks whether it may be. */
  readonly hedge: (first: Model, second: (mayAsk: () => boolean) => Model | undefined) => Hedge | undefined
  /** Undefined: the first has all of its time. `giveWay` finds whom it would be left for, and if there is somebody, asks whether it may be. */
  readonly patience: (first: Model, giveWay: (may: (other: Model) => boolean) => boolean) => Patience | undefined
}

export interface Success<T> {
  readonly model: Model
  readonly answer: T
  readonly tried: readonly Tried[]
  /** Candidates asked, those that were outpaced included. */
  readonly attempts: number
}

/** What failed is never empty: at least one attempt was made. Only the very first has a patience. */
export async function walk<T>(
  ranking: readonly Ranked[],
  rules: Walk,
  attempt: (model: Model, outpaced: AbortSignal, patience: Patience | undefined) => Promise<Result<T>>,
): Promise<Result<Success<T>, readonly Tried[]>> {
  const tried: Tried[] = []
  const asked: Model[] = []
  /** Of those asked, how many stood in for another credential of the same model. */
  let standIns = 0
  /** Configured models whose credential was the trouble in the last attempt. */
  let blamed: readonly string[] = []
  let largerThan: number | undefined
  /** Whom the first has been given up for; it is paid for. */
  let heir: Model | undefined
  const fits = (model: Model) => largerThan === undefined || (model.contextWindow ?? Number.POSITIVE_INFINITY) > largerThan
  const isOpen = (model: Model) => !asked.includes(model) && fits(model) && (asked.length === 0 || rules.isEligible(model))
  const fresh = (): Model | undefined => ranking.find(({ model }) => isOpen(model))?.model
  const standIn = (): Model | undefined =>
    standIns < MAX_STAND_INS ? ranking.find(({ model }) => blamed.includes(model.of) && isOpen(model))?.model : undefined
  const attempts = () => asked.length - standIns
  const another = (): Model | undefined => (attempts() < rules.maxAttempts && rules.fallback ? fresh() : undefined)
  const second = (mayAsk: () => boolean): Model | undefined => {
    const model = another()
    if (model === undefined || !mayAsk()) return undefined
    asked.push(model)
    return model
  }
  const giveWay = (may: (other: Model) => boolean): boolean => {
    const model = rules.isOver() ? undefined : another()
    if (model === undefined || !may(model)) return false
    heir = model
    return true
  }
  const patienceWith = (model: Model): Patience | undefined => {
    const isAlone = ranking.length < 2 || !rules.fallback || rules.maxAttempts < 2
    return isAlone || asked.length > 1 ? undefined : rules.patience(model, giveWay)
  }
  for (;;) {
    const model = asked.length === 0 ? fresh() : await next()
    if (model === undefined) return fail(tried)
    asked.push(model)
    const patience = patienceWith(model)
    const runs = await hedged(model, rules.hedge(model, second), (each, outpaced) => attempt(each, outpaced, patience))
    for (const { model: from, result } of runs) {
      if (result.ok) return ok({ model: from, answer: result.value, tried, attempts: asked.length })
      tried.push({ model: from.id, failure: result.failure })
      if (consequenceOf(result.failure).moves === 'larger') largerThan = Math.max(largerThan ?? 0, from.contextWindow ?? 0)
    }
    blamed = runs.flatMap(({ model: { of }, result }) =>
      !result.ok && consequenceOf(result.failure).blames === 'credential' ? [of] : [],
    )
    if (runs.some(({ result }) => !result.ok && consequenceOf(result.failure).moves === 'stop')) return fail(tried)
  }

  /** Whom to ask after a failure: the next in the ranking, or someone again. */
  async function next(): Promise<Model | undefined> {
    if (!rules.fallback || rules.isOver()) return undefined
    if (heir !== undefined && !asked.includes(heir)) return heir
    const other = standIn()
    if (other !== undefined) {
      standIns++
      return other
    }
    if (attempts() >= rules.maxAttempts) return undefined
    const model = fresh()
    if (model !== undefined) {
      const isFree = attempts() === 1 && asked.every(each => accountOf(each) !== accountOf(model))
      return isFree || rules.withdraw() ? model : undefined
    }
    const again = repeatable(
      ranking.filter(ranked => fits(ranked.model)),
      tried,
    )
    if (again === undefined) return undefined
    const repeats = tried.length - new Set(tried.map(each => each.model)).size
    return (await rules.pause(repeats, again.waitMs)) ? again.model : undefined
  }
}

/** A refused key or a rate limit comes back at once and costs nothing; still, a model may have a hundred keys and one cause for all their trouble. */
const MAX_STAND_INS = 10

/** Whose quota a request counts against. */
const accountOf = (model: Model): string => `${model.provider} ${secretNamesOf(model).join(' ')} ${model.baseUrl}`

/** Longer than this no client should be kept for the same model's sake. */
const MAX_WAIT_MS = 5_000

/** The best candidate whose last failure is likely to pass, and how long it asks to be left alone. */
function repeatable(ranking: readonly Ranked[], tried: readonly Tried[]): { model: Model; waitMs: number } | undefined {
  for (const { model } of ranking) {
    const last = tried.findLast(each => each.model === model.id)
    const waitMs = last === undefined ? undefined : passesAfterMs(last.failure)
    if (waitMs !== undefined && waitMs <= MAX_WAIT_MS) return { model, waitMs }
  }
  return undefined
}

/** Undefined: not worth asking again. */
function passesAfterMs(failure: Failure): number | undefined {
  switch (failure.kind) {
    case 'unreachable':
    case 'cut':
    case 'stream-error':
      return 0
    case 'overloaded':
      return failure.retryAfterMs ?? 0
    case 'rate-limited':
      return failure.retryAfterMs
    default:
      return undefined
  }
}
