/**
 * What follows from a failed attempt: whether the next candidate is tried, and what the model is blamed for. One table over the closed
 * union of failures, so that a new kind of failure does not compile until someone has thought about it.
 */
import type { Failure } from '../outcome'
import type { Settlement } from '../state/local-load'

export interface Consequence {
  /** `on`: the next candidate. `larger`: the next with a larger context window. `stop`: no model will do better. */
  readonly moves: 'on' | 'larger' | 'stop'
  readonly settlement: Settlement
}

const MINUTE_MS = 60_000
/** Without a word from the upstream: long enough for a token bucket to refill somewhat. */
const RATE_LIMIT_MS = 5_000
/** An upstream may ask for hours (a daily quota); by then an operator has acted, and one probe costs little. */
const MAX_COOL_MS = 60 * MINUTE_MS
/** A broken account or model name does not mend itself, but keys do get rotated. */
const OUR_FAULT_MS = 5 * MINUTE_MS

export function consequenceOf(failure: Failure): Consequence {
  switch (failure.kind) {
    case 'unreachable':
    case 'malformed':
    case 'stream-error':
    case 'cut':
      return { moves: 'on', settlement: { verdict: 'failed' } }
    case 'timeout':
      // When the whole deadline is over there is no time for another
      return { moves: failure.limit === 'total' ? 'stop' : 'on', settlement: { verdict: 'failed', timedOut: true } }
    case 'overloaded':
      return { moves: 'on', settlement: { verdict: 'failed', coolMs: bounded(failure.retryAfterMs ?? 0) } }
    case 'rate-limited':
      return { moves: 'on', settlement: { verdict: 'failed', coolMs: bounded(failure.retryAfterMs ?? RATE_LIMIT_MS) } }
    case 'quota-exhausted':
    case 'unauthorized':
    case 'unknown-model':
    case 'unsupported-location':
      return { moves: 'on', settlement: { verdict: 'failed', coolMs: OUR_FAULT_MS } }
    case 'context-length':
      return { moves: 'larger', settlement: { verdict: 'neutral' } }
    case 'unsupported':
      return { moves: 'on', settlement: { verdict: 'neutral' } }
    case 'rejected':
    case 'client-left':
      return { moves: 'stop', settlement: { verdict: 'neutral' } }
  }
}

const bounded = (ms: number): number => Math.min(MAX_COOL_MS, Math.max(0, ms))
