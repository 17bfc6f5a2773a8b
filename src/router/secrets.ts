/** What an attempt knows that nobody else may: looked up where it begins, put into what goes up, and taken out of what comes back. */
import type { Model } from '../model'
import type { Host } from './world'

export interface Secrets {
  readonly key: string | undefined
  /** The model with its secret headers among the others: for making requests of, and for nothing that outlives the attempt. */
  readonly asked: Model
  /** All that an upstream may quote; what holds another comes before it. */
  readonly values: readonly string[]
}

export function secretsOf(model: Model, { secret }: Pick<Host, 'secret'>): Secrets {
  const key = model.secret === undefined ? undefined : secret(model.secret)
  const keys = key === undefined ? [] : [key]
  if (model.secretHeaders === undefined) return { key, asked: model, values: keys }
  const found = Object.entries(model.secretHeaders).flatMap(([header, name]): [string, string][] => {
    const value = secret(name)
    return value === undefined ? [] : [[header, value]]
  })
  return {
    key,
    asked: { ...model, headers: { ...model.headers, ...Object.fromEntries(found) } },
    values: [...keys, ...found.flatMap(([, value]) => quotable(value))].sort((one, other) => other.length - one.length),
  }
}

/** Of `Bearer abc` an upstream may as well quote the `abc` alone. */
function quotable(value: string): readonly string[] {
  const [, credentials] = /^\S+\s+(.+)$/.exec(value) ?? []
  return credentials === undefined ? [value] : [value, credentials]
}
