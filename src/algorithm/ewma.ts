/**
 * A moving average of samples that come at irregular times: a sample's weight halves with every half-life that passes
 * (exponential forward decay: Cormode, Shkapenyuk, Srivastava and Xu, ICDE 2009).
 *
 * The state carries the decayed number of its samples beside their mean. The textbook form without it, mean += (1 - keep) ×
 * (sample - mean), gives no weight at all to a second sample at the same instant, and where clocks advance only at I/O whole
 * bursts come at one instant. The number also says how much the mean is worth: it fades, while the mean itself does not.
 *
 * States are plain data, never changed in place. `nowMs` may go backwards, as when reports arrive late: such a sample counts as
 * the old one it is.
 */

export interface Ewma {
  readonly value: number
  /** Decayed number of samples, as of `atMs`. */
  readonly weight: number
  readonly atMs: number
}

/** What is left of a weight of 1 after `elapsedMs`; 1 if that is negative. */
export function decay(elapsedMs: number, halfLifeMs: number): number {
  return elapsedMs > 0 ? 2 ** (-elapsedMs / halfLifeMs) : 1
}

/** The average with one more sample. A sample that is not a finite number leaves it as it is. */
export function observe(state: Ewma | undefined, sample: number, nowMs: number, halfLifeMs: number): Ewma | undefined {
  if (!Number.isFinite(sample)) return state
  if (state === undefined) return { value: sample, weight: 1, atMs: nowMs }
  const kept = evidence(state, nowMs, halfLifeMs)
  const added = decay(state.atMs - nowMs, halfLifeMs)
  const weight = kept + added
  return { value: state.value + (sample - state.value) * (added / weight), weight, atMs: Math.max(state.atMs, nowMs) }
}

/** How many recent samples the average rests on, decayed to `nowMs`. */
export function evidence(state: Ewma | undefined, nowMs: number, halfLifeMs: number): number {
  return state === undefined ? 0 : state.weight * decay(nowMs - state.atMs, halfLifeMs)
}

/**
 * The average as if `priorWeight` samples of `prior` stood behind it: near `prior` while there is little evidence, and back to it
 * as the evidence fades. For figures that need an answer always, such as a failure rate. Does not change the state.
 */
export function readWithPrior(
  state: Ewma | undefined,
  nowMs: number,
  halfLifeMs: number,
  prior: number,
  priorWeight: number,
): number {
  const weight = evidence(state, nowMs, halfLifeMs)
  if (state === undefined || weight + priorWeight === 0) return prior
  return prior + (state.value - prior) * (weight / (weight + priorWeight))
}
