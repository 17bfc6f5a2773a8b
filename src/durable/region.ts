/**
 * Which tracker an isolate talks to: one per region that Cloudflare takes as a location hint. The hint counts only when an object is first
 * created, and it is best effort.
 */

import { hash32 } from '../algorithm/hash'

export const REGIONS = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'] as const
export type Region = (typeof REGIONS)[number]

const PREFIX = 'region:'
/** The one above the regions' heads. */
export const FLEET = 'fleet'

/** Of the object. `shard` 0 is the region's head. */
export const trackerName = (region: Region, shard: number): string => PREFIX + region + (shard === 0 ? '' : `:${shard}`)

/** As many isolates to each as chance will have it. */
export const shardOf = (isolate: string, shards: number): number => hash32(isolate) % shards

/** Whom a tracker tells of its isolates, and who tells it of all others; undefined: nobody. */
export function above(name: string): string | undefined {
  if (!name.startsWith(PREFIX)) return undefined
  const end = name.lastIndexOf(':')
  return end < PREFIX.length ? FLEET : name.slice(0, end)
}

/** Where an object of this name is to be; undefined: anywhere. */
export const regionIn = (name: string): Region | undefined => REGIONS.find(region => name.split(':')[1] === region)

/** Where Cloudflare says the request's isolate is; `enam` if it does not say. */
export function regionOf({ cf }: Request): Region {
  const longitude = Number(cf?.longitude)
  switch (cf?.continent) {
    case 'NA':
      return longitude < -100 ? 'wnam' : 'enam'
    case 'SA':
      return 'sam'
    case 'EU':
      return longitude > 17 ? 'eeur' : 'weur'
    case 'AF':
      return 'afr'
    case 'OC':
      return 'oc'
    case 'AS':
      return longitude < 60 ? 'me' : 'apac'
    default:
      return 'enam'
  }
}
