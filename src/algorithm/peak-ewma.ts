/**
 * A moving average for latency that believes bad news at once and good news slowly: a sample above it replaces it, one below only
 * pulls it down by the time that passed (the peak EWMA of Twitter's Finagle). Left alone it fades to 0, so that what was once
 * slow is tried again.
 */
import { decay } from './ewma'

export interface PeakEwma {
  readonly value: number
  readonly atMs: number
}

/** A sample that is not a finite number leaves the average as it is. A late one can only raise it. */
export function observePeak(
  state: PeakEwma | undefined,
  sample: number,
  nowMs: number,
  halfLifeMs: number,
): PeakEwma | undefined {
  if (!Number.isFinite(sample)) return state
  if (state === undefined) return { value: sample, atMs: nowMs }
  const keep = decay(nowMs - state.atMs, halfLifeMs)
  const value = Math.max(sample, state.value * keep + sample * (1 - keep))
  return { value, atMs: Math.max(state.atMs, nowMs) }
}

/** The faded average at `nowMs`; undefined if nothing was ever seen. Does not change the state. */
export function readPeak(state: PeakEwma | undefined, nowMs: number, halfLifeMs: number): number | undefined {
  return state === undefined ? undefined : state.value * decay(nowMs - state.atMs, halfLifeMs)
}
