import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { registryClient } from '../../src/durable/registry-client'
import type { Env } from '../../src/env'
import type { Change } from '../../src/state/overlay'
import type { RegistryView } from '../../src/state/registry-view'

/** The real object in workerd, through itty-durable: what is refused, what is remembered, what survives. */

const { REGISTRY } = env as unknown as Env
const client = registryClient(REGISTRY)
const stub = REGISTRY.get(REGISTRY.idFromName('global'))

const weight = (value: number): Change => ({ kind: 'patch', model: 'gpt', fields: { weight: value } })
async function view(): Promise<RegistryView> {
  const read = await client.read(0)
  if (read === null) throw new Error('it says that nothing is newer than nothing')
  return read
}

describe('the registry', () => {
  it('refuses a change that was checked against another version, and says what there is', async () => {
    const { overlay } = await view()
    const first = await client.change(weight(2), 'ann', overlay.version)
    const second = await client.change(weight(3), 'ben', overlay.version)
    expect([first.isDone, second.isDone]).toEqual([true, false])
    expect(second.view).toEqual(first.view)
    expect((await view()).overlay.models.gpt).toEqual({ fields: { weight: 2 } })
  })

  it('goes back from the version that is expected alone, where one is', async () => {
    const { overlay } = await view()
    expect((await client.rollback(0, 'ann', overlay.version - 1)).isDone).toBe(false)
    expect((await client.rollback(0, 'ann', overlay.version)).view.overlay).toEqual({ version: overlay.version + 1, models: {} })
    expect((await client.rollback(overlay.version, 'ann', undefined)).view.overlay.models).toEqual(overlay.models)
  })

  it('keeps names that are not ASCII, on their way through a header and back', async () => {
    const { overlay } = await view()
    const change: Change = { kind: 'patch', model: 'gpt', fields: { model: '通义-\u{1f600}"%\ud800' } }
    expect((await client.change(change, 'Zoë', overlay.version)).view.overlay.models.gpt?.fields).toMatchObject(change.fields)
    expect((await client.history())[0]?.who).toBe('Zoë')
  })

  it('hears once of a request', async () => {
    const feedback = { requestId: 'r', model: 'gpt', metric: 'ethics', topic: '*', score: 1, requestedAtMs: Date.now() }
    const forgetting = { halfLifeMs: 1e9, most: 100 }
    expect(await client.learn({ ...feedback, forgetting })).toBe(true)
    expect(await client.learn({ ...feedback, metric: 'accuracy', score: 0, forgetting })).toBe(false)
    const { gpt } = (await view()).feedback
    expect([gpt?.ethics?.['*']?.count, gpt?.accuracy]).toEqual([1, undefined])
  })

  it('keeps everything through an eviction, its key above all', async () => {
    const before = await view()
    await evictDurableObject(stub)
    const after = await view()
    expect(after).toEqual({ ...before, revision: after.revision })
    expect(after.revision).toBeGreaterThan(before.revision)
  })

  it('that was made anew is believed over what is known of the one before it', async () => {
    const before = await view()
    await runInDurableObject(stub, (_, state) => state.storage.deleteAll())
    await evictDurableObject(stub)
    const after = await client.read(before.revision)
    expect(after?.revision).toBeGreaterThan(before.revision)
    expect(after?.signingKey).not.toBe(before.signingKey)
    expect(after?.overlay).toEqual({ version: 0, models: {} })
  })
})
