/**
 * `response_format` for Claude. A schema goes into `output_config.format`, which takes a subset of JSON Schema and refuses the rest;
 * so objects are closed, as the API demands, and constraints that it cannot enforce move into the description, where the model still
 * reads them. "Any JSON object" has no parameter: the system prompt asks for it.
 */
import type { ChatRequest } from '../../chat'
import { isObject, type JsonObject } from '../../json'
import { ok, type Result } from '../../outcome'
import { unsupported } from '../translation/fault'
import type { Traits } from './claude'
import type { OutputConfig, TextBlockParam } from './wire'

export interface OutputFormat {
  readonly format?: NonNullable<OutputConfig['format']>
  readonly instruction?: TextBlockParam
}

const ANY_OBJECT = 'Answer with a single JSON object and nothing else: no prose around it and no code fence.'

export function outputFormat(wanted: ChatRequest['response_format'], traits: Traits): Result<OutputFormat> {
  if (wanted === null || wanted === undefined || wanted.type === 'text') return ok({})
  const schema = wanted.type === 'json_schema' ? wanted.json_schema.schema : undefined
  if (schema === undefined) return ok({ instruction: { type: 'text', text: ANY_OBJECT } })
  if (!traits.jsonSchema) return unsupported('response_format', 'This Claude cannot be held to a schema.')
  return ok({ format: { type: 'json_schema', schema: accepted(schema) } })
}

/** What the API refuses to compile, by keyword. */
const CONSTRAINTS: ReadonlySet<string> = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern'],
  ...['maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains', 'minProperties', 'maxProperties'],
  ...['patternProperties', 'propertyNames', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas'],
])
/** The values of `format` that compile. */
const FORMATS: ReadonlySet<unknown> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
])
/** Keywords whose value maps names to schemas, is a list of schemas, or is one. */
const NAMED = ['properties', '$defs', 'definitions']
const LISTED = ['anyOf', 'allOf', 'prefixItems']

/** No schema that means anything is nested deeper; beyond it the schema is sent as it is. */
const DEEPEST = 100

function accepted(schema: JsonObject, depth = 0): Record<string, unknown> {
  const nested = (value: unknown) => (isObject(value) && depth < DEEPEST ? accepted(value, depth + 1) : value)
  const kept: Record<string, unknown> = {}
  const moved: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (refused(keyword, value)) {
      moved.push(`${keyword}: ${JSON.stringify(value)}`)
    } else if (NAMED.includes(keyword) && isObject(value)) {
      kept[keyword] = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, nested(member)]))
    } else if (LISTED.includes(keyword) && Array.isArray(value)) kept[keyword] = value.map(nested)
    else if (keyword === 'oneOf' && Array.isArray(value)) kept.anyOf = value.map(nested)
    else kept[keyword] = keyword === 'items' ? nested(value) : value
  }
  if (isObjectSchema(schema)) kept.additionalProperties = false
  if (moved.length > 0) {
    const note = `(${moved.join(', ')})`
    kept.description = typeof schema.description === 'string' ? `${schema.description} ${note}` : note
  }
  return kept
}

function refused(keyword: string, value: unknown): boolean {
  if (keyword === 'format') return !FORMATS.has(value)
  // Of lower bounds on a list, only "any number" and "at least one" compile
  if (keyword === 'minItems') return value !== 0 && value !== 1
  return CONSTRAINTS.has(keyword)
}

const isObjectSchema = ({ type, properties }: JsonObject): boolean =>
  type === 'object' || (Array.isArray(type) && type.includes('object')) || (type === undefined && properties !== undefined)
