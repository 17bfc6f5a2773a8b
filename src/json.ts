/**
 * Reading JSON that somebody else wrote. Upstreams add fields, leave fields out and sometimes send nonsense; a reader here takes
 * what it needs and gets undefined for the rest, so that no shape of input can throw.
 */

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Undefined where the text is not JSON: no JSON text has that value. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether lists and objects in it lie more than so many levels deep. What is a hundred thousand deep can be read but not written: writing recurses. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(inner => isDeeper(inner, levels - 1))
}

const at = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined)

export function objectAt(value: unknown, key: string): JsonObject | undefined {
  const found = at(value, key)
  return isObject(found) ? found : undefined
}

export function stringAt(value: unknown, key: string): string | undefined {
  const found = at(value, key)
  return typeof found === 'string' ? found : undefined
}

export function numberAt(value: unknown, key: string): number | undefined {
  const found = at(value, key)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** Empty where there is no list. */
export function listAt(value: unknown, key: string): readonly unknown[] {
  const found = at(value, key)
  return Array.isArray(found) ? found : []
}
