import { describe, expect, it } from 'vitest'
import { KnownRegistry } from '../../src/state/known-registry'
import { type Change, changed, describeChange, NO_OVERLAY } from '../../src/state/overlay'
import { type RegistryView, STALE_MS } from '../../src/state/registry-view'

const overlayAfter = (...changes: readonly Change[]) => changes.reduce(changed, NO_OVERLAY)
const patch = (fields: Record<string, unknown>): Change => ({ kind: 'patch', model: 'gpt', fields })

describe('an overlay', () => {
  it('keeps what was patched before, and null takes a field back', () => {
    expect(overlayAfter(patch({ weight: 3, state: 'draining' }), patch({ weight: 5 }), patch({ state: null })).models).toEqual({
      gpt: { fields: { weight: 5 } },
    })
  })

  it('forgets patches when the model is defined anew', () => {
    const definition = { provider: 'openai', model: 'gpt-6' }
    expect(overlayAfter(patch({ weight: 3 }), { kind: 'put', model: 'gpt', definition }).models.gpt).toEqual({ definition })
    expect(overlayAfter({ kind: 'put', model: 'gpt', definition }, patch({ weight: 3 })).models.gpt).toEqual({
      definition,
      fields: { weight: 3 },
    })
  })

  it('brings a removed model back with a new definition only', () => {
    const definition = { provider: 'openai', model: 'gpt-6' }
    expect(overlayAfter({ kind: 'remove', model: 'gpt' }).models.gpt).toEqual({ removed: true })
    expect(overlayAfter({ kind: 'remove', model: 'gpt' }, { kind: 'put', model: 'gpt', definition }).models.gpt).toEqual({ definition })
  })

  it('counts its versions, and a change leaves the one before as it was', () => {
    const first = overlayAfter(patch({ weight: 3 }))
    const second = changed(first, patch({ weight: 4 }))
    expect([first.version, second.version]).toEqual([1, 2])
    expect(first.models.gpt).toEqual({ fields: { weight: 3 } })
  })

  it('takes profiles for several models at once', () => {
    const profiles = { gpt: { accuracy: 0.9 }, claude: { creativity: 0.8 } }
    expect(overlayAfter(patch({ weight: 2 }), { kind: 'profiles', profiles }).models).toEqual({
      gpt: { fields: { weight: 2, profile: { accuracy: 0.9 } } },
      claude: { fields: { profile: { creativity: 0.8 } } },
    })
  })

  it.each<[Change, string]>([
    [patch({ weight: 3, state: null, price: { input: 1, output: 2 } }), 'gpt: weight 3, state as configured, price changed'],
    [{ kind: 'put', model: 'x', definition: {} }, 'x: defined anew'],
    [{ kind: 'remove', model: 'x' }, 'x: removed'],
    [{ kind: 'profiles', profiles: { a: {}, b: {} } }, 'profiles of a, b'],
  ])('says in its history what %j did', (change, words) => {
    expect(describeChange(change)).toBe(words)
  })
})

describe('what an isolate knows of the registry', () => {
  const view = (revision: number): RegistryView => ({
    revision,
    overlay: { version: revision, models: {} },
    feedback: {},
    signingKey: 'k',
  })

  it('is nothing, and stale, until it was told', () => {
    const known = new KnownRegistry()
    expect([known.view, known.revision, known.overlay.version, known.isStale(0)]).toEqual([undefined, 0, 0, true])
  })

  it('holds for as long as it was confirmed, counted from the question', () => {
    const known = new KnownRegistry()
    known.accept(view(1), 1_000, true)
    expect([known.isStale(1_000 + STALE_MS), known.isStale(1_001 + STALE_MS)]).toEqual([false, true])
    known.accept(null, 5_000, true)
    expect(known.isStale(1_001 + STALE_MS)).toBe(false)
  })

  it('is used but not taken as fresh when the tracker itself had it from memory', () => {
    const known = new KnownRegistry()
    known.accept(view(3), 1_000, false)
    expect([known.revision, known.isStale(1_000)]).toEqual([3, true])
  })

  it('never goes back, however answers overtake each other', () => {
    const known = new KnownRegistry()
    known.accept(view(5), 2_000, true)
    known.accept(view(4), 1_000, true)
    expect(known.revision).toBe(5)
    expect(known.isStale(2_000 + STALE_MS)).toBe(false)
  })

  it('is not made fresh by a confirmation of nothing', () => {
    const known = new KnownRegistry()
    known.accept(null, 1_000, true)
    expect(known.isStale(1_000)).toBe(true)
  })

  it('is asked for by every request while unknown, and by one in a while when merely stale', () => {
    const known = new KnownRegistry()
    expect([known.mayAsk(0, 1_000), known.mayAsk(1, 1_000)]).toEqual([true, true])
    known.accept(view(1), 0, true)
    expect([known.mayAsk(20_000, 1_000), known.mayAsk(20_500, 1_000), known.mayAsk(21_000, 1_000)]).toEqual([true, false, true])
  })
})
