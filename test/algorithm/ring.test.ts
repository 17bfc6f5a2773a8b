import * as fc from 'fast-check'
import HashRing from 'hashring'
import { describe, expect, test } from 'vitest'
import { createRandom, shuffle } from '../../src/algorithm/random'
import { createRing, type Ring, type RingMember } from '../../src/algorithm/ring'
import { ownerOf } from './owner'

const CIRCLE = 2 ** 32

/** A hash to list a ring by on paper: names have the place that the table gives them, keys are their own place. */
const onPaper = (places: Readonly<Record<string, number>>) => (text: string) => places[text] ?? Number(text)

/** Exact shares, from the gap in front of each virtual node. */
function shares(ring: Ring): ReadonlyMap<string, number> {
  const nodes = ring.virtualNodes()
  const result = new Map<string, number>()
  let previous = (nodes.at(-1)?.position ?? 0) - CIRCLE
  for (const { position, id } of nodes) {
    result.set(id, (result.get(id) ?? 0) + (position - previous) / CIRCLE)
    previous = position
  }
  return result
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
const rootMeanSquare = (numbers: readonly number[]) => Math.sqrt(sum(numbers.map(number => number ** 2)) / numbers.length)

describe('a ring on paper', () => {
  const hash = onPaper({ 'a#0': 10, 'a#1': 60, 'b#0': 30, 'b#1': 80, 'c#0': 40, 'd#0': 10 })
  const options = { virtualNodesPerWeight: 2, hash }
  const two = createRing(
    [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 1 },
    ],
    options,
  )

  test('lists its virtual nodes clockwise', () => {
    expect(two.virtualNodes().map(({ position, id }) => `${position}${id}`)).toEqual(['10a', '30b', '60a', '80b'])
  })

  test.each([
    ['5', ['a', 'b']],
    ['10', ['a', 'b']],
    ['11', ['b', 'a']],
    ['35', ['a', 'b']],
    ['70', ['b', 'a']],
    ['80', ['b', 'a']],
    ['81', ['a', 'b']],
    ['4294967295', ['a', 'b']],
  ])('leads key %s to %j', (key, expected) => {
    expect(two.walk(key)).toEqual(expected)
  })

  test('moves only the keys between 30 and 40 to a new member at 40', () => {
    const three = createRing(
      [
        { id: 'a', weight: 1 },
        { id: 'b', weight: 1 },
        { id: 'c', weight: 0.5 },
      ],
      options,
    )
    const keys = ['5', '20', '35', '50', '70', '90']
    expect(keys.map(key => ownerOf(two, key))).toEqual(['a', 'b', 'a', 'a', 'b', 'a'])
    expect(keys.map(key => ownerOf(three, key))).toEqual(['a', 'b', 'c', 'a', 'b', 'a'])
  })

  test('breaks a tie at one place by id, whatever the order of insertion', () => {
    const d = { id: 'd', weight: 0.5 }
    const a = { id: 'a', weight: 1 }
    expect(createRing([d, a], options).walk('5')).toEqual(['a', 'd'])
    expect(createRing([a, d], options).walk('5')).toEqual(['a', 'd'])
  })
})

describe('the number of virtual nodes', () => {
  test.each([
    [1, 160],
    [0.1, 16],
    [2.5, 400],
    [100, 16_000],
    [1e9, 16_000],
    [0.001, 1],
    [0, 1],
    [Number.NaN, 1],
  ])('of weight %d is %d', (weight, count) => {
    expect(createRing([{ id: 'a', weight }]).virtualNodes()).toHaveLength(count)
  })
})

test('an empty ring leads nowhere', () => {
  expect(createRing([]).walk('key')).toEqual([])
})

test('leads to members that have a single node each among 48,000, in the order of the ring', () => {
  const heavy = ['x', 'y', 'z'].map(id => ({ id, weight: 100 }))
  const light = ['a', 'b', 'c', 'd'].map(id => ({ id, weight: 0.001 }))
  const ring = createRing([...heavy, ...light])
  const nodes = ring.virtualNodes()
  expect(nodes).toHaveLength(48_004)
  const clockwise = nodes.filter(({ id }) => light.some(each => each.id === id)).map(({ id }) => id)
  // From anywhere, they come in the one order that they have on the circle, begun at any of the four
  const orders = clockwise.map((_, first) => [...clockwise.slice(first), ...clockwise.slice(0, first)].join(''))
  const seen = Array.from({ length: 400 }, (_, key) => ring.walk(`key ${key}`))
  for (const walk of seen) expect(walk.toSorted()).toEqual(['a', 'b', 'c', 'd', 'x', 'y', 'z'])
  expect(new Set(seen.map(walk => walk.filter(id => clockwise.includes(id)).join('')))).toEqual(new Set(orders))
})

