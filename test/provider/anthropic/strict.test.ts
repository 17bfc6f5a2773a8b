import { describe, expect, it } from 'vitest'
import { isStrict } from '../../../src/provider/anthropic/strict'

const text = { type: 'string' }
const closed = (properties: object, rest: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...rest,
})

describe('a schema that OpenAI takes as strict', () => {
  it.each([
    ['has all its properties required and no others', closed({ a: text, b: { type: ['string', 'null'] } })],
    ['has none at all', closed({})],
    ['nests such objects', closed({ a: closed({ b: text }), list: { type: 'array', items: closed({ c: text }) } })],
    ['has alternatives', closed({ a: { anyOf: [text, { type: 'null' }, closed({ b: text })] } })],
    ['refers to definitions', closed({ a: { $ref: '#/$defs/x' } }, { $defs: { x: closed({ b: text }) } })],
    ['names values and bounds', closed({ a: { enum: ['x', 'y'] }, n: { type: 'integer', minimum: 0, maximum: 9 } })],
  ])('%s', (_, schema) => {
    expect(isStrict(schema)).toBe(true)
  })
})

describe('a schema that OpenAI would refuse as strict', () => {
  it.each([
    ['leaves a property optional', { ...closed({ a: text }), required: [] }],
    ['says nothing of what is required', { type: 'object', properties: { a: text }, additionalProperties: false }],
    ['is open', { type: 'object', properties: { a: text }, required: ['a'] }],
    ['is open further in', closed({ a: { type: 'object', properties: {} } })],
    ['is open in a list', closed({ list: { type: 'array', items: { type: 'object' } } })],
    ['is open in an alternative', closed({ a: { anyOf: [{ properties: {} }] } })],
    ['is open in a definition', closed({}, { $defs: { x: { type: ['object', 'null'] } } })],
    ['uses a keyword that strict schemas lack', closed({ a: { oneOf: [text] } })],
    ['holds what is no schema', closed({ a: true })],
    ['is no object', { type: 'array', items: text }],
    ['is a choice at the top', { anyOf: [closed({ a: text })] }],
    ['is nothing', undefined],
  ])('%s', (_, schema) => {
    expect(isStrict(schema)).toBe(false)
  })

  it('is nested deeper than ten levels', () => {
    const nested = (levels: number): object => (levels === 0 ? closed({}) : closed({ a: nested(levels - 1) }))
    expect([isStrict(nested(10)), isStrict(nested(11))]).toEqual([true, false])
  })
})
