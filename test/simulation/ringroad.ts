/**
 * The router itself in the simulation: its decision, its isolates' state, its tracker and its schedule of syncs are the deployed ones. Only what is made of
 * promises there (the walk down the ranking, the heartbeat, the call to the tracker) is made of events here.
 */
import { createRandom } from '../../src/algorithm/random'
import { parseConfig } from '../../src/config'
import { UNDESCRIBED } from '../../src/context/features'
import { settlementOf } from '../../src/router/consequence'
import { contestOf, idsIn, rankContest } from '../../src/router/contest'
import { type Decision, decide, type Question } from '../../src/router/decide'
import { exclusionOf } from '../../src/router/filter'
import { CENTRAL_WAIT_MS, FRESH_WAIT_MS } from '../../src/router/inform'
import { Isolate } from '../../src/router/isolate'
import { isQuicker, type Patience, type Prompt, patienceMs } from '../../src/router/patience'
import { createPlan, type Plan } from '../../src/router/plan'

import { type Ruling, ruleOn } from '../../src/state/central'
import type { Lease, ModelLoad } from '../../src/state/local-load'
import { BEAT_MS, beatMs, freshForMs } from '../../src/state/refresh'
import { STALE_MS } from '../../src/state/registry-view'
import type { Report } from '../../src/state/report'
import { SYNC_TIMEOUT_MS, SyncSchedule } from '../../src/state/sync-schedule'
import { LEASE_MS, Tracker } from '../../src/state/tracker'
import type { Ranked, StrategyName } from '../../src/strategy/strategy'
import { priceOf } from './deadlines'
import { type Account, type Ask, firstTokenLimitMs, type Policy, type Sent } from './policy'
import type { MakePolicy, Setting } from './simulation'

/** The clock of the router does not start at the epoch: states that begin at 0 would take that for a recent event. */
const START_MS = 1_700_000_000_000
/** To the tracker and back, and by how much that varies. */
const ROUND_TRIP_MS = 30
const ROUND_TRIP_SIGMA = 0.5
const LOST_REPORTS = 0.01
/** Between two exchanges of a shard with the head. */
const SHARDS_MS = 250
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

/** What one isolate has: the router's own memory, and the requests that keep it awake. */
interface Place {
  readonly isolate: Isolate
  readonly schedule: SyncSchedule
  readonly shard: number
  readonly live: Set<Lease>
  /** Requests that wait for a snapshot before they are decided on. */
  readonly waiting: Set<() => void>
  heardAtMs: number
  renewedAtMs: number
  isBeating: boolean
  isDead: boolean
}

/** Where a decision gets its view. A number: from a refresh so often, ms; `lazy`: from one behind the last request. */
export type Source = 'local' | 'fresh' | 'central' | 'lazy' | number

interface Options {
  readonly mindsDeadlines?: boolean
  /** Whether the strategy is told which conversation a request belongs to. */
  readonly mindsConversations?: boolean
  readonly source?: Source
  /** Trackers that share the isolates. */
  readonly shards?: number
}

interface Chosen {
  readonly ranking: readonly string[]
  readonly ranked: ReadonlyMap<string, Ranked>
  readonly panic: boolean
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
  readonly #ids: readonly string[]
  /** The first is the others' head. */
  readonly #trackers: readonly Tracker[]
  /** Shards that will tell the head. */
  readonly #telling = new Set<number>()
  readonly #places: Place[]
  /** Isolates that take no new requests and still have some. */
  readonly #retired: Place[] = []
  readonly #chosen = new WeakMap<Ask, Chosen>()
  readonly #rulings = new WeakMap<Ask, { readonly ruling: Ruling; readonly seed: number }>()
  readonly #minds: boolean
  readonly #mindsConversations: boolean
  readonly #source: Source
  #made = 0
  #syncs = 0

