/**
 * What other trackers have told of their isolates, and how a model looks with that. It is put together now and then and not for every question; a tracker that
 * has fallen silent drops out then.
 */
import { type Health, leftOutMs, probedForMs, toldOut } from './ejection'
import type { Experience } from './experience'
import { scarcer } from './headroom'
import { DUE_MS, type Headroom, type ModelSnapshot } from './report'
import { aged, merged, NO_SUMMARY, SUMMARY_MS, type Summary, type SummaryRow } from './summary'

/** Some of it fades. */
const LOOK_MS = 500
const NOBODY = [0, 0, 0] as const

/** Everyone together, as of the last look. Nothing in it changes. */
export interface Seen {
  readonly all: Summary
  readonly atMs: number
}

export class Elsewhere {
  readonly #told = new Map<string, { readonly summary: Summary; readonly atMs: number }>()
  #seen: Seen = { all: NO_SUMMARY, atMs: Number.NEGATIVE_INFINITY }

  /** Returns the models that may look different now. */
  hear(source: string, summary: Summary, nowMs: number): readonly string[] {
    this.#told.set(source, { summary, atMs: nowMs })
    return this.#look(nowMs)
  }

  /** The same, as time passes. */
  pass(nowMs: number): readonly string[] {
    return this.#told.size > 0 && Math.abs(nowMs - this.#seen.atMs) >= LOOK_MS ? this.#look(nowMs) : []
  }

  get seen(): Seen {
    return this.#seen
  }

  /** One tracker's isolates and all of these, as of now, but for what `listener` told. */
  joined(own: Summary, listener: string, nowMs: number): Summary {
    return this.#told.size === 0 ? own : merged([own, this.#but(listener, nowMs)])
  }

  held(model: string): NonNullable<SummaryRow['held']> {
    return this.#seen.all.models[model]?.held ?? NOBODY
  }

  #look(nowMs: number): readonly string[] {
    for (const [source, { atMs }] of this.#told) if (nowMs - atMs >= SUMMARY_MS) this.#told.delete(source)
    const before = this.#seen.all
    const all = this.#but(undefined, nowMs)
    this.#seen = { all, atMs: nowMs }
    return [...new Set([...Object.keys(before.models), ...Object.keys(all.models)])]
  }

  /** Those that were heard lately. */
  #but(except: string | undefined, nowMs: number): Summary {
    const told: Summary[] = []
    for (const [source, { summary, atMs }] of this.#told)
      if (source !== except && nowMs - atMs < SUMMARY_MS) told.push(aged(summary, Math.max(0, nowMs - atMs)))
    return told.length === 0 ? NO_SUMMARY : merged(told)
  }
}

/** A model as it is here, with what is known of it elsewhere. */
export function addElsewhere(
  here: ModelSnapshot,
  seen: Seen,
  id: string,
  { health, succeededAtMs = 0 }: Experience,
  nowMs: number,
): ModelSnapshot {
  const row = seen.all.models[id]
  if (row === undefined) return here
  const [inFlight, waitingTokens] = row.held ?? NOBODY
  return {
    ...here,
    inFlight: here.inFlight + inFlight,
    waitingTokens: here.waitingTokens + waitingTokens,
    recentFailures: here.recentFailures + (row.failures ?? 0),
    headroom: scarcer(here.headroom, headroomOf(row)),
    dueForMs: undefined,
    ...toldOut(outOfEither(health, outThereMs(row, seen.atMs, succeededAtMs, nowMs), nowMs)),
  }
}

/**
 * Elsewhere its time is over, and only an answer is missing. Whoever left it out may have no more requests for it, or no way to it, so that whoever hears of it
 * has to find out for himself.
 */
export function isDueElsewhere({ all, atMs }: Seen, id: string, succeededAtMs: number, nowMs: number): boolean {
  const row = all.models[id]
  return row !== undefined && (outThereMs(row, atMs, succeededAtMs, nowMs) ?? Number.POSITIVE_INFINITY) <= DUE_MS
}

/** As `leftOutMs`. Left out there, it may be tried from here. */
function outOfEither(health: Health, thereMs: number | undefined, nowMs: number): number | undefined {
  const hereMs = leftOutMs(health, nowMs)
  if (thereMs === undefined) return hereMs
  const probedMs = probedForMs(health, nowMs)
  return Math.max(hereMs ?? thereMs, thereMs, probedMs > 0 ? probedMs : thereMs)
}

/** Elsewhere it is left out. Whoever has had an answer from it since knows better: what fails there works here. `atMs`: when that was seen. */
function outThereMs({ out }: SummaryRow, atMs: number, succeededAtMs: number, nowMs: number): number | undefined {
  if (out === undefined) return undefined
  const elapsedMs = nowMs - atMs
  return succeededAtMs > nowMs - elapsedMs - out[1] ? undefined : out[0] - elapsedMs
}

const headroomOf = ({ headroom }: SummaryRow): Headroom | null =>
  headroom === undefined ? null : { share: headroom[0], forMs: headroom[1] }
