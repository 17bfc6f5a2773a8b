/**
 * Which tracker an isolate talks to: one per region that Cloudflare takes as a location hint. The hint counts only when an object is first
 * created, and it is best effort.
 */

export const REGIONS = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'] as const
export type Region = (typeof REGIONS)[number]

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
