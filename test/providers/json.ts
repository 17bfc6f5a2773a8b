/** Reads of JSON whose shape nobody has promised: what is not there or is something else becomes undefined. */

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const object = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined)
export const list = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined)
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/** OpenAI and Anthropic treat an explicit null like a field that is not there. */
export const given = (value: unknown): boolean => value !== undefined && value !== null
