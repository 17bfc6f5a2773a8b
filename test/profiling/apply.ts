/** Sends a profile to the router's admin API, where it counts from then on. */
import { numberAt, objectAt, parseJson, stringAt } from '../../src/json'
import { reasonOf } from './models'
import type { World } from './world'

const APPLY_MS = 30_000

export type Applied = { readonly ok: true; readonly version: number | undefined } | { readonly ok: false; readonly why: string }

export async function apply(url: string, adminKey: string | undefined, profile: string, world: World): Promise<Applied> {
  try {
    const response = await world.fetch(`${url}/admin/profiles`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        ...(adminKey !== undefined && { authorization: `Bearer ${adminKey}` }),
      },
      body: profile,
      signal: AbortSignal.any([world.signal, AbortSignal.timeout(APPLY_MS)]),
    })
    const text = await response.text()
    const body = parseJson(text)
    if (response.ok) return { ok: true, version: numberAt(body, 'version') }
    return { ok: false, why: `${response.status}: ${stringAt(objectAt(body, 'error'), 'message') ?? text.slice(0, 300)}` }
  } catch (error) {
    return { ok: false, why: reasonOf(error) }
  }
}
