/**
 * The router itself in the simulation: its decision, its isolates' state, its tracker and its schedule of syncs are the deployed ones. Only what is made of
 * promises there (the walk down the ranking, the heartbeat, the call to the tracker) is made of events here.
 */
import { parseConfig } from '../../src/config'
import { settlementOf } from '../../src/router/consequence'
import { decide, type Question } from '../../src/router/decide'
import { exclusionOf } from '../../src/router/filter'
import { Isolate } from '../../src/router/isolate'
import { createPlan, type Plan } from '../../src/router/plan'
import type { Lease, ModelLoad } from '../../src/state/local-load'
import { STALE_MS } from '../../src/state/registry-view'
import { SYNC_TIMEOUT_MS, SyncSchedule } from '../../src/state/sync-schedule'
import { LEASE_MS, Tracker } from '../../src/state/tracker'
import type { StrategyName } from '../../src/strategy/strategy'
import { type Account, type Ask, firstTokenLimitMs, type Policy, type Sent } from './policy'
import type { MakePolicy, Setting } from './simulation'

/** The clock of the router does not start at the epoch: states that begin at 0 would take that for a recent event. */
const START_MS = 1_700_000_000_000
/** To the tracker and back, and by how much that varies. */
const ROUND_TRIP_MS = 30
const ROUND_TRIP_SIGMA = 0.5
const LOST_REPORTS = 0.01
const BEAT_MS = 1_000
/** An isolate that has heard nothing lately asks before it decides, and waits so long at most: as in `http/informed.ts`. */
const INFORMED_WAIT_MS = 100
const PLACE = 'SIM'
const POOL = 'fleet'
/** Fewer tokens say nothing about the time per token: as in `router/attempt.ts`. */
const MIN_TOKENS = 8

const ABSTAINS = { value: undefined, confidence: 0 } as const
const FEATURES = {
  language: ABSTAINS,
  topic: ABSTAINS,
  task: ABSTAINS,
  complexity: ABSTAINS,
  modalities: ['text'],
  tools: false,
  jsonSchema: false,
  stream: true,
} as const
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
  readonly live: Set<Lease>
  heardAtMs: number
  isBeating: boolean
  isDead: boolean
}

interface Chosen {
  readonly ranking: readonly string[]
  readonly panic: boolean
}

/** The router with this strategy in all its isolates. */
export const ringroad =
  (strategy: StrategyName): MakePolicy =>
  setting =>
    new Ringroad(strategy, setting)

class Ringroad implements Policy {
  readonly name: string
  readonly #setting: Setting
  readonly #plan: Plan
  readonly #ids: readonly string[]
  readonly #tracker = new Tracker()
  readonly #places: Place[]
  /** Isolates that take no new requests and still have some. */
  readonly #retired: Place[] = []
  readonly #chosen = new WeakMap<Ask, Chosen>()
  #made = 0
  #syncs = 0

  constructor(strategy: StrategyName, setting: Setting) {
    this.name = strategy
    this.#setting = setting
    this.#ids = setting.scenario.fleet.models.map(({ name }) => name)
    const models = this.#ids.map((id, index) => [
      id,
      {
        provider: 'openai-compatible',
        model: `${id}-upstream`,
        baseUrl: `https://${id}.example/v1`,
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
      goOn()
      return
    }
    let isOver = false
    const once = () => {
      if (!isOver) goOn()
      isOver = true
    }
    this.#setting.clock.after(INFORMED_WAIT_MS, once)
    this.#call(place, once)
  }

