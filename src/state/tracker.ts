/**
 * The load of a region's isolates, as one object keeps it: pure, so that the Durable Object, the tests and the simulation run the same code.
 *
 * In flight is the sum of what isolates reported and may still have: an isolate that falls silent loses its leases when they expire,
 * and there is no counter that could drift.
 */
import { decay, type Ewma, observe } from '../algorithm/ewma'
import {
  type Concurrency,
  isNearlyFull,
  NO_CONCURRENCY,
  observeAnswer,
  observeStart,
  readConcurrency,
  roomFor,
} from './concurrency'
import { cool, failureRate, HEALTHY, type Health, isEjected, mayProbe, observeResults, probing, recentFailures } from './ejection'
import { type RememberedHeadroom, recall, remember } from './headroom'
import {
  explainedMs,
  type Latency,
  NO_LATENCY,
  observeCensored,
  observeFirstToken,
  observePerToken,
  readLatency,
} from './latency'
import { DUE_MS, type Learned, type LoggedDecision, type ModelSnapshot, type Report, type Snapshot, type Waiting } from './report'

/** Outlasts the longest gap between two reports of an isolate with live requests (a few seconds), with room for two lost ones. */
export const LEASE_MS = 20_000
/** Syncs a second that one object should not exceed; a Durable Object is good for about 1,000 small requests a second. */
const MAX_SYNCS_PER_SECOND = 400
const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 5_000
/** Reports come at least so often while there is something to tell, twice over. */
const ALIVE_MS = 10_000
const LAG_HALF_LIFE_MS = 10_000
const HEADROOM_HALF_LIFE_MS = 30_000
const ARRIVALS_HALF_LIFE_MS = 5_000
/** A model nobody has asked for in so long is forgotten. */
const FORGET_MODEL_MS = 24 * 3_600_000
const MAX_LOG = 50

interface Isolate {
  readonly leases: Report['leases']
  readonly waiting?: Report['waiting']
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
  readonly concurrency?: Concurrency | undefined
  readonly health: Health
  readonly headroom?: RememberedHeadroom | undefined
  /** Its share, on average. */
  readonly usualHeadroom?: Ewma | undefined
  /** When a first token was last heard of. */
  readonly answeredAtMs?: number | undefined
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

const NONE = [0, 0] as const
const NO_WAITING: Waiting = [0, 0, 0]
/** A decayed count below it is none. */
const NOISE = 1e-6
const NO_ARRIVALS: Arrivals = { count: 0, tokens: 0, atMs: 0 }
const UNKNOWN: ModelState = { latency: NO_LATENCY, health: HEALTHY, seenAtMs: 0 }

export class Tracker {
  /** The one that reported longest ago first. */
  readonly #isolates = new Map<string, Isolate>()
  /** Of all isolates together, kept up to date, since a snapshot would otherwise cost a walk over a thousand of them. */
  readonly #leases = new Map<string, readonly [inFlight: number, waitingTokens: number]>()
  readonly #waiting = new Map<string, Waiting>()
  #arrivals: Arrivals = NO_ARRIVALS
  #lag: Ewma | undefined
  readonly #models: Map<string, ModelState>
  #decisions: readonly LoggedDecision[] = []

  constructor(memory: TrackerMemory = { models: {} }) {
    this.#models = new Map(Object.entries(memory.models))
  }

