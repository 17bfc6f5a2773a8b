/**
 * Whether a schema may be called strict at OpenAI. Both providers hold an answer to its schema, but OpenAI does so only where every property
 * is required and no other is allowed, and refuses a strict schema that is not so. A looser one goes without the word: the model still reads it.
 */
import { isObject, listAt } from '../../json'

/** Keywords that OpenAI's strict schemas know; whatever else a schema says may be refused. */
const KNOWN: ReadonlySet<string> = new Set([
  ...[
    'type',
    'properties',
    'required',
    'additionalProperties',
    'items',
    'enum',
    'const',
    'anyOf',
    '$ref',
    '$defs',
    'definitions',
  ],
  ...['title', 'description', 'pattern', 'format', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minItems', 'maxItems'],
])

/** OpenAI's limit is 10; beyond it nothing is strict. */
const DEEPEST = 10

export const isStrict = (schema: unknown): boolean => isObject(schema) && schema.type === 'object' && conforms(schema, 0)

function conforms(schema: unknown, depth: number): boolean {
  if (!isObject(schema) || depth > DEEPEST || !Object.keys(schema).every(keyword => KNOWN.has(keyword))) return false
  const members = [schema.properties, schema.$defs, schema.definitions].flatMap(named =>
    isObject(named) ? Object.values(named) : [],
  )
  const nested = [...members, ...listAt(schema, 'anyOf'), ...(schema.items === undefined ? [] : [schema.items])]
  return isClosed(schema) && nested.every(member => conforms(member, depth + 1))
}

function isClosed(schema: Readonly<Record<string, unknown>>): boolean {
  const { type, properties } = schema
  const isOfObjects = type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined
  if (!isOfObjects) return true
  const names = isObject(properties) ? Object.keys(properties) : []
  const required = listAt(schema, 'required')
  return schema.additionalProperties === false && names.every(name => required.includes(name))
}
