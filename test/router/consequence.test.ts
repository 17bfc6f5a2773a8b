import { describe, expect, it } from 'vitest'
import type { Failure } from '../../src/outcome'
import { type Consequence, consequenceOf, settlementOf } from '../../src/router/consequence'
import { model } from '../strategy/given'

const upstream = { status: 500, message: 'No.' }
const MINUTE_MS = 60_000

/** Failure, where the walk goes, the model's verdict, how long it is left alone. */
const TABLE: readonly (readonly [Failure, Consequence['moves'], 'failed' | 'neutral', number])[] = [
  [{ kind: 'unreachable', detail: 'no route' }, 'on', 'failed', 0],
  [{ kind: 'timeout', limit: 'first-token', afterMs: 20_000 }, 'on', 'failed', 0],
  [{ kind: 'timeout', limit: 'idle', afterMs: 30_000 }, 'on', 'failed', 0],
  [{ kind: 'timeout', limit: 'total', afterMs: 300_000 }, 'stop', 'failed', 0],
  [{ kind: 'timeout', limit: 'deadline', afterMs: 50 }, 'stop', 'neutral', 0],
  [{ kind: 'overloaded', upstream }, 'on', 'failed', 0],
  [{ kind: 'overloaded', upstream, retryAfterMs: 1_234 }, 'on', 'failed', 1_234],
  [{ kind: 'rate-limited', upstream }, 'on', 'neutral', 5_000],
  [{ kind: 'rate-limited', upstream, retryAfterMs: 0 }, 'on', 'neutral', 0],
  [{ kind: 'rate-limited', upstream, retryAfterMs: 30_000 }, 'on', 'neutral', 30_000],
  [{ kind: 'rate-limited', upstream, retryAfterMs: 24 * 60 * MINUTE_MS }, 'on', 'neutral', 60 * MINUTE_MS],
  [{ kind: 'rate-limited', upstream, retryAfterMs: -5 }, 'on', 'neutral', 0],
  [{ kind: 'quota-exhausted', upstream }, 'on', 'neutral', 5 * MINUTE_MS],
  [{ kind: 'unauthorized', upstream }, 'on', 'neutral', 5 * MINUTE_MS],
  [{ kind: 'unknown-model', upstream }, 'on', 'failed', 5 * MINUTE_MS],
  [{ kind: 'unsupported-location', upstream }, 'on', 'neutral', 5 * MINUTE_MS],
  [{ kind: 'context-length', upstream }, 'larger', 'neutral', 0],
  [{ kind: 'unsupported', field: 'tools', detail: 'no tools' }, 'on', 'neutral', 0],
  [{ kind: 'rejected', upstream }, 'stop', 'neutral', 0],
  [{ kind: 'malformed', detail: 'HTML' }, 'on', 'failed', 0],
  [{ kind: 'stream-error', upstream }, 'on', 'failed', 0],
  [{ kind: 'cut', detail: 'lost' }, 'on', 'failed', 0],
  [{ kind: 'client-left' }, 'stop', 'neutral', 0],
  [{ kind: 'outpaced' }, 'stop', 'neutral', 0],
]

describe('what follows from a failure', () => {
  it.each(TABLE)('%j: %s, %s, left alone for %i ms', (failure, moves, verdict, coolMs) => {
    const consequence = consequenceOf(failure)
    expect(consequence.moves).toBe(moves)
    expect(consequence.settlement.verdict).toBe(verdict)
    expect(consequence.settlement.coolMs ?? 0).toBe(coolMs)
    expect(consequence.settlement.timedOut ?? false).toBe(failure.kind === 'timeout' || failure.kind === 'outpaced')
  })

  it.each<[Failure['kind'], string | undefined]>([
    ['unauthorized', '#account:KEY'],
    ['quota-exhausted', '#account:KEY'],
    ['unsupported-location', '#place:openai@HKG'],
    ['unknown-model', undefined],
    ['rate-limited', undefined],
  ])('%s cools down %s', (kind, cools) => {
    const failure = TABLE.map(([each]) => each).find(each => each.kind === kind)
    if (failure === undefined) throw new Error(`no ${kind} in the table`)
    expect(settlementOf(failure, model('m', { provider: 'openai', secret: 'KEY' }), 'HKG').cools).toBe(cools)
  })
})
