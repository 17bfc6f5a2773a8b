/** Before any strategy: candidates that cannot serve the request are left out, each with its reason. */
import type { Features } from '../context/features'
import { type Capability, does, type Model, type ProviderName, type Work } from '../model'
import { dialectFor } from '../provider/dialects'
import type { ModelLoad } from '../state/local-load'
import { accountId, placeId } from './account'
import type { Bound } from './bound'
import { isWithin, type Regions } from './region'

export type Exclusion =
  /** It does the other kind of work. */
  | { readonly kind: 'work'; readonly asked: Work; readonly provider: ProviderName }
  /** The request may not be served there; null: nobody says where it is. */
  | { readonly kind: 'region'; readonly region: string | null }
  /** An operator drains it. */
  | { readonly kind: 'draining' }
  | { readonly kind: 'capability'; readonly missing: Capability }
  | { readonly kind: 'context-window'; readonly needed: number; readonly window: number }
  | { readonly kind: 'full'; readonly inFlight: number; readonly maxInFlight: number }
  | { readonly kind: 'ejected'; readonly forMs: number }
  /** The account behind the model's key was refused or is out of money. */
  | { readonly kind: 'account'; readonly forMs: number }
  /** The provider does not serve this place. */
  | { readonly kind: 'place'; readonly forMs: number }
  /** Nothing is left of its rate limit. */
  | { readonly kind: 'rate-limited'; readonly forMs: number }
  /** The request holds something that only another dialect can read. */
  | { readonly kind: 'bound'; readonly field: string; readonly why?: string }

export interface Excluded {
  readonly model: Model
  readonly exclusion: Exclusion
}

/** What a candidate is held against. `load` is asked for models, accounts and places alike. */
export interface Sieve {
  /** Undefined: chat. */
  readonly work?: Work | undefined
  /** Undefined: anywhere. */
  readonly regions?: Regions
  readonly features: Features
  readonly bound: Bound | undefined
  readonly place: string
  readonly load: (id: string) => ModelLoad
}

/** The first reason against a candidate: what it can never do before what it cannot do now. Undefined: none. */
export function exclusionOf(model: Model, sieve: Sieve): Exclusion | undefined {
  return unfit(model, sieve) ?? unavailable(trackedAt(model, sieve.place), sieve.load)
}

/** Why it cannot take this request, whatever the load. */
export function unfit(
  model: Model,
  { work = 'chat', regions, features, bound }: Omit<Sieve, 'place' | 'load'>,
): Exclusion | undefined {
  if (!does(model, work)) return { kind: 'work', asked: work, provider: model.provider }
  if (!isWithin(model, regions)) return { kind: 'region', region: model.region ?? null }
  if (bound !== undefined && dialectFor(model.provider, bound.dialect).name !== bound.dialect)
    return { kind: 'bound', field: bound.field, ...(bound.why !== undefined && { why: bound.why }) }
  if (model.state === 'draining') return { kind: 'draining' }
  const { capabilities } = model
  const missing = capabilities && requiredCapabilities(features).find(capability => !capabilities.has(capability))
  if (missing !== undefined) return { kind: 'capability', missing }
  return model.contextWindow !== undefined && features.promptTokens > model.contextWindow
    ? { kind: 'context-window', needed: features.promptTokens, window: model.contextWindow }
    : undefined
}

/** A model under the ids that its load is told by. */
export interface Tracked extends Pick<Model, 'id' | 'maxInFlight'> {
  readonly account: string
  readonly place: string
}

const tracked = new WeakMap<Model, Tracked & { readonly at: string }>()

/** Made once for each model of a configuration: its ids are looked up with every request, which is quicker by the same text than by its like. */
function trackedAt(model: Model, place: string): Tracked {
  const known = tracked.get(model)
  if (known?.at === place) return known
  const { id, maxInFlight } = model
  const made = { id, maxInFlight, account: accountId(model), place: placeId(model, place), at: place }
  tracked.set(model, made)
  return made
}

/** Why it cannot take any request now. */
export function unavailable({ id, maxInFlight, account, place }: Tracked, load: Sieve['load']): Exclusion | undefined {
  const own = load(id)
  const { inFlight, headroom } = own
  if (inFlight >= maxInFlight) return { kind: 'full', inFlight, maxInFlight }
  if (headroom?.share === 0) return { kind: 'rate-limited', forMs: Math.ceil(headroom.forMs) }
  const forMs = leftOutForMs(own)
  if (forMs > 0) return { kind: 'ejected', forMs }
  const left = leftOutForMs(load(account))
  if (left > 0) return { kind: 'account', forMs: left }
  const leftHere = leftOutForMs(load(place))
  return leftHere > 0 ? { kind: 'place', forMs: leftHere } : undefined
}

const leftOutForMs = ({ ejectedForMs, probe }: Pick<ModelLoad, 'ejectedForMs' | 'probe'>): number =>
  probe ? 0 : Math.ceil(ejectedForMs)

/** For people. */
export function explain(exclusion: Exclusion): string {
  switch (exclusion.kind) {
    case 'work':
      if (exclusion.asked === 'chat') return 'it makes embeddings and does not chat'
      return exclusion.provider === 'anthropic' ? 'Anthropic offers no embeddings' : 'it makes no embeddings'
    case 'region':
      return exclusion.region === null
        ? 'nobody says in which region it is, and this request may only be served in some'
        : `it is in ${exclusion.region}, where this request may not be served`
    case 'draining':
      return 'it is being drained and takes no new request'
    case 'capability':
      return `it has no ${exclusion.missing}`
    case 'context-window':
      return `the prompt needs about ${exclusion.needed} tokens and its window holds ${exclusion.window}`
    case 'full':
      return `${exclusion.inFlight} requests are in flight of at most ${exclusion.maxInFlight}`
    case 'ejected':
      return `it keeps failing or asked for a pause, and is left out for another ${exclusion.forMs} ms`
    case 'account':
      return `its provider refuses the account behind its key; it is tried again in ${exclusion.forMs} ms`
    case 'place':
      return `its provider does not serve this place; it is tried again in ${exclusion.forMs} ms`
    case 'rate-limited':
      return `nothing is left of its rate limit for another ${exclusion.forMs} ms`
    case 'bound':
      return exclusion.why ?? `${exclusion.field} is of another provider, which alone can read it`
  }
}

/** How much longer it is left out for what it did, not for what the request asks; undefined: for another reason. The least bad are tried when nobody else is left. */
export function leftOutFor(exclusion: Exclusion): number | undefined {
  switch (exclusion.kind) {
    case 'ejected':
    case 'account':
    case 'place':
    case 'rate-limited':
      return exclusion.forMs
    default:
      return undefined
  }
}

/** Whether waiting could help. */
export const isTemporary = (exclusion: Exclusion): boolean =>
  exclusion.kind === 'full' || exclusion.kind === 'draining' || leftOutFor(exclusion) !== undefined

function requiredCapabilities({ tools, jsonSchema, modalities }: Features): Capability[] {
  return [
    ...(tools ? (['tools'] as const) : []),
    ...(jsonSchema ? (['json-schema'] as const) : []),
    ...(modalities.includes('image') ? (['vision'] as const) : []),
    ...(modalities.includes('audio') ? (['audio'] as const) : []),
    ...(modalities.includes('document') ? (['documents'] as const) : []),
  ]
}
