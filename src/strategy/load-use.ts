/** What each strategy makes of the load, and hence what it gains by a younger view of it. */
import type { StrategyName } from './strategy'

/**
 * Where a route's view comes from. `local`: what the isolate knows. `fresh`: it first waits for news where what it knows is old. `central`: the
 * tracker, which sees every request of its region, chooses.
 */
export const DECIDES = ['local', 'fresh', 'central'] as const
export type Decide = (typeof DECIDES)[number]

/**
 * `none`: it goes by turns, weights or chance. `some`: by the load among other things that the isolate alone knows. `all`: by load, weights and the
 * conversation's key, so that whoever sees the load can choose.
 */
export const LOAD_USE: Readonly<Record<StrategyName, 'none' | 'some' | 'all'>> = {
  'round-robin': 'none',
  'weighted-round-robin': 'none',
  random: 'none',
  'least-connections': 'all',
  adaptive: 'all',
  'consistent-hash': 'all',
  'model-aware': 'some',
  contextual: 'some',
}

/** What comes of a wish under a strategy; undefined: an order that was listed. */
export function decideUnder(strategy: StrategyName | undefined, wished: Decide): Decide {
  const use = strategy === undefined ? 'none' : LOAD_USE[strategy]
  if (use === 'none') return 'local'
  return use === 'some' && wished === 'central' ? 'fresh' : wished
}
