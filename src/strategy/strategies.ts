/** Every strategy by the name that a configuration or a request calls it. */
import { adaptive } from './adaptive'
import { consistentHash } from './consistent-hash'
import { contextual } from './contextual'
import { leastConnections } from './least-connections'
import { modelAware } from './model-aware'
import { random } from './random'
import { roundRobin } from './round-robin'
import type { Strategy, StrategyName } from './strategy'
import { weightedRoundRobin } from './weighted-round-robin'

export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  'round-robin': roundRobin,
  'weighted-round-robin': weightedRoundRobin,
  random,
  'least-connections': leastConnections,
  adaptive,
  'consistent-hash': consistentHash,
  'model-aware': modelAware,
  contextual,
}
