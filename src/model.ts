/** The models a deployment routes to, as the configuration resolves them: complete, defaults filled in, frozen. */

import type { Belief } from './algorithm/beta'

export const PROVIDERS = ['openai', 'anthropic', 'google', 'openai-compatible'] as const
export type ProviderName = (typeof PROVIDERS)[number]

/** What is asked of a model: to answer a conversation, or to turn texts into vectors. */
export type Work = 'chat' | 'embeddings'

export const CAPABILITIES = ['tools', 'vision', 'json-schema', 'audio', 'documents', 'reasoning', 'embeddings', 'chat'] as const
export type Capability = (typeof CAPABILITIES)[number]

export const PRIORITIES = ['accuracy', 'speed', 'creativity', 'ethics', 'cost'] as const
export type Priority = (typeof PRIORITIES)[number]

/**
 * `draining`: takes no new request, while those in flight finish. `disabled`: the same, and it is not listed; an isolate that cannot learn
 * whether a model is disabled routes nothing.
 */
export const MODEL_STATES = ['active', 'draining', 'disabled'] as const
export type ModelState = (typeof MODEL_STATES)[number]

/** US dollars per million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
}

/** What is measured of a model's answers. Speed and cost are not here: they are live figures and prices. */
export const QUALITIES = ['accuracy', 'creativity', 'ethics'] as const
export type Quality = (typeof QUALITIES)[number]

/** Each quality in 0..1, higher is better, with the number of observations that the figure is worth. */
export type Qualities = Readonly<Record<Quality, Belief>>

/** Over all requests, and by topic where that was measured. */
export interface Profile extends Qualities {
  readonly topics: Readonly<Record<string, Partial<Qualities>>>
}

export interface Model {
  /** The name the configuration gives it; of a model with several credentials, one for each: `gpt:eu`. Unique. */
  readonly id: string
  /** The configured model's id: what it answers is that model's doing, whichever credential it ran under. */
  readonly of: string
  readonly provider: ProviderName
  /** What the upstream calls it. Several models may share it; they then form a pool. */
  readonly name: string
  /** No trailing slash. */
  readonly baseUrl: string
  /** Headers added to every upstream request, over the dialect's own. */
  readonly headers: Readonly<Record<string, string>>
  /** The same where values are secrets: by the header's name, in lower case, the secret's. Undefined: there are none. */
  readonly secretHeaders: Readonly<Record<string, string>> | undefined
  /** The secret that holds the key; absent for an upstream that asks for none. */
  readonly secret: string | undefined
  /** Share of traffic relative to the others; > 0. */
  readonly weight: number
  /** Requests in flight, fleet-wide, above which the model is not a candidate. */
  readonly maxInFlight: number
  /** Prompt and answer together, tokens. */
  readonly contextWindow: number | undefined
  /** Undefined: the configuration does not say, so nothing is ruled out. */
  readonly capabilities: ReadonlySet<Capability> | undefined
  readonly price: Price | undefined
  readonly profile: Profile
  /** This model's own first-token limit, ms; undefined takes the limits'. */
  readonly firstTokenMs: number | undefined
  /** Where it works, in the operator's own word; undefined: nobody says. */
  readonly region: string | undefined
  readonly state: ModelState
}

/** Every secret that it cannot be asked without, by name. */
export function secretNamesOf({ secret, secretHeaders }: Pick<Model, 'secret' | 'secretHeaders'>): readonly string[] {
  const key = secret === undefined ? [] : [secret]
  return secretHeaders === undefined ? key : [...new Set([...key, ...Object.values(secretHeaders)])]
}

/** What a region may be called. */
export const REGION = /^[a-z0-9][a-z0-9-]{0,31}$/

export type Members = readonly [Model, ...(readonly Model[])]

/** The members of each configured model, which may be itself alone; by its id, in the order given. */
export function byConfigured(models: Iterable<Model>): ReadonlyMap<string, Members> {
  const members = new Map<string, [Model, ...Model[]]>()
  for (const model of models) {
    const known = members.get(model.of)
    if (known === undefined) members.set(model.of, [model])
    else known.push(model)
  }
  return members
}

/**
 * Models chat, unless they make embeddings: hardly any does both, so that one which does must say `chat` as well. What makes embeddings
 * has to say so (or has a name that tells, see `profile/embedders.ts`), since what does not would answer with an error.
 */
export function does({ capabilities }: Pick<Model, 'capabilities'>, work: Work): boolean {
  const embeds = capabilities?.has('embeddings') === true
  return work === 'embeddings' ? embeds : !embeds || capabilities?.has('chat') === true
}
