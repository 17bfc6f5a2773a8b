/**
 * The router itself in the simulation: its decision, its isolates' state, its tracker and its schedule of syncs are the deployed ones. Only what is made of
 * promises there (the walk down the ranking, the heartbeat, the call to the tracker) is made of events here.
 */
import { createRandom } from '../../src/algorithm/random'
import { parseConfig } from '../../src/config'
import { UNDESCRIBED } from '../../src/context/features'
import type { Model } from '../../src/model'
import { settlementOf } from '../../src/router/consequence'
import { contestOf, idsIn, rankContest } from '../../src/router/contest'
import { decide, type Question } from '../../src/router/decide'
import { exclusionOf, type Sieve } from '../../src/router/filter'
import { CENTRAL_WAIT_MS, FRESH_WAIT_MS } from '../../src/router/inform'
import { isQuicker, type Patience, type Prompt, patienceMs } from '../../src/router/patience'
import { createPlan, type Plan } from '../../src/router/plan'
import { type Ruling, ruleOn } from '../../src/state/central'
import type { ModelLoad, Settlement } from '../../src/state/local-load'
import { freshForMs } from '../../src/state/refresh'
import { STALE_MS } from '../../src/state/registry-view'
import type { Report } from '../../src/state/report'
import type { Ranked, StrategyName } from '../../src/strategy/strategy'
import { priceOf } from './deadlines'
import { Once } from './once'
import { type Account, type Ask, type Ending, firstTokenLimitMs, type Policy, type Sent } from './policy'
import { newIsolate, routerMs, type SimulatedIsolate } from './simulated-isolate'
import type { MakePolicy, Setting } from './simulation'
import { type Source, Syncing } from './syncing'
import { TrackerLink } from './tracker-link'

/** An isolate that has heard nothing lately asks before it decides, and waits so long at most: as in `http/informed.ts`. */
const INFORMED_WAIT_MS = 100
const PLACE = 'SIM'
const POOL = 'fleet'
/** Fewer tokens say nothing about the time per token: as in `router/attempt.ts`. */
const MIN_TOKENS = 8

const FEATURES = { ...UNDESCRIBED, stream: true } as const
const CONTROLS = {
  strategy: undefined,
  priority: undefined,
  key: undefined,
  models: undefined,
  deadlineMs: undefined,
  fallback: true,
  keepAlive: false,
} as const
const NOTHING = Object.freeze({})

interface Options {
  readonly mindsDeadlines?: boolean
  /** Whether the strategy is told which conversation a request belongs to. */
  readonly mindsConversations?: boolean
  readonly source?: Source
  /** Trackers that share the isolates. */
  readonly shards?: number
}

interface Chosen {
  readonly ranking: readonly Ranked[]
  readonly panic: boolean
}

