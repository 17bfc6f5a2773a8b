/**
 * The configuration made ready to route by: what depends on it alone is computed here, once per isolate, and not per request. Names become groups
 * of models, rules are compiled, rings and schedules are prepared when first needed.
 */
import type { Config } from '../config'
import { compileWhen } from '../context/condition'
import type { Model, Priority } from '../model'
import { strategies } from '../strategy/strategies'
import type { Rank, Rule, Situation, StrategyName } from '../strategy/strategy'

/** The models behind one name, and how they are ranked. */
export interface Group {
  /** For `x-router-route`. */
  readonly name: string
  /** Live models only. */
  readonly use: readonly Model[]
  readonly fallback: readonly Model[]
  /** Undefined: in the order given. */
  readonly strategy: StrategyName | undefined
  readonly priority: Priority | undefined
  /** A stream that is slow to start may be asked for a second time, elsewhere. */
  readonly hedge: boolean
  /** Prepared once per strategy. */
  readonly rankBy: (strategy: StrategyName) => Rank
}

/** A route's condition against a request; `why` says what did not hold. */
export type Applies = (situation: Pick<Situation, 'features' | 'metadata' | 'claims'>) => {
  readonly matches: boolean
  readonly why?: string
}

export interface PlannedRoute {
  readonly name: string
  readonly applies: Applies
  readonly group: Group
}

export interface Plan {
  readonly config: Config
  /** Models whose secret is set, by id. */
  readonly live: ReadonlyMap<string, Model>
  readonly routes: readonly PlannedRoute[]
  /** Where `auto` goes when no route applies: everything. */
  readonly everything: Group
  /** `auto` is not among them. Undefined: no such name, or nothing behind it is live. */
  readonly find: (name: string) => Group | undefined
  /** A group of its own for an ordered list of names; the first name that is unknown instead. */
  readonly listed: (names: readonly string[]) => Group | { readonly unknown: string }
  /** Every name a client may use as `model`. */
  readonly names: readonly string[]
}

/** Lists of `x-router-models` that are kept prepared. */
const MAX_LISTS = 32

export function createPlan(config: Config, isLive: (model: Model) => boolean): Plan {
  const live = new Map([...config.models].filter(([, model]) => isLive(model)))
  const pick = (ids: readonly string[]): Model[] => ids.flatMap(id => live.get(id) ?? [])
  const rules = lazily((): readonly Rule[] => routes.map(ruleOf))
  const group = (name: string, use: readonly Model[], rest: Partial<Group> = {}): Group => {
    const priority = rest.priority
    return {
      name,
      use,
      fallback: rest.fallback ?? [],
      strategy: 'strategy' in rest ? rest.strategy : config.strategy,
      priority,
      hedge: rest.hedge ?? false,
      rankBy: memoised(strategy =>
        strategies[strategy].prepare([...use, ...(rest.fallback ?? [])], {
          ...(priority !== undefined && { priority }),
          ...(strategy === 'contextual' && { rules: rules() }),
        }),
      ),
    }
  }
  const routes = config.routes.map((route): PlannedRoute => {
    const { strategy, priority, hedge } = route
    return {
      name: route.name,
      applies: compileWhen(route.when ?? {}),
      group: group(route.name, pick(route.use), { fallback: pick(route.fallback), strategy, priority, hedge }),
    }
  })
  const everything = group('everything', [...live.values()])

  const groups = new Map<string, Group>()
  for (const [name, sharing] of byUpstreamName(live)) groups.set(name, group(name, sharing))
  for (const model of live.values()) groups.set(model.id, group(model.id, [model]))
  for (const [name, members] of config.pools) groups.set(name, group(name, pick(members)))
  for (const route of routes) groups.set(route.name, route.group)

  // Clients repeat their lists, and rings and schedules take time to prepare
  const listed = memoised((ids: string) => group('listed', pick(ids.split(' ')), { strategy: undefined }), MAX_LISTS)
  const find = (name: string): Group | undefined => {
    const found = groups.get(name)
    return found !== undefined && found.use.length + found.fallback.length > 0 ? found : undefined
  }
  return {
    config,
    live,
    routes,
    everything,
    find,
    listed: names => {
      const unknown = names.find(name => find(name) === undefined)
      if (unknown !== undefined) return { unknown }
      const models = names.flatMap(name => {
        const { use, fallback } = find(name) ?? { use: [], fallback: [] }
        return use.length > 0 ? use : fallback
      })
      return listed([...new Set(models)].map(({ id }) => id).join(' '))
    },
    names: ['auto', ...[...groups.keys()].filter(name => find(name) !== undefined)],
  }
}

function ruleOf({ name, applies, group }: PlannedRoute): Rule {
  // A rule that ranks by rules again would never end
  const strategy = group.strategy === undefined || group.strategy === 'contextual' ? 'adaptive' : group.strategy
  return {
    name,
    applies: situation => applies(situation).matches,
    uses: group.use.map(({ id }) => id),
    fallback: group.fallback.map(({ id }) => id),
    rank: (candidates, situation) => group.rankBy(strategy)(candidates, situation),
  }
}

function byUpstreamName(models: ReadonlyMap<string, Model>): Map<string, Model[]> {
  const names = new Map<string, Model[]>()
  for (const model of models.values()) names.set(model.name, [...(names.get(model.name) ?? []), model])
  return names
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Forgets the oldest beyond `most`. */
function memoised<K, V>(make: (key: K) => V, most = Number.POSITIVE_INFINITY): (key: K) => V {
  const made = new Map<K, V>()
  return key => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    const [oldest] = made.keys()
    if (made.size >= most && oldest !== undefined) made.delete(oldest)
    made.set(key, value)
    return value
  }
}
