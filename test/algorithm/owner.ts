import type { Ring } from '../../src/algorithm/ring'

/** Whom the key belongs to. Routing wants everyone in order, so that the ring has no word for the first alone. */
export const ownerOf = (ring: Ring, key: string): string | undefined => ring.walk(key)[0]