const NOBODY: Chosen = Object.freeze({ ranking: [], panic: false })

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
  readonly #isolates: SimulatedIsolate[]
  /** Isolates that take no new requests and still have some. */
  readonly #retired: SimulatedIsolate[] = []
  /** What was decided, by the request's id. It is forgotten when that is answered. */
  readonly #chosen = new Map<number, Chosen>()
  readonly #rulings = new Map<number, { readonly ruling: Ruling; readonly seed: number }>()
  /** Of conversations, by number: the same text is found sooner in a map than its like. */
  readonly #hashKeys = new Map<number, string>()
  readonly #minds: boolean
  readonly #mindsConversations: boolean
  readonly #source: Source
  readonly #shards: number
  #made = 0

  constructor(strategy: StrategyName, setting: Setting, options: Options) {
    const { mindsDeadlines = true, mindsConversations = true, source = 'local', shards = 1 } = options
    this.#mindsConversations = mindsConversations
    this.#minds = mindsDeadlines
    this.#source = source
    this.#shards = shards
    this.#link = new TrackerLink(setting, shards)
    this.#syncing = new Syncing(setting, this.#link, source)
    this.name = strategy
    this.#setting = setting
    this.#plan = planFor(strategy, setting)
    this.#ids = setting.scenario.fleet.models.map(({ name }) => name)
    this.#models = this.#ids.flatMap(id => this.#plan.live.get(id) ?? [])
    this.#isolates = Array.from({ length: setting.scenario.isolates }, () => this.#newIsolate())
  }

  inform(ask: Ask, goOn: () => void): void {
    const isolate = this.#isolateOf(ask)
    if (this.#syncing.isFresh || this.nowMs - isolate.heardAtMs <= STALE_MS) {
      this.#hear(ask, isolate, goOn)
      return
    }
    const once = new Once(() => this.#hear(ask, isolate, goOn))
    this.#setting.clock.after(INFORMED_WAIT_MS, () => once.go())
    this.#syncing.call(isolate, () => once.go())
  }

  /** As `router/inform.ts` has it. */
  #hear(ask: Ask, isolate: SimulatedIsolate, goOn: () => void): void {
    const { load } = isolate.memory
    const isSpared = this.#source === 'central' && !load.mayAsk(this.#setting.random, this.nowMs)
    if (this.#source === 'central' && !isSpared) this.#askTracker(ask, isolate, goOn)
    else if ((this.#source === 'fresh' || isSpared) && load.heardAgoMs(this.nowMs) > freshForMs(isolate.schedule.intervalMs))
      this.#refresh(isolate, goOn)
    else goOn()
  }

  #askTracker(ask: Ask, isolate: SimulatedIsolate, goOn: () => void): void {
    const { clock, random } = this.#setting
    const { load } = isolate.memory
    const { nowMs } = this
    const once = new Once(goOn)
    clock.after(CENTRAL_WAIT_MS, () => {
      load.settleAsked(question)
      once.go()
    })
    const question = load.ask(nowMs)
    const seed = Math.floor(random() * 2 ** 32)
    const contest = contestOf(this.#plan, { ...this.#questionOf(ask, isolate), promptTokens: ask.promptTokens, seed })
    const rule = (report: Report) => {
      if (contest === undefined) throw new Error('nobody to choose from')
      const inquiry = { question, promptTokens: ask.promptTokens, ids: idsIn(contest) }
      return ruleOn(this.#link.trackerOf(isolate), report, inquiry, this.nowMs, seen => rankContest(contest, seen))
    }
    this.#link.carry(isolate, rule, ({ snapshot, ...ruling }) => {
      isolate.schedule.told(nowMs, snapshot.intervalMs)
      load.accept(snapshot, nowMs)
      if (!once.isOver) {
        this.#rulings.set(ask.id, { ruling, seed })
        load.settleAsked(question, ruling.ranking[0])
      }
      once.go()
    })
  }

  #refresh(isolate: SimulatedIsolate, goOn: () => void): void {
    const once = new Once(() => {
      isolate.waiting.delete(once)
      goOn()
    })
    this.#setting.clock.after(FRESH_WAIT_MS, () => once.go())
    isolate.waiting.add(once)
    this.#syncing.call(isolate)
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
        load.placements.remember(this.#hashKeyOf(ask), id, nowMs, ranked?.isExpected)
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
    const heard = this.#rulings.get(ask.id)
    this.#rulings.delete(ask.id)
    const own = this.#questionOf(ask, isolate)
    const question: Question =
      heard === undefined
        ? own
        : {
            ...own,
            random: createRandom(heard.seed),
            load: id => heard.ruling.seen.loads[id] ?? own.load(id),
            view: heard.ruling.seen.view,
          }
    const decision = decide(this.#plan, question)
    if (!decision.ok) return NOBODY
    const { ranking, panic } = decision.value
    return { ranking, panic }
  }

  #questionOf(ask: Ask, { memory }: SimulatedIsolate): Question {
    const { nowMs } = this
    const hashKey = this.#mindsConversations ? this.#hashKeyOf(ask) : ''
    // The state is asked for the same figures several times in a decision, and nothing changes in between
    const loads = new Map<string, ModelLoad>()
    return {
      model: POOL,
      controls: this.#minds ? { ...CONTROLS, deadlineMs: ask.deadlineMs } : CONTROLS,
      features: featuresOf(ask),
      bound: undefined,
      metadata: NOTHING,
      claims: NOTHING,
      hashKey,
      lastModel: memory.load.placements.modelOf(hashKey, nowMs),
      isPopular: memory.popularity.isPopular(hashKey, nowMs),
      nowMs,
      random: this.#setting.random,
      turn: group => memory.turn(group),
      load: id => {
        let known = loads.get(id)
        if (known === undefined) {
          known = memory.load.load(id, nowMs)
          loads.set(id, known)
        }
        return known
      },
      feedback: NOTHING,
      place: PLACE,
      view: memory.load.view(nowMs),
    }
  }

  #hashKeyOf({ session, id }: Ask): string {
    if (session < 0) return `request ${id}`
    let key = this.#hashKeys.get(session)
    if (key === undefined) {
      key = `session ${session}`
      this.#hashKeys.set(session, key)
    }
    return key
  }
}

function planFor(strategy: StrategyName, { scenario, weights }: Setting): Plan {
  const models = scenario.fleet.models.map((spec, index) => [
    spec.name,
    {
      provider: 'openai-compatible',
      model: `${spec.name}-upstream`,
      baseUrl: `https://${spec.name}.example/v1`,
      price: { input: priceOf(spec) / 8, output: priceOf(spec) },
      // A model here may stand for hundreds
      maxInFlight: 1_000_000,
      weight: Math.max(0.1, Math.round((weights[index] ?? 1) * 1000) / 10),
    },
  ])
  const pool = scenario.fleet.models.map(({ name }) => name)
  const config = parseConfig({ models: Object.fromEntries(models), pools: { [POOL]: pool }, strategy })
  if (!config.ok) throw new Error(JSON.stringify(config.failure))
  return createPlan(config.value, () => true)
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

const featuresOf = ({ promptTokens, turn }: Ask) => ({ ...FEATURES, promptTokens, turns: turn })
