/**
 * A consistent-hash ring (Karger et al., STOC 1997): a key belongs to the member whose virtual node comes next clockwise, so
 * that a member that comes, goes or changes weight moves only the keys that it gains or loses.
 *
 * A member's virtual nodes follow from its own id and weight, never from the others': round(160 × weight), at least 1 and at
 * most 16,000. Lowering a weight removes the last ones and leaves the rest where they are. With n virtual nodes a member's
 * share p is off by about sqrt((1 - p) / n) of itself (one standard deviation; gaps between random points): under 8 % at weight
 * 1, 25 % at 0.1, 0.8 % at 100. Weights below 1/160 get a whole node, and those above 100 no more than 100's; scale weights
 * into that range.
 */
import { type Hash, hash32 } from './hash'

export interface RingMember {
  /** Distinct among the members. */
  readonly id: string
  /** Relative share of the keys; > 0. */
  readonly weight: number
}

export interface RingOptions {
  /** Virtual nodes of a member of weight 1. */
  readonly virtualNodesPerWeight?: number
  readonly hash?: Hash
}

export interface VirtualNode {
  /** [0, 2³²), clockwise. */
  readonly position: number
  readonly id: string
}

export interface Ring {
  /** Every member once, in the order in which the key meets them clockwise; the first is the key's owner. */
  walk(key: string): readonly string[]
  /** The whole ring, clockwise: for drawing it and for tests. */
  virtualNodes(): readonly VirtualNode[]
}

/** libketama's count; 8 % is well inside what bounded loads even out. */
const VIRTUAL_NODES_PER_WEIGHT = 160
/** A million nodes (4 MB) for 64 members of the greatest weight: the most that an isolate should spend on this. */
const MAX_VIRTUAL_NODES = 16_000

const CIRCLE = 2 ** 32

export function createRing(members: readonly RingMember[], options: RingOptions = {}): Ring {
  const { virtualNodesPerWeight = VIRTUAL_NODES_PER_WEIGHT, hash = hash32 } = options
  const arcs = members.map(({ id, weight }) => ({
    id,
    positions: place(id, virtualNodesOf(weight, virtualNodesPerWeight), hash),
  }))

  return {
    // Each member's next node by binary search, then the members by distance: the order of a walk along the merged ring, at a
    // cost that does not grow when one member has a single node among thousands
    walk(key) {
      const start = hash(key)
      return arcs
        .map(({ id, positions }) => ({ id, distance: clockwise(start, positions) }))
        .sort((a, b) => a.distance - b.distance || compareIds(a.id, b.id))
        .map(({ id }) => id)
    },
    virtualNodes() {
      return arcs
        .flatMap(({ id, positions }) => Array.from(positions, position => ({ position, id })))
        .sort((a, b) => a.position - b.position || compareIds(a.id, b.id))
    },
  }
}

/** A weight that is no positive number gets the one node of the smallest. */
function virtualNodesOf(weight: number, perWeight: number): number {
  const wanted = Math.round(perWeight * weight)
  return wanted >= 1 ? Math.min(wanted, MAX_VIRTUAL_NODES) : 1
}

function place(id: string, count: number, hash: Hash): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => hash(`${id}#${index}`)).sort()
}

/** The way from `start` to the first of `positions` (ascending) that is not before it. */
function clockwise(start: number, positions: Uint32Array): number {
  let low = 0
  let high = positions.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((positions[middle] ?? CIRCLE) < start) low = middle + 1
    else high = middle
  }
  const next = positions[low]
  return next === undefined ? (positions[0] ?? CIRCLE) + CIRCLE - start : next - start
}

/** By code unit, not by locale: every isolate must break a tie the same way. */
function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
