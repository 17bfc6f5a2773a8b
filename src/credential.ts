/**
 * One model under several credentials. Each becomes a member: a model of its own with the same name, price and profile, so that whatever is kept per
 * model (requests in flight, cool-down, ejection, rate limit) is kept per credential without anybody having to know of credentials. The configured
 * model's id stands for all of them.
 */
import type { Model, ModelState } from './model'

/** What a credential may have of its own. The rest is the model's. */
export interface Credential {
  readonly secret?: string | undefined
  /** Share of the model's traffic relative to its other credentials; 1 if nothing is said. */
  readonly weight?: number | undefined
  readonly region?: string | undefined
  readonly baseUrl?: string | undefined
  /** Over the model's. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Over the model's. */
  readonly secretHeaders?: Readonly<Record<string, string>> | undefined
  readonly maxInFlight?: number | undefined
  readonly state?: ModelState | undefined
}

export type Credentials = Readonly<Record<string, Credential>>

export const memberId = (model: string, credential: string): string => `${model}:${credential}`

/** The credential's name, of a member. */
export const credentialOf = ({ id, of }: Pick<Model, 'id' | 'of'>): string | undefined =>
  id === of ? undefined : id.slice(of.length + 1)

/** In the order of the credentials. Together they weigh what the model does. */
export function membersOf(model: Model, credentials: Credentials): readonly Model[] {
  const all = Object.entries(credentials)
  const total = all.reduce((sum, [, { weight = 1 }]) => sum + weight, 0)
  return all.map(([name, { weight = 1, ...own }]) => ({
    ...model,
    id: memberId(model.id, name),
    of: model.id,
    secret: own.secret ?? model.secret,
    baseUrl: own.baseUrl ?? model.baseUrl,
    headers: { ...model.headers, ...own.headers },
    secretHeaders: own.secretHeaders === undefined ? model.secretHeaders : { ...model.secretHeaders, ...own.secretHeaders },
    weight: model.weight * (weight / total),
    region: own.region ?? model.region,
    maxInFlight: own.maxInFlight ?? model.maxInFlight,
    state: stricter(model.state, own.state ?? 'active'),
  }))
}

/** From the least. */
const STRICTNESS: readonly ModelState[] = ['active', 'draining', 'disabled']

/** A model that is drained is drained under every credential, and a credential that is drained stays so in an active model. */
const stricter = (one: ModelState, other: ModelState): ModelState =>
  STRICTNESS.indexOf(one) > STRICTNESS.indexOf(other) ? one : other
