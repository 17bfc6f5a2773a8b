/**
 * How long a model writes at an answer, from the first token to the last. By Little's law that is how long all of its answers were being written, over how many of
 * them are over. A mean of those that are over would be too short for as long as the long ones still go on: at first by several times, and again whenever the
 * model becomes slower, which is when it matters how soon a place will be free.
 *
 * The isolate counts the time, the tracker sums it up. Plain data.
 */
import { decay } from '../algorithm/ewma'

/** Decayed sums over the fleet. */
export interface AnswerTime {
  readonly writtenMs: number
  /** Answers that are over, whichever way. */
  readonly ended: number
  readonly atMs: number
}

const HALF_LIFE_MS = 60_000
/** Of fewer nothing can be said. */
const LEAST_ENDED = 0.5

/** With what answers were being written since the last time, all of them together, and how many of them are over by now. */
export function observeWriting(state: AnswerTime | undefined, writtenMs: number, ended: number, nowMs: number): AnswerTime {
  const kept = state === undefined ? 0 : decay(nowMs - state.atMs, HALF_LIFE_MS)
  return {
    writtenMs: (state?.writtenMs ?? 0) * kept + writtenMs,
    ended: (state?.ended ?? 0) * kept + ended,
    atMs: Math.max(nowMs, state?.atMs ?? nowMs),
  }
}

export function readAnswerMs(state: AnswerTime | undefined): number | undefined {
  return state === undefined || state.ended < LEAST_ENDED ? undefined : state.writtenMs / state.ended
}

/** An isolate's own answers, as they are being written. */
export class Writing {
  readonly #models = new Map<string, { readonly count: number; readonly writtenMs: number; readonly atMs: number }>()

  begin(model: string, nowMs: number): void {
    this.#move(model, 1, nowMs)
  }

  end(model: string, nowMs: number): void {
    this.#move(model, -1, nowMs)
  }

  /** How long the model's answers were being written since it was last asked, all of them together. */
  takeMs(model: string, nowMs: number): number {
    const { count, writtenMs } = this.#until(model, nowMs)
    if (count === 0) this.#models.delete(model)
    else this.#models.set(model, { count, writtenMs: 0, atMs: nowMs })
    return Math.round(writtenMs)
  }

  #move(model: string, more: number, nowMs: number): void {
    const { count, writtenMs } = this.#until(model, nowMs)
    this.#models.set(model, { count: count + more, writtenMs, atMs: nowMs })
  }

  #until(model: string, nowMs: number) {
    const { count, writtenMs, atMs } = this.#models.get(model) ?? { count: 0, writtenMs: 0, atMs: nowMs }
    return { count, writtenMs: writtenMs + count * Math.max(0, nowMs - atMs) }
  }
}
