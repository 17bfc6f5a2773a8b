/**
 * What follows from a failed attempt: whether the next candidate is tried, and what the model is blamed for. One table over the closed
 * union of failures, so that a new kind of failure does not compile until someone has thought about it.
 */
import type { Model } from '../model'
import type { Failure } from '../outcome'
import type { Settlement } from '../state/local-load'
import { accountId, placeId } from './account'

export interface Consequence {
  /** `on`: the next candidate. `larger`: the next with a larger context window. `stop`: no model will do better. */
  readonly moves: 'on' | 'larger' | 'stop'
  readonly settlement: Settlement
  /** What its cool-down is about. */
  readonly scope?: 'account' | 'place'
  /** The trouble is the credential's: the same model under another one is as good as before. */
  readonly blames?: 'credential'
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
      return {
        // When all of the time is used up there is none for another
        moves: failure.limit === 'total' || failure.limit === 'deadline' ? 'stop' : 'on',
        // An impatient client must not get a sound model ejected
        settlement:
          failure.limit === 'deadline'
            ? { verdict: 'neutral', timedOut: true, cutShort: true }
            : { verdict: 'failed', timedOut: true },
      }
    case 'overloaded':
      return { moves: 'on', settlement: { verdict: 'failed', coolMs: bounded(failure.retryAfterMs ?? 0) } }
    case 'rate-limited':
      // It works as promised and says when to come back: no failure, and no reason to be ejected for longer
      return {
        moves: 'on',
        settlement: { verdict: 'neutral', coolMs: bounded(failure.retryAfterMs ?? RATE_LIMIT_MS) },
        blames: 'credential',
      }
    case 'unknown-model':
      return { moves: 'on', settlement: { verdict: 'failed', coolMs: OUR_FAULT_MS } }
    case 'quota-exhausted':
    case 'unauthorized':
      return { moves: 'on', settlement: { verdict: 'neutral', coolMs: OUR_FAULT_MS }, scope: 'account', blames: 'credential' }
    case 'unsupported-location':
      return { moves: 'on', settlement: { verdict: 'neutral', coolMs: OUR_FAULT_MS }, scope: 'place' }
    case 'context-length':
      return { moves: 'larger', settlement: { verdict: 'neutral' } }
    case 'unsupported':
      return { moves: 'on', settlement: { verdict: 'neutral' } }
    case 'outpaced':
      return { moves: 'stop', settlement: { verdict: 'neutral', timedOut: true } }
    case 'rejected':
    case 'client-left':
      return { moves: 'stop', settlement: { verdict: 'neutral' } }
  }
}

/** The failure as the load state takes it in. */
export function settlementOf(failure: Failure, model: Model, place: string): Settlement {
  const { settlement, scope } = consequenceOf(failure)
  if (scope === undefined) return settlement
  return { ...settlement, cools: scope === 'account' ? accountId(model) : placeId(model, place) }
}

const bounded = (ms: number): number => Math.min(MAX_COOL_MS, Math.max(0, ms))
