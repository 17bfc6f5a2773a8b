import { describe, expect, it } from 'vitest'
import { profileOf } from '../../src/profile/figures'

describe('a profile', () => {
  it('without figures knows nothing: the middle, worth ten answers', () => {
    const unknown = { mean: 0.5, count: 10 }
    expect(profileOf()).toEqual({ accuracy: unknown, creativity: unknown, ethics: unknown, topics: {} })
  })

  it('takes a written figure as a guess and a measured one by its evidence, up to fifty', () => {
    const { accuracy, creativity, ethics } = profileOf({
      accuracy: 0.9,
      creativity: { value: 0.8, evidence: 14 },
      ethics: { value: 0.7, evidence: 5_000 },
    })
    expect([accuracy, creativity, ethics]).toEqual([
      { mean: 0.9, count: 10 },
      { mean: 0.8, count: 14 },
      { mean: 0.7, count: 50 },
    ])
  })

  it('shrinks what was measured on one topic towards the figure over all, and leaves a written one', () => {
    const { topics } = profileOf({
      accuracy: { value: 0.6, evidence: 40 },
      topics: { coding: { accuracy: { value: 1, evidence: 6 } }, chitchat: { accuracy: 0.95 } },
    })
    // (0.6 × 10 + 6) / 16
    expect(topics.coding).toEqual({ accuracy: { mean: 0.75, count: 16 } })
    expect(topics.chitchat).toEqual({ accuracy: { mean: 0.95, count: 10 } })
  })

  it('measured on nothing is worth nothing, and feedback alone counts then', () => {
    expect(profileOf({ accuracy: { value: 0.9, evidence: 0 } }).accuracy).toEqual({ mean: 0.9, count: 0 })
  })
})
