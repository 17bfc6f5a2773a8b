/**
 * An early limit for a stream's first attempt. The configured limit has to suit the slowest model on its worst day; what was expected of this model for this
 * prompt tells much sooner that it is stuck, or behind a queue that nobody saw.
 *
 * To be late is no reason to move: whoever moves waits from the start again and adds to the load. So somebody else has to be clearly quicker, by what is
 * known at that moment, and until then the router looks again and again. Unlike with a hedge there is never more than one answer under way.
 */
import type { Relation } from '../state/cached-share'
import { expectedFirstTokenMs, type ModelLoad } from '../state/model-load'

/** Of an attempt that has brought nothing yet. */
export interface Patience {
  /** Between two looks, ms. */
  readonly everyMs: number
  /** A look: whether to give it up. */
  readonly isOver: (waitedMs: number) => boolean
}

/** A prompt, as it stands to one model. */
export interface Prompt {
  readonly tokens: number
  readonly relation?: Relation | undefined
}

/** Sooner than this no move pays: what is known of the others is about as old. */
const LEAST_MS = 1_000
/**
 * The part of what was waited in which the other has to begin: whoever has waited for long may well wait for as long again. Of a half, a third and a quarter
 * none was clearly better in simulation.
 */
const QUICKER = 0.5

/**
 * Between two looks, by the load before it is sent: `times` what is expected of the model. Undefined: nothing is known of its times, and so
 * nothing is late.
 */
export function patienceMs(load: ModelLoad, prompt: Prompt, times: number): number | undefined {
  const ms = expectedMs(load, prompt)
  return ms === undefined || times <= 0 ? undefined : Math.max(LEAST_MS, times * ms)
}

/** Whether to leave a model that was waited for in vain for another, by the other's load at this moment. */
export function isQuicker(load: ModelLoad, prompt: Prompt, waitedMs: number): boolean {
  const ms = expectedMs(load, prompt)
  return ms !== undefined && ms < QUICKER * waitedMs
}

/** Of a prompt only what is not cached has to be read. */
function expectedMs(load: ModelLoad, { tokens, relation }: Prompt): number | undefined {
  const cached = relation === undefined ? 0 : (load.cached?.[relation] ?? 0)
  const ms = expectedFirstTokenMs(load, tokens * (1 - cached))
  return ms === undefined ? undefined : ms * Math.max(1, load.slowdown)
}
