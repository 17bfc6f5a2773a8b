import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { compileWhen, type Subject, shadows, type When } from '../../src/context/condition'
import type { Features } from '../../src/context/features'

const features: Features = {
  language: { value: 'de', confidence: 0.9 },
  topic: { value: 'coding', confidence: 0.6 },
  task: { value: 'generate', confidence: 0.3 },
  complexity: { value: 0.5, confidence: 0.2 },
  modalities: ['text', 'image'],
  tools: true,
  jsonSchema: false,
  stream: false,
  promptTokens: 1_000,
  turns: 3,
}
const subject: Subject = {
  features,
  metadata: { team: 'blue' },
  claims: { tier: 'pro', level: 3, admin: true, groups: ['red', 7], nothing: null, nested: { a: 1 } },
}

suite('a condition', () => {
  const HOLDS: readonly When[] = [
    {},
    { topic: ['technical_support', 'coding'] },
    { language: ['en', 'de'] },
    { modality: ['audio', 'image'] },
    { tools: true },
    { stream: false },
    { complexity: { gte: 0.5 } },
    { complexity: { gt: 0.4, lt: 0.6 } },
    { promptTokens: { lte: 1_000 } },
    { turns: { gte: 3, lte: 3 } },
    { 'metadata.team': ['red', 'blue'] },
    { 'claims.tier': ['pro'] },
    { 'claims.level': ['3'] },
    { 'claims.admin': ['true'] },
    { 'claims.groups': ['red'] },
    { 'claims.groups': ['7'] },
    { topic: ['coding'], language: ['de'], tools: true, 'claims.tier': ['pro'] },
    { topic: undefined },
  ]
  test.each(HOLDS)('%j holds', when => {
    expect(compileWhen(when)(subject)).toEqual({ matches: true })
  })

  const FAILS: readonly (readonly [When, string])[] = [
    [{ topic: ['creative_writing'] }, 'topic: expected creative_writing, found coding'],
    [{ language: ['en', 'fr'] }, 'language: expected en or fr, found de'],
    [{ task: ['generate'] }, 'task: expected generate, found generate, unsure (0.30 below 0.35)'],
    [{ modality: ['audio'] }, 'modality: expected audio, found text and image'],
    [{ tools: false }, 'tools: expected no, found yes'],
    [{ stream: true }, 'stream: expected yes, found no'],
    [{ complexity: { gte: 0.7 } }, 'complexity: expected >= 0.7, found 0.5'],
    [{ complexity: { gt: 0.5 } }, 'complexity: expected > 0.5, found 0.5'],
    [{ turns: { gt: 3, lte: 9 } }, 'turns: expected > 3 and <= 9, found 3'],
    [{ promptTokens: { lt: 1_000 } }, 'promptTokens: expected < 1000, found 1000'],
    [{ 'metadata.team': ['red'] }, 'metadata.team: expected red, found blue'],
    [{ 'metadata.absent': ['red'] }, 'metadata.absent: expected red, found none'],
    [{ 'claims.tier': ['free', 'basic'] }, 'claims.tier: expected free or basic, found pro'],
    [{ 'claims.groups': ['green'] }, 'claims.groups: expected green, found red, 7'],
    [{ 'claims.nothing': ['null'] }, 'claims.nothing: expected null, found none'],
    [{ 'claims.nested': ['1'] }, 'claims.nested: expected 1, found no plain value'],
    [{ 'claims.constructor': ['x'] }, 'claims.constructor: expected x, found none'],
    [{ topic: [] }, 'topic: expected nothing, found coding'],
    [{ topic: ['coding'], tools: false }, 'tools: expected no, found yes'],
  ]
  test.each(FAILS)('%j does not hold, and says why', (when, why) => {
    expect(compileWhen(when)(subject)).toEqual({ matches: false, why })
  })

  test('a guess that abstains never matches', () => {
    const unsure: Subject = {
      ...subject,
      features: { ...features, topic: { value: undefined, confidence: 0.9 }, complexity: { value: undefined, confidence: 0 } },
    }
    expect(compileWhen({ topic: ['coding'] })(unsure)).toEqual({ matches: false, why: 'topic: expected coding, found no guess' })
    expect(compileWhen({ complexity: { gte: 0 } })(unsure).matches).toBe(false)
  })

  test('how sure a guess must be can be set', () => {
    expect(compileWhen({ task: ['generate'] }, { minConfidence: 0.3 })(subject).matches).toBe(true)
    expect(compileWhen({ topic: ['coding'] }, { minConfidence: 0.7 })(subject).matches).toBe(false)
  })

  test('what a client sent is cut short in the reason', () => {
    const match = compileWhen({ 'metadata.team': ['red'] })({ ...subject, metadata: { team: 'x'.repeat(500) } })
    expect(match).toEqual({ matches: false, why: `metadata.team: expected red, found ${'x'.repeat(40)}…` })
  })
})

