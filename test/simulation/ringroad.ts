/**
 * The router itself in the simulation: its decision, its isolates' state, its tracker and its schedule of syncs are the deployed ones. Only what is made of
 * promises there (the walk down the ranking, the heartbeat, the call to the tracker) is made of events here.
 */
import type { Model } from '../../src/model'
import { settlementOf } from '../../src/router/consequence'
import { exclusionOf, type Sieve } from '../../src/router/filter'
import { isQuicker, type Patience, type Prompt, patienceMs } from '../../src/router/patience'
import type { Plan } from '../../src/router/plan'
import type { Settlement } from '../../src/state/local-load'
import type { Ranked, StrategyName } from '../../src/strategy/strategy'
import { type Chosen, Decisions, featuresOf, NOBODY, PLACE } from './decisions'
import { planFor } from './fleet-plan'
import { Informing } from './informing'
import { type Account, type Ask, type Ending, firstTokenLimitMs, type Policy, type Sent } from './policy'
import { newIsolate, routerMs, type SimulatedIsolate } from './simulated-isolate'
import type { MakePolicy, Setting } from './simulation'
import { type Source, Syncing } from './syncing'
import { TrackerLink } from './tracker-link'

/** Fewer tokens say nothing about the time per token: as in `router/attempt.ts`. */
const MIN_TOKENS = 8

interface Options {
  readonly mindsDeadlines?: boolean
  /** Whether the strategy is told which conversation a request belongs to. */
  readonly mindsConversations?: boolean
  readonly source?: Source
  /** Trackers that share the isolates. */
  readonly shards?: number
}

/** The router with this strategy in all its isolates. */
export const ringroad =
  (strategy: StrategyName, options: Options = {}): MakePolicy =>
  setting =>
    new Ringroad(strategy, setting, options)

class Ringroad implements Policy {
  readonly name: string
  readonly #setting: Setting
  readonly #plan: Plan
  readonly #models: readonly Model[]
  readonly #ids: readonly string[]
  readonly #link: TrackerLink
  readonly #syncing: Syncing
  readonly #decisions: Decisions
  readonly #informing: Informing
  readonly #isolates: SimulatedIsolate[]
  /** Isolates that take no new requests and still have some. */
  readonly #retired: SimulatedIsolate[] = []
  /** What was decided, by the request's id. It is forgotten when that is answered. */
  readonly #chosen = new Map<number, Chosen>()
  readonly #shards: number
  #made = 0

  constructor(strategy: StrategyName, setting: Setting, options: Options) {
    const { mindsDeadlines = true, mindsConversations = true, source = 'local', shards = 1 } = options
    this.#shards = shards
    this.#link = new TrackerLink(setting, shards)
    this.#syncing = new Syncing(setting, this.#link, source)
    this.name = strategy
    this.#setting = setting
    this.#plan = planFor(strategy, setting)
    this.#decisions = new Decisions(setting, this.#plan, { deadlines: mindsDeadlines, conversations: mindsConversations })
    this.#informing = new Informing(setting, this.#link, this.#syncing, this.#decisions, source)
    this.#ids = setting.scenario.fleet.models.map(({ name }) => name)
    this.#models = this.#ids.flatMap(id => this.#plan.live.get(id) ?? [])
    this.#isolates = Array.from({ length: setting.scenario.isolates }, () => this.#newIsolate())
  }

  inform(ask: Ask, goOn: () => void): void {
    this.#informing.inform(ask, this.#isolateOf(ask), goOn)
  }

  choose(ask: Ask): number | undefined {
    const isolate = this.#isolateOf(ask)
    if (ask.tried.length === 0) this.#chosen.set(ask.id, this.#decide(ask, isolate))
    const model = this.#next(ask, isolate)
    const { load, retries } = isolate.memory
    // The first fallback is free, as each model is an account of its own
    if (model === undefined || (ask.tried.length > 1 && !retries.withdraw(this.nowMs, load.isolates))) return undefined
    return this.#ids.indexOf(model.id)
  }

