import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecencyMap } from '../../src/algorithm/recency-map'

const SEED = 20_261_201

function listed<K, V>(map: RecencyMap<K, V>): (readonly [K, V])[] {
  const entries: (readonly [K, V])[] = []
  for (let entry = map.first; entry !== undefined; entry = entry.next) entries.push([entry.key, entry.value])
  return entries
}

describe('a map in the order of use', () => {
  it('is as a Map from which every entry is deleted before it is set', () => {
    const step = fc.record({ key: fc.nat(6), isDeletion: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const [map, model] = [new RecencyMap<number, number>(), new Map<number, number>()]
        for (const [turn, { key, isDeletion }] of steps.entries()) {
          const wasThere = model.delete(key)
          if (isDeletion) expect(map.delete(key)).toBe(wasThere)
          else {
            map.set(key, turn)
            model.set(key, turn)
          }
          expect(listed(map)).toEqual([...model])
          expect(map.size).toBe(model.size)
          expect(map.get(key)).toBe(model.get(key))
        }
      }),
      { seed: SEED },
    )
  })

  it('replaces a value where it stands', () => {
    const map = new RecencyMap<string, number>()
    for (const key of ['a', 'b']) map.set(key, 0)
    map.replace('a', 1)
    map.replace('c', 2)
    expect(listed(map)).toEqual([
      ['a', 1],
      ['b', 0],
    ])
  })

  it('goes on where it is after the entry has been deleted', () => {
    const map = new RecencyMap<string, number>()
    for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) map.set(key, index)
    for (let entry = map.first; entry !== undefined; entry = entry.next) if (entry.value % 2 === 0) map.delete(entry.key)
    expect(listed(map)).toEqual([
      ['b', 1],
      ['d', 3],
    ])
  })
})
