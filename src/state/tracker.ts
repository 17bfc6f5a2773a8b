/**
 * The load of a region's isolates, as one object keeps it: pure, so that the Durable Object, the tests and the simulation run the same code.
 *
 * In flight is the sum of what isolates reported and may still have: an isolate that falls silent loses its leases when they expire,
 * and there is no counter that could drift.
 */
import { decay } from '../algorithm/ewma'
import { cool, failureRate, HEALTHY, type Health, isEjected, mayProbe, observeResults, probing, recentFailures } from './ejection'
import { type RememberedHeadroom, recall, remember } from './headroom'
import { type Latency, NO_LATENCY, observeCensored, observeFirstToken, observePerToken, readLatency } from './latency'
import { DUE_MS, type Learned, type LoggedDecision, type ModelSnapshot, type Report, type Snapshot } from './report'

/** Outlasts the longest gap between two reports of an isolate with live requests (a few seconds), with room for two lost ones. */
export const LEASE_MS = 20_000
/** Syncs a second that one object should not exceed; a Durable Object is good for about 1,000 small requests a second. */
const MAX_SYNCS_PER_SECOND = 400
const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 5_000
const ARRIVALS_HALF_LIFE_MS = 5_000
/** A model nobody has asked for in so long is forgotten. */
const FORGET_MODEL_MS = 24 * 3_600_000
const MAX_LOG = 50

interface Isolate {
  readonly leases: Report['leases']
  readonly batch: number
  readonly arrivals: Arrivals
  readonly expiresAtMs: number
}

/** Decayed counts of started requests and of their tokens. */
interface Arrivals {
  readonly count: number
  readonly tokens: number
  readonly atMs: number
}

interface ModelState {
  readonly latency: Latency
  readonly health: Health
  readonly headroom?: RememberedHeadroom | undefined
  readonly seenAtMs: number
}

/** What survives the object's eviction: what was learned. Leases come back with the next reports. */
export interface TrackerMemory {
  readonly models: Readonly<Record<string, ModelState>>
}

/** For people. Decisions are the latest first. */
export interface TrackerState extends Omit<Snapshot, 'batch'> {
  readonly decisions: readonly LoggedDecision[]
}

const NO_ARRIVALS: Arrivals = { count: 0, tokens: 0, atMs: 0 }
const UNKNOWN: ModelState = { latency: NO_LATENCY, health: HEALTHY, seenAtMs: 0 }

export class Tracker {
  readonly #isolates = new Map<string, Isolate>()
  readonly #models: Map<string, ModelState>
  #decisions: readonly LoggedDecision[] = []

  constructor(memory: TrackerMemory = { models: {} }) {
    this.#models = new Map(Object.entries(memory.models))
  }

