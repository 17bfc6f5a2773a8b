import { expect, it } from 'vitest'
import { adaptive } from '../../src/strategy/adaptive'
import { leastConnections } from '../../src/strategy/least-connections'
import { candidate, situation } from './given'

/** A model with room for 20 answers. */
const given = { firstToken: { baseMs: 100, slopeMsPerToken: 0 }, concurrency: 20, answerMs: 10_000 }
const models = [candidate('failing', given).model, candidate('busy', given).model]

it('what failed lately takes up no room, so that adaptive still uses the model where the others are full', () => {
  const fleet = [
    candidate('failing', { ...given, inFlight: 35, recentFailures: 30, failureRate: 0.5 }),
    candidate('busy', { ...given, inFlight: 25 }),
  ]
  const score = (id: string) =>
    adaptive
      .prepare(models, {})(fleet, situation())
      .find(({ model }) => model.id === id)?.score ?? 0
  // (t + f T) / (1 - f) with t of 100 ms and some crowding, T of 100 ms; elsewhere six answers of 500 ms each have to end first
  expect(score('failing')).toBeLessThan(400)
  expect(score('busy')).toBeGreaterThan(3_000)
})

it('to least-connections, which knows no other cost of failing, it is load', () => {
  const fleet = [candidate('failing', { inFlight: 35, recentFailures: 30 }), candidate('busy', { inFlight: 25 })]
  expect(leastConnections.prepare(models, {})(fleet, situation())[0]?.model.id).toBe('busy')
})
