import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/model'
import { qualitiesOf } from '../../src/profile/quality'
import type { FeedbackTable } from '../../src/state/registry-view'

const FORGETTING = { halfLifeMs: 1_000, most: 200 }
const guess = (mean: number) => ({ mean, count: 10 })
const PROFILE: Profile = { accuracy: guess(0.6), creativity: guess(0.7), ethics: guess(0.8), topics: {} }
const of = (feedback?: FeedbackTable[string], topic?: string, profile = PROFILE, nowMs = 0) =>
  qualitiesOf(profile, feedback, topic, nowMs, FORGETTING)

describe('what is believed of a model', () => {
  it('without feedback is its profile', () => {
    expect(of()).toEqual({ accuracy: guess(0.6), creativity: guess(0.7), ethics: guess(0.8) })
    expect(of(undefined, 'coding').accuracy).toEqual(guess(0.6))
  })

  it('by topic is what the profile says of that topic', () => {
    const profile = { ...PROFILE, topics: { coding: { accuracy: { mean: 0.9, count: 30 } } } }
    expect(of(undefined, 'coding', profile)).toMatchObject({ accuracy: { mean: 0.9, count: 30 }, creativity: guess(0.7) })
    expect(of(undefined, 'chitchat', profile).accuracy).toEqual(guess(0.6))
  })

  it('moves with feedback on the topic by Bayes’ rule, starting from what is known of all topics', () => {
    const feedback = { accuracy: { coding: { sum: 0, count: 10, atMs: 0 } } }
    // over all: (0.6 × 10 + 0) / 20 = 0.3; on coding: (0.3 × 10 + 0) / 20
    expect(of(feedback).accuracy).toEqual({ mean: 0.3, count: 20 })
    expect(of(feedback, 'coding').accuracy).toEqual({ mean: 0.15, count: 20 })
    expect(of(feedback, 'chitchat').accuracy).toEqual({ mean: 0.3, count: 20 })
    expect(of(feedback, 'coding').creativity).toEqual(guess(0.7))
  })

  it('counts feedback on requests whose topic nobody could tell towards all', () => {
    expect(of({ ethics: { '*': { sum: 10, count: 10, atMs: 0 } } }, 'coding').ethics).toEqual({ mean: 0.9, count: 20 })
  })

  it('goes back towards the profile as feedback grows old', () => {
    const feedback = { accuracy: { '*': { sum: 0, count: 10, atMs: 0 } } }
    expect(of(feedback, undefined, PROFILE, 1_000).accuracy.mean).toBeCloseTo(6 / 15, 12)
    expect(of(feedback, undefined, PROFILE, 60_000).accuracy.mean).toBeCloseTo(0.6, 9)
  })
})
