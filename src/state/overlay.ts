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
  /** `null` takes a field, also one of a credential, back to what the definition says. */
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
  // Where every field was taken back nothing is left, that a later version of the file could conflict with
  const set = (id: string, change: ModelChange) => {
    if (change.definition === undefined && Object.keys(change.fields ?? {}).length === 0) delete models[id]
    else models[id] = change
  }
  switch (change.kind) {
    case 'patch':
      set(change.model, patched(models[change.model], change.fields))
      break
    case 'put':
      models[change.model] = { definition: change.definition }
      break
    case 'remove':
      models[change.model] = { removed: true }
      break
    case 'profiles':
      for (const [model, profile] of Object.entries(change.profiles)) set(model, patched(models[model], { profile }))
      break
  }
  return { version: overlay.version + 1, models }
}

function patched({ definition, fields = {} }: ModelChange = {}, over: Fields): ModelChange {
  return { ...(definition !== undefined && { definition }), fields: withoutNulls(laidOver(fields, over)) }
}

/** The one field that is changed in part: what one credential has of its own leaves the others alone. */
const CREDENTIALS = 'credentials'

/** A model's fields with others over them. */
export function laidOver(fields: Fields, over: Fields): Fields {
  const [before, after] = [fields[CREDENTIALS], over[CREDENTIALS]]
  if (!isFields(before) || !isFields(after)) return { ...fields, ...over }
  const changed = Object.entries(after).map(([name, own]) => {
    const known = before[name]
    return [name, isFields(known) && isFields(own) ? { ...known, ...own } : own]
  })
  return { ...fields, ...over, [CREDENTIALS]: { ...before, ...Object.fromEntries(changed) } }
}

/** Of a credential that is left with nothing of its own, nothing is left. */
function withoutNulls(fields: Fields): Fields {
  const some = (all: Fields) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
  const { [CREDENTIALS]: credentials, ...rest } = some(fields)
  if (credentials === undefined) return rest
  if (!isFields(credentials)) return { ...rest, [CREDENTIALS]: credentials }
  const kept = Object.entries(credentials)
    .map(([name, own]): [string, unknown] => [name, isFields(own) ? some(own) : own])
    .filter(([, own]) => own !== null && !(isFields(own) && Object.keys(own).length === 0))
  return kept.length === 0 ? rest : { ...rest, [CREDENTIALS]: Object.fromEntries(kept) }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** For people: what a version changed. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'patch': {
      const { [CREDENTIALS]: credentials, ...own } = change.fields
      const fields = [
        ...Object.entries(own).map(([name, value]) => `${name} ${shown(value)}`),
        ...(isFields(credentials) ? Object.entries(credentials).flatMap(describeCredential) : []),
        ...(credentials !== undefined && !isFields(credentials) ? [`${CREDENTIALS} ${shown(credentials)}`] : []),
      ]
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

function describeCredential([name, change]: [string, unknown]): readonly string[] {
  if (!isFields(change)) return [`${name} ${shown(change)}`]
  return Object.entries(change).map(([field, value]) => `${name}.${field} ${shown(value)}`)
}

function shown(value: unknown): string {
  if (value === null) return 'as configured'
  return typeof value === 'object' ? 'changed' : String(value).slice(0, 80)
}
