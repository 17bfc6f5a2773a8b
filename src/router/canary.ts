/**
 * Whom a canary answers: a share of the conversations, each of which stays on its side. The place in [0, 1) that decides it is a hash of the conversation's
 * key and the route's name: other routes try theirs on other conversations, and what a hash ring makes of the same key has nothing to do with it.
 * Whoever is below a share is below any larger one.
 */
import { hash32 } from '../algorithm/hash'

export function isInCanary(share: number, route: string, hashKey: string): boolean {
  return hash32(`canary\u0000${route}\u0000${hashKey}`) / 2 ** 32 < share
}
