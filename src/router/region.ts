/**
 * Where a request may be served: what its route allows, what the caller's verified claim allows and what the client itself asks for, of which each can only
 * narrow the others. A model of which nobody says where it is may be anywhere, and so serves no request that may not.
 */
import type { Model } from '../model'

/** Undefined: anywhere. Empty: nowhere, since those who had a say have no region in common. */
export type Regions = readonly string[] | undefined

export function narrowed(...allowances: readonly Regions[]): Regions {
  const [first, ...others] = allowances.filter(allowed => allowed !== undefined)
  return first?.filter(region => others.every(allowed => allowed.includes(region)))
}

export const isWithin = ({ region }: Pick<Model, 'region'>, regions: Regions): boolean =>
  regions === undefined || (region !== undefined && regions.includes(region))

/** Of the claim `regions`: a list, or words with blanks or commas between them. One that is neither names none, and so keeps everyone out. */
export function claimedRegions({ regions }: Readonly<Record<string, unknown>>): Regions {
  if (regions === undefined || regions === null) return undefined
  const words: readonly unknown[] = typeof regions === 'string' ? regions.split(/[\s,]+/) : Array.isArray(regions) ? regions : []
  return words.flatMap(word => (typeof word === 'string' && word !== '' ? word.toLowerCase() : []))
}
