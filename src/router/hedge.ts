/**
 * A hedged attempt (Dean and Barroso, "The Tail at Scale", 2013): when the first is slower than nearly all its like, a second
 * starts beside it, and whichever commits first answers. Only an answer wins; a failure leaves the other running. The loser is stopped at once.
 */
import type { Model } from '../model'
import type { Result } from '../outcome'

/** `outpaced` aborts when the other one has won; the attempt then ends by itself, whatever state it is in. */
export type Attempt<T> = (model: Model, outpaced: AbortSignal) => Promise<Result<T>>

export interface Hedge {
  /** Calls back when the first has had its time; the returned function calls it off. */
  readonly patience: (over: () => void) => () => void
  /** The second candidate, if there is one and the budget allows; asked once, when patience is over. */
  readonly second: () => Model | undefined
}

export interface Run<T> {
  readonly model: Model
  readonly result: Result<T>
}

/** In the order in which they ended, an answer last. One that was outpaced is not among them. */
export async function hedged<T>(first: Model, hedge: Hedge | undefined, attempt: Attempt<T>): Promise<readonly Run<T>[]> {
  const start = (model: Model) => {
    const stop = new AbortController()
    const run = attempt(model, stop.signal).then((result): Run<T> => ({ model, result }))
    return { run, stop }
  }
  const a = start(first)
  if (hedge === undefined) return [await a.run]
  let callOff = () => {}
  const patience = new Promise<undefined>(resolve => {
    callOff = hedge.patience(() => resolve(undefined))
  })
  const early = await Promise.race([a.run, patience])
  callOff()
  const second = early === undefined ? hedge.second() : undefined
  if (second === undefined) return [early ?? (await a.run)]

  const b = start(second)
  const ended = await Promise.race([a.run, b.run])
  const other = ended.model === first ? b : a
  if (!ended.result.ok) return [ended, await other.run]
  other.stop.abort()
  return [ended]
}
