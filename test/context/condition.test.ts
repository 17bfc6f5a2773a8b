import { expect, describe as suite, test } from 'vitest'
import { compileWhen, fits, type Mismatch, type Subject, type When } from '../../src/context/condition'
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
    { 'metadata.team': ['bl*'] },
    { 'metadata.team': ['blue*'] },
    { 'claims.groups': ['g*', 'r*'] },
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
    expect(compileWhen(when)(subject)).toMatchObject({ matches: false, why })
  })

  const MISMATCHES: readonly (readonly [When, Mismatch])[] = [
    [{ tools: false }, { field: 'tools', wanted: false, found: true }],
    [{ modality: ['audio'] }, { field: 'modality', wanted: ['audio'], found: ['text', 'image'] }],
    [{ turns: { gt: 3, lte: 9 } }, { field: 'turns', wanted: { gt: 3, lte: 9 }, found: 3 }],
    [{ topic: ['chitchat'] }, { field: 'topic', wanted: ['chitchat'], found: 'coding', confidence: 0.6 }],
    [{ task: ['generate'] }, { field: 'task', wanted: ['generate'], found: 'generate', confidence: 0.3 }],
    [{ complexity: { gte: 0.7 } }, { field: 'complexity', wanted: { gte: 0.7 }, found: 0.5, confidence: 0.2 }],
    [{ 'metadata.team': ['red'] }, { field: 'metadata.team', wanted: ['red'], found: 'blue' }],
    [{ 'claims.groups': ['green'] }, { field: 'claims.groups', wanted: ['green'], found: 'red, 7' }],
    [{ 'claims.absent': ['x'] }, { field: 'claims.absent', wanted: ['x'], found: null }],
    [{ 'claims.nested': ['x'] }, { field: 'claims.nested', wanted: ['x'], found: null }],
  ]
  test.each(MISMATCHES)(
    '%j says the same as data: the field, what is wanted, what was found and how sure that is',
    (when, mismatch) => {
      expect(compileWhen(when)(subject)).toMatchObject({ matches: false, mismatch })
    },
  )

  test('a guess that abstains never matches', () => {
    const unsure: Subject = {
      ...subject,
      features: { ...features, topic: { value: undefined, confidence: 0.9 }, complexity: { value: undefined, confidence: 0 } },
    }
    expect(compileWhen({ topic: ['coding'] })(unsure)).toEqual({
      matches: false,
      why: 'topic: expected coding, found no guess',
      mismatch: { field: 'topic', wanted: ['coding'], found: null, confidence: 0.9 },
    })
    expect(compileWhen({ complexity: { gte: 0 } })(unsure).matches).toBe(false)
  })

  test('how sure a guess must be can be set', () => {
    expect(compileWhen({ task: ['generate'] }, { minConfidence: 0.3 })(subject).matches).toBe(true)
    expect(compileWhen({ topic: ['coding'] }, { minConfidence: 0.7 })(subject).matches).toBe(false)
  })

  test('what a client sent is cut short in the reason', () => {
    const match = compileWhen({ 'metadata.team': ['red'] })({ ...subject, metadata: { team: 'x'.repeat(500) } })
    const found = `${'x'.repeat(40)}…`
    expect(match).toMatchObject({ why: `metadata.team: expected red, found ${found}`, mismatch: { found } })
  })
})

suite('a listed value', () => {
  test.each<[string, string, boolean]>([
    ['pro', 'pro', true],
    ['pro', 'pro-plus', false],
    ['pro*', 'pro', true],
    ['pro*', 'pro-plus', true],
    ['pro*', 'a pro', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'x', false],
  ])('%j is meant for %j: %s', (listed, value, expected) => {
    expect(fits(listed, value)).toBe(expected)
  })
})
