/**
 * How long an upstream asks to be left alone. `retry-after-ms` is OpenAI's and Azure's finer form and wins; `retry-after` is
 * either seconds or an HTTP date (RFC 9110, section 10.2.3).
 */

const NUMBER = /^\d+(\.\d+)?$/
/** All three date forms of RFC 9110 start with a day's name; anything else `Date.parse` would accept is not a date here. */
const HTTP_DATE = /^[A-Za-z]{3,9},? /

/** Never negative; undefined where the headers say nothing readable. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const ms = headers.get('retry-after-ms')?.trim()
  if (ms !== undefined && NUMBER.test(ms)) return Math.ceil(Number(ms))
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (NUMBER.test(value)) return Math.ceil(Number(value) * 1000)
  const dateMs = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs)
}