  constructor(strategy: StrategyName, setting: Setting, options: Options) {
    const { mindsDeadlines = true, mindsConversations = true, source = 'local', shards = 1 } = options
    this.#mindsConversations = mindsConversations
    this.#trackers = Array.from({ length: shards }, () => new Tracker())
    this.#minds = mindsDeadlines
    this.#source = source
    this.name = strategy
    this.#setting = setting
    this.#ids = setting.scenario.fleet.models.map(({ name }) => name)
    const models = setting.scenario.fleet.models.map((spec, index) => [
      spec.name,
      {
        provider: 'openai-compatible',
        model: `${spec.name}-upstream`,
        baseUrl: `https://${spec.name}.example/v1`,
        price: { input: priceOf(spec) / 8, output: priceOf(spec) },
        // A model here may stand for hundreds
        maxInFlight: 1_000_000,
        weight: Math.max(0.1, Math.round((setting.weights[index] ?? 1) * 1000) / 10),
      },
    ])
    const config = parseConfig({ models: Object.fromEntries(models), pools: { [POOL]: this.#ids }, strategy })
    if (!config.ok) throw new Error(JSON.stringify(config.failure))
    this.#plan = createPlan(config.value, () => true)
    this.#places = Array.from({ length: setting.scenario.isolates }, () => this.#newPlace())
  }

  inform(ask: Ask, goOn: () => void): void {
    const place = this.#placeOf(ask)
    if (this.#isFresh || this.nowMs - place.heardAtMs <= STALE_MS) {
      this.#hear(ask, place, goOn)
      return
    }
    const once = onlyOnce(() => this.#hear(ask, place, goOn))
    this.#setting.clock.after(INFORMED_WAIT_MS, once)
    this.#call(place, once)
  }

  /** As `router/inform.ts` has it. */
  #hear(ask: Ask, place: Place, goOn: () => void): void {
    const { clock } = this.#setting
    const { load } = place.isolate
    const { nowMs } = this
    const isSpared = this.#source === 'central' && !load.mayAsk(this.#setting.random, nowMs)
    if (this.#source === 'central' && !isSpared) {
      const once = onlyOnce(goOn)
      clock.after(CENTRAL_WAIT_MS, () => {
        load.settleAsked(question)
        once()
      })
      const question = load.ask(nowMs)
      const seed = Math.floor(this.#setting.random() * 2 ** 32)
      const contest = contestOf(this.#plan, { ...this.#questionOf(ask, place), promptTokens: ask.promptTokens, seed })
      const rule = (report: Report) => {
        if (contest === undefined) throw new Error('nobody to choose from')
        const inquiry = { question, promptTokens: ask.promptTokens, ids: idsIn(contest) }
        return ruleOn(this.#trackerOf(place), report, inquiry, this.nowMs, seen => rankContest(contest, seen))
      }
      this.#carry(place, rule, ({ snapshot, ...ruling }) => {
        place.schedule.told(nowMs, snapshot.intervalMs)
        load.accept(snapshot, nowMs)
        if (!once.isOver()) {
          this.#rulings.set(ask, { ruling, seed })
          load.settleAsked(question, ruling.ranking[0])
        }
        once()
      })
      return
    }
    if ((this.#source !== 'fresh' && !isSpared) || load.heardAgoMs(nowMs) <= freshForMs(place.schedule.intervalMs)) {
      goOn()
      return
    }
    const once = onlyOnce(() => {
      place.waiting.delete(once)
      goOn()
    })
    clock.after(FRESH_WAIT_MS, once)
    place.waiting.add(once)
    this.#call(place)
  }

  choose(ask: Ask): number | undefined {
    const place = this.#placeOf(ask)
    const { isolate } = place
    if (ask.tried.length === 0) this.#chosen.set(ask, this.#decide(ask, place))
    const id = this.#next(ask, place)
    // The first fallback is free, as each model is an account of its own
    if (id === undefined || (ask.tried.length > 1 && !isolate.retries.withdraw(this.nowMs, isolate.load.isolates)))
      return undefined
    return this.#ids.indexOf(id)
  }

  /** The first of the ranking that can serve and was not asked before. `but`: it is being asked. */
  #next(ask: Ask, { isolate }: Place, but?: string): string | undefined {
    const chosen = this.#chosen.get(ask)
    if (chosen === undefined) return undefined
    const { nowMs } = this
    const load = (id: string) => isolate.load.load(id, nowMs)
    const sieve = { features: featuresOf(ask), bound: undefined, place: PLACE, load }
    const isFirst = ask.tried.length === 0 && but === undefined
    return chosen.ranking.find(id => {
      if (id === but || ask.tried.includes(this.#ids.indexOf(id))) return false
      const model = this.#plan.live.get(id)
      return model !== undefined && (isFirst || chosen.panic || exclusionOf(model, sieve) === undefined)
    })
  }

  /** As `router/rules.ts` has it. */
  #patience(ask: Ask, place: Place, first: string): Patience | undefined {
    const { load, retries } = place.isolate
    const chosen = this.#chosen.get(ask)
    if (ask.tried.length > 0 || chosen === undefined || chosen.panic || this.#ids.length < 2) return undefined
    const promptFor = (id: string): Prompt => ({ tokens: ask.promptTokens, relation: chosen.ranked.get(id)?.relation })
    const everyMs = patienceMs(load.load(first, this.nowMs), promptFor(first), this.#plan.config.limits.patience)
    if (everyMs === undefined) return undefined
    const isOver = (waitedMs: number): boolean => {
      const { nowMs } = this
      const other = load.view(nowMs) === undefined ? undefined : this.#next(ask, place, first)
      if (other === undefined || !isQuicker(load.load(other, nowMs), promptFor(other), waitedMs)) return false
      return retries.withdraw(nowMs, load.isolates)
    }
    return { everyMs, isOver }
  }

  send(ask: Ask, index: number): Sent {
    const place = this.#placeOf(ask)
    const id = this.#ids[index] ?? ''
    const model = this.#plan.live.get(id)
    if (model === undefined) throw new RangeError(`no model ${index}`)
    const ranked = this.#chosen.get(ask)?.ranked.get(id)
    const patience = this.#patience(ask, place, id)
    const lease = place.isolate.load.take(id, ask.promptTokens, this.nowMs, [], true, ranked?.relation)
    place.live.add(lease)
    if (this.#source === 'lazy') this.#sync(place)
    else this.#changed(place)
    this.#beat(place)
    return {
      limitMs: firstTokenLimitMs(ask.promptTokens),
      patience,
      headers: headroom => {
        if (headroom !== undefined) lease.headroom(headroom, this.nowMs)
      },
      firstToken: () => {
        lease.firstToken(this.nowMs)
        place.isolate.load.placements.remember(hashKeyOf(ask), id, this.nowMs, ranked?.isExpected)
        if (this.#isFresh) this.#exchange(place)
      },
      end: ending => {
        const isMeasured = ending.ok && ending.outputTokens >= MIN_TOKENS && ending.writingMs > 0
        const settlement = ending.ok
          ? {
              verdict: 'succeeded' as const,
              outputTokens: ending.outputTokens,
              cachedShare: ending.cachedTokens / ask.promptTokens,
              perTokenMs: isMeasured ? ending.writingMs / ending.outputTokens : undefined,
            }
          : settlementOf(ending.failure, model, PLACE)
        lease.settle(settlement, this.nowMs)
        place.live.delete(lease)
        this.#changed(place)
      },
      lose: () => {
        place.live.delete(lease)
      },
    }
  }

  replaceIsolate(index: number, isKilled: boolean): void {
    const old = this.#places[index]
    if (old === undefined) return
    old.isDead = isKilled
    if (!isKilled) this.#retired.push(old)
    this.#places[index] = this.#newPlace()
  }

  account(): Account {
    const alive = [...this.#places, ...this.#retired]
    const own = alive.reduce((sum, { isolate, live }) => sum + isolate.load.inFlight + live.size, 0)
    const states = this.#trackers.flatMap(tracker => Object.values(tracker.state(this.nowMs + LEASE_MS).models))
    const told = states.reduce((sum, { inFlight, waitingTokens }) => sum + inFlight + waitingTokens, 0)
    return { syncs: this.#syncs, leases: own + told }
  }

  get nowMs(): number {
    return START_MS + this.#setting.clock.nowMs
  }

  get #isFresh(): boolean {
    return this.#setting.scenario.staleness === 'fresh'
  }

  #newPlace(): Place {
    const { random } = this.#setting
    this.#made += 1
    const isolate = new Isolate(`isolate-${this.#made}`, random)
    return {
      isolate,
      schedule: new SyncSchedule(random),
      shard: this.#made % this.#trackers.length,
      live: new Set(),
      waiting: new Set(),
      heardAtMs: Number.NEGATIVE_INFINITY,
      renewedAtMs: Number.NEGATIVE_INFINITY,
      isBeating: false,
      isDead: false,
    }
  }

  #placeOf({ isolate }: Ask): Place {
    const place = this.#places[isolate]
    if (place === undefined) throw new RangeError(`no isolate ${isolate}`)
    return place
  }

  #decide(ask: Ask, place: Place): Chosen {
    if (this.#isFresh) this.#exchange(place)
    const { isolate, schedule } = place
    isolate.retries.deposit(this.nowMs)
    schedule.watch(this.nowMs)
    const heard = this.#rulings.get(ask)
    const own = this.#questionOf(ask, place)
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
    return decision.ok ? chosenOf(decision.value) : { ranking: [], ranked: new Map(), panic: false }
  }

  #questionOf(ask: Ask, { isolate }: Place): Question {
    const { nowMs } = this
    const hashKey = this.#mindsConversations ? hashKeyOf(ask) : ''
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
      lastModel: isolate.load.placements.modelOf(hashKey, nowMs),
      isPopular: isolate.popularity.isPopular(hashKey, nowMs),
      nowMs,
      random: this.#setting.random,
      turn: group => isolate.turn(group),
      load: id => {
        const known = loads.get(id) ?? isolate.load.load(id, nowMs)
        loads.set(id, known)
        return known
      },
      feedback: NOTHING,
      place: PLACE,
      view: isolate.load.view(nowMs),
    }
  }

  /** Something is to be told, in time. */
  #changed(place: Place): void {
    if (this.#isFresh) this.#exchange(place)
    else if (this.#source !== 'lazy') this.#sync(place)
  }

  /** A live request's heart keeps its own lease alive and its isolate's view fresh; here one heart beats for all of an isolate. */
  #beat(place: Place): void {
    if (place.isBeating) return
    place.isBeating = true
    this.#setting.clock.after(this.#beatMs(place), () => {
      place.isBeating = false
      if (place.live.size === 0 || place.isDead) return
      this.#renew(place)
      this.#changed(place)
      this.#beat(place)
    })
  }

  /** Each lease once a beat of its own request's heart. */
  #renew(place: Place): void {
    const { nowMs } = this
    if (nowMs - place.renewedAtMs < BEAT_MS) return
    place.renewedAtMs = nowMs
    for (const lease of place.live) lease.renew(nowMs)
  }

  #beatMs({ live, isolate, schedule }: Place): number {
    if (typeof this.#source === 'number') return this.#source
    const { isolates } = isolate.load
    const watchedAgoMs = schedule.watchedAgoMs(this.nowMs)
    const everyMs = beatMs({ live: live.size, isolates, intervalMs: schedule.intervalMs, watchedAgoMs })
    // There each request has a heart of its own, and they do not beat together
    return this.#source === 'lazy' ? BEAT_MS : everyMs / Math.max(1, live.size)
  }

  get #head(): Tracker {
    const [head] = this.#trackers
    if (head === undefined) throw new RangeError('no tracker')
    return head
  }

  /** It has a report to take in, of which the head will hear: as in `durable/exchange.ts`, and as if that took no time. */
  #trackerOf({ shard }: Place): Tracker {
    const tracker = this.#trackers[shard] ?? this.#head
    if (shard > 0 && !this.#telling.has(shard)) {
      this.#telling.add(shard)
      this.#setting.clock.after(SHARDS_MS, () => {
        this.#telling.delete(shard)
        this.#head.hear(String(shard), tracker.summary('head', this.nowMs), this.nowMs)
        tracker.hear('head', this.#head.summary(String(shard), this.nowMs), this.nowMs)
      })
    }
    return tracker
  }

