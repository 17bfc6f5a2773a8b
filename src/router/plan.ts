/**
 * The configuration made ready to route by: what depends on it alone is computed here, once per isolate, and not per request. Names become groups
 * of models, rules are compiled, rings and schedules are prepared when first needed.
 */
import type { Forgetting } from '../algorithm/beta'
import type { Config, Route } from '../config'
import { compileWhen, type Match } from '../context/condition'
import { byConfigured, does, type Members, type Model, type Priority, type Work } from '../model'
import { type Decide, decideUnder } from '../strategy/load-use'
import { strategies } from '../strategy/strategies'
import type { Rank, Rule, Situation, StrategyName } from '../strategy/strategy'
import type { Regions } from './region'
import { spread } from './siblings'

/** The models behind one name, and how they are ranked. */
export interface Group {
  /** For `x-router-route`. */
  readonly name: string
  /** Live models that do the plan's work. */
  readonly use: readonly Model[]
  readonly fallback: readonly Model[]
  /** Live models that do other work; never candidates, and there to say so. */
  readonly others: readonly Model[]
  /**
   * What the upstreams call those that do the work, disabled ones included: what a name stands for must not depend on who is disabled. Several
   * names are several models, and of those the vectors cannot be compared.
   */
  readonly upstreamNames: ReadonlySet<string>
  /** Undefined: in the order given. */
  readonly strategy: StrategyName | undefined
  readonly decide: Decide
  readonly priority: Priority | undefined
  /** A stream that is slow to start may be asked for a second time, elsewhere. */
  readonly hedge: boolean
  readonly regions: Regions
  /** Who is tried first for a share of the conversations. */
  readonly canary: { readonly group: Group; readonly share: number } | undefined
  readonly explore: Route['explore']
  /** Prepared once per strategy. */
  readonly rankBy: (strategy: StrategyName) => Rank
  /** As the candidates come, but for the credentials of a model that was named as a whole. */
  readonly inOrder: Rank
}

/** A route's condition against a request. */
export type Applies = (situation: Pick<Situation, 'features' | 'metadata' | 'claims'>) => Match

export interface PlannedRoute {
  readonly name: string
  readonly applies: Applies
  readonly group: Group
}

/** The plan for one kind of work. */
export interface WorkPlan {
  readonly work: Work
  readonly config: Config
  /** Of feedback. */
  readonly forgetting: Forgetting
  /** Models whose secrets are set and that nobody has disabled, by id. */
  readonly live: ReadonlyMap<string, Model>
  /** Of each model that is not live for want of them, the names of the secrets that are not set, by id. */
  readonly missingSecrets: ReadonlyMap<string, readonly string[]>
  /** The same by the id of the configured model, with one entry for each of its live credentials. */
  readonly configured: ReadonlyMap<string, Members>
  /** Every region that a model is in. */
  readonly regions: ReadonlySet<string>
  /** What `auto` walks. */
  readonly routes: readonly PlannedRoute[]
  /** Where `auto` goes when no route applies: everything. */
  readonly everything: Group
  /** `auto` is not among them. Undefined: no such name, or nothing behind it is live. */
  readonly find: (name: string) => Group | undefined
  /** A group of its own for an ordered list of names; the first name that is unknown instead. */
  readonly listed: (names: readonly string[]) => Group | { readonly unknown: string }
  /** Some requests hear from the tracker before they are decided on. */
  readonly hears: boolean
  /** Some of these wait for a fresh view, and not for the tracker's choice. */
  readonly refreshes: boolean
  /** What a client may use as `model`, but for single credentials, which may be named and are nobody's business. */
  readonly names: readonly string[]
}

/** For chat, which nearly all requests are about, with that for embeddings beside it. */
export interface Plan extends WorkPlan {
  readonly embeddings: WorkPlan
}

/** Lists of `x-router-models` that are kept prepared. */
const MAX_LISTS = 32

/** They put the better first, and would leave the second credential of a model idle. */
const NOT_SPREADING: readonly StrategyName[] = ['model-aware', 'contextual']

/** What a group may have besides its members. */
interface Rest extends Partial<Group> {
  /** Configured models whose credentials were named one by one, in an order that holds. */
  readonly alone?: ReadonlySet<string>
}

/** `missing`: the secrets of a model that are not set, by name. */
export function createPlan(config: Config, missing: (model: Model) => readonly string[]): Plan {
  const names = [...config.models.values()].map(model => [model.id, missing(model)] as const)
  const missingSecrets = new Map(names.filter(([, { length }]) => length > 0))
  return { ...planFor('chat', config, missingSecrets), embeddings: planFor('embeddings', config, missingSecrets) }
}

