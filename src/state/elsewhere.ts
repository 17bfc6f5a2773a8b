/**
 * What other trackers have told of their isolates, and how a model looks with that. It is put together now and then and not for every question; a tracker that
 * has fallen silent drops out then.
 */
import { scarcer } from './headroom'
import { DUE_MS, type Headroom, type ModelSnapshot } from './report'
import { aged, merged, NO_SUMMARY, SUMMARY_MS, type Summary, type SummaryRow } from './summary'

/** Some of it fades. */
const LOOK_MS = 500
const NOBODY = [0, 0, 0] as const

export class Elsewhere {
  readonly #told = new Map<string, { readonly summary: Summary; readonly atMs: number }>()
  #all: Summary = NO_SUMMARY
  #lookedAtMs = Number.NEGATIVE_INFINITY

  /** Returns the models that may look different now. */
  hear(source: string, summary: Summary, nowMs: number): Iterable<string> {
    this.#told.set(source, { summary, atMs: nowMs })
    return this.#look(nowMs)
  }

  /** The same, as time passes. */
  pass(nowMs: number): Iterable<string> {
    return this.#told.size > 0 && Math.abs(nowMs - this.#lookedAtMs) >= LOOK_MS ? this.#look(nowMs) : []
  }

  /** Everyone together, as of the last look. */
  get all(): Summary {
    return this.#all
  }

  /** One tracker's isolates and all of these, as of now, but for what `listener` told. */
  joined(own: Summary, listener: string, nowMs: number): Summary {
    return this.#told.size === 0 ? own : merged([own, this.#but(listener, nowMs)])
  }

  held(model: string): NonNullable<SummaryRow['held']> {
    return this.#all.models[model]?.held ?? NOBODY
  }

  /** A model as it is here, with what is known of it elsewhere. `succeededAtMs`: when it last answered well here. */
  addTo(here: ModelSnapshot, id: string, succeededAtMs: number, nowMs: number): ModelSnapshot {
    const row = this.#all.models[id]
    if (row === undefined) return here
    const [inFlight, waitingTokens] = row.held ?? NOBODY
    return {
      ...here,
      inFlight: here.inFlight + inFlight,
      waitingTokens: here.waitingTokens + waitingTokens,
      recentFailures: here.recentFailures + (row.failures ?? 0),
      headroom: scarcer(here.headroom, headroomOf(row)),
      ejectedForMs: Math.max(here.ejectedForMs, this.#outForMs(row, succeededAtMs, nowMs)),
    }
  }

  /**
   * Elsewhere its time is over, and only an answer is missing. Whoever left it out may have no more requests for it, or no way to it, so that whoever hears of it
   * has to find out for himself.
   */
  isDue(id: string, succeededAtMs: number, nowMs: number): boolean {
    const row = this.#all.models[id]
    return row !== undefined && this.#outForMs(row, succeededAtMs, nowMs) === DUE_MS
  }

  /** Elsewhere it is left out. Whoever has had an answer from it since knows better: what fails there works here. */
  #outForMs({ out }: SummaryRow, succeededAtMs: number, nowMs: number): number {
    if (out === undefined) return 0
    const elapsedMs = nowMs - this.#lookedAtMs
    return succeededAtMs > nowMs - elapsedMs - out[1] ? 0 : Math.max(DUE_MS, out[0] - elapsedMs)
  }

  #look(nowMs: number): Iterable<string> {
    for (const [source, { atMs }] of this.#told) if (nowMs - atMs >= SUMMARY_MS) this.#told.delete(source)
    const before = this.#all
    this.#all = this.#but(undefined, nowMs)
    this.#lookedAtMs = nowMs
    return new Set([...Object.keys(before.models), ...Object.keys(this.#all.models)])
  }

  /** Those that were heard lately. */
  #but(except: string | undefined, nowMs: number): Summary {
    const told: Summary[] = []
    for (const [source, { summary, atMs }] of this.#told)
      if (source !== except && nowMs - atMs < SUMMARY_MS) told.push(aged(summary, Math.max(0, nowMs - atMs)))
    return told.length === 0 ? NO_SUMMARY : merged(told)
  }
}

const headroomOf = ({ headroom }: SummaryRow): Headroom | null =>
  headroom === undefined ? null : { share: headroom[0], forMs: headroom[1] }