  /** Takes in a report and answers with what the reporter needs to know of everyone else. */
  sync(report: Report, nowMs: number): Snapshot {
    this.#expire(nowMs)
    const before = this.#isolates.get(report.isolate)
    const isNew = report.batch > (before?.batch ?? 0)
    let arrivals = before?.arrivals ?? NO_ARRIVALS
    if (isNew) {
      for (const [model, learned] of Object.entries(report.learned)) {
        arrivals = arrive(arrivals, learned.starts, learned.promptTokens, nowMs)
        this.#models.set(model, learn(this.#models.get(model) ?? UNKNOWN, learned, nowMs))
      }
      this.#decisions = [...report.decisions.toReversed(), ...this.#decisions].slice(0, MAX_LOG)
    }
    this.#isolates.set(report.isolate, {
      leases: report.leases,
      batch: Math.max(report.batch, before?.batch ?? 0),
      arrivals,
      expiresAtMs: nowMs + LEASE_MS,
    })
    return this.#snapshotFor(report.isolate, nowMs)
  }

  /** The whole fleet's state, for people. */
  state(nowMs: number): TrackerState {
    this.#expire(nowMs)
    const { batch: _, ...everything } = this.#snapshotFor(undefined, nowMs)
    return { ...everything, decisions: this.#decisions }
  }

  memory(): TrackerMemory {
    return { models: Object.fromEntries(this.#models) }
  }

  /** `for` undefined: for nobody, so everyone counts as another, and no probe is handed out. */
  #snapshotFor(reporter: string | undefined, nowMs: number): Snapshot {
    const others = [...this.#isolates].filter(([id]) => id !== reporter).map(([, isolate]) => isolate)
    const models: Record<string, ModelSnapshot> = {}
    for (const id of new Set([...this.#models.keys(), ...others.flatMap(({ leases }) => Object.keys(leases))]))
      models[id] = this.#model(id, others, reporter !== undefined, nowMs)
    const arrivals = others.map(isolate => faded(isolate.arrivals, nowMs))
    const count = arrivals.reduce((sum, each) => sum + each.count, 0)
    const tokens = arrivals.reduce((sum, each) => sum + each.tokens, 0)
    return {
      batch: reporter === undefined ? 0 : (this.#isolates.get(reporter)?.batch ?? 0),
      intervalMs: intervalMs(this.#isolates.size),
      isolates: this.#isolates.size,
      // A count that decays with half-life h stands at rate × h / ln 2
      arrivalsPerSecond: (count * Math.LN2 * 1000) / ARRIVALS_HALF_LIFE_MS,
      meanPromptTokens: count > 0 ? tokens / count : 0,
      models,
    }
  }

  #model(id: string, others: readonly Isolate[], mayHandOutProbe: boolean, nowMs: number): ModelSnapshot {
    const state = this.#models.get(id) ?? UNKNOWN
    const probe = mayHandOutProbe && mayProbe(state.health, nowMs)
    if (probe) this.#models.set(id, { ...state, health: probing(state.health, nowMs) })
    const sum = (which: 0 | 1) => others.reduce((total, { leases }) => total + (leases[id]?.[which] ?? 0), 0)
    return {
      inFlight: sum(0),
      waitingTokens: sum(1),
      ...readLatency(state.latency, nowMs),
      failureRate: failureRate(state.health, nowMs),
      recentFailures: recentFailures(state.health, nowMs),
      headroom: recall(state.headroom, nowMs),
      // While a probe is out the model is still ejected for everyone else, however long ago its time ran out
      ejectedForMs: isEjected(state.health) ? Math.max(DUE_MS, state.health.ejectedUntilMs - nowMs) : 0,
      probe,
    }
  }

  #expire(nowMs: number): void {
    for (const [id, { expiresAtMs }] of this.#isolates) if (expiresAtMs <= nowMs) this.#isolates.delete(id)
    for (const [id, { seenAtMs }] of this.#models) if (nowMs - seenAtMs > FORGET_MODEL_MS) this.#models.delete(id)
  }
}

/** Grows with the number of isolates, so that together they stay below what one object can take. */
export function intervalMs(isolates: number): number {
  return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, Math.ceil((isolates * 1000) / MAX_SYNCS_PER_SECOND)))
}

function learn(state: ModelState, learned: Learned, nowMs: number): ModelState {
  let latency = state.latency
  for (const [tokensAhead, ms] of pairs(learned.firstTokens)) latency = observeFirstToken(latency, tokensAhead, ms, nowMs)
  for (const [tokensAhead, ms] of pairs(learned.censored)) latency = observeCensored(latency, tokensAhead, ms, nowMs)
  if (learned.perTokenCount > 0) latency = observePerToken(latency, learned.perTokenMs / learned.perTokenCount, nowMs)
  const before = learned.healed ? HEALTHY : state.health
  const health = cool(observeResults(before, learned.succeeded, learned.failed, nowMs), learned.coolMs, nowMs)
  const headroom = learned.headroom === null ? state.headroom : remember(learned.headroom, nowMs)
  return { latency, health, headroom, seenAtMs: nowMs }
}

function* pairs(flat: readonly number[]): Generator<readonly [number, number]> {
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [first, second] = [flat[i], flat[i + 1]]
    if (first !== undefined && second !== undefined) yield [first, second]
  }
}

function arrive(arrivals: Arrivals, count: number, tokens: number, nowMs: number): Arrivals {
  const before = faded(arrivals, nowMs)
  return { count: before.count + count, tokens: before.tokens + tokens, atMs: nowMs }
}

function faded(arrivals: Arrivals, nowMs: number): Arrivals {
  const kept = decay(nowMs - arrivals.atMs, ARRIVALS_HALF_LIFE_MS)
  return { count: arrivals.count * kept, tokens: arrivals.tokens * kept, atMs: nowMs }
}
