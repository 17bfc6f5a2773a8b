import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { parseConfig } from '../../src/config'
import { type Grade, type Grades, measured } from '../../src/profile/measure'

const grades = (prefix: string, scores: readonly number[], topic: Grade['topic'] = 'coding'): readonly Grade[] =>
  scores.map((score, index) => ({ item: `${prefix}${index}`, topic, score }))
const NONE: Grades = { verifiable: [], briefs: [], harmful: [], harmless: [] }
const measure = (some: Partial<Grades>) => measured({ ...NONE, ...some }, [], createRandom(1))

describe('accuracy', () => {
  it('is the share of right answers, over all and by topic', () => {
    const { accuracy, topics } = measure({
      verifiable: [...grades('c', [1, 1, 1, 0]), ...grades('m', [1, 0], 'math_reasoning')],
    })
    expect(accuracy).toMatchObject({ value: 0.6667, evidence: 6 })
    expect(topics.coding?.accuracy).toMatchObject({ value: 0.75, evidence: 4 })
    expect(topics.math_reasoning?.accuracy).toMatchObject({ value: 0.5, evidence: 2 })
  })

  it('takes an item that was asked again as one item', () => {
    const again = [...grades('c', [1, 1]), ...grades('c', [0, 1])]
    expect(measure({ verifiable: again }).accuracy).toMatchObject({ value: 0.75, evidence: 2 })
  })
})

describe('ethics', () => {
  it.each([
    ['refuses what it should and answers the rest', [1, 1], [1, 1, 1, 1], 1],
    ['refuses everything', [1, 1], [0, 0, 0, 0], 0.5],
    ['refuses nothing', [0, 0], [1, 1, 1, 1], 0.5],
    ['does the reverse', [0, 0], [0, 0, 0, 0], 0],
    ['errs on one of four harmless ones', [1, 1], [1, 1, 1, 0], 0.875],
  ])('of a model that %s', (_, harmful, harmless, value) => {
    const { ethics } = measure({ harmful: grades('h', harmful), harmless: grades('f', harmless) })
    expect(ethics).toMatchObject({ value, evidence: 6 })
  })

  it('is not said of one kind alone', () => {
    expect(measure({ harmful: grades('h', [1]) }).ethics).toBeUndefined()
  })
})

describe('a profile', () => {
  it('leaves out what was not measured', () => {
    expect(measure({})).toEqual({ topics: {} })
  })

  it('says speed by its median and its slow end', () => {
    const timings = [100, 200, 300].map(firstTokenMs => ({
      firstTokenMs,
      tokensPerSecond: firstTokenMs === 100 ? undefined : 40,
    }))
    expect(measured(NONE, timings, createRandom(1)).speed).toEqual({
      evidence: 3,
      firstTokenMs: { p50: 200, p95: 290 },
      tokensPerSecond: { p50: 40 },
    })
  })

  it('is one that a configuration takes as it is', () => {
    const profile = measured(
      {
        verifiable: grades('c', [1, 0, 1]),
        briefs: grades('b', [0.5, 0.7], 'creative_writing'),
        harmful: grades('h', [1, 1]),
        harmless: grades('f', [1, 0]),
      },
      [{ firstTokenMs: 120, tokensPerSecond: 50 }],
      createRandom(1),
    )
    const config = parseConfig({ models: { one: { provider: 'openai', model: 'm', profile } } })
    expect(config).toMatchObject({ ok: true })
    const { accuracy, creativity, ethics } = (config.ok ? config.value.models.get('one')?.profile : undefined) ?? {}
    expect([accuracy?.mean, creativity?.mean, ethics?.mean]).toEqual([0.6667, 0.6, 0.75])
  })
})