  /** Takes in a report and answers with what the reporter needs to know of everyone else. */
  sync(report: Report, nowMs: number): Snapshot {
    this.#expire(nowMs)
    const before = this.#isolates.get(report.isolate)
    this.#count(before, -1)
    this.#count(report, 1)
    const isNew = report.batch > (before?.batch ?? 0)
    let arrivals = before?.arrivals ?? NO_ARRIVALS
    if (isNew) {
      if (report.startsAgoMs !== undefined) this.#lag = observe(this.#lag, report.startsAgoMs, nowMs, LAG_HALF_LIFE_MS)
      for (const [model, learned] of Object.entries(report.learned)) {
        arrivals = arrive(arrivals, learned.starts, learned.promptTokens, nowMs)
        this.#arrivals = arrive(this.#arrivals, learned.starts, learned.promptTokens, nowMs)
        const [inFlight, waitingTokens] = this.#leases.get(model) ?? NONE
        const burden = { inFlight, waitingTokens, writing: inFlight - (this.#waiting.get(model)?.[0] ?? 0) }
        this.#models.set(model, learn(this.#models.get(model) ?? UNKNOWN, learned, burden, nowMs))
      }
      this.#decisions = [...report.decisions.toReversed(), ...this.#decisions].slice(0, MAX_LOG)
    }
    this.#isolates.delete(report.isolate)
    this.#isolates.set(report.isolate, {
      leases: report.leases,
      waiting: report.waiting,
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

  /** `reporter` undefined: for nobody, so everyone counts as another, and no probe is handed out. */
  #snapshotFor(reporter: string | undefined, nowMs: number): Snapshot {
    const own = reporter === undefined ? undefined : this.#isolates.get(reporter)
    const models: Record<string, ModelSnapshot> = {}
    for (const id of new Set([...this.#models.keys(), ...this.#leases.keys()])) models[id] = this.#model(id, own, nowMs)
    const all = faded(this.#arrivals, nowMs)
    const mine = faded(own?.arrivals ?? NO_ARRIVALS, nowMs)
    // What is added and taken away again leaves a rounding error
    const count = Math.max(0, all.count - mine.count)
    const tokens = Math.max(0, all.tokens - mine.tokens)
    return {
      batch: own?.batch ?? 0,
      intervalMs: intervalMs(this.#isolates.size),
      lagMs: Math.round(this.#lag?.value ?? 0),
      isolates: this.#isolates.size,
      // A count that decays with half-life h stands at rate × h / ln 2
      arrivalsPerSecond: count > NOISE ? (count * Math.LN2 * 1000) / ARRIVALS_HALF_LIFE_MS : 0,
      meanPromptTokens: count > NOISE ? tokens / count : 0,
      models,
    }
  }

  #model(id: string, own: Isolate | undefined, nowMs: number): ModelSnapshot {
    const state = this.#models.get(id) ?? UNKNOWN
    const probe = own !== undefined && mayProbe(state.health, nowMs)
    if (probe) this.#models.set(id, { ...state, health: probing(state.health, nowMs) })
    const all = this.#leases.get(id) ?? NONE
    const mine = own?.leases[id] ?? NONE
    const waiting = this.#waiting.get(id) ?? NO_WAITING
    const waitingHere = own?.waiting?.[id] ?? NO_WAITING
    const late = { overdue: waiting[1] - waitingHere[1], timesExpected: waiting[2] - waitingHere[2] }
    const concurrency = state.concurrency ?? NO_CONCURRENCY
    return {
      inFlight: all[0] - mine[0],
      waitingTokens: all[1] - mine[1],
      ...readLatency(state.latency, nowMs, late),
      concurrency: readConcurrency(concurrency) ?? null,
      answerMs: concurrency.answerMs?.value ?? null,
      failureRate: failureRate(state.health, nowMs),
      recentFailures: recentFailures(state.health, nowMs),
      headroom: recall(state.headroom, nowMs),
      usualHeadroom: state.usualHeadroom?.value ?? null,
      // While a probe is out the model is still ejected for everyone else, however long ago its time ran out
      ejectedForMs: isEjected(state.health) ? Math.max(DUE_MS, state.health.ejectedUntilMs - nowMs) : 0,
      probe,
    }
  }

  #expire(nowMs: number): void {
    for (const [id, isolate] of this.#isolates) {
      if (isolate.expiresAtMs > nowMs) break
      this.#isolates.delete(id)
      this.#count(isolate, -1)
      const { count, tokens } = faded(isolate.arrivals, nowMs)
      this.#arrivals = arrive(this.#arrivals, -count, -tokens, nowMs)
    }
    for (const [id, { seenAtMs }] of this.#models) if (nowMs - seenAtMs > FORGET_MODEL_MS) this.#models.delete(id)
  }

  #count(isolate: Pick<Report, 'leases' | 'waiting'> | undefined, sign: 1 | -1): void {
    for (const [id, [inFlight, waitingTokens]] of Object.entries(isolate?.leases ?? {})) {
      const before = this.#leases.get(id) ?? NONE
      const after = [before[0] + sign * inFlight, before[1] + sign * waitingTokens] as const
      if (after[0] === 0) this.#leases.delete(id)
      else this.#leases.set(id, after)
    }
    for (const [id, [requests, overdue, timesExpected]] of Object.entries(isolate?.waiting ?? {})) {
      const before = this.#waiting.get(id) ?? NO_WAITING
      const after: Waiting = [before[0] + sign * requests, before[1] + sign * overdue, before[2] + sign * timesExpected]
      if (after[0] === 0) this.#waiting.delete(id)
      else this.#waiting.set(id, after)
    }
  }
}

/** Grows with the number of isolates, so that together they stay below what one object can take. */
export function intervalMs(isolates: number): number {
  return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, Math.ceil((isolates * 1000) / MAX_SYNCS_PER_SECOND)))
}

/** What a model has to do, over the fleet: answers that it writes, prompt tokens that wait. */
interface Burden {
  readonly inFlight: number
  readonly writing: number
  readonly waitingTokens: number
}

function learn(state: ModelState, learned: Learned, { inFlight, writing, waitingTokens }: Burden, nowMs: number): ModelState {
  let latency = state.latency
  let concurrency = state.concurrency ?? NO_CONCURRENCY
  let at = 0
  for (const [tokensAhead, ms] of pairs(learned.firstTokens)) {
    const ownTokens = learned.prompts?.[at++] ?? tokensAhead
    const crowd = { waitingTokens, roomMs: 0, isFull: isNearlyFull(concurrency, writing) }
    // Late although all that waits now had been ahead: then it was not the reading that took so long
    const late = ms / explainedMs(latency, tokensAhead, nowMs, { ownTokens, crowd })
    concurrency = observeStart(concurrency, late, writing)
    const { waitMs } = roomFor(readConcurrency(concurrency), concurrency.answerMs?.value, inFlight)
    latency = observeFirstToken(latency, tokensAhead, ms, nowMs, { ownTokens, crowd: { ...crowd, roomMs: waitMs } })
  }
  for (const [tokensAhead, ms] of pairs(learned.censored)) latency = observeCensored(latency, tokensAhead, ms, nowMs)
  if (learned.perTokenCount > 0) latency = observePerToken(latency, learned.perTokenMs / learned.perTokenCount, nowMs)
  const { answerMs = 0, answers = 0 } = learned
  if (answers > 0) concurrency = observeAnswer(concurrency, answerMs / answers, nowMs)
  const answeredAtMs = learned.firstTokens.length > 0 ? nowMs : (state.answeredAtMs ?? 0)
  // Whoever still answers is busy and not broken, however long it makes wait: to leave it out would only drown the others, one after the other
  const failed = learned.failed - (nowMs - answeredAtMs <= ALIVE_MS ? (learned.outwaited ?? 0) : 0)
  const before = learned.healed ? HEALTHY : state.health
  const health = cool(observeResults(before, learned.succeeded, failed, nowMs), learned.coolMs, nowMs)
  const headroom = learned.headroom === null ? state.headroom : remember(learned.headroom, nowMs)
  const usualHeadroom =
    learned.headroom === null
      ? state.usualHeadroom
      : observe(state.usualHeadroom, learned.headroom.share, nowMs, HEADROOM_HALF_LIFE_MS)
  return { latency, concurrency, health, headroom, usualHeadroom, answeredAtMs, seenAtMs: nowMs }
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