  /** The first of the ranking that can serve and was not asked before. `but`: it is being asked. */
  #next(ask: Ask, isolate: SimulatedIsolate, but?: Model): Model | undefined {
    const { ranking, panic } = this.#chosen.get(ask.id) ?? NOBODY
    if (ask.tried.length === 0 && but === undefined) return ranking[0]?.model
    const { nowMs } = this
    const load = (id: string) => isolate.memory.load.load(id, nowMs)
    const sieve: Sieve = { features: featuresOf(ask), bound: undefined, place: PLACE, load }
    for (const { model } of ranking) {
      if (model.id === but?.id || ask.tried.includes(this.#ids.indexOf(model.id))) continue
      if (panic || exclusionOf(model, sieve) === undefined) return model
    }
    return undefined
  }

  /** As `router/rules.ts` has it. */
  #patience(ask: Ask, isolate: SimulatedIsolate, first: Model): Patience | undefined {
    const { load, retries } = isolate.memory
    const chosen = this.#chosen.get(ask.id)
    if (ask.tried.length > 0 || chosen === undefined || chosen.panic || this.#ids.length < 2) return undefined
    const promptFor = ({ id }: Model): Prompt => ({ tokens: ask.promptTokens, relation: rankedIn(chosen, id)?.relation })
    const everyMs = patienceMs(load.load(first.id, this.nowMs), promptFor(first), this.#plan.config.limits.patience)
    if (everyMs === undefined) return undefined
    const isOver = (waitedMs: number): boolean => {
      const { nowMs } = this
      const other = load.view(nowMs) === undefined ? undefined : this.#next(ask, isolate, first)
      if (other === undefined || !isQuicker(load.load(other.id, nowMs), promptFor(other), waitedMs)) return false
      return retries.withdraw(nowMs, load.isolates)
    }
    return { everyMs, isOver }
  }

  send(ask: Ask, index: number): Sent {
    const isolate = this.#isolateOf(ask)
    const model = this.#models[index]
    if (model === undefined) throw new RangeError(`no model ${index}`)
    const { id } = model
    const { load } = isolate.memory
    const ranked = rankedIn(this.#chosen.get(ask.id) ?? NOBODY, id)
    const patience = this.#patience(ask, isolate, model)
    const lease = load.take(id, ask.promptTokens, this.nowMs, [], true, ranked?.relation)
    isolate.live.add(lease)
    this.#syncing.sent(isolate)
    return {
      limitMs: firstTokenLimitMs(ask.promptTokens),
      patience,
      headers: headroom => {
        if (headroom !== undefined) lease.headroom(headroom, this.nowMs)
      },
      firstToken: () => {
        const { nowMs } = this
        lease.firstToken(nowMs)
        load.placements.remember(this.#decisions.hashKeyOf(ask), id, nowMs, ranked?.isExpected)
        if (this.#syncing.isFresh) this.#link.exchange(isolate)
      },
      end: ending => {
        lease.settle(settlementFor(ending, ask, model), this.nowMs)
        isolate.live.delete(lease)
        if (ending.ok) this.#chosen.delete(ask.id)
        this.#syncing.changed(isolate)
      },
      lose: () => {
        isolate.live.delete(lease)
        this.#chosen.delete(ask.id)
      },
    }
  }

  replaceIsolate(index: number, isKilled: boolean): void {
    const old = this.#isolates[index]
    if (old === undefined) return
    old.isDead = isKilled
    if (!isKilled) this.#retired.push(old)
    this.#isolates[index] = this.#newIsolate()
  }

  account(): Account {
    const alive = [...this.#isolates, ...this.#retired]
    const own = alive.reduce((sum, { memory, live }) => sum + memory.load.inFlight + live.size, 0)
    return { syncs: this.#link.syncs, leases: own + this.#link.leftOver }
  }

  get nowMs(): number {
    return routerMs(this.#setting.clock)
  }

  #newIsolate(): SimulatedIsolate {
    this.#made += 1
    return newIsolate(this.#made, this.#shards, this.#setting.random)
  }

  #isolateOf({ isolate: index }: Ask): SimulatedIsolate {
    const isolate = this.#isolates[index]
    if (isolate === undefined) throw new RangeError(`no isolate ${index}`)
    return isolate
  }

  #decide(ask: Ask, isolate: SimulatedIsolate): Chosen {
    if (this.#syncing.isFresh) this.#link.exchange(isolate)
    isolate.memory.retries.deposit(this.nowMs)
    isolate.schedule.watch(this.nowMs)
    return this.#decisions.decide(ask, isolate)
  }
}

function settlementFor(ending: Ending, { promptTokens }: Ask, model: Model): Settlement {
  if (!ending.ok) return settlementOf(ending.failure, model, PLACE)
  const { outputTokens, cachedTokens, writingMs } = ending
  const isMeasured = outputTokens >= MIN_TOKENS && writingMs > 0
  return {
    verdict: 'succeeded',
    outputTokens,
    cachedShare: cachedTokens / promptTokens,
    perTokenMs: isMeasured ? writingMs / outputTokens : undefined,
  }
}

const rankedIn = ({ ranking }: Chosen, id: string): Ranked | undefined => ranking.find(({ model }) => model.id === id)