function planFor(work: Work, config: Config, missingSecrets: WorkPlan['missingSecrets']): WorkPlan {
  /** Whose secrets are set. */
  const known: ReadonlyMap<string, Model> = new Map([...config.models].filter(([id]) => !missingSecrets.has(id)))
  const isLive = ({ state }: Model) => state !== 'disabled'
  const live = new Map([...known].filter(([, model]) => isLive(model)))
  const configured = byConfigured(known.values())
  const pick = (names: readonly string[]): readonly Model[] => [
    ...new Set(names.flatMap(name => configured.get(name) ?? known.get(name) ?? [])),
  ]
  const rules = lazily((): readonly Rule[] => walked.map(ruleOf))
  const singled = (names: readonly string[]): ReadonlySet<string> =>
    new Set(names.flatMap(name => known.get(name) ?? []).flatMap(model => (isCredential(model) ? model.of : [])))
  const spreading = memoised((of: string): Rank => {
    const strategy = NOT_SPREADING.includes(config.strategy) ? 'adaptive' : config.strategy
    return strategies[strategy].prepare(configured.get(of) ?? [], {})
  })
  const group = (name: string, members: readonly Model[], rest: Rest = {}): Group => {
    const { priority, canary, alone } = rest
    const all = new Set([...members, ...(rest.fallback ?? [])])
    const named = [...all, ...(canary?.group.use ?? [])]
    const doing = (models: readonly Model[]) => models.filter(model => isLive(model) && does(model, work))
    const use = doing(members)
    const fallback = doing(rest.fallback ?? []).filter(model => !use.includes(model))
    const prepare = (strategy: StrategyName): Rank => {
      const rank = strategies[strategy].prepare([...use, ...fallback], {
        ...(priority !== undefined && { priority }),
        ...(rest.explore !== undefined && { explore: rest.explore }),
        ...(strategy === 'contextual' && { rules: rules() }),
      })
      if (strategy !== 'model-aware') return rank
      return (candidates, situation) => spread(rank(candidates, situation), candidates, situation, spreading)
    }
    return {
      name,
      use,
      fallback,
      others: [...all].filter(model => isLive(model) && !does(model, work)),
      upstreamNames: new Set(named.filter(model => does(model, work)).map(model => model.name)),
      strategy: 'strategy' in rest ? rest.strategy : config.strategy,
      decide: rest.decide ?? config.decide,
      priority,
      hedge: rest.hedge ?? false,
      regions: rest.regions,
      canary,
      explore: rest.explore,
      rankBy: memoised(prepare),
      inOrder: (candidates, situation) => {
        const given = candidates.map(({ model }, index) => ({ model, score: index }))
        return spread(given, candidates, situation, of => (alone?.has(of) ? undefined : spreading(of)))
      },
    }
  }
  const routes = config.routes.map((route): PlannedRoute => {
    const { strategy, decide, priority, hedge, regions, explore } = route
    const canary = route.canary && {
      group: group(route.name, pick(route.canary.use), { strategy, decide, priority }),
      share: route.canary.share,
    }
    const fallback = pick(route.fallback)
    const alone = singled(route.fallback)
    return {
      name: route.name,
      applies: compileWhen(route.when ?? {}),
      group: group(route.name, pick(route.use), {
        fallback,
        strategy,
        decide,
        priority,
        hedge,
        regions,
        canary,
        explore,
        alone,
      }),
    }
  })
  // What a text is about must not decide which model embeds it: a question and the documents that answer it would not meet
  const walked = work === 'chat' ? routes : []
  const everything = group('everything', [...known.values()])

  const groups = new Map<string, Group>()
  for (const [name, sharing] of byUpstreamName(known)) groups.set(name, group(name, sharing))
  const liveOf = byConfigured(live.values())
  for (const [id, members] of liveOf) {
    groups.set(id, group(id, members))
    for (const model of members.filter(isCredential)) groups.set(model.id, group(model.id, [model]))
  }
  for (const [name, members] of config.pools) groups.set(name, group(name, pick(members)))
  for (const route of routes) groups.set(route.name, route.group)

  // Clients repeat their lists, and rings and schedules take time to prepare
  const listed = memoised((list: string) => {
    const [ids = [], alone = []] = list.split('|').map(words => words.split(' '))
    return group('listed', pick(ids), { strategy: undefined, alone: new Set(alone) })
  }, MAX_LISTS)
  const find = (name: string): Group | undefined => {
    const found = groups.get(name)
    return found !== undefined && found.use.length + found.fallback.length + found.others.length > 0 ? found : undefined
  }
  return {
    work,
    config,
    forgetting: { halfLifeMs: config.feedback.halfLifeHours * 3_600_000, most: config.feedback.memory },
    live,
    missingSecrets,
    configured: liveOf,
    regions: new Set([...config.models.values()].flatMap(({ region }) => region ?? [])),
    routes: walked,
    everything,
    find,
    listed: names => {
      const unknown = names.find(name => find(name) === undefined)
      if (unknown !== undefined) return { unknown }
      const models = names.flatMap(name => {
        const found = find(name)
        const use = found === undefined || found.use.length > 0 ? found?.use : found.fallback
        return [...(use ?? []), ...(found?.others ?? [])]
      })
      const ids = [...new Set(models)].map(({ id }) => id)
      return listed(`${ids.join(' ')}|${[...singled(names)].join(' ')}`)
    },
    hears: [config, ...config.routes].some(({ decide }) => decide !== 'local'),
    refreshes: [config, ...config.routes].some(({ strategy, decide }) => decideUnder(strategy, decide) === 'fresh'),
    names: ['auto', ...[...groups.keys()].filter(name => find(name) !== undefined && !isCredential(live.get(name)))],
  }
}

const isCredential = (model: Model | undefined): boolean => model !== undefined && model.id !== model.of

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
