/**
 * The off switch of one attempt. Whatever ends it early (the client leaving, a limit) goes through here, so that the abort that everyone sees carries
 * the failure that it means, and the first cause wins.
 */
import type { Failure, Limit } from '../outcome'
import type { Patience } from './patience'
import type { World } from './world'

/** Tells when the upstream is waited for, and when something has come. */
export interface IdleWatch {
  waits(): void
  comes(): void
}

export class Stopper {
  readonly #controller = new AbortController()
  readonly #world: World
  readonly #clientLeft: AbortSignal
  readonly #startedMs: number
  readonly #undo = new Set<() => void>()
  #cause: Failure | undefined
  #isClosed = false

  constructor(world: World, clientLeft: AbortSignal) {
    this.#world = world
    this.#clientLeft = clientLeft
    this.#startedMs = world.now()
    if (clientLeft.aborted) this.#onClientLeft()
    else clientLeft.addEventListener('abort', this.#onClientLeft)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why it was stopped; undefined if it was not, so that a broken body is the upstream's doing. */
  get cause(): Failure | undefined {
    // The signal may be seen before its event has been delivered
    if (this.#isClosed) return undefined
    return this.#cause ?? (this.#clientLeft.aborted ? { kind: 'client-left' } : undefined)
  }

  stop(failure: Failure): void {
    if (this.#controller.signal.aborted) return
    this.#cause = failure
    this.#controller.abort(new Error(failure.kind))
  }

  /** Stops when `signal` aborts. */
  obey(signal: AbortSignal, failure: Failure): void {
    const stop = () => this.stop(failure)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
    this.#undo.add(() => signal.removeEventListener('abort', stop))
  }

  /** Stops after `ms` unless the returned function is called first; sooner where patience is over before. One timer serves both. */
  limit(limit: Limit, ms: number, patience?: Patience): () => void {
    let cancel = () => {}
    const arm = (fromMs: number) => {
      const untilMs = Math.min(ms, fromMs + (patience?.everyMs ?? ms))
      cancel = this.#world.after(untilMs - fromMs, () => {
        this.#undo.delete(cancel)
        // Whatever has stopped it already, a look would promise its place to somebody
        if (this.#controller.signal.aborted) return
        if (untilMs >= ms || patience?.isOver(untilMs) === true)
          this.stop({ kind: 'timeout', limit, afterMs: Math.round(this.#world.now() - this.#startedMs) })
        else arm(untilMs)
      })
      this.#undo.add(cancel)
    }
    arm(0)
    return () => {
      cancel()
      this.#undo.delete(cancel)
    }
  }

  /**
   * Stops when the upstream is waited for longer than `idleMs` at a stretch. Time in which nobody waits for it does not count: a client that
   * reads slowly is not its fault. One timer, renewed only when it runs out, however many bytes pass.
   */
  idle(idleMs: number): IdleWatch {
    let sinceMs: number | undefined
    const arm = (ms: number) => {
      const cancel = this.#world.after(ms, () => {
        this.#undo.delete(cancel)
        const leftMs = sinceMs === undefined ? idleMs : sinceMs + idleMs - this.#world.now()
        if (leftMs > 0) arm(leftMs)
        else this.stop({ kind: 'timeout', limit: 'idle', afterMs: idleMs })
      })
      this.#undo.add(cancel)
    }
    arm(idleMs)
    return {
      waits: () => {
        sinceMs = this.#world.now()
      },
      comes: () => {
        sinceMs = undefined
      },
    }
  }

  /** Nothing more is wanted of the upstream, whose answer is complete. Not a failure. */
  close(): void {
    if (this.#controller.signal.aborted) return
    this.#isClosed = true
    this.#controller.abort(new Error('complete'))
  }

  /** The attempt is over: nothing may fire any more. */
  release(): void {
    for (const cancel of this.#undo) cancel()
    this.#undo.clear()
    this.#clientLeft.removeEventListener('abort', this.#onClientLeft)
  }

  readonly #onClientLeft = () => this.stop({ kind: 'client-left' })
}
