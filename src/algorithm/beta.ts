/**
 * A belief in a share between 0 and 1 as a Beta distribution, from evidence that is forgotten: by time, and by a cap on how much is remembered, so that
 * a model that changes is believed to have changed after about as many answers as the cap, however much was seen before.
 */
import { decay } from './ewma'

/** So many observations with so great a sum, as of a moment. */
export interface Evidence {
  readonly sum: number
  readonly count: number
  readonly atMs: number
}

export interface Forgetting {
  readonly halfLifeMs: number
  /** Observations remembered at most. */
  readonly most: number
}

export const NO_EVIDENCE: Evidence = { sum: 0, count: 0, atMs: 0 }

/** `score` is in 0..1. */
export function observe(evidence: Evidence, score: number, nowMs: number, forgetting: Forgetting): Evidence {
  const { sum, count } = aged(evidence, nowMs, forgetting)
  const kept = Math.min(1, (forgetting.most - 1) / Math.max(1, count))
  return { sum: sum * kept + score, count: count * kept + 1, atMs: nowMs }
}

/** The same evidence, as much of it as is still remembered. */
export function aged(evidence: Evidence, nowMs: number, { halfLifeMs }: Pick<Forgetting, 'halfLifeMs'>): Evidence {
  const kept = decay(Math.max(0, nowMs - evidence.atMs), halfLifeMs)
  return { sum: evidence.sum * kept, count: evidence.count * kept, atMs: Math.max(nowMs, evidence.atMs) }
}

/** A mean, and the number of observations that it is worth. */
export interface Belief {
  readonly mean: number
  readonly count: number
}

/** Bayes' rule for a Beta prior and observations between 0 and 1. */
export function updated(prior: Belief, evidence: Pick<Evidence, 'sum' | 'count'>): Belief {
  const count = prior.count + evidence.count
  return { mean: count > 0 ? (prior.mean * prior.count + evidence.sum) / count : prior.mean, count }
}

/** One draw from Beta(mean × count, (1 − mean) × count): two gammas, one over their sum. `random` is uniform in [0, 1). */
export function drawBeta({ mean, count }: Belief, random: () => number): number {
  const a = drawGamma(Math.max(SMALLEST_SHAPE, mean * count), random)
  const b = drawGamma(Math.max(SMALLEST_SHAPE, (1 - mean) * count), random)
  return a + b > 0 ? a / (a + b) : mean
}

/** A shape of 0 has no distribution; this is as good as certain. */
const SMALLEST_SHAPE = 1e-3

/** Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); below shape 1 by their boost. */
function drawGamma(shape: number, random: () => number): number {
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Box and Muller (1958). */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
