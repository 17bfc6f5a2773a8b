/**
 * The load of a region's isolates, as one object keeps it: pure, so that the Durable Object, the tests and the simulation run the same code.
 *
 * In flight is the sum of what isolates reported and may still have: an isolate that falls silent loses its leases when they expire,
 * and there is no counter that could drift.
 */
import { entryOf } from '../algorithm/entry'
import { RecencyMap } from '../algorithm/recency-map'
import { NO_ARRIVALS } from './arrivals'
import { AskShare, type Call } from './ask-share'
import { mayProbe, probing } from './ejection'
import { Elsewhere, isDueElsewhere } from './elsewhere'
import { type Burden, type Experience, learn, NO_EXPERIENCE } from './experience'
import { type KnownModel, modelFor, modelsFor } from './known-model'
import { NO_PLACEMENTS, PlacementLog } from './placements'
import type { Counts, LoggedDecision, ModelSnapshot, Report, Snapshot } from './report'
import { type Reporter, reserving, standingOf, wantedSince } from './reporter'
import type { Reservation } from './reservation'
import { type OwnRow, Rows, rounded } from './rows'
import { StaleRows } from './stale-rows'
import { type Summary, summaryRowOf } from './summary'
import { SyncPace } from './sync-pace'
import { isSame, Tally } from './tally'
import { arriving, Traffic } from './traffic'

/** Outlasts the longest gap between two reports of an isolate with live requests (a few seconds), with room for two lost ones. */
export const LEASE_MS = 20_000
/** A model nobody has asked for in so long is forgotten. */
const FORGET_MODEL_MS = 24 * 3_600_000
const MAX_LOG = 50

/** What survives the object's eviction: what was learned. Leases come back with the next reports. */
export interface TrackerMemory {
  readonly models: Readonly<Record<string, Experience>>
}

/** An answer to whoever says which rows it has. */
export interface Changes {
  readonly head: Omit<Snapshot, 'models'>
  /** JSON text of `RowsSince`. */
  readonly rows: string
}

/** For people. Decisions are the latest first. */
export interface TrackerState extends Omit<Snapshot, 'batch'> {
  /** More isolates than this object can keep informed. */
  readonly isOverrun: boolean
  readonly decisions: readonly LoggedDecision[]
}

export class Tracker {
  /** The one that reported longest ago first. */
  readonly #reporters = new RecencyMap<string, Reporter>()
  /** A look at who has fallen silent would be in vain before then, and with every report it would cost as much as all the rest. */
  #noneExpiresBeforeMs = Number.POSITIVE_INFINITY
  #noneForgottenBeforeMs = Number.NEGATIVE_INFINITY
  readonly #tally = new Tally()
  readonly #traffic = new Traffic()
  readonly #models: Map<string, Experience>
  readonly #pace = new SyncPace()
  readonly #asks = new AskShare()
  readonly #rows: Rows
  readonly #stale = new StaleRows()
  readonly #elsewhere = new Elsewhere()
  readonly #placements = new PlacementLog()
  #decisions: readonly LoggedDecision[] = []
  /** All models that anything is known of; undefined: that has changed. */
  #known: readonly KnownModel[] | undefined

  /** `epoch` tells one tracker of a name from the next: see `rows.ts`. */
  constructor(memory: TrackerMemory = { models: {} }, epoch = '') {
    this.#models = new Map(Object.entries(memory.models))
    this.#rows = new Rows(epoch)
  }

