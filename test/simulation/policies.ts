/** All that a run can compare, by name. */
import { STRATEGIES, type StrategyName } from '../../src/strategy/strategy'
import { ALL_KNOWING, allKnowing } from './reference/all-knowing'
import { boundedHash } from './reference/bounded-hash'
import { leastConnectionsExact, leastConnectionsStale } from './reference/least-connections'
import { peakEwma } from './reference/peak-ewma'
import { prefixTree } from './reference/prefix-tree'
import { prequal } from './reference/prequal'
import { random, roundRobin, weightedRoundRobin } from './reference/static'
import { ringroad } from './ringroad'
import type { MakePolicy } from './simulation'

export const REFERENCES: Readonly<Record<string, MakePolicy>> = {
  'ref:random': random,
  'ref:round-robin': roundRobin,
  'ref:weighted-round-robin': weightedRoundRobin,
  'ref:least-connections-exact': leastConnectionsExact,
  'ref:least-connections-stale': leastConnectionsStale,
  'ref:peak-ewma': peakEwma,
  'ref:prequal': prequal,
  'ref:bounded-hash': boundedHash,
  'ref:prefix-tree': prefixTree,
}

/** `contextual` without rules is no strategy of its own. */
const OWN = STRATEGIES.filter((name): name is StrategyName => name !== 'contextual')

export const POLICIES: Readonly<Record<string, MakePolicy>> = {
  [ALL_KNOWING]: allKnowing,
  ...Object.fromEntries(OWN.map(name => [name, ringroad(name)])),
  ...REFERENCES,
}
