/**
 * What a record holds of metadata and claims: only what a route's conditions ask for. With it every condition comes out as it did, and whatever else a client
 * or an identity provider said there stays out of the log.
 */
import type { Config } from '../config'
import { comparables, fits } from '../context/condition'

/** By name, the values as texts. */
export type Values = Readonly<Record<string, readonly string[]>>

/** Stands for every value that no condition lists: which one it is decides nothing, and may be nobody's business. */
const UNLISTED = '\ufffd'

/** Of the names that conditions ask for, the values that they list. */
export function listedValues({ routes }: Config, kind: 'metadata' | 'claims', given: Readonly<Record<string, unknown>>): Values {
  const listed = new Map<string, string[]>()
  for (const { when = {} } of routes)
    for (const [name, values] of Object.entries(when)) {
      if (!name.startsWith(`${kind}.`) || !Array.isArray(values)) continue
      const key = name.slice(kind.length + 1)
      listed.set(key, [...(listed.get(key) ?? []), ...values])
    }
  return Object.fromEntries(
    [...listed].flatMap(([name, patterns]) => {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      if (value === undefined || value === null) return []
      const values = comparables(value)
      const known = values.filter(each => patterns.some(pattern => fits(pattern, each)))
      return [[name, known.length < values.length || known.length === 0 ? [...known, UNLISTED] : known]]
    }),
  )
}
