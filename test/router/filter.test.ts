import { describe, expect, it } from 'vitest'
import type { Features } from '../../src/context/features'
import type { Capability, Model } from '../../src/model'
import type { Bound } from '../../src/router/bound'
import { type Exclusion, exclusionOf, explain, isTemporary } from '../../src/router/filter'
import type { ModelLoad } from '../../src/state/local-load'
import { model, situation } from '../strategy/given'

const load = (given: Partial<ModelLoad> = {}): ModelLoad => ({
  inFlight: 0,
  waitingTokens: 0,
  firstToken: undefined,
  slowdown: 1,
  perTokenMs: undefined,
  p95Ratio: undefined,
  failureRate: 0,
  recentFailures: 0,
  headroom: null,
  ejectedForMs: 0,
  probe: false,
  ...given,
})
const features = (given: Partial<Features> = {}): Features => ({ ...situation().features, ...given })
const none: ReadonlySet<Capability> = new Set()
/** The model's own load, all else being well. */
const excluded = (candidate: Model, own: ModelLoad, asked: Features, bound?: Bound) =>
  exclusionOf(candidate, { features: asked, bound, place: 'FRA', load: id => (id === candidate.id ? own : load()) })

describe('a candidate is left out', () => {
  it.each<[string | undefined, readonly string[] | undefined, Exclusion | undefined]>([
    [undefined, undefined, undefined],
    ['eu', undefined, undefined],
    ['eu', ['us', 'eu'], undefined],
    ['eu', ['us'], { kind: 'region', region: 'eu' }],
    ['eu', [], { kind: 'region', region: 'eu' }],
    [undefined, ['eu'], { kind: 'region', region: null }],
  ])('that is in %j, of a request that may be served in %j: %j', (region, regions, expected) => {
    // Before anything that passes: panic must not bring it back
    const own = load(expected === undefined ? {} : { ejectedForMs: 900 })
    const sieve = { regions, features: features(), bound: undefined, place: 'FRA', load: () => own }
    expect(exclusionOf(model('m', { region }), sieve)).toEqual(expected)
    if (expected !== undefined)
      expect([isTemporary(expected), explain(expected)]).toEqual([false, expect.stringMatching(/region|served/)])
  })

  it.each<[string, Partial<Features>, Capability]>([
    ['tools', { tools: true }, 'tools'],
    ['a JSON schema', { jsonSchema: true }, 'json-schema'],
    ['an image', { modalities: ['text', 'image'] }, 'vision'],
    ['audio', { modalities: ['audio'] }, 'audio'],
    ['a document', { modalities: ['text', 'document'] }, 'documents'],
  ])('that lacks what %s asks for', (_, asked, missing) => {
    expect(excluded(model('m', { capabilities: none }), load(), features(asked))).toEqual({ kind: 'capability', missing })
    expect(excluded(model('m', { capabilities: new Set([missing]) }), load(), features(asked))).toBeUndefined()
    // Nothing is said of what it can do, so nothing is ruled out
    expect(excluded(model('m'), load(), features(asked))).toBeUndefined()
  })

  it.each<[string, number, number | undefined, Exclusion | undefined]>([
    ['whose window is too small', 101, 100, { kind: 'context-window', needed: 101, window: 100 }],
    ['not whose window is filled to the last token', 100, 100, undefined],
    ['not whose window is unknown', 1_000_000, undefined, undefined],
  ])('%s', (_, promptTokens, contextWindow, expected) => {
    expect(excluded(model('m', { contextWindow }), load(), features({ promptTokens }))).toEqual(expected)
  })

  it.each<[string, Partial<ModelLoad>, Exclusion | undefined]>([
    ['that is full', { inFlight: 5 }, { kind: 'full', inFlight: 5, maxInFlight: 5 }],
    ['not with room for one more', { inFlight: 4 }, undefined],
    ['that is ejected', { ejectedForMs: 1_234.5 }, { kind: 'ejected', forMs: 1_235 }],
    ['not when this request is its probe', { ejectedForMs: 1, probe: true }, undefined],
    ['with nothing left of its rate limit', { headroom: { share: 0, forMs: 900.5 } }, { kind: 'rate-limited', forMs: 901 }],
    ['not with little left of it', { headroom: { share: 0.01, forMs: 900 } }, undefined],
  ])('%s', (_, given, expected) => {
    expect(excluded(model('m', { maxInFlight: 5 }), load(given), features())).toEqual(expected)
  })

  it('for what it can never do before what it cannot do now, so that nobody waits in vain', () => {
    const broken = load({ inFlight: 100, ejectedForMs: 5_000 })
    const asked = features({ tools: true, promptTokens: 9_999 })
    const small = { contextWindow: 10, maxInFlight: 1 }
    expect(excluded(model('m', { ...small, capabilities: none }), broken, asked)?.kind).toBe('capability')
    expect(excluded(model('m', small), broken, asked)?.kind).toBe('context-window')
    expect(excluded(model('m', { maxInFlight: 1 }), broken, asked)?.kind).toBe('full')
    expect(excluded(model('m'), load({ ejectedForMs: 5_000 }), asked)?.kind).toBe('ejected')
  })
})

describe('what models share', () => {
  const candidate = model('m', { provider: 'openai', secret: 'OPENAI_API_KEY' })
  const where = (ejected: string) => ({
    features: features(),
    bound: undefined,
    place: 'HKG',
    load: (id: string) => load(id === ejected ? { ejectedForMs: 700 } : {}),
  })
  it('an account that is refused leaves out each of its models', () => {
    expect(exclusionOf(candidate, where('#account:OPENAI_API_KEY'))).toEqual({ kind: 'account', forMs: 700 })
    expect(exclusionOf(model('n', { secret: 'OTHER' }), where('#account:OPENAI_API_KEY'))).toBeUndefined()
  })
  it('a provider that does not serve this place is left out here', () => {
    expect(exclusionOf(candidate, where('#place:openai@HKG'))).toEqual({ kind: 'place', forMs: 700 })
    expect(exclusionOf(candidate, where('#place:openai@FRA'))).toBeUndefined()
  })
  it('a conversation that holds a file of one dialect leaves out the others', () => {
    const bound: Bound = { dialect: 'openai', field: 'messages[0].content[0].file.file_id' }
    expect(excluded(model('c', { provider: 'anthropic' }), load(), features(), bound)).toEqual({
      kind: 'bound',
      field: bound.field,
    })
    expect(excluded(model('o', { provider: 'openai-compatible' }), load(), features(), bound)).toBeUndefined()
  })
})

describe('the reason', () => {
  it.each<[Exclusion, boolean, string]>([
    [{ kind: 'capability', missing: 'vision' }, false, 'it has no vision'],
    [{ kind: 'context-window', needed: 9, window: 8 }, false, 'the prompt needs about 9 tokens and its window holds 8'],
    [{ kind: 'full', inFlight: 7, maxInFlight: 7 }, true, '7 requests are in flight of at most 7'],
    [{ kind: 'ejected', forMs: 50 }, true, 'it keeps failing or asked for a pause, and is left out for another 50 ms'],
  ])('%j: passes by itself %s; "%s"', (exclusion, temporary, words) => {
    expect(isTemporary(exclusion)).toBe(temporary)
    expect(explain(exclusion)).toBe(words)
  })
})
