/** What every answer's headers tell of how it came about, and that a browser may read them. */
import type { Decision } from '../router/decide'
import type { Decided } from '../router/inform'

export const ROUTER_HEADERS = [
  'x-router-model',
  'x-router-strategy',
  'x-router-route',
  'x-router-attempts',
  'x-router-request-id',
  'x-request-id',
  'request-id',
  'x-router-dropped',
  'x-should-retry',
  'retry-after',
  'server-timing',
] as const

/** Fields bear the names that callers gave them: not all of those can stand in a header, and they may be many. */
const FIELD = /^[\w.[\]-]{1,100}$/
const MAX_DROPPED = 50

export interface FactHeaders {
  readonly requestId: string
  /** The id with what feedback has to know of the answer; undefined: nobody answered. */
  readonly receipt?: string | undefined
  readonly decision: Decision | undefined
  /** Undefined: nobody answered. */
  readonly model?: string | undefined
  readonly attempts: number
  readonly dropped?: readonly string[]
  /** Undefined: nothing was decided. */
  readonly decided?: Decided | undefined
  readonly upstreamWaitMs?: number | undefined
  readonly firstTokenMs?: number | undefined
}

export function factHeaders(facts: FactHeaders): Record<string, string> {
  const { decided } = facts
  const timing = [
    // Where a request never waits before its decision, there is nothing to tell
    ...(decided === undefined || decided.mode === 'local' ? [] : [`decide;desc="${decided.by}";dur=${decided.waitedMs}`]),
    ...(facts.upstreamWaitMs === undefined ? [] : [`upstream-wait;dur=${facts.upstreamWaitMs}`]),
    ...(facts.firstTokenMs === undefined ? [] : [`first-token;dur=${facts.firstTokenMs}`]),
  ]
  const dropped = (facts.dropped ?? []).filter(name => FIELD.test(name)).slice(0, MAX_DROPPED)
  return {
    'x-router-request-id': facts.receipt ?? facts.requestId,
    // Where OpenAI's and Anthropic's clients look for it, and show it in their errors
    'x-request-id': facts.requestId,
    'request-id': facts.requestId,
    'x-router-attempts': String(facts.attempts),
    ...(facts.decision !== undefined && { 'x-router-route': facts.decision.route, 'x-router-strategy': facts.decision.strategy }),
    ...(facts.model !== undefined && { 'x-router-model': facts.model }),
    ...(dropped.length > 0 && { 'x-router-dropped': dropped.join(', ') }),
    ...(timing.length > 0 && { 'server-timing': timing.join(', ') }),
  }
}