suite('shadowing', () => {
  const SHADOWS: readonly (readonly [When, When])[] = [
    [{}, {}],
    [{}, { topic: ['coding'] }],
    [{ topic: ['coding', 'chitchat'] }, { topic: ['coding'], tools: true }],
    [{ complexity: { gte: 0.5 } }, { complexity: { gte: 0.5 } }],
    [{ complexity: { gte: 0.5 } }, { complexity: { gt: 0.5 } }],
    [{ complexity: { gt: 0.5 } }, { complexity: { gte: 0.6, lte: 0.8 } }],
    [{ turns: { lte: 9 } }, { turns: { lt: 9 } }],
    [{ tools: true }, { tools: true, stream: false }],
    [{ 'claims.tier': ['pro', 'free'] }, { 'claims.tier': ['pro'] }],
    [{ topic: undefined }, {}],
  ]
  test.each(SHADOWS)('%j takes all that %j would', (earlier, later) => {
    expect(shadows(earlier, later)).toBe(true)
  })

  const DOES_NOT: readonly (readonly [When, When])[] = [
    [{ topic: ['coding'] }, {}],
    [{ topic: ['coding'] }, { topic: ['coding', 'chitchat'] }],
    [{ topic: ['coding'], tools: true }, { topic: ['coding'] }],
    [{ complexity: { gt: 0.5 } }, { complexity: { gte: 0.5 } }],
    [{ complexity: { gte: 0.5 } }, { complexity: { lte: 0.9 } }],
    [{ complexity: { gte: 0.5, lte: 0.8 } }, { complexity: { gte: 0.6 } }],
    [{ tools: true }, { tools: false }],
    [{ 'claims.tier': ['pro'] }, { 'metadata.tier': ['pro'] }],
    [{ complexity: { gte: 0 } }, {}],
  ]
  test.each(DOES_NOT)('%j leaves something for %j', (earlier, later) => {
    expect(shadows(earlier, later)).toBe(false)
  })

  test('whenever it says so, every subject that matches the later condition matches the earlier one', () => {
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
    const step = fc.integer({ min: 0, max: 4 })
    const range = fc.record({ gte: optional(step), lte: optional(step), gt: optional(step), lt: optional(step) })
    const some = <T extends string>(...values: readonly T[]) => fc.subarray([...values], { minLength: 1 })
    const when: fc.Arbitrary<When> = fc.record({
      topic: optional(some('coding', 'chitchat')),
      modality: optional(some('text', 'image')),
      tools: optional(fc.boolean()),
      turns: optional(range),
      'claims.tier': optional(some('a', 'b')),
    })
    const subjects: fc.Arbitrary<Subject> = fc
      .record({
        topic: fc.constantFrom('coding' as const, 'chitchat' as const, undefined),
        modalities: fc.subarray(['text' as const, 'image' as const]),
        tools: fc.boolean(),
        turns: step,
        tier: fc.subarray(['a', 'b', 'c']),
      })
      .map(({ topic, tier, ...rest }) => ({
        features: { ...features, ...rest, topic: { value: topic, confidence: 1 } },
        metadata: {},
        claims: { tier },
      }))
    let shadowed = 0
    fc.assert(
      fc.property(when, when, fc.array(subjects, { minLength: 20, maxLength: 20 }), (earlier, later, tried) => {
        if (!shadows(earlier, later)) return
        shadowed++
        for (const one of tried) if (compileWhen(later)(one).matches) expect(compileWhen(earlier)(one).matches).toBe(true)
      }),
      { seed: 16, numRuns: 5_000 },
    )
    // or the property would have claimed nothing
    expect(shadowed).toBeGreaterThan(100)
  })
})
