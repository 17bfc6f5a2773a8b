import { describe, expect, it } from 'vitest'
import { parseControls, withoutControls } from '../../src/router/controls'
import { STRATEGIES } from '../../src/strategy/strategy'
import { chat } from '../provider/requests'

const fromHeaders = (headers: Readonly<Record<string, string>>, fields: Record<string, unknown> = {}) =>
  parseControls(chat(fields), name => headers[name] ?? null)
const ok = (headers: Readonly<Record<string, string>>, fields: Record<string, unknown> = {}) => {
  const parsed = fromHeaders(headers, fields)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return parsed.value
}

const NONE = {
  strategy: undefined,
  priority: undefined,
  key: undefined,
  models: undefined,
  deadlineMs: undefined,
  fallback: true,
  keepAlive: true,
}

describe('per-request controls', () => {
  it('say nothing where nothing is said', () => {
    expect(ok({})).toEqual(NONE)
    expect(ok({}, { metadata: { project: 'x' } })).toEqual(NONE)
  })

  it.each([
    ['x-router-strategy', 'least-connections', { strategy: 'least-connections' }],
    ['x-router-priority', 'ethics', { priority: 'ethics' }],
    ['x-router-key', 'customer 7', { key: 'customer 7' }],
    ['x-router-models', 'gpt, fast ,,claude', { models: ['gpt', 'fast', 'claude'] }],
    ['x-router-regions', 'EU, us ,,', { regions: ['eu', 'us'] }],
    ['x-router-deadline-ms', '2500', { deadlineMs: 2_500 }],
    ['x-router-deadline-ms', '3600000', { deadlineMs: 3_600_000 }],
    ['x-router-fallback', 'off', { fallback: false }],
    ['x-router-fallback', 'on', { fallback: true }],
    ['x-router-keep-alive', 'off', { keepAlive: false }],
    ['x-router-keep-alive', 'on', { keepAlive: true }],
    ['x-router-keep-alive', 'off', { keepAlive: false }],
    ['x-router-keep-alive', 'on', { keepAlive: true }],
    ['x-router-key', '', {}],
  ])('%s: %s, as a header or in metadata', (name, value, expected) => {
    expect(ok({ [name]: value })).toEqual({ ...NONE, ...expected })
    expect(ok({}, { metadata: { [name]: value } })).toEqual({ ...NONE, ...expected })
  })

  it.each(STRATEGIES)('take the strategy %s', strategy => {
    expect(ok({ 'x-router-strategy': strategy }).strategy).toBe(strategy)
  })

  it('the header wins over metadata', () => {
    expect(ok({ 'x-router-key': 'header' }, { metadata: { 'x-router-key': 'body' } }).key).toBe('header')
  })

  it.each([
    ['x-router-strategy', 'fastest', 'one of round-robin, '],
    ['x-router-strategy', 'unknown', 'one of round-robin, '],
    ['x-router-strategy', 'Adaptive', 'one of round-robin, '],
    ['x-router-priority', 'beauty', 'one of accuracy, speed, creativity, ethics, cost'],
    ['x-router-models', ' , ,', 'names of models, separated by commas'],
    ['x-router-regions', ' , ', '1 to 20 labels of regions, separated by commas'],
    ['x-router-regions', 'eu/west', '1 to 20 labels of regions, separated by commas'],
    [
      'x-router-regions',
      Array.from({ length: 21 }, (_, at) => `r${at}`).join(),
      '1 to 20 labels of regions, separated by commas',
    ],
    ['x-router-deadline-ms', '0', 'a whole number of ms from 1 to 3600000'],
    ['x-router-deadline-ms', '-1', 'a whole number of ms from 1 to 3600000'],
    ['x-router-deadline-ms', '1.5', 'a whole number of ms from 1 to 3600000'],
    ['x-router-deadline-ms', '3600001', 'a whole number of ms from 1 to 3600000'],
    ['x-router-deadline-ms', 'soon', 'a whole number of ms from 1 to 3600000'],
    ['x-router-deadline-ms', 'Infinity', 'a whole number of ms from 1 to 3600000'],
    ['x-router-fallback', 'no', 'on or off'],
    ['x-router-keep-alive', 'never', 'on or off'],
  ])('%s: "%s" is refused, with its name, what it may be and what it was', (name, value, expected) => {
    for (const parsed of [fromHeaders({ [name]: value }), fromHeaders({}, { metadata: { [name]: value } })]) {
      if (parsed.ok) throw new Error('it was accepted')
      expect(parsed.failure.field).toBe(name)
      expect(parsed.failure.message).toContain(`${name}: expected ${expected}`)
      expect(parsed.failure.message).toContain(`found "${value}"`)
    }
  })

  it('a long wrong value is quoted in part', () => {
    const parsed = fromHeaders({ 'x-router-strategy': 'x'.repeat(10_000) })
    expect(!parsed.ok && parsed.failure.message.length).toBeLessThan(400)
  })
})

describe('what goes up', () => {
  it('has none of them, and all else', () => {
    const sent = withoutControls(chat({ metadata: { 'x-router-key': 'k', 'x-router-anything': '1', project: 'x' } }))
    expect(sent).toEqual(chat({ metadata: { project: 'x' } }))
  })

  it('is the very same request where there were none', () => {
    for (const fields of [{}, { metadata: null }, { metadata: { project: 'x' } }]) {
      const request = chat(fields)
      expect(withoutControls(request)).toBe(request)
    }
  })
})
