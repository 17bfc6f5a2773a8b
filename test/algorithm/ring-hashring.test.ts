/** The ring against another's: the npm package hashring 3.2, which places by MD5 as libketama does, 160 virtual nodes at weight 1 too. */
import HashRing from 'hashring'
import { describe, expect, test } from 'vitest'
import { createRing, type RingMember } from '../../src/algorithm/ring'
import { ownerOf } from './owner'

const MEMBERS: readonly RingMember[] = [
  { id: 'gpt', weight: 2 },
  { id: 'claude', weight: 1 },
  { id: 'gemini', weight: 0.5 },
  { id: 'llama', weight: 3 },
  { id: 'mistral', weight: 0.25 },
]
const KEYS = Array.from({ length: 100_000 }, (_, index) => `conversation-${index}`)
const NODES_PER_WEIGHT = 160

interface Contestant {
  readonly nodes: number
  readonly find: (key: string) => string | undefined
}

function ours(members: readonly RingMember[]): Contestant {
  const ring = createRing(members)
  return { nodes: ring.virtualNodes().length, find: key => ownerOf(ring, key) }
}

/** Four nodes from each of its hashes. */
function theirs(members: readonly RingMember[]): Contestant {
  const vnodes = members.map(({ id, weight }) => [id, { vnodes: (NODES_PER_WEIGHT / 4) * weight }] as const)
  const ring = new HashRing(Object.fromEntries(vnodes), 'md5', { 'max cache size': 1 })
  return { nodes: ring.ring.length, find: key => ring.get(key) }
}

const total = (members: readonly RingMember[]) => members.reduce((sum, { weight }) => sum + weight, 0)
const ownersOf = ({ find }: Contestant) => KEYS.map(find)
const shareOf = (owners: readonly (string | undefined)[], id: string) =>
  owners.filter(owner => owner === id).length / owners.length

/**
 * Of a member that ought to have the share p of T nodes in all. T random places cut a circle into T arcs, and n = pT of them add up to a Beta(n, T - n)
 * variable: variance p(1 - p) / (T + 1). Counting keys instead of measuring arcs adds p(1 - p) / keys.
 */
const standardDeviation = (p: number, nodes: number) => Math.sqrt(p * (1 - p) * (1 / (nodes + 1) + 1 / KEYS.length))

describe.each([
  ['this ring', ours],
  ['hashring', theirs],
])('%s', (_, create) => {
  const whole = create(MEMBERS)
  const owners = ownersOf(whole)

  test('has 160 nodes per weight', () => {
    expect(whole.nodes).toBe(NODES_PER_WEIGHT * total(MEMBERS))
  })

  test.each(MEMBERS)('gives $id its weight of the keys, within what as many random places are off', ({ id, weight }) => {
    const expected = weight / total(MEMBERS)
    // 4 standard deviations: odds of 1 in 16,000 for each of five
    expect(Math.abs(shareOf(owners, id) - expected)).toBeLessThan(4 * standardDeviation(expected, whole.nodes))
  })

  test.each(MEMBERS)('moves the keys of $id alone when it goes, and the same ones back when it comes', ({ id }) => {
    const without = ownersOf(create(MEMBERS.filter(member => member.id !== id)))
    const moved = owners.filter((owner, key) => owner !== without[key])
    expect(new Set(moved)).toEqual(new Set([id]))
    expect(moved.length).toBe(owners.filter(owner => owner === id).length)
  })
})

test.each(MEMBERS)('both give $id the same share, but for chance', ({ id, weight }) => {
  const expected = weight / total(MEMBERS)
  const [own, other] = [ours(MEMBERS), theirs(MEMBERS)].map(contestant => shareOf(ownersOf(contestant), id))
  // Two independent placements: their difference varies by twice the variance
  const tolerance = 4 * Math.SQRT2 * standardDeviation(expected, NODES_PER_WEIGHT * total(MEMBERS))
  expect(Math.abs((own ?? 0) - (other ?? 1))).toBeLessThan(tolerance)
})
