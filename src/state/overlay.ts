/**
 * What operators changed while the router runs, laid over its configuration: data of its own, so that a new version of the file keeps what was
 * set by hand. Pure: the `Registry` object keeps it, the isolates apply it.
 */

/** What is different about one model. In this order: the file's or the overlay's own definition, then the fields over it. */
export interface ModelChange {
  /** A whole model, in the configuration's words: it replaces the file's or adds one. */
  readonly definition?: Fields | undefined
  readonly fields?: Fields | undefined
  readonly removed?: true | undefined
}
export type Fields = Readonly<Record<string, unknown>>

export interface Overlay {
  /** Counts changes from 1; 0 where nothing was ever changed. */
  readonly version: number
  readonly models: Readonly<Record<string, ModelChange>>
}

export const NO_OVERLAY: Overlay = { version: 0, models: {} }

export type Change =
  /** `null` takes a field back to what the definition says. */
  | { readonly kind: 'patch'; readonly model: string; readonly fields: Fields }
  | { readonly kind: 'put'; readonly model: string; readonly definition: Fields }
  | { readonly kind: 'remove'; readonly model: string }
  /** Measured profiles, by model. */
  | { readonly kind: 'profiles'; readonly profiles: Readonly<Record<string, unknown>> }

/** A version of the overlay and how it came about. */
export interface OverlayVersion {
  readonly version: number
  readonly atMs: number
  readonly who: string
  readonly what: string
}

export function changed(overlay: Overlay, change: Change): Overlay {
  const models = { ...overlay.models }
  switch (change.kind) {
    case 'patch':
      models[change.model] = patched(models[change.model], change.fields)
      break
    case 'put':
      models[change.model] = { definition: change.definition }
      break
    case 'remove':
      models[change.model] = { removed: true }
      break
    case 'profiles':
      for (const [model, profile] of Object.entries(change.profiles)) models[model] = patched(models[model], { profile })
      break
  }
  return { version: overlay.version + 1, models }
}

function patched({ definition, fields }: ModelChange = {}, over: Fields): ModelChange {
  const merged = Object.entries({ ...fields, ...over }).filter(([, value]) => value !== null)
  return { ...(definition !== undefined && { definition }), fields: Object.fromEntries(merged) }
}

/** For people: what a version changed. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'patch': {
      const fields = Object.entries(change.fields).map(([name, value]) => `${name} ${shown(value)}`)
      return `${change.model}: ${fields.join(', ')}`
    }
    case 'put':
      return `${change.model}: defined anew`
    case 'remove':
      return `${change.model}: removed`
    case 'profiles':
      return `profiles of ${Object.keys(change.profiles).join(', ')}`
  }
}

function shown(value: unknown): string {
  if (value === null) return 'as configured'
  return typeof value === 'object' ? 'changed' : String(value).slice(0, 80)
}
