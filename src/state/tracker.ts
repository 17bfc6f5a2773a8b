/**
 * The load of a region's isolates, as one object keeps it: pure, so that the Durable Object, the tests and the simulation run the same code.
 *
 * In flight is the sum of what isolates reported and may still have: an isolate that falls silent loses its leases when they expire,
 * and there is no counter that could drift.
 */
import { decay, type Ewma, observe } from '../algorithm/ewma'
import { type AnswerLength, NO_ANSWERS, NO_LENGTHS, observeLengths, readLengths } from './answer-length'
import { type CachedState, observeCached, readCached } from './cached-share'
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
import { type RememberedHeadroom, recall, remember, scarcer } from './headroom'
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
import { NO_RESERVATIONS, type Reservation, type Reservations, standing, withReservations } from './reservation'
import { type OwnRow, Rows, rounded } from './rows'
import { Elsewhere, headroomOf, merged, NO_SUMMARY, type Summary, type SummaryRow } from './summary'
import { MIN_INTERVAL_MS, SyncPace } from './sync-pace'

/** Outlasts the longest gap between two reports of an isolate with live requests (a few seconds), with room for two lost ones. */
export const LEASE_MS = 20_000
/** What everyone may see is written anew where it has changed, and every so often, since some of it fades. */
const REWRITE_MS = 500
const REWRITE_SHARE = 0.05
/** Reports come at least so often while there is something to tell, twice over. */
const ALIVE_MS = 10_000
const LAG_HALF_LIFE_MS = 10_000
const HEADROOM_HALF_LIFE_MS = 30_000
const ARRIVALS_HALF_LIFE_MS = 5_000
/** A model nobody has asked for in so long is forgotten. */
const FORGET_MODEL_MS = 24 * 3_600_000
const MAX_LOG = 50

interface Isolate {
  /** What it reported, and what was reserved for it since. */
  readonly leases: Report['leases']
  readonly waiting?: Report['waiting']
  readonly reserved: Reservations
  /** Of its latest report. */
  readonly asked: readonly number[]
  readonly turn: number
  readonly batch: number
  readonly arrivals: Arrivals
  /** The interval that it was last told to keep. */
  readonly toldMs: number
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
  readonly lengths?: AnswerLength | undefined
  readonly cached?: CachedState | undefined
  readonly health: Health
  readonly headroom?: RememberedHeadroom | undefined
  /** Its share, on average. */
  readonly usualHeadroom?: Ewma | undefined
  /** When a first token was last heard of. */
  readonly answeredAtMs?: number | undefined
  /** When a request was last heard of that ended well. */
  readonly succeededAtMs?: number | undefined
  /** When it was last left out, or for longer than before. */
  readonly outAtMs?: number | undefined
  readonly seenAtMs: number
}

/** What survives the object's eviction: what was learned. Leases come back with the next reports. */
export interface TrackerMemory {
  readonly models: Readonly<Record<string, ModelState>>
}

/** For people. Decisions are the latest first. */
export interface TrackerState extends Omit<Snapshot, 'batch'> {
  /** More isolates than this object can keep informed. */
  readonly isOverrun: boolean
  readonly decisions: readonly LoggedDecision[]
}

