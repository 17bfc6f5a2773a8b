/** What a tracker knows of one model, and how that looks to others. Nothing in it changes, so that many answers share one. */
import { addElsewhere, type Seen } from './elsewhere'
import { type Experience, NO_EXPERIENCE, readExperience } from './experience'
import type { Counts, ModelSnapshot } from './report'
import { less, type Tallied } from './tally'

export interface KnownModel {
  readonly id: string
  /** Undefined: nobody has told of an attempt yet. */
  readonly experience: Experience | undefined
  /** What all isolates have under way. */
  readonly held: Tallied
  readonly elsewhere: Seen
}

/** `own`: whose counts are left out. */
export function modelFor(
  { id, experience = NO_EXPERIENCE, held, elsewhere }: KnownModel,
  own: Counts | undefined,
  nowMs: number,
): ModelSnapshot {
  const { inFlight, waitingTokens, waiting } = own === undefined ? held : less(held, id, own)
  // What is spread comes first, which V8 copies at once and not field by field
  const here = { ...readExperience(experience, waiting, nowMs), inFlight, waitingTokens }
  return addElsewhere(here, elsewhere, id, experience, nowMs)
}

export function modelsFor(
  models: readonly KnownModel[],
  own: Counts | undefined,
  nowMs: number,
): Readonly<Record<string, ModelSnapshot>> {
  const all: Record<string, ModelSnapshot> = {}
  for (const model of models) all[model.id] = modelFor(model, own, nowMs)
  return all
}
