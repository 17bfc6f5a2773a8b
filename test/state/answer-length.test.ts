import { expect, test } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { NO_ANSWERS, NO_LENGTHS, observeLengths, readLengths, withLength } from '../../src/state/answer-length'
import { normal } from '../simulation/synthetic-trace'

test('median and spread of log-normal lengths are found again', () => {
  const random = createRandom(1)
  let state = NO_ANSWERS
  for (let batch = 0; batch < 100; batch++) {
    let lengths = NO_LENGTHS
    for (let answer = 0; answer < 10; answer++) lengths = withLength(lengths, Math.round(200 * Math.exp(0.7 * normal(random))))
    state = observeLengths(state, lengths, 1_000 * batch)
  }
  const { median, spread } = readLengths(state, 100_000) ?? { median: 0, spread: 0 }
  // Standard errors of a thousand: 200 × 0.7 / √1000 = 4.4 tokens, 0.7 / √2000 = 0.016
  expect(Math.abs(median - 200)).toBeLessThan(4 * 4.4)
  expect(Math.abs(spread - 0.7)).toBeLessThan(4 * 0.016)
})

test('what was cut short counts as twice as long', () => {
  expect(withLength(NO_LENGTHS, 50, true)).toEqual(withLength(NO_LENGTHS, 100))
})

test('two batches say nothing yet, and what was known fades', () => {
  const seen = (batches: number) =>
    Array.from({ length: batches }).reduce<typeof NO_ANSWERS>(
      state => observeLengths(state, withLength(NO_LENGTHS, 80), 0),
      NO_ANSWERS,
    )
  expect(readLengths(seen(2), 0)).toBeUndefined()
  expect(readLengths(seen(4), 0)?.median).toBeCloseTo(80, 1)
  expect(readLengths(seen(4), 3_600_000)).toBeUndefined()
})

test('no answers change nothing', () => {
  expect(observeLengths(NO_ANSWERS, NO_LENGTHS, 5)).toBe(NO_ANSWERS)
})
