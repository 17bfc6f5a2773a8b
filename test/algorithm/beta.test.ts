import { describe, expect, it } from 'vitest'
import { aged, drawBeta, NO_EVIDENCE, observe, updated } from '../../src/algorithm/beta'
import { createRandom } from '../../src/algorithm/random'

const FORGETTING = { halfLifeMs: 1_000, most: 50 }

describe('evidence', () => {
  it('counts scores', () => {
    const two = observe(observe(NO_EVIDENCE, 1, 0, FORGETTING), 0.5, 0, FORGETTING)
    expect(two).toEqual({ sum: 1.5, count: 2, atMs: 0 })
  })

  it('halves with every half-life, and keeps its mean', () => {
    const one = observe(NO_EVIDENCE, 0.8, 0, FORGETTING)
    expect(aged(one, 2_000, FORGETTING)).toEqual({ sum: 0.2, count: 0.25, atMs: 2_000 })
  })

  it('does not grow by a clock that was set back', () => {
    expect(aged(observe(NO_EVIDENCE, 1, 5_000, FORGETTING), 0, FORGETTING)).toMatchObject({ sum: 1, count: 1 })
  })

  it('remembers no more than its cap, so that a change shows after about as many', () => {
    let evidence = NO_EVIDENCE
    for (let i = 0; i < 10_000; i++) evidence = observe(evidence, 1, 0, FORGETTING)
    expect(evidence.count).toBeCloseTo(50, 9)
    for (let i = 0; i < 50; i++) evidence = observe(evidence, 0, 0, FORGETTING)
    // (49/50)^50 of the old is left
    expect(evidence.sum / evidence.count).toBeCloseTo(0.98 ** 50, 9)
  })
})

describe('a belief', () => {
  it('is the prior without evidence, and the evidence where there is much', () => {
    expect(updated({ mean: 0.7, count: 10 }, NO_EVIDENCE)).toEqual({ mean: 0.7, count: 10 })
    expect(updated({ mean: 0.5, count: 10 }, { sum: 30, count: 30 })).toEqual({ mean: 35 / 40, count: 40 })
    expect(updated({ mean: 0.5, count: 0 }, NO_EVIDENCE).mean).toBe(0.5)
  })

  it.each([
    [0.5, 2],
    [0.9, 10],
    [0.1, 0.5],
    [0.3, 200],
  ])('of mean %d worth %d is drawn with the mean and variance of its Beta distribution', (mean, count) => {
    const random = createRandom(7)
    const draws = Array.from({ length: 20_000 }, () => drawBeta({ mean, count }, random))
    const average = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    const variance = draws.reduce((sum, draw) => sum + (draw - average) ** 2, 0) / draws.length
    const expected = (mean * (1 - mean)) / (count + 1)
    // five standard errors of the mean; the variance's own error is below 3 % for these shapes
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(expected / draws.length))
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.1)
    expect(draws.every(draw => draw >= 0 && draw <= 1)).toBe(true)
  })

  it('that is certain, or worth nothing, still gives a number', () => {
    const random = createRandom(1)
    for (const belief of [
      { mean: 0, count: 10 },
      { mean: 1, count: 10 },
      { mean: 0.5, count: 0 },
    ])
      expect(drawBeta(belief, random)).toSatisfy((draw: number) => draw >= 0 && draw <= 1)
  })
})
