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
/** A million nodes (6 to 8 MB) for 64 members of the greatest weight: the most that an isolate should spend on this. */
const MAX_VIRTUAL_NODES = 16_000

/** So that a position and a member fit into the 53 bits of one number, and nodes sort without a comparison function. */
const MAX_MEMBERS = 2 ** 21

export function createRing(members: readonly RingMember[], options: RingOptions = {}): Ring {
  const { virtualNodesPerWeight = VIRTUAL_NODES_PER_WEIGHT, hash = hash32 } = options
  if (members.length > MAX_MEMBERS) throw new RangeError(`a ring holds at most ${MAX_MEMBERS} members`)
  // A member's number is its place by id, so that nodes at one position are in the same order on every ring
  const sorted = members.toSorted((a, b) => compareIds(a.id, b.id))
  const ids = sorted.map(({ id }) => id)
  const counts = sorted.map(({ weight }) => virtualNodesOf(weight, virtualNodesPerWeight))
  const { positions, owners } = merge(ids, counts, hash)
  const rare = rareMembers(owners, counts)
  const isRare = new Uint8Array(ids.length)
  for (const { member } of rare) isRare[member] = 1
  /** Of the walk under way. One for all walks, since none is ever interrupted by another. */
  const isMet = new Uint8Array(ids.length)

  return {
    // From node to node until every common member is met: some n ln n steps for n members, whatever their weights. Whoever is
    // rare and has not come by then is looked up, so that one node among thousands costs no walk past the thousands.
    walk(key) {
      // The node that comes next: at the key's position or after it
      const next = firstNotBelow(positions, hash(key))
      const start = next < positions.length ? next : 0
      const met: string[] = []
      isMet.fill(0)
      let missing = ids.length - rare.length
      for (let node = start; missing > 0; node = node + 1 < owners.length ? node + 1 : 0) {
        const member = owners[node] ?? 0
        if (isMet[member] === 1) continue
        isMet[member] = 1
        met.push(ids[member] ?? '')
        if (isRare[member] === 0) missing--
      }
      if (met.length === ids.length) return met
      const unmet = rare.filter(({ member }) => isMet[member] === 0)
      return [
        ...met,
        ...unmet
          .map(({ member, nodes }) => ({ id: ids[member] ?? '', steps: stepsTo(nodes, start, owners.length) }))
          .sort((a, b) => a.steps - b.steps)
          .map(({ id }) => id),
      ]
    },
    virtualNodes: () => Array.from(positions, (position, node) => ({ position, id: ids[owners[node] ?? 0] ?? '' })),
  }
}

/** A weight that is no positive number gets the one node of the smallest. */
function virtualNodesOf(weight: number, perWeight: number): number {
  const wanted = Math.round(perWeight * weight)
  return wanted >= 1 ? Math.min(wanted, MAX_VIRTUAL_NODES) : 1
}

/** All nodes clockwise: where each is, and the number of the member that it belongs to. */
interface Nodes {
  readonly positions: Uint32Array
  readonly owners: Uint16Array | Uint32Array
}

function merge(ids: readonly string[], counts: readonly number[], hash: Hash): Nodes {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const nodes = new Float64Array(total)
  let node = 0
  for (const [member, id] of ids.entries())
    for (let index = 0; index < (counts[member] ?? 0); index++) nodes[node++] = hash(`${id}#${index}`) * MAX_MEMBERS + member
  nodes.sort()
  const positions = new Uint32Array(total)
  const owners = new (ids.length <= 2 ** 16 ? Uint16Array : Uint32Array)(total)
  // By index: iterators over a hundred thousand nodes would take longer than sorting them
  for (let at = 0; at < total; at++) {
    const both = nodes[at] ?? 0
    positions[at] = Math.floor(both / MAX_MEMBERS)
    owners[at] = both % MAX_MEMBERS
  }
  return { positions, owners }
}

/** A member with so few nodes that walking until one comes may take long. `nodes` are its places among all nodes, ascending. */
interface RareMember {
  readonly member: number
  readonly nodes: Uint32Array
}

/** Those with less than half the mean: among equals none, and never more than half of all nodes. */
function rareMembers(owners: Nodes['owners'], counts: readonly number[]): readonly RareMember[] {
  const enough = owners.length / counts.length / 2
  const rare = counts.flatMap((count, member) => (count < enough ? [{ member, nodes: new Uint32Array(count) }] : []))
  const placesOf = new Map(rare.map(({ member, nodes }) => [member, { nodes, filled: 0 }]))
  if (rare.length === 0) return rare
  for (let node = 0; node < owners.length; node++) {
    const places = placesOf.get(owners[node] ?? 0)
    if (places !== undefined) places.nodes[places.filled++] = node
  }
  return rare
}

/** Clockwise from the node `start` to the first of `nodes` that is not before it. */
function stepsTo(nodes: Uint32Array, start: number, total: number): number {
  const next = nodes[firstNotBelow(nodes, start)]
  return next === undefined ? (nodes[0] ?? 0) + total - start : next - start
}

/** The index of the first of `ascending` that is `least` or more; their number if there is none. */
function firstNotBelow(ascending: Uint32Array, least: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? least) < least) low = middle + 1
    else high = middle
  }
  return low
}

/** By code unit, not by locale: every isolate must break a tie the same way. */
function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
