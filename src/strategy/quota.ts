/**
 * A limit on requests of which it is known how many it still lets through. Who would come behind these is spared for certain; and the work that an old view does not
 * show fills it up to there and then goes elsewhere, so that a burst is spread before the first refusal.
 */
import type { Bend } from '../algorithm/water-fill'
import type { Load } from './strategy'

/** Whether the next request would be refused, as far as anybody knows. */
export const isUsedUp = ({ quota }: Pick<Load, 'quota'>): boolean => quota !== undefined && quota.left < 1

/** How many times as long as the limit takes to let one more through: whoever is refused does not wait for it, but has to go elsewhere. */
const REFUSAL = 20

/** Where the limit ends, in tokens of work: a standard deviation of the requests that come by chance before that. Undefined: it is not known. */
export function limitOf({ quota }: Load, meanTokens: number): Bend | undefined {
  if (quota === undefined) return undefined
  const left = Math.max(0, quota.left)
  return { after: Math.max(0, left - Math.sqrt(left)) * meanTokens, slope: (REFUSAL * quota.refillMs) / meanTokens }
}
