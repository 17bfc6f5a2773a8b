import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isObject, listAt, numberAt, objectAt, parseJson, stringAt } from '../src/json'

describe('JSON that somebody else wrote', () => {
  it.each([
    ['{}', true],
    ['[]', false],
    ['null', false],
    ['"{}"', false],
    ['7', false],
  ])('%s is an object: %s', (text, expected) => {
    expect(isObject(parseJson(text))).toBe(expected)
  })

  it('that is no JSON is undefined, which no JSON is', () => {
    for (const text of ['', '{', 'undefined', '{"a":1}x', "{'a':1}"]) expect(parseJson(text)).toBeUndefined()
  })

  it('is read for what it has, and is undefined or empty for the rest', () => {
    const value = { text: 'a', number: 0, object: { deep: 1 }, list: [1, 'a'] }
    expect(stringAt(value, 'text')).toBe('a')
    expect(numberAt(value, 'number')).toBe(0)
    expect(objectAt(value, 'object')).toEqual({ deep: 1 })
    expect(listAt(value, 'list')).toEqual([1, 'a'])
    expect([stringAt(value, 'number'), numberAt(value, 'text'), objectAt(value, 'list')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(listAt(value, 'object')).toEqual([])
    expect(numberAt({ number: Number.NaN }, 'number')).toBeUndefined()
  })

  it('of any shape never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string().map(parseJson)), fc.string(), (value, key) => {
        for (const read of [objectAt, stringAt, numberAt, listAt]) read(value, key)
      }),
      { seed: 20_261_124, numRuns: 500 },
    )
  })
})
