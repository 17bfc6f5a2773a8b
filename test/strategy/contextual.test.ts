import { describe, expect, test } from 'vitest'
import { contextual } from '../../src/strategy/contextual'
import { modelAware } from '../../src/strategy/model-aware'
import { roundRobin } from '../../src/strategy/round-robin'
import type { Candidate, Rule, Situation } from '../../src/strategy/strategy'
import { candidate, idsOf, modelsOf, profile, situation } from './given'

const all = [
  candidate('gpt', {}, { weight: 2 }),
  candidate('claude', {}, { profile: profile(0.5, 0.9, 0.5) }),
  candidate('gemini', {}, { weight: 3 }),
  candidate('llama', {}, { weight: 0.5 }),
]
const inTurn = roundRobin.prepare(modelsOf(all), {})

const onTopic =
  (...topics: readonly string[]) =>
  ({ features }: Situation) =>
    topics.includes(features.topic.value ?? '')

const rules: readonly Rule[] = [
  {
    name: 'support',
    applies: onTopic('technical_support', 'coding'),
    uses: ['gpt'],
    fallback: ['claude', 'gemini'],
    rank: inTurn,
  },
  { name: 'paid', applies: ({ claims }) => claims.tier === 'pro', uses: ['claude', 'llama'], fallback: [], rank: inTurn },
  {
    name: 'creative',
    applies: onTopic('creative_writing'),
    uses: ['gpt', 'claude'],
    fallback: ['llama'],
    rank: modelAware.prepare(modelsOf(all), { priority: 'creativity' }),
  },
]
const rank = contextual.prepare(modelsOf(all), { rules })

const about = (
  topic: 'coding' | 'creative_writing' | 'chitchat',
  given: Partial<Omit<Situation, 'features'>> = {},
): Situation => {
  const plain = situation(given)
  return { ...plain, features: { ...plain.features, topic: { value: topic, confidence: 1 } } }
}
const without = (...ids: readonly string[]): readonly Candidate[] => all.filter(({ model }) => !ids.includes(model.id))

describe('contextual', () => {
  test.each([
    [
      'the first rule that applies: its uses, its fallback, the rest by weight',
      all,
      about('coding'),
      ['gpt', 'claude', 'gemini', 'llama'],
    ],
    ['what it uses is ranked by its own strategy', all, about('creative_writing'), ['claude', 'gpt', 'llama', 'gemini']],
    ['what it uses is out: its fallback', without('gpt'), about('coding'), ['claude', 'gemini', 'llama']],
    ['only a part of its fallback is in', without('gpt', 'claude'), about('coding'), ['gemini', 'llama']],
    ['all of it is out: the rest by weight', without('gpt', 'claude', 'gemini'), about('coding'), ['llama']],
    ['a claim decides', all, about('chitchat', { claims: { tier: 'pro' } }), ['claude', 'llama', 'gemini', 'gpt']],
    [
      'all of the first is out: the next rule that applies',
      without('claude', 'llama'),
      about('creative_writing', { claims: { tier: 'pro' } }),
      ['gpt', 'gemini'],
    ],
    [
      'what is left is in the order of the next rule that applies',
      all,
      about('creative_writing', { claims: { tier: 'pro' } }),
      ['claude', 'llama', 'gpt', 'gemini'],
    ],
    ['no rule applies: by weight', all, about('chitchat'), ['gemini', 'gpt', 'claude', 'llama']],
  ])('%s', (_, candidates, given, expected) => {
    expect(idsOf(rank(candidates, given))).toEqual(expected)
  })

  test('hands the situation on to the strategy of the rule', () => {
    const paid = { claims: { tier: 'pro' } }
    expect(idsOf(rank(all, about('chitchat', { ...paid, turn: 0 })))[0]).toBe('claude')
    expect(idsOf(rank(all, about('chitchat', { ...paid, turn: 1 })))[0]).toBe('llama')
  })

  test('ranks by weight without any rules, and equals by id', () => {
    expect(idsOf(contextual.prepare([], {})([...all, candidate('ann')], situation()))).toEqual([
      'gemini',
      'gpt',
      'ann',
      'claude',
      'llama',
    ])
  })

  test('explains itself by the score of the rule, and by the weight where none ranked', () => {
    expect(rank(all, about('coding')).map(({ score }) => score)).toEqual([0, 1, 3, 0.5])
  })
})
