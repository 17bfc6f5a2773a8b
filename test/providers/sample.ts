/**
 * The smallest JSON value that satisfies a schema, so that structured answers and tool arguments of the simulator pass the caller's
 * own validation. Optional properties are left out. `pattern` is the one keyword that is not honoured: no general answer is short.
 * Reads both JSON Schema and Gemini's dialect of it (upper-case types, `nullable`).
 */
import { isObject, type JsonObject, list, number, object, text } from './json'

/** A schema that requires itself has no finite value; the recursion must end all the same. */
const MAX_DEPTH = 32

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  email: 'simulated@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  hostname: 'example.com',
}

export const sample = (schema: unknown): unknown => sampleAt(schema, schema, 0)

function sampleAt(schema: unknown, root: unknown, depth: number): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return {}
  const again = (inner: unknown) => sampleAt(inner, root, depth + 1)
  const reference = text(schema.$ref)
  if (reference !== undefined) return again(resolve(reference, root))
  if ('const' in schema) return schema.const
  const values = list(schema.enum)
  if (values !== undefined && values.length > 0) return values[0]
  const alternatives = list(schema.anyOf) ?? list(schema.oneOf)
  if (alternatives !== undefined && alternatives.length > 0) return again(alternatives[0])
  const parts = list(schema.allOf)
  if (parts !== undefined) return again(merge(schema, parts, root))
  return ofType(typeOf(schema), schema, again)
}

function typeOf(schema: JsonObject): string {
  const named = list(schema.type)?.find(type => type !== 'null') ?? schema.type
  if (typeof named === 'string') return named.toLowerCase()
  if (Array.isArray(schema.type)) return 'null'
  return schema.items === undefined ? 'object' : 'array'
}

function ofType(type: string, schema: JsonObject, again: (inner: unknown) => unknown): unknown {
  switch (type) {
    case 'string':
      return sampleText(schema)
    case 'integer':
    case 'number':
      return sampleNumber(schema, type === 'integer')
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () => again(schema.items))
    default: {
      const properties = object(schema.properties) ?? {}
      const required = (list(schema.required) ?? []).filter(name => typeof name === 'string')
      return Object.fromEntries(required.map(name => [name, again(properties[name] ?? { type: 'string' })]))
    }
  }
}

function sampleText(schema: JsonObject): string {
  const formatted = FORMATS[text(schema.format) ?? '']
  if (formatted !== undefined) return formatted
  return 'simulated'.padEnd(Number(schema.minLength ?? 0), '.').slice(0, Number(schema.maxLength ?? Number.POSITIVE_INFINITY))
}

/** The smallest allowed number that is not below zero if zero is allowed. */
function sampleNumber(schema: JsonObject, integer: boolean): number {
  const step = number(schema.multipleOf) ?? (integer ? 1 : undefined)
  const above = number(schema.exclusiveMinimum)
  const below = number(schema.exclusiveMaximum)
  const low = Math.max(number(schema.minimum) ?? Number.NEGATIVE_INFINITY, above ?? Number.NEGATIVE_INFINITY)
  const high = Math.min(number(schema.maximum) ?? Number.POSITIVE_INFINITY, below ?? Number.POSITIVE_INFINITY)
  const allowed = (value: number) => value >= low && value <= high && value !== above && value !== below
  if (allowed(0)) return 0
  const edge = low > 0 ? low : high
  if (step === undefined) {
    if (allowed(edge)) return edge
    return Number.isFinite(low) && Number.isFinite(high) ? (low + high) / 2 : edge + (low > 0 ? 1 : -1)
  }
  const rounded = (low > 0 ? Math.ceil(edge / step) : Math.floor(edge / step)) * step
  return allowed(rounded) ? rounded : rounded + (low > 0 ? step : -step)
}

/** `#/$defs/Name` and the like; anything else is a schema that allows everything. */
function resolve(reference: string, root: unknown): unknown {
  if (!reference.startsWith('#')) return {}
  const keys = reference.slice(1).split('/').slice(1)
  return keys.reduce<unknown>((value, key) => object(value)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], root) ?? {}
}

function merge(schema: JsonObject, parts: readonly unknown[], root: unknown): JsonObject {
  const { allOf: _, ...own } = schema
  const whole = [own, ...parts].map(part => object(resolveOnce(part, root)) ?? {})
  return {
    ...Object.assign({}, ...whole),
    properties: Object.assign({}, ...whole.map(part => object(part.properties) ?? {})),
    required: whole.flatMap(part => list(part.required) ?? []),
  }
}

function resolveOnce(part: unknown, root: unknown): unknown {
  const reference = text(object(part)?.$ref)
  return reference === undefined ? part : resolve(reference, root)
}
