/** The models a deployment routes to, as the configuration resolves them: complete, defaults filled in, frozen. */

export const PROVIDERS = ['openai', 'anthropic', 'google', 'openai-compatible'] as const
export type ProviderName = (typeof PROVIDERS)[number]

export const CAPABILITIES = ['tools', 'vision', 'json-schema', 'audio', 'documents', 'reasoning'] as const
export type Capability = (typeof CAPABILITIES)[number]

export const PRIORITIES = ['accuracy', 'speed', 'creativity', 'ethics', 'cost'] as const
export type Priority = (typeof PRIORITIES)[number]

/** US dollars per million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
}

/** Measured quality, each 0..1, higher is better. Speed and cost are not here: they are live figures and prices. */
export interface Profile {
  readonly accuracy: number
  readonly creativity: number
  readonly ethics: number
}

export interface Model {
  /** The name the configuration gives it; unique. */
  readonly id: string
  readonly provider: ProviderName
  /** What the upstream calls it. Several models may share it; they then form a pool. */
  readonly name: string
  /** No trailing slash. */
  readonly baseUrl: string
  /** Headers added to every upstream request, over the dialect's own. */
  readonly headers: Readonly<Record<string, string>>
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
}
