import { describe, expect, it } from 'vitest'
import { type Drift, type Learner, regretOf } from './explore'

const FOREVER = Number.MAX_SAFE_INTEGER
const explore = { minShare: 0.01 }
/** As a configuration has it by default: a week's half-life, 100 answers remembered. */
const OURS: Learner = { name: 'forgetting', explore, most: 100, halfLifeMs: 168 * 3_600_000, learns: true }
const STATIONARY: Learner = { name: 'stationary', explore: { minShare: 0 }, most: FOREVER, halfLifeMs: FOREVER, learns: true }
const GREEDY: Learner = { ...OURS, name: 'greedy', explore: undefined }
const NONE: Learner = { ...OURS, name: 'none', learns: false }

const SEEDS = [1, 2, 3]
const mean = (drift: Omit<Drift, 'seed'>, learner: Learner) =>
  SEEDS.reduce((sum, seed) => sum + regretOf({ ...drift, seed }, learner), 0) / SEEDS.length

describe('exploring by feedback', () => {
  const drifting = { requests: 30_000, models: 4, changeEvery: 10_000 }

  it('in a drifting world has at most half the regret of stationary Thompson sampling', () => {
    const [ours, stationary] = [mean(drifting, OURS), mean(drifting, STATIONARY)]
    expect(ours / stationary).toBeLessThanOrEqual(0.5)
  }, 60_000)

  it('beats both not exploring and not learning', () => {
    const ours = mean(drifting, OURS)
    expect(ours).toBeLessThan(mean(drifting, GREEDY))
    expect(ours).toBeLessThan(mean(drifting, NONE) / 4)
  }, 60_000)
})
