/** What is allowed but cannot be meant. */

import type { Route } from '../config'
import { type Reach, reachability } from '../context/reach'
import type { Model } from '../model'
import { type Decide, decideUnder } from '../strategy/load-use'
import type { StrategyName } from '../strategy/strategy'
import type { ParsedConfig } from './schema'

/** Proven, where it is: `auto` takes no request to them while the models of the earlier ones are live. */
export function unreachable(routes: readonly Route[]): readonly string[] {
  const names = routes.map(({ name }) => name)
  return reachability(routes.map(({ when }) => when)).routes.flatMap((reach, at) => {
    const why = whyNotReached(reach, names)
    return why === undefined ? [] : [`routes.${at} ("${names[at]}") ${why}.`]
  })
}

/** Routes whose own models may serve none of their requests. */
export function outOfRegion(routes: readonly Route[], models: readonly Model[]): readonly string[] {
  return routes.flatMap(({ name, use, regions }, at) => {
    if (regions === undefined) return []
    const used = models.filter(({ id, of }) => use.includes(id) || use.includes(of))
    if (used.some(({ region }) => region !== undefined && regions.includes(region))) return []
    return [`routes.${at} ("${name}") may only be served in ${regions.join(' or ')}, and none of the models in its use is there.`]
  })
}

/** Where the view of the load is to come from somewhere, and the strategy does not look at it, or looks at more. */
export function withoutEffect({ strategy, decide, routes }: ParsedConfig): readonly string[] {
  const own = routes.flatMap(({ name, strategy: ranked = strategy, decide: wished }, at) =>
    wished === undefined ? [] : lostUnder(`routes.${at} ("${name}")`, ranked, wished),
  )
  return [...lostUnder('The configuration', strategy, decide), ...own]
}

function lostUnder(who: string, strategy: StrategyName, wished: Decide): readonly string[] {
  const comes = decideUnder(strategy, wished)
  if (comes === wished) return []
  const why =
    comes === 'local' ? 'which does not look at load' : 'which looks at more than the tracker knows: it is decided as "fresh"'
  return [`${who} says decide "${wished}" beside strategy "${strategy}", ${why}.`]
}

function whyNotReached(reach: Reach, names: readonly string[]): string | undefined {
  switch (reach.kind) {
    case 'reached':
      return undefined
    case 'undecided':
      return 'has so many conditions before it that whether a request can reach it was not decided in bounded time'
    case 'unreachable': {
      const by = reach.by.map(at => `"${names[at]}"`)
      if (by.length === 0) return 'is never reached: no request meets all of its own conditions'
      const [last] = by.slice(-1)
      const which = by.length === 1 ? last : `${by.slice(0, -1).join(', ')} or ${last}`
      return `is never reached: whatever it matches, ${which} matches before it`
    }
  }
}