  /** Takes in a report and answers with what the reporter needs to know of everyone else. `kind`: whether the call asks for a choice as well. */
  sync(report: Report, nowMs: number, kind: Call = 'sync'): Snapshot {
    this.#take(report, nowMs, kind)
    const own = this.#reporters.get(report.isolate)
    return { ...this.#head(own, nowMs), models: modelsFor(this.#everything(), own, nowMs) }
  }

  /** The same, with the models as JSON text of `RowsSince`: only those that have changed since the version that the reporter has. */
  answer(report: Report, nowMs: number, kind: Call = 'sync'): Changes {
    const before = this.#reporters.get(report.isolate)
    this.#take(report, nowMs, kind)
    const own = this.#reporters.get(report.isolate)
    // What has ended may still be in the rows that everyone gets
    const ids = new Set([...Object.keys(before?.leases ?? {}), ...Object.keys(own?.leases ?? {})])
    const others = [...ids].map(id => [id, this.#others(id, own, nowMs)] as const)
    this.#rewrite(nowMs)
    const { from, to, shared } = this.#rows.since(report.has ?? '')
    const rest = JSON.stringify({ from, to, atMs: nowMs, own: Object.fromEntries(others) })
    return { head: this.#head(own, nowMs), rows: `${rest.slice(0, -1)},"shared":${shared}}` }
  }

  /** Counts a request that this isolate asked about and will send to the model, by the account and the place in `shared`. Does nothing where its latest report says that the question is settled. */
  reserve(isolate: string, question: number, reservation: Reservation, shared: readonly string[], nowMs: number): void {
    const before = this.#reporters.get(isolate)
    const after = before && reserving(before, question, reservation)
    if (after === undefined) return
    this.#recount(before, after)
    this.#reporters.replace(isolate, after)
    for (const id of [reservation.model, ...shared]) this.#try(id, nowMs)
  }

  /** Another tracker's isolates. */
  hear(source: string, summary: Summary, nowMs: number): void {
    this.#change(this.#elsewhere.hear(source, summary, nowMs))
  }

  /** Everyone that this tracker knows of, but for those that it knows from `listener`, who is to be told. */
  summary(listener: string, nowMs: number): Summary {
    this.#expire(nowMs)
    const models = this.#ids().flatMap(id => {
      const row = summaryRowOf(this.#tally.of(id), this.#models.get(id) ?? NO_EXPERIENCE, nowMs)
      return row === undefined ? [] : [[id, row] as const]
    })
    const rates = this.#traffic.rates(nowMs)
    const own: Summary = { isolates: this.#reporters.size, ...rates, models: Object.fromEntries(models) }
    return this.#elsewhere.joined(own, listener, nowMs)
  }

  /** Models, accounts and places with everyone's requests, no isolate's left out. Those that nobody knows of are not in it. */
  everyone(ids: readonly string[], nowMs: number): Readonly<Record<string, ModelSnapshot>> {
    const known = ids.filter(id => this.#isKnown(id))
    return Object.fromEntries(known.map(id => [id, this.#shared(id, nowMs)]))
  }

  /** The whole fleet's state, for people. */
  state(nowMs: number): TrackerState {
    this.#expire(nowMs)
    const { batch: _, ...head } = this.#head(undefined, nowMs)
    const models = modelsFor(this.#everything(), undefined, nowMs)
    return { ...head, models, isOverrun: this.#pace.isOverrun, decisions: this.#decisions }
  }

  memory(): TrackerMemory {
    return { models: Object.fromEntries(this.#models) }
  }

  #take(report: Report, nowMs: number, kind: Call): void {
    this.#expire(nowMs)
    const before = this.#reporters.get(report.isolate)
    const { batch = 0, arrivals = NO_ARRIVALS } = before ?? {}
    const standing = standingOf(before, report)
    this.#recount(before, standing)
    const isNews = report.batch > batch
    if (isNews) this.#learn(report, nowMs)
    if (report.placed !== undefined) this.#placements.add(report.placed, report.isolate)
    const wanted = Math.max(report.wanted ?? 0, before?.wanted ?? 0)
    this.#asks.call(kind, wantedSince(before, report, kind), nowMs)
    const toldMs = this.#pace.call(report.isolate, report.tookMs, nowMs)
    const expiresAtMs = nowMs + LEASE_MS
    this.#noneExpiresBeforeMs = Math.min(this.#noneExpiresBeforeMs, expiresAtMs)
    this.#reporters.set(report.isolate, {
      leases: standing.leases,
      waiting: standing.waiting,
      reserved: standing.reserved,
      asked: standing.asked,
      turn: standing.turn,
      wanted,
      batch: Math.max(report.batch, batch),
      arrivals: isNews ? arriving(arrivals, report, nowMs) : arrivals,
      toldMs,
      unheard: this.#placements.since(before?.heardTo ?? 0, report.isolate),
      heardTo: this.#placements.next,
      expiresAtMs,
    })
  }

  /** From each batch once. */
  #learn(report: Report, nowMs: number): void {
    this.#traffic.learn(report, nowMs)
    for (const id in report.learned) {
      const learned = report.learned[id]
      if (learned === undefined) continue
      if (learned.starts > 0 || learned.tried === true) this.#try(id, nowMs)
      this.#models.set(id, learn(this.#models.get(id) ?? NO_EXPERIENCE, learned, this.#burdenOf(id), nowMs))
      this.#changeOne(id)
    }
    if (report.decisions.length > 0) this.#decisions = [...report.decisions.toReversed(), ...this.#decisions].slice(0, MAX_LOG)
  }

  #burdenOf(id: string): Burden {
    const { inFlight, waitingTokens, waiting } = this.#tally.of(id)
    const [inFlightElsewhere, waitingElsewhere, requestsElsewhere] = this.#elsewhere.held(id)
    return {
      inFlight: inFlight + inFlightElsewhere,
      waitingTokens: waitingTokens + waitingElsewhere,
      writing: inFlight - waiting[0] + inFlightElsewhere - requestsElsewhere,
    }
  }

  #everything(): readonly KnownModel[] {
    this.#known ??= this.#ids().map(id => this.#knownOf(id))
    return this.#known
  }

  #knownOf(id: string): KnownModel {
    return { id, experience: this.#models.get(id), held: this.#tally.of(id), elsewhere: this.#elsewhere.seen }
  }

  #isKnown(id: string): boolean {
    return this.#models.has(id) || this.#tally.has(id) || entryOf(this.#elsewhere.seen.all.models, id) !== undefined
  }

  /** All ids that anything is known of. */
  #ids(): readonly string[] {
    const ids = [...this.#models.keys()]
    for (const id of this.#tally.models()) if (!this.#models.has(id)) ids.push(id)
    for (const id in this.#elsewhere.seen.all.models) if (!this.#models.has(id) && !this.#tally.has(id)) ids.push(id)
    return ids
  }

  #head(own: Reporter | undefined, nowMs: number): Omit<Snapshot, 'models'> {
    const { all } = this.#elsewhere.seen
    const askShare = this.#asks.share(this.#pace.callsPerSecond, nowMs)
    const { lagMs, arrivalsPerSecond, burstFactor, meanPromptTokens } = this.#traffic.figures(
      own?.arrivals ?? NO_ARRIVALS,
      all,
      nowMs,
    )
    return {
      batch: own?.batch ?? 0,
      intervalMs: own?.toldMs ?? this.#pace.intervalMs,
      askShare: askShare < 1 ? rounded(askShare) : undefined,
      isolates: this.#reporters.size + all.isolates,
      lagMs,
      arrivalsPerSecond,
      meanPromptTokens,
      burstFactor: rounded(burstFactor),
      placed: own === undefined || own.unheard === NO_PLACEMENTS ? undefined : own.unheard,
    }
  }

  /** As everyone may see it. */
  #shared(id: string, nowMs: number): ModelSnapshot {
    return modelFor(this.#knownOf(id), undefined, nowMs)
  }

  /** A request goes there. If nobody has tried it since its ejection was over, this one does, and the others wait for how it ends. */
  #try(id: string, nowMs: number): void {
    const experience = this.#models.get(id) ?? { ...NO_EXPERIENCE, seenAtMs: nowMs }
    const { health, succeededAtMs = 0 } = experience
    if (!mayProbe(health, nowMs, isDueElsewhere(this.#elsewhere.seen, id, succeededAtMs, nowMs))) return
    this.#models.set(id, { ...experience, health: probing(health, nowMs) })
    this.#change([id])
  }

  /** What the row that everyone gets does not say: how it is without one isolate's own requests. */
  #others(id: string, own: Reporter | undefined, nowMs: number): OwnRow {
    const { inFlight, waitingTokens, slowdown } = modelFor(this.#knownOf(id), own, nowMs)
    const isLate = (own?.waiting?.[id]?.[1] ?? 0) > 0
    return { inFlight, waitingTokens, ...(isLate && { slowdown: rounded(slowdown) }) }
  }

  #rewrite(nowMs: number): void {
    for (const id of this.#stale.due(this.#pace.intervalMs, () => this.#ids(), nowMs))
      this.#rows.write(id, this.#isKnown(id) ? this.#shared(id, nowMs) : undefined, nowMs)
  }

  #expire(nowMs: number): void {
    this.#change(this.#elsewhere.pass(nowMs))
    if (nowMs >= this.#noneExpiresBeforeMs) this.#expireReporters(nowMs)
    if (nowMs >= this.#noneForgottenBeforeMs) this.#forgetModels(nowMs)
  }

  #expireReporters(nowMs: number): void {
    this.#noneExpiresBeforeMs = Number.POSITIVE_INFINITY
    for (let entry = this.#reporters.first; entry !== undefined; entry = entry.next) {
      const { key: isolate, value: reporter } = entry
      this.#noneExpiresBeforeMs = reporter.expiresAtMs
      if (reporter.expiresAtMs > nowMs) break
      this.#reporters.delete(isolate)
      this.#recount(reporter, undefined)
      this.#traffic.leave(reporter.arrivals, nowMs)
    }
  }

  #forgetModels(nowMs: number): void {
    let oldestMs = nowMs
    for (const [id, { seenAtMs }] of this.#models) {
      if (nowMs - seenAtMs <= FORGET_MODEL_MS) {
        oldestMs = Math.min(oldestMs, seenAtMs)
        continue
      }
      this.#models.delete(id)
      this.#change([id])
    }
    this.#noneForgottenBeforeMs = oldestMs + FORGET_MODEL_MS
  }

  /** What one isolate has under way, was and is. */
  #recount(before: Counts | undefined, after: Counts | undefined): void {
    if (before !== undefined && after !== undefined && isSame(before, after)) return
    if (before !== undefined) this.#tally.remove(before)
    if (after !== undefined) this.#tally.add(after)
    for (const id in before?.leases) this.#changeOne(id)
    for (const id in after?.leases) this.#changeOne(id)
  }

  /** What is known of these models. */
  #change(ids: readonly string[]): void {
    for (const id of ids) this.#changeOne(id)
  }

  #changeOne(id: string): void {
    this.#stale.addOne(id)
    this.#known = undefined
  }
}
