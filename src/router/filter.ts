/** Before any strategy: candidates that cannot serve the request are left out, each with its reason. */
import type { Features } from '../context/features'
import type { Capability, Model } from '../model'
import type { ModelLoad } from '../state/local-load'

export type Exclusion =
  | { readonly kind: 'capability'; readonly missing: Capability }
  | { readonly kind: 'context-window'; readonly needed: number; readonly window: number }
  | { readonly kind: 'full'; readonly inFlight: number; readonly maxInFlight: number }
  | { readonly kind: 'ejected'; readonly forMs: number }

export interface Excluded {
  readonly model: Model
  readonly exclusion: Exclusion
}

/** The first reason against a candidate: what it can never do before what it cannot do now. Undefined: none. */
export function exclusionOf(model: Model, load: ModelLoad, features: Features): Exclusion | undefined {
  const missing = requiredCapabilities(features).find(capability => model.capabilities?.has(capability) === false)
  if (missing !== undefined) return { kind: 'capability', missing }
  if (model.contextWindow !== undefined && features.promptTokens > model.contextWindow)
    return { kind: 'context-window', needed: features.promptTokens, window: model.contextWindow }
  if (load.inFlight >= model.maxInFlight) return { kind: 'full', inFlight: load.inFlight, maxInFlight: model.maxInFlight }
  if (load.ejectedForMs > 0 && !load.probe) return { kind: 'ejected', forMs: Math.ceil(load.ejectedForMs) }
  return undefined
}

/** For people. */
export function explain(exclusion: Exclusion): string {
  switch (exclusion.kind) {
    case 'capability':
      return `it has no ${exclusion.missing}`
    case 'context-window':
      return `the prompt needs about ${exclusion.needed} tokens and its window holds ${exclusion.window}`
    case 'full':
      return `${exclusion.inFlight} requests are in flight of at most ${exclusion.maxInFlight}`
    case 'ejected':
      return `it keeps failing and is left out for another ${exclusion.forMs} ms`
  }
}

/** Whether waiting could help. */
export const isTemporary = (exclusion: Exclusion): boolean => exclusion.kind === 'full' || exclusion.kind === 'ejected'

function requiredCapabilities({ tools, jsonSchema, modalities }: Features): Capability[] {
  return [
    ...(tools ? (['tools'] as const) : []),
    ...(jsonSchema ? (['json-schema'] as const) : []),
    ...(modalities.includes('image') ? (['vision'] as const) : []),
    ...(modalities.includes('audio') ? (['audio'] as const) : []),
    ...(modalities.includes('document') ? (['documents'] as const) : []),
  ]
}
