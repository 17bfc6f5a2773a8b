import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitLine, type LeastSquares, type LeastSquaresOptions, observeSample } from '../../src/algorithm/least-squares'
import { createRandom } from '../../src/algorithm/random'

type Sample = { readonly x: number; readonly y: number }

const options: LeastSquaresOptions = { halfLifeMs: 60_000, prior: { base: 100, slope: 0, reach: 100, weight: 1 } }

const learn = (samples: readonly Sample[], nowMs = 0, by = options) =>
  samples.reduce<LeastSquares | undefined>((state, sample) => observeSample(state, sample, nowMs, by), undefined)

describe('by hand', () => {
  test('without samples the line is the prior', () => {
    expect(fitLine(undefined, 0, options)).toEqual({ base: 100, slope: 0, evidence: 0 })
  })

  test('one sample of 400 at x = 100 meets the prior of 100 half way there, and nothing moves at x = 0', () => {
    // All three weigh 10⁻⁴; in these units w = 3, wx = 200, wxx = 20,000, wy = 600, wxy = 50,000, determinant 20,000
    const line = fitLine(learn([{ x: 100, y: 400 }]), 0, options)
    expect(line.base).toBeCloseTo(100, 9)
    expect(line.slope).toBeCloseTo(1.5, 9)
    expect(line.evidence).toBe(1)
  })

  test('one sample of 400 at x = 0 would tilt the line down, so it becomes level: the mean of 100, 100 and 400', () => {
    const line = fitLine(learn([{ x: 0, y: 400 }]), 0, options)
    expect(line.base).toBeCloseTo(200, 9)
    expect(line.slope).toBe(0)
  })

  test('samples that point below 0 at x = 0 leave a line through 0', () => {
    const weak = { ...options, prior: { ...options.prior, weight: 1e-9 } }
    const line = fitLine(
      learn(
        [
          { x: 100, y: 10 },
          { x: 200, y: 1_000 },
        ],
        0,
        weak,
      ),
      0,
      weak,
    )
    expect(line.base).toBe(0)
    expect(line.slope).toBeGreaterThan(0)
  })

  test('a half-life later a sample weighs half', () => {
    const line = fitLine(learn([{ x: 100, y: 400 }]), 60_000, options)
    // At x = 100 the mean of 100 with weight 1 and 400 with weight 1/2
    expect(line.base + 100 * line.slope).toBeCloseTo(200, 9)
    expect(line.evidence).toBe(0.5)
  })

  test('a sample that is reported a half-life late weighs half as well', () => {
    const state = observeSample(learn([{ x: 100, y: 100 }], 60_000), { x: 100, y: 400 }, 0, options)
    expect(fitLine(state, 60_000, options).evidence).toBe(1.5)
    expect(state?.atMs).toBe(60_000)
  })

  test.each([
    { x: 1, y: 0 },
    { x: 1, y: -1 },
    { x: -1, y: 1 },
    { x: Number.NaN, y: 1 },
    { x: 1, y: Number.POSITIVE_INFINITY },
  ])('%o is no sample', sample => {
    const state = learn([{ x: 100, y: 400 }])
    expect(observeSample(state, sample, 9, options)).toBe(state)
    expect(observeSample(undefined, sample, 9, options)).toBeUndefined()
  })
})

describe('learning', () => {
  const lasting: LeastSquaresOptions = { halfLifeMs: 1e12, prior: { base: 500, slope: 0.1, reach: 2_000, weight: 1 } }

  test('finds the line that exact samples lie on', () => {
    const xs = Array.from({ length: 2_000 }, (_, index) => (index * 37) % 4_000)
    const line = fitLine(
      learn(
        xs.map(x => ({ x, y: 200 + 0.5 * x })),
        0,
        lasting,
      ),
      0,
      lasting,
    )
    // The prior counts for two samples in two thousand, and is 1.5 times off at x = 0
    expect(Math.abs(line.base / 200 - 1)).toBeLessThan(0.01)
    expect(Math.abs(line.slope / 0.5 - 1)).toBeLessThan(0.01)
  })

  test('finds the mean under noise in proportion, not the quick half', () => {
    const random = createRandom(1)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const samples = Array.from({ length: 4_000 }, () => {
      const x = random() * 4_000
      // Log-normal: mean exp(σ²/2) = 1.133 of the median at σ = 0.5, standard deviation 0.53 of the mean
      return { x, y: (200 + 0.5 * x) * Math.exp(0.5 * normal()) }
    })
    const line = fitLine(learn(samples, 0, lasting), 0, lasting)
    // 0.53 / sqrt(4,000) is 0.8 %, three times that at the ends of the range; weighing by 1 / y² would end 40 % below
    for (const x of [0, 1_000, 4_000]) {
      const mean = (200 + 0.5 * x) * Math.exp(0.125)
      expect(Math.abs((line.base + line.slope * x) / mean - 1)).toBeLessThan(0.1)
    }
  })

  test('follows a model that has become slower within a few half-lives', () => {
    let state: LeastSquares | undefined
    for (let atMs = 0; atMs < 600_000; atMs += 1_000) state = observeSample(state, { x: atMs % 4_000, y: 300 }, atMs, options)
    for (let atMs = 600_000; atMs < 1_200_000; atMs += 1_000)
      state = observeSample(state, { x: atMs % 4_000, y: 3_000 }, atMs, options)
    const line = fitLine(state, 1_200_000, options)
    // Ten half-lives leave next to nothing of the old samples; at their mean x the prior counts as 2 samples of 100 beside the
    // last 87: 65 below
    expect(line.base + line.slope * 1_500).toBeGreaterThan(2_920)
    expect(line.base + line.slope * 1_500).toBeLessThan(2_950)
  })

  test('stays determined when all prompts have one length', () => {
    const line = fitLine(learn(new Array<Sample>(10_000).fill({ x: 1_000, y: 1_200 }), 0, lasting), 0, lasting)
    expect(line.base + line.slope * 1_000).toBeCloseTo(1_200, 0)
    expect(line.base).toBeGreaterThan(0)
    expect(line.slope).toBeGreaterThan(0)
  })

  test('the line is never negative nor unknown, and its state survives JSON, whatever was seen and whenever', () => {
    const seen = fc.record({
      x: fc.double({ min: 0, max: 2e6, noNaN: true }),
      y: fc.double({ min: 1, max: 1e6, noNaN: true }),
      atMs: fc.integer({ min: 0, max: 1e9 }),
    })
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 30 }), fc.integer({ min: 0, max: 2e9 }), (samples, nowMs) => {
        const state = samples.reduce<LeastSquares | undefined>(
          (s, { atMs, ...sample }) => observeSample(s, sample, atMs, options),
          undefined,
        )
        const { base, slope, evidence } = fitLine(state, nowMs, options)
        for (const figure of [base, slope, evidence]) {
          expect(figure).toBeGreaterThanOrEqual(0)
          expect(Number.isFinite(figure)).toBe(true)
        }
        expect(JSON.parse(JSON.stringify({ state })).state).toEqual(state)
      }),
      { seed: 2, numRuns: 500 },
    )
  })
})
