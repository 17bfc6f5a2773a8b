/**
 * What a record holds under a name that somebody else has given. A plain look-up also finds what every object brings along, and a model may be called
 * `toString`. Writing needs no such care but for `__proto__`, which is no id.
 */
export function entryOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
