/** Header names are case-insensitive, object keys are not: without this, an override would travel beside what it overrides. */

/** Lower-case names; `overrides` win, and an undefined value of `own` is no header at all. */
export function requestHeaders(
  own: Readonly<Record<string, string | undefined>>,
  overrides: Readonly<Record<string, string>>,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of [...Object.entries(own), ...Object.entries(overrides)]) {
    if (value !== undefined) headers[name.toLowerCase()] = value
  }
  return headers
}
