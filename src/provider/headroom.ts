/**
 * How much of its rate limit a credential has left, as the upstream tells with every answer. Worth reading before it answers 429: a model that is
 * nearly out of quota can be spared while another has plenty.
 */

/** The scarcest of the limits that the headers name. */
export interface Headroom {
  /** What is left of it, 0..1. */
  readonly share: number
  /** Until it is full again, or refilled enough, ms; 0 where the headers do not say. */
  readonly forMs: number
  /** How many requests all of it is; undefined of a limit on tokens, of which nobody knows what a request will take. */
  readonly requests?: number | undefined
}

interface Bucket {
  /** Requests, or which tokens. */
  readonly counts: string
  readonly limit: string
  readonly remaining: string
  readonly reset: string
}

/** OpenAI's names, which compatible upstreams copy, and Anthropic's. Gemini tells nothing. */
const BUCKETS: readonly Bucket[] = [
  ...['requests', 'tokens'].map(what => ({
    counts: what,
    limit: `x-ratelimit-limit-${what}`,
    remaining: `x-ratelimit-remaining-${what}`,
    reset: `x-ratelimit-reset-${what}`,
  })),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(what => ({
    counts: what,
    limit: `anthropic-ratelimit-${what}-limit`,
    remaining: `anthropic-ratelimit-${what}-remaining`,
    reset: `anthropic-ratelimit-${what}-reset`,
  })),
]

/** Undefined where the headers name no limit. */
export function headroomOf(headers: Headers, nowMs: number): Headroom | undefined {
  let scarcest: Headroom | undefined
  for (const { counts, limit, remaining, reset } of BUCKETS) {
    const total = amount(headers.get(limit))
    const left = amount(headers.get(remaining))
    if (total === undefined || left === undefined || total === 0) continue
    const share = Math.min(1, left / total)
    if (scarcest !== undefined && share >= scarcest.share) continue
    const forMs = durationMs(headers.get(reset), nowMs)
    scarcest = { share, forMs, ...(counts === 'requests' && { requests: total }) }
  }
  return scarcest
}

const amount = (text: string | null): number | undefined =>
  text !== null && /^\d+$/.test(text.trim()) ? Number(text) : undefined

/** RFC 3339. `Date.parse` alone would make a date of almost any words with a number in them. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** OpenAI writes `6m0s`, `1.5s` or `20ms`; Anthropic a time (RFC 3339); some compatible upstreams plain seconds. */
function durationMs(text: string | null, nowMs: number): number {
  if (text === null) return 0
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000)
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)]
  const covered = parts.reduce((length, [part]) => length + part.length, 0)
  if (parts.length > 0 && covered === text.length)
    return Math.ceil(parts.reduce((sum, [, value, unit]) => sum + Number(value) * (UNIT_MS[unit ?? ''] ?? 0), 0))
  const atMs = TIME.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - nowMs)
}
