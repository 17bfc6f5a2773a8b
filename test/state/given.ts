/** What a tracker tells, for tests, with whatever a test says otherwise. */
import type { ModelSnapshot } from '../../src/state/report'

/** Of a model that nobody uses and nothing is known of. */
export const UNKNOWN: ModelSnapshot = {
  inFlight: 0,
  waitingTokens: 0,
  baseMs: null,
  slopeMsPerToken: 0,
  slowdown: 1,
  perTokenMs: null,
  p95Ratio: null,
  failureRate: 0,
  recentFailures: 0,
  headroom: null,
  ejectedForMs: 0,
}

export const modelSnapshot = (given: Partial<ModelSnapshot> = {}): ModelSnapshot => ({ ...UNKNOWN, ...given })