  choose(ask: Ask): number | undefined {
    const place = this.#placeOf(ask)
    const { isolate } = place
    if (ask.tried.length === 0) this.#chosen.set(ask, this.#decide(ask, place))
    const chosen = this.#chosen.get(ask)
    if (chosen === undefined) return undefined
    const { nowMs } = this
    const load = (id: string) => isolate.load.load(id, nowMs)
    const sieve = { features: featuresOf(ask), bound: undefined, place: PLACE, load }
    const id = chosen.ranking.find(candidate => {
      if (ask.tried.includes(this.#ids.indexOf(candidate))) return false
      const model = this.#plan.live.get(candidate)
      return model !== undefined && (ask.tried.length === 0 || chosen.panic || exclusionOf(model, sieve) === undefined)
    })
    // The first fallback is free, as each model is an account of its own
    if (id === undefined || (ask.tried.length > 1 && !isolate.retries.withdraw(nowMs, isolate.load.isolates))) return undefined
    return this.#ids.indexOf(id)
  }

  send(ask: Ask, index: number): Sent {
    const place = this.#placeOf(ask)
    const id = this.#ids[index] ?? ''
    const model = this.#plan.live.get(id)
    if (model === undefined) throw new RangeError(`no model ${index}`)
    const lease = place.isolate.load.take(id, ask.promptTokens, this.nowMs, [], true)
    place.live.add(lease)
    this.#changed(place)
    this.#beat(place)
    return {
      limitMs: firstTokenLimitMs(ask.promptTokens),
      headers: headroom => {
        if (headroom !== undefined) lease.headroom(headroom, this.nowMs)
      },
      firstToken: () => {
        lease.firstToken(this.nowMs)
        place.isolate.remember(hashKeyOf(ask), id)
        if (this.#isFresh) this.#exchange(place)
      },
      end: ending => {
        const isMeasured = ending.ok && ending.outputTokens >= MIN_TOKENS && ending.writingMs > 0
        const settlement = ending.ok
          ? { verdict: 'succeeded' as const, perTokenMs: isMeasured ? ending.writingMs / ending.outputTokens : undefined }
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
    const { models } = this.#tracker.state(this.nowMs + LEASE_MS)
    const told = Object.values(models).reduce((sum, { inFlight, waitingTokens }) => sum + inFlight + waitingTokens, 0)
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
      live: new Set(),
      heardAtMs: Number.NEGATIVE_INFINITY,
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
    const { isolate } = place
    const { nowMs } = this
    isolate.retries.deposit(nowMs)
    const hashKey = hashKeyOf(ask)
    // The state is asked for the same figures several times in a decision, and nothing changes in between
    const loads = new Map<string, ModelLoad>()
    const question: Question = {
      model: POOL,
      controls: CONTROLS,
      features: featuresOf(ask),
      bound: undefined,
      metadata: NOTHING,
      claims: NOTHING,
      hashKey,
      lastModel: isolate.lastModel(hashKey),
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
    const decision = decide(this.#plan, question)
    return decision.ok
      ? { ranking: decision.value.ranking.map(({ model }) => model.id), panic: decision.value.panic }
      : { ranking: [], panic: false }
  }

  /** Something is to be told, in time. */
  #changed(place: Place): void {
    if (this.#isFresh) this.#exchange(place)
    else this.#sync(place)
  }

  /** A live request's heart keeps its own lease alive and its isolate's view fresh; here one heart beats for all of an isolate. */
  #beat(place: Place): void {
    if (place.isBeating) return
    place.isBeating = true
    this.#setting.clock.after(BEAT_MS, () => {
      place.isBeating = false
      if (place.live.size === 0 || place.isDead) return
      for (const lease of place.live) lease.renew(this.nowMs)
      this.#changed(place)
      this.#beat(place)
    })
  }

  /** As if it took no time. */
  #exchange(place: Place): void {
    if (place.isDead) return
    const { load } = place.isolate
    this.#syncs += 1
    load.accept(this.#tracker.sync(load.report(this.nowMs), this.nowMs), this.nowMs)
  }

  #sync(place: Place): void {
    const waitMs = place.schedule.plan(this.nowMs)
    if (waitMs !== undefined) this.#setting.clock.after(waitMs, () => this.#call(place))
  }

  #call(place: Place, onAnswer = () => {}): void {
    const { clock, random, scenario } = this.#setting
    const startedMs = this.nowMs
    if (place.isDead || !place.schedule.begin(startedMs)) {
      onAnswer()
      return
    }
    const { load } = place.isolate
    const report = load.report(startedMs)
    this.#syncs += 1
    if (random() < LOST_REPORTS) {
      clock.after(SYNC_TIMEOUT_MS, () => {
        place.schedule.end(startedMs, undefined)
        this.#sync(place)
      })
      return
    }
    const way = () => (ROUND_TRIP_MS / 2) * Math.exp(ROUND_TRIP_SIGMA * (2 * random() - 1))
    clock.after(way(), () => {
      const snapshot = this.#tracker.sync(report, this.nowMs)
      clock.after(way(), () => {
        place.schedule.end(startedMs, typeof scenario.staleness === 'number' ? scenario.staleness : snapshot.intervalMs)
        load.accept(snapshot, startedMs)
        place.heardAtMs = Math.max(place.heardAtMs, startedMs)
        onAnswer()
        if (load.hasNews) this.#sync(place)
      })
    })
  }
}

const featuresOf = ({ promptTokens, turn }: Ask) => ({ ...FEATURES, promptTokens, turns: turn })

const hashKeyOf = ({ session, id }: Ask): string => (session < 0 ? `request ${id}` : `session ${session}`)