describe('any ring', () => {
  const members = fc
    .uniqueArray(fc.record({ id: fc.string({ maxLength: 6 }), weight: fc.double({ min: 0.02, max: 3, noNaN: true }) }), {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 8,
    })
    .map((list): readonly RingMember[] => list)
  const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`)

  test('walks in the order of its virtual nodes, each member once', () => {
    fc.assert(
      fc.property(members, fc.string(), (list, key) => {
        // A hash for the key that can be looked at, so that the walk can be followed node by node
        const ring = createRing(list)
        const place = createRing([{ id: key, weight: 1 }], { virtualNodesPerWeight: 1 }).virtualNodes()[0]?.position ?? 0
        const nodes = ring.virtualNodes()
        const ahead = [...nodes.filter(({ position }) => position >= place), ...nodes.filter(({ position }) => position < place)]
        expect(ring.walk(`${key}#0`)).toEqual([...new Set(ahead.map(({ id }) => id))])
      }),
      { seed: 3 },
    )
  })

  test('does not depend on the order of insertion', () => {
    fc.assert(
      fc.property(members, fc.integer(), (list, seed) => {
        const ring = createRing(list)
        const mixed = createRing(shuffle(list, createRandom(seed)))
        for (const key of keys) expect(mixed.walk(key)).toEqual(ring.walk(key))
      }),
      { seed: 4, numRuns: 30 },
    )
  })

  test('changes the order of two unchanged members for no key when a third comes, goes or changes weight', () => {
    fc.assert(
      fc.property(members, fc.double({ min: 0.02, max: 3, noNaN: true }), (list, weight) => {
        const [changed, ...others] = list
        const ring = createRing(list)
        const without = createRing(others)
        const reweighted = createRing(list.map(member => (member === changed ? { ...member, weight } : member)))
        for (const key of keys) {
          const unchanged = ring.walk(key).filter(id => id !== changed?.id)
          expect(without.walk(key)).toEqual(unchanged)
          expect(reweighted.walk(key).filter(id => id !== changed?.id)).toEqual(unchanged)
        }
      }),
      { seed: 5, numRuns: 30 },
    )
  })

  test('moves keys only to a member whose weight grows, and only from one whose weight shrinks', () => {
    fc.assert(
      fc.property(members, list => {
        const [first] = list
        const grown = createRing(list.map(member => (member === first ? { ...member, weight: member.weight * 2 } : member)))
        const ring = createRing(list)
        for (const key of keys) {
          const after = ownerOf(grown, key)
          if (after !== ownerOf(ring, key)) expect(after).toBe(first?.id)
        }
      }),
      { seed: 6, numRuns: 30 },
    )
  })
})

describe('shares', () => {
  test('of 20 equal members are off by sqrt((1 - p) / 160), as the gaps between random points are', () => {
    const errors = Array.from({ length: 10 }, (_, ring) =>
      createRing(Array.from({ length: 20 }, (_unused, member) => ({ id: `ring-${ring}-model-${member}`, weight: 1 }))),
    ).flatMap(ring => [...shares(ring).values()].map(share => share * 20 - 1))
    const predicted = Math.sqrt(0.95 / 160)
    // A root mean square over 200 values has itself a standard deviation of 1 / sqrt(400) = 5 %
    expect(rootMeanSquare(errors) / predicted).toBeGreaterThan(0.85)
    expect(rootMeanSquare(errors) / predicted).toBeLessThan(1.15)
  })

  test.each([
    [0.1, 16],
    [1, 160],
    [10, 1_600],
    [100, 16_000],
  ])('follow weight %d within 4 standard deviations of its %d nodes', (weight, nodes) => {
    for (let round = 0; round < 5; round++) {
      const rest = { id: `rest-${round}`, weight: weight * 3 }
      const share = shares(createRing([{ id: `own-${round}`, weight }, rest])).get(`own-${round}`) ?? 0
      // The rest is capped at weight 100 as well
      const expected = weight / (weight + Math.min(100, rest.weight))
      expect(Math.abs(share / expected - 1)).toBeLessThan(4 * Math.sqrt((1 - expected) / nodes))
    }
  })

  test('of keys are the shares of the circle', () => {
    const ring = createRing([
      { id: 'a', weight: 2 },
      { id: 'b', weight: 1 },
      { id: 'c', weight: 0.5 },
    ])
    const count = 30_000
    const owned = new Map<string, number>()
    for (let key = 0; key < count; key++) {
      const id = ownerOf(ring, `conversation ${key}`) ?? ''
      owned.set(id, (owned.get(id) ?? 0) + 1)
    }
    for (const [id, share] of shares(ring)) {
      expect(Math.abs((owned.get(id) ?? 0) / count - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / count))
    }
  })

  test('are as even as those of the npm package hashring with as many nodes', () => {
    const keyCount = 20_000
    const spreadOf = (find: (key: string) => string | undefined, ids: readonly string[]) => {
      const counts = new Map(ids.map(id => [id, 0]))
      for (let key = 0; key < keyCount; key++) {
        const id = find(`key-${key}`) ?? ''
        counts.set(id, (counts.get(id) ?? 0) + 1)
      }
      return [...counts.values()].map(count => (count / keyCount) * ids.length - 1)
    }
    const rings = Array.from({ length: 10 }, (_, ring) => Array.from({ length: 20 }, (_unused, member) => `r${ring}m${member}`))
    const ours = rings.flatMap(ids => {
      const ring = createRing(ids.map(id => ({ id, weight: 1 })))
      return spreadOf(key => ownerOf(ring, key), ids)
    })
    const theirs = rings.flatMap(ids => {
      // 40 hashes of four places each: 160, as ours
      const ring = new HashRing(ids, 'md5')
      return spreadOf(key => ring.get(key), ids)
    })
    // Two root mean squares of 200 values each, 5 % apart by chance: 3 standard deviations of the ratio are 21 %
    const ratio = rootMeanSquare(ours) / rootMeanSquare(theirs)
    expect(ratio).toBeGreaterThan(0.79)
    expect(ratio).toBeLessThan(1.21)
    // MD5 of 200,000 keys is slow, and slower beside other work
  }, 30_000)
})