const NONE = [0, 0] as const
const NOBODY = [0, 0, 0] as const
const NOTHING: SummaryRow = Object.freeze({})
/** More of a rate limit than this is no news elsewhere. */
const SCARCE = 0.5
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
  readonly #pace = new SyncPace()
  readonly #rows: Rows
  /** Models whose rows are out of date. */
  readonly #changed = new Set<string>()
  #rewrittenAtMs = Number.NEGATIVE_INFINITY
  #rewroteAllAtMs = Number.NEGATIVE_INFINITY
  /** What other trackers have told, and what that amounts to. */
  readonly #elsewhere = new Elsewhere()
  #outside: Summary = NO_SUMMARY
  #outsideAtMs = Number.NEGATIVE_INFINITY
  #decisions: readonly LoggedDecision[] = []

  /** `epoch` tells one tracker of a name from the next: see `rows.ts`. */
  constructor(memory: TrackerMemory = { models: {} }, epoch = '') {
    this.#models = new Map(Object.entries(memory.models))
    this.#rows = new Rows(epoch)
  }

  /** Takes in a report and answers with what the reporter needs to know of everyone else. */
  sync(report: Report, nowMs: number): Snapshot {
    this.#take(report, nowMs)
    return this.#snapshotFor(report.isolate, nowMs)
  }

  /** The same, with the models as JSON text of `RowsSince`: only those that have changed since the version that the reporter has. */
  answer(report: Report, nowMs: number): { readonly head: Omit<Snapshot, 'models'>; readonly rows: string } {
    const before = this.#isolates.get(report.isolate)
    this.#take(report, nowMs)
    const own = this.#isolates.get(report.isolate)
    // What has ended may still be in the rows that everyone gets
    const ids = new Set([...Object.keys(before?.leases ?? {}), ...Object.keys(own?.leases ?? {}), ...this.#probes(nowMs)])
    const others = [...ids].map(id => [id, this.#others(id, own, nowMs)])
    this.#rewrite(nowMs)
    const { from, to, shared } = this.#rows.since(report.has ?? '')
    const rest = JSON.stringify({ from, to, atMs: nowMs, own: Object.fromEntries(others) })
    return { head: this.#head(own, nowMs), rows: `${rest.slice(0, -1)},"shared":${shared}}` }
  }

  /** Another tracker's isolates. */
  hear(source: string, summary: Summary, nowMs: number): void {
    this.#elsewhere.hear(source, summary, nowMs)
    this.#lookOutside(nowMs)
  }

  /** Everyone that this tracker knows of, but for those that it knows from `listener`, who is to be told. */
  summary(listener: string, nowMs: number): Summary {
    this.#expire(nowMs)
    const { count, tokens } = faded(this.#arrivals, nowMs)
    const models = this.#known().flatMap(id => {
      const row = this.#summaryRow(id, nowMs)
      return row === undefined ? [] : [[id, row] as const]
    })
    const own: Summary = {
      isolates: this.#isolates.size,
      arrivalsPerSecond: rateOf(count),
      tokensPerSecond: rateOf(tokens),
      models: Object.fromEntries(models),
    }
    return this.#elsewhere.isEmpty ? own : merged([own, this.#elsewhere.all(nowMs, listener)])
  }

  #take(report: Report, nowMs: number): void {
    this.#expire(nowMs)
    const before = this.#isolates.get(report.isolate)
    // Overtaken by a later one: its counts are out of date, while what it has learned is not
    const isLate = before !== undefined && report.turn !== undefined && report.turn < before.turn
    const { asked = [], turn = 0 } = report
    const reserved = standing(before?.reserved ?? NO_RESERVATIONS, asked)
    const counts = isLate ? before : { reserved, asked, turn, ...countsOf(report, reserved) }
    this.#count(before, -1)
    this.#count(counts, 1)
    const isNew = report.batch > (before?.batch ?? 0)
    let arrivals = before?.arrivals ?? NO_ARRIVALS
    if (isNew) {
      if (report.startsAgoMs !== undefined) this.#lag = observe(this.#lag, report.startsAgoMs, nowMs, LAG_HALF_LIFE_MS)
      for (const [model, learned] of Object.entries(report.learned)) {
        arrivals = arrive(arrivals, learned.starts, learned.promptTokens, nowMs)
        this.#arrivals = arrive(this.#arrivals, learned.starts, learned.promptTokens, nowMs)
        const [inFlight, waitingTokens] = this.#leases.get(model) ?? NONE
        const [inFlightElsewhere, waitingElsewhere, requestsElsewhere] = this.#outside.models[model]?.held ?? NOBODY
        const burden = {
          inFlight: inFlight + inFlightElsewhere,
          waitingTokens: waitingTokens + waitingElsewhere,
          writing: inFlight - (this.#waiting.get(model)?.[0] ?? 0) + inFlightElsewhere - requestsElsewhere,
        }
        this.#changed.add(model)
        this.#models.set(model, learn(this.#models.get(model) ?? UNKNOWN, learned, burden, nowMs))
      }
      this.#decisions = [...report.decisions.toReversed(), ...this.#decisions].slice(0, MAX_LOG)
    }
    const toldMs = this.#pace.call(report.isolate, report.tookMs, nowMs)
    this.#isolates.delete(report.isolate)
    this.#isolates.set(report.isolate, {
      leases: counts.leases,
      waiting: counts.waiting,
      reserved: counts.reserved,
      asked: counts.asked,
      turn: counts.turn,
      batch: Math.max(report.batch, before?.batch ?? 0),
      arrivals,
      toldMs,
      expiresAtMs: nowMs + LEASE_MS,
    })
  }

  /** Counts a request that this isolate asked about and will send to the model. Does nothing where its latest report says that the question is settled. */
  reserve(isolate: string, question: number, reservation: Reservation): void {
    const asker = this.#isolates.get(isolate)
    if (asker === undefined || !asker.asked.includes(question) || asker.reserved.has(question)) return
    const counts = withReservations(asker, [reservation])
    this.#count(asker, -1)
    this.#count(counts, 1)
    this.#isolates.set(isolate, { ...asker, ...counts, reserved: new Map([...asker.reserved, [question, reservation]]) })
  }

  /** Models, accounts and places with everyone's requests, no isolate's left out. Those that nobody knows of are not in it. */
  everyone(ids: readonly string[], nowMs: number): Readonly<Record<string, ModelSnapshot>> {
    const known = ids.filter(id => this.#isKnown(id))
    return Object.fromEntries(known.map(id => [id, this.#model(id, undefined, nowMs)]))
  }

  /** The whole fleet's state, for people. */
  state(nowMs: number): TrackerState {
    this.#expire(nowMs)
    const { batch: _, ...everything } = this.#snapshotFor(undefined, nowMs)
    return { ...everything, isOverrun: this.#pace.isOverrun, decisions: this.#decisions }
  }

  memory(): TrackerMemory {
    return { models: Object.fromEntries(this.#models) }
  }

  /** `reporter` undefined: for nobody, so everyone counts as another, and no probe is handed out. */
  #snapshotFor(reporter: string | undefined, nowMs: number): Snapshot {
    const own = reporter === undefined ? undefined : this.#isolates.get(reporter)
    const models: Record<string, ModelSnapshot> = {}
    for (const id of this.#known()) models[id] = this.#model(id, own, nowMs)
    return { ...this.#head(own, nowMs), models }
  }

  #isKnown(id: string): boolean {
    return this.#models.has(id) || this.#leases.has(id) || this.#outside.models[id] !== undefined
  }

  /** All ids that anything is known of. */
  #known(): readonly string[] {
    return [...new Set([...this.#models.keys(), ...this.#leases.keys(), ...Object.keys(this.#outside.models)])]
  }

  #head(own: Isolate | undefined, nowMs: number): Omit<Snapshot, 'models'> {
    const { isolates, arrivalsPerSecond, tokensPerSecond } = this.#outside
    const all = faded(this.#arrivals, nowMs)
    const mine = faded(own?.arrivals ?? NO_ARRIVALS, nowMs)
    // What is added and taken away again leaves a rounding error
    const count = Math.max(0, all.count - mine.count) + countOf(arrivalsPerSecond)
    const tokens = Math.max(0, all.tokens - mine.tokens) + countOf(tokensPerSecond)
    return {
      batch: own?.batch ?? 0,
      intervalMs: own?.toldMs ?? this.#pace.intervalMs,
      lagMs: Math.round(this.#lag?.value ?? 0),
      isolates: this.#isolates.size + isolates,
      arrivalsPerSecond: rateOf(count),
      meanPromptTokens: count > NOISE ? tokens / count : 0,
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
    const outside = this.#outside.models[id] ?? NOTHING
    const held = outside.held ?? NOBODY
    return {
      inFlight: all[0] - mine[0] + held[0],
      waitingTokens: all[1] - mine[1] + held[1],
      ...readLatency(state.latency, nowMs, late),
      concurrency: readConcurrency(concurrency) ?? null,
      answerMs: concurrency.answerMs?.value ?? null,
      answerTokens: readLengths(state.lengths ?? NO_ANSWERS, nowMs) ?? null,
      cached: readCached(state.cached, nowMs),
      failureRate: failureRate(state.health, nowMs),
      recentFailures: recentFailures(state.health, nowMs) + (outside.failures ?? 0),
      headroom: scarcer(recall(state.headroom, nowMs), headroomOf(outside)),
      usualHeadroom: state.usualHeadroom?.value ?? null,
      // While a probe is out the model is still ejected for everyone else, however long ago its time ran out
      ejectedForMs: Math.max(ejectedForMs(state.health, nowMs), this.#outForMs(state, outside, nowMs)),
      probe,
    }
  }

  /** Elsewhere it is left out. Whoever has had an answer from it since knows better: what fails there works here. */
  #outForMs({ succeededAtMs = 0 }: ModelState, { out }: SummaryRow, nowMs: number): number {
    if (out === undefined) return 0
    const elapsedMs = nowMs - this.#outsideAtMs
    return succeededAtMs > nowMs - elapsedMs - out[1] ? 0 : Math.max(DUE_MS, out[0] - elapsedMs)
  }

  /** Models that wait for one request to try them. */
  *#probes(nowMs: number): Generator<string> {
    for (const [id, { health }] of this.#models) if (mayProbe(health, nowMs)) yield id
  }

  #summaryRow(id: string, nowMs: number): SummaryRow | undefined {
    const [inFlight, waitingTokens] = this.#leases.get(id) ?? NONE
    const { health, headroom, outAtMs = nowMs } = this.#models.get(id) ?? UNKNOWN
    const failures = recentFailures(health, nowMs)
    const left = recall(headroom, nowMs)
    const row: SummaryRow = {
      ...(inFlight > 0 && { held: [inFlight, waitingTokens, this.#waiting.get(id)?.[0] ?? 0] as const }),
      ...(failures >= 0.05 && { failures: Math.round(failures * 10) / 10 }),
      ...(isEjected(health) && { out: [ejectedForMs(health, nowMs), Math.max(0, nowMs - outAtMs)] as const }),
      ...(left !== null && left.share < SCARCE && { headroom: [rounded(left.share), Math.round(left.forMs)] as const }),
    }
    return Object.keys(row).length === 0 ? undefined : row
  }

  /** What the row that everyone gets does not say: how it is without one isolate's own requests, and whether that isolate may try the model. */
  #others(id: string, own: Isolate | undefined, nowMs: number): OwnRow {
    const { inFlight, waitingTokens, slowdown, probe } = this.#model(id, own, nowMs)
    const isLate = (own?.waiting?.[id]?.[1] ?? 0) > 0
    return { inFlight, waitingTokens, ...(isLate && { slowdown: rounded(slowdown) }), ...(probe && { probe }) }
  }

  /** With many isolates many report in the time in which a few hundredths of their interval pass, and one writing does for all of them. */
  #rewrite(nowMs: number): void {
    const sinceMs = Math.abs(nowMs - this.#rewrittenAtMs)
    if (sinceMs < REWRITE_SHARE * (this.#pace.intervalMs - MIN_INTERVAL_MS)) return
    this.#rewrittenAtMs = nowMs
    if (Math.abs(nowMs - this.#rewroteAllAtMs) >= REWRITE_MS) {
      for (const id of this.#known()) this.#changed.add(id)
      this.#rewroteAllAtMs = nowMs
    }
    for (const id of this.#changed) this.#rows.write(id, this.#isKnown(id) ? this.#model(id, undefined, nowMs) : undefined, nowMs)
    this.#changed.clear()
  }

  #lookOutside(nowMs: number): void {
    const before = this.#outside
    this.#outside = this.#elsewhere.all(nowMs)
    this.#outsideAtMs = nowMs
    for (const { models } of [before, this.#outside]) for (const id of Object.keys(models)) this.#changed.add(id)
  }

  #expire(nowMs: number): void {
    if (!this.#elsewhere.isEmpty && Math.abs(nowMs - this.#outsideAtMs) >= REWRITE_MS) this.#lookOutside(nowMs)
    for (const [id, isolate] of this.#isolates) {
      if (isolate.expiresAtMs > nowMs) break
      this.#isolates.delete(id)
      this.#count(isolate, -1)
      const { count, tokens } = faded(isolate.arrivals, nowMs)
      this.#arrivals = arrive(this.#arrivals, -count, -tokens, nowMs)
    }
    for (const [id, { seenAtMs }] of this.#models)
      if (nowMs - seenAtMs > FORGET_MODEL_MS) {
        this.#models.delete(id)
        this.#changed.add(id)
      }
  }

  #count(isolate: Pick<Report, 'leases' | 'waiting'> | undefined, sign: 1 | -1): void {
    for (const [id, [inFlight, waitingTokens]] of Object.entries(isolate?.leases ?? {})) {
      this.#changed.add(id)
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

const countsOf = ({ leases, waiting }: Report, reserved: Reservations): Pick<Report, 'leases' | 'waiting'> =>
  reserved.size === 0 ? { leases, waiting } : withReservations({ leases, waiting }, reserved.values())

const ejectedForMs = (health: Health, nowMs: number): number =>
  isEjected(health) ? Math.max(DUE_MS, health.ejectedUntilMs - nowMs) : 0

/** A count that decays with half-life h stands at rate × h / ln 2. */
const rateOf = (count: number): number => (count > NOISE ? (count * Math.LN2 * 1000) / ARRIVALS_HALF_LIFE_MS : 0)

const countOf = (perSecond: number): number => (perSecond * ARRIVALS_HALF_LIFE_MS) / (Math.LN2 * 1000)

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
  const lengths = observeLengths(state.lengths ?? NO_ANSWERS, learned.lengths ?? NO_LENGTHS, nowMs)
  const cached = observeCached(state.cached, learned.cached, nowMs)
  const answeredAtMs = learned.firstTokens.length > 0 ? nowMs : (state.answeredAtMs ?? 0)
  // Whoever still answers is busy and not broken, however long it makes wait: to leave it out would only drown the others, one after the other
  const failed = learned.failed - (nowMs - answeredAtMs <= ALIVE_MS ? (learned.outwaited ?? 0) : 0)
  const before = learned.healed ? HEALTHY : state.health
  const health = cool(observeResults(before, learned.succeeded, failed, nowMs), learned.coolMs, nowMs)
  const succeededAtMs = learned.succeeded > 0 ? nowMs : state.succeededAtMs
  const outAtMs = health.ejectedUntilMs > state.health.ejectedUntilMs ? nowMs : state.outAtMs
  const headroom = learned.headroom === null ? state.headroom : remember(learned.headroom, nowMs)
  const usualHeadroom =
    learned.headroom === null
      ? state.usualHeadroom
      : observe(state.usualHeadroom, learned.headroom.share, nowMs, HEADROOM_HALF_LIFE_MS)
  return {
    latency,
    concurrency,
    lengths,
    cached,
    health,
    headroom,
    usualHeadroom,
    answeredAtMs,
    succeededAtMs,
    outAtMs,
    seenAtMs: nowMs,
  }
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