  /** As if it took no time. */
  #exchange(place: Place): void {
    if (place.isDead) return
    const { load } = place.isolate
    this.#syncs += 1
    load.accept(this.#trackerOf(place).tell(load.report(this.nowMs), this.nowMs), this.nowMs)
  }

  #sync(place: Place): void {
    const waitMs = place.schedule.plan(this.nowMs)
    if (waitMs !== undefined) this.#callAfter(waitMs, place)
  }

  #callAfter(waitMs: number, place: Place): void {
    this.#setting.clock.after(waitMs, () => {
      const leftMs = place.schedule.leftMs(this.nowMs)
      // Its clock knows no whole ms
      if (leftMs >= 1) this.#callAfter(leftMs, place)
      else this.#call(place)
    })
  }

  #call(place: Place, onAnswer = () => {}): void {
    const { scenario } = this.#setting
    const startedMs = this.nowMs
    if (place.isDead || !place.schedule.begin(startedMs)) {
      onAnswer()
      return
    }
    const { load } = place.isolate
    const everyMs = typeof this.#source === 'number' ? this.#source : scenario.staleness
    const onLost = () => {
      place.schedule.end(startedMs, undefined)
      this.#changed(place)
    }
    const exchange = (report: Report) => this.#trackerOf(place).tell(report, this.nowMs)
    this.#carry(
      place,
      exchange,
      snapshot => {
        place.schedule.end(startedMs, typeof everyMs === 'number' ? everyMs : snapshot.intervalMs)
        load.accept(snapshot, startedMs)
        place.heardAtMs = Math.max(place.heardAtMs, startedMs)
        for (const goOn of place.waiting) goOn()
        onAnswer()
        if (load.hasNews) this.#changed(place)
      },
      onLost,
    )
  }

  /** A call to the tracker and back, both ways with their time. */
  #carry<T>(place: Place, call: (report: Report) => T, onAnswer: (answer: T) => void, onLost = () => {}): void {
    const { clock, random, scenario } = this.#setting
    if (place.isDead) {
      onLost()
      return
    }
    const report = place.isolate.load.report(this.nowMs)
    this.#syncs += 1
    if (random() < LOST_REPORTS) {
      clock.after(SYNC_TIMEOUT_MS, onLost)
      return
    }
    const { roundTripMs = ROUND_TRIP_MS } = scenario
    const way = () => (roundTripMs / 2) * Math.exp(ROUND_TRIP_SIGMA * (2 * random() - 1))
    clock.after(way(), () => {
      const answer = call(report)
      clock.after(way(), () => onAnswer(answer))
    })
  }
}

interface Once {
  (): void
  isOver(): boolean
}

function onlyOnce(callback: () => void): Once {
  let isOver = false
  const once = () => {
    if (isOver) return
    isOver = true
    callback()
  }
  return Object.assign(once, { isOver: () => isOver })
}

const chosenOf = ({ ranking, panic }: Decision): Chosen => ({
  ranking: ranking.map(({ model }) => model.id),
  ranked: new Map(ranking.map(ranked => [ranked.model.id, ranked])),
  panic,
})

const featuresOf = ({ promptTokens, turn }: Ask) => ({ ...FEATURES, promptTokens, turns: turn })

const hashKeyOf = ({ session, id }: Ask): string => (session < 0 ? `request ${id}` : `session ${session}`)
