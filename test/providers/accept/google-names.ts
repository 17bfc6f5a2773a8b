/** Field names as protocol buffers read them from JSON: snake_case and camelCase are the same name. */
import { type JsonObject, object } from '../json'

/** A leading underscore belongs to the name. */
export const camel = (name: string): string => name.replaceAll(/(?<=.)_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The object with its names in camel case; what is no object has no names. */
export const named = (value: unknown): JsonObject =>
  Object.fromEntries(Object.entries(object(value) ?? {}).map(([name, inner]) => [camel(name), inner]))
