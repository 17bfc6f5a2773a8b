/** The two rings that are compared: ours, and that of the npm package hashring 3.2 with MD5, its default. Both have 160 virtual nodes a model. */
import HashRing from 'hashring'
import { createRing } from '../../../src/algorithm/ring'

export const SIZES = [3, 8, 100, 1_000] as const

export const CONTESTANTS = ['ours', 'hashring'] as const
export type ContestantName = (typeof CONTESTANTS)[number]

export interface Contestant {
  /** Every model once, as the key meets them. */
  walk(key: string): readonly string[]
  /** Ascending: where each virtual node is, in [0, 2³²), and whose. */
  nodes(): readonly { readonly position: number; readonly id: string }[]
}

/** As many keys as hashring remembers the answers to, unless told otherwise. */
export const CACHED_KEYS = 5_000

export const create: Readonly<Record<ContestantName, (ids: readonly string[]) => Contestant>> = {
  ours(ids) {
    const ring = createRing(ids.map(id => ({ id, weight: 1 })))
    return { walk: ring.walk, nodes: ring.virtualNodes }
  },
  hashring(ids) {
    const ring = new HashRing(ids, 'md5')
    return {
      walk: key => ring.range(key),
      nodes: () => ring.ring.map(({ value, server }) => ({ position: value, id: server })),
    }
  },
}

/** Of another world for each `set`: ids decide where virtual nodes lie, so that figures need several. */
export const idsOf = (size: number, set: number): readonly string[] =>
  Array.from({ length: size }, (_, index) => `set-${set}-model-${index}`)
