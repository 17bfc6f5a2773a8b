import { describe, expect, it } from 'vitest'
import { sample } from './sample'

describe('the smallest value of a schema', () => {
  const cases: readonly (readonly [string, unknown, unknown])[] = [
    [
      'has the required properties and no other',
      { type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] },
      { a: 'simulated' },
    ],
    ['takes the first of an enum', { enum: ['red', 'green'] }, 'red'],
    ['repeats a constant', { const: 7 }, 7],
    ['takes the first type that is not null', { type: ['null', 'integer'] }, 0],
    ['is null where nothing else is allowed', { type: ['null'] }, null],
    [
      'reads the upper-case types of Gemini',
      { type: 'OBJECT', properties: { n: { type: 'NUMBER' } }, required: ['n'] },
      { n: 0 },
    ],
    ['fills an array to its minimum', { type: 'array', items: { type: 'boolean' }, minItems: 2 }, [true, true]],
    ['leaves an array without minimum empty', { type: 'array', items: { type: 'boolean' } }, []],
    ['pads a text to its minimum', { type: 'string', minLength: 12 }, 'simulated...'],
    ['cuts a text to its maximum', { type: 'string', maxLength: 3 }, 'sim'],
    ['writes a date as a date', { type: 'string', format: 'date' }, '2026-01-01'],
    ['rounds up to a multiple above the minimum', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    ['steps over an exclusive minimum', { type: 'integer', exclusiveMinimum: 3 }, 4],
    ['goes below zero where it must', { type: 'integer', exclusiveMaximum: -3 }, -4],
    ['lies between two exclusive bounds', { type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 2 }, 1.5],
    ['takes the first alternative', { anyOf: [{ type: 'boolean' }, { type: 'string' }] }, true],
    ['follows a reference', { $ref: '#/$defs/City', $defs: { City: { type: 'string', enum: ['Bern'] } } }, 'Bern'],
    [
      'joins what all parts demand',
      {
        allOf: [
          { type: 'object', properties: { a: { const: 1 } }, required: ['a'] },
          { properties: { b: { const: 2 } }, required: ['b'] },
        ],
      },
      { a: 1, b: 2 },
    ],
  ]
  it.each(cases)('%s', (_, schema, value) => expect(sample(schema)).toEqual(value))

  it('ends even for a schema that requires itself', () => {
    const endless = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }
    expect(() => JSON.stringify(sample(endless))).not.toThrow()
  })
})
