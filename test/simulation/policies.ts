/** All that a run can compare, by name. */
import { STRATEGIES, type StrategyName } from '../../src/strategy/strategy'
import type { Block } from './grid'
import { ALL_KNOWING, allKnowing } from './reference/all-knowing'
import { ALL_KNOWING_DEADLINE, allKnowingDeadline } from './reference/all-knowing-deadline'
import { boundedHash } from './reference/bounded-hash'
import { leastConnectionsExact, leastConnectionsStale } from './reference/least-connections'
import { peakEwma } from './reference/peak-ewma'
import { prefixTree } from './reference/prefix-tree'
import { prequal } from './reference/prequal'
import { random, roundRobin, weightedRoundRobin } from './reference/static'
import { ringroad } from './ringroad'
import type { MakePolicy } from './simulation'
import type { Source } from './syncing'

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

/** `adaptive` with its view from elsewhere; the first is what the others are held against. */
export const SOURCES = {
  central: 'central',
  fresh: 'fresh',
  local: 'local',
  'every 250 ms': 250,
  'every 1 s': 1_000,
  lazy: 'lazy',
} as const satisfies Readonly<Record<string, Source>>

export const POLICIES: Readonly<Record<string, MakePolicy>> = {
  [ALL_KNOWING]: allKnowing,
  ...Object.fromEntries(OWN.map(name => [name, ringroad(name)])),
  ...REFERENCES,
  [ALL_KNOWING_DEADLINE]: allKnowingDeadline,
  'adaptive:load-only': ringroad('adaptive', { mindsConversations: false }),
  'adaptive:blind': ringroad('adaptive', { mindsDeadlines: false }),
  ...Object.fromEntries(Object.entries(SOURCES).map(([name, source]) => [name, ringroad('adaptive', { source })])),
}

/** The router's, with isolates and trackers. */
export const isOwn = (policy: string): boolean =>
  policy !== ALL_KNOWING && policy !== ALL_KNOWING_DEADLINE && REFERENCES[policy] === undefined

/** What a block of the grid compares, the bound that the others are held against first. */
export function comparedIn(block: Block): readonly string[] {
  if (block === 'decide') return Object.keys(SOURCES)
  if (block === 'affinity') return WITH_CONVERSATIONS
  return block === 'deadline' ? UNDER_DEADLINES : [ALL_KNOWING, ...OWN, ...Object.keys(REFERENCES)]
}

const WITH_CONVERSATIONS = [
  ALL_KNOWING,
  'adaptive',
  'adaptive:load-only',
  'consistent-hash',
  'ref:bounded-hash',
  'ref:prefix-tree',
] as const

const UNDER_DEADLINES = [
  ALL_KNOWING_DEADLINE,
  'adaptive',
  'adaptive:blind',
  'model-aware',
  'ref:least-connections-exact',
  'ref:round-robin',
] as const
