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

  it('has nothing of a model left when every field was taken back', () => {
    expect(overlayAfter(patch({ weight: 3 }), patch({ weight: null })).models).toEqual({})
    expect(overlayAfter(patch({})).models).toEqual({})
  })

  it('keeps what was patched of one credential when another is, and null takes back a field of it, it, or all', () => {
    const eu = patch({ credentials: { eu: { state: 'draining', weight: 2 } } })
    const us = patch({ weight: 3, credentials: { us: { weight: 5 } } })
    const fieldsAfter = (...changes: readonly Change[]) => overlayAfter(...changes).models.gpt?.fields
    expect(fieldsAfter(eu, us)).toEqual({ weight: 3, credentials: { eu: { state: 'draining', weight: 2 }, us: { weight: 5 } } })
    expect(fieldsAfter(eu, us, patch({ credentials: { eu: { state: null } } }))).toEqual({
      weight: 3,
      credentials: { eu: { weight: 2 }, us: { weight: 5 } },
    })
    expect(fieldsAfter(eu, us, patch({ credentials: { eu: null } }))).toEqual({ weight: 3, credentials: { us: { weight: 5 } } })
    expect(fieldsAfter(eu, us, patch({ credentials: null }))).toEqual({ weight: 3 })
  })

  it('of a credential that has nothing of its own left, holds nothing: the file may have it no longer', () => {
    const drained = patch({ credentials: { eu: { state: 'draining' } } })
    expect(overlayAfter(drained, patch({ credentials: { eu: { state: null } } })).models).toEqual({})
    expect(overlayAfter(patch({ credentials: { eu: { state: null } } })).models).toEqual({})
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
    expect(overlayAfter({ kind: 'remove', model: 'gpt' }, { kind: 'put', model: 'gpt', definition }).models.gpt).toEqual({
      definition,
    })
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
    [
      patch({ weight: 3, credentials: { eu: { state: 'draining', headers: {} }, us: null } }),
      'gpt: weight 3, eu.state draining, eu.headers changed, us as configured',
    ],
    [patch({ credentials: null }), 'gpt: credentials as configured'],
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

  describe('when it is stale', () => {
    const asked = (known: KnownRegistry, ...times: readonly number[]) => times.map(atMs => known.inquiry(atMs, 1_000))

    it('is asked for before every decision, also while another request is asking', () => {
      const known = new KnownRegistry()
      expect(asked(known, 0, 1)).toEqual(['before', 'before'])
      known.accept(view(1), 0, true)
      expect(asked(known, 20_000, 20_000, 20_500)).toEqual(['before', 'before', 'before'])
    })

    it('and nobody answered just now, is asked for once in a while, and no decision waits for it', () => {
      const known = new KnownRegistry()
      known.accept(view(1), 0, true)
      known.missed(20_000)
      expect(asked(known, 20_500, 21_000, 21_500, 22_000)).toEqual([undefined, 'behind', undefined, 'behind'])
      known.accept(null, 22_100, true)
      expect(asked(known, 40_000)).toEqual(['before'])
    })

    it('long after nobody answered, may be there again', () => {
      const known = new KnownRegistry()
      known.accept(view(1), 0, true)
      known.missed(20_000)
      expect(asked(known, 20_001 + STALE_MS)).toEqual(['before'])
    })

    it('and nothing at all is known, is always waited for', () => {
      const known = new KnownRegistry()
      known.missed(20_000)
      expect(asked(known, 20_500)).toEqual(['before'])
    })
  })

  it('has the same overlay for as long as nothing in it changes, and another when a registry made anew has come to the same version', () => {
    const known = new KnownRegistry()
    const changedTo = (revision: number, weight: number): RegistryView => ({
      ...view(revision),
      overlay: { version: 1, models: { gpt: { fields: { weight } } } },
    })
    const nothing = known.overlay
    known.accept({ ...view(1), overlay: { version: 0, models: {} } }, 0, true)
    expect(known.overlay).toBe(nothing)
    known.accept(changedTo(2, 3), 0, true)
    const { overlay } = known
    known.accept(changedTo(3, 3), 0, true)
    expect([known.revision, known.overlay]).toEqual([3, overlay])
    expect(known.overlay).toBe(overlay)
    known.accept(changedTo(4, 5), 0, true)
    expect(known.overlay.models.gpt?.fields).toEqual({ weight: 5 })
  })
})
