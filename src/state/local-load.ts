/**
 * One isolate's own share of the load: its live leases, what it has learned and not yet told, and the last snapshot of everyone else.
 * A decision rests on these alone; no call is made. Plain data inside, since an isolate's module state must outlive any one request.
 */
import type { LogNormal } from '../algorithm/log-normal'
import { NO_LENGTHS, withLength } from './answer-length'
import { type CachedShares, type Relation, withShare } from './cached-share'
import { roomFor } from './concurrency'
import { cool, failureRate, HEALTHY, type Health, isEjected, mayProbe, observeResults, probing, recentFailures } from './ejection'
import { fittingLearned, fittingLeases } from './fitting'
import { type RememberedHeadroom, recall, remember, scarcer } from './headroom'
import { MAX_SLOWDOWN } from './latency'
import { Leases, type Waits } from './leases'
import {
  DUE_MS,
  type Headroom,
  type Learned,
  type LoggedDecision,
  MAX_DECISIONS,
  MAX_SAMPLES,
  type Report,
  type Snapshot,
  type Waiting,
} from './report'
import { LEASE_MS } from './tracker'

/** How an attempt ended, as far as it tells of the model. `neutral`: it does not (the client left, or the request itself was wrong). */
export interface Settlement {
  readonly verdict: 'succeeded' | 'failed' | 'neutral'
  /** A limit passed without a first token. */
  readonly timedOut?: boolean | undefined
  /** Mean time per output token. */
  readonly perTokenMs?: number | undefined
  /** Share of the prompt that came from the model's cache; undefined: nobody told. */
  readonly cachedShare?: number | undefined
  /** The answer's length. */
  readonly outputTokens?: number | undefined
  /** The answer was sound, and its time was over before it was. */
  readonly cutShort?: boolean | undefined
  /** The upstream is to be left alone so long. */
  readonly coolMs?: number | undefined
  /** What that holds for, where it is not the model: the id of an account or of a place. */
  readonly cools?: string | undefined
}

/** A request in flight. Taken before anything is sent, settled exactly once; later settlements change nothing. */
export interface Lease {
  readonly model: string
  /** The request lives. To be called every second or so, or the lease expires. */
  renew(nowMs: number): void
  /** The first token of a stream has come. Not for JSON answers, which have none. */
  firstToken(nowMs: number): void
  settle(settlement: Settlement, nowMs: number): void
  /** What the answer's headers said of the rate limit. */
  headroom(headroom: Headroom, nowMs: number): void
}

/** What the fleet is believed to have on one model, this isolate's own leases included. */
export interface ModelLoad {
  readonly inFlight: number
  readonly waitingTokens: number
  readonly firstToken: { readonly baseMs: number; readonly slopeMsPerToken: number; readonly ahead?: number } | undefined
  readonly slowdown: number
  readonly perTokenMs: number | undefined
  /** Answers that it writes at a time before prompts have to wait; undefined: there was always room. */
  readonly concurrency?: number | undefined
  /** From the first token to the last. */
  readonly answerMs?: number | undefined
  /** How long its answers are, in tokens; undefined while too few are known. */
  readonly answerTokens?: LogNormal | undefined
  /** What of a prompt it has in its cache. */
  readonly cached?: CachedShares | undefined
  readonly p95Ratio: number | undefined
  readonly failureRate: number
  readonly recentFailures: number
  readonly headroom: Headroom | null
  /** What is left of the rate limit on average, 0..1; undefined where no limit is known. */
  readonly usualHeadroom?: number | undefined
  /** 0: healthy. */
  readonly ejectedForMs: number
  /** Ejected, but one request may try it. */
  readonly probe: boolean
}

export interface View {
  /** Since the snapshot was asked for, and how old, on average, what the others had said of themselves was already then. */
  readonly ageMs: number
  readonly arrivalsPerSecond: number
  readonly meanPromptTokens: number
}

/** Questions that a report names: it travels in a header. More wait at once only where the tracker is overrun. */
const MAX_ASKED = 300
/** A question to the tracker that is older was given up by whoever asked. */
const ASKED_MS = 2_000

/** Enough for their average age; an isolate that is cut off must not collect them for ever. */
const MAX_STARTS = 100
/** Learned figures outlive the counts: a model's speed is worth knowing longer than its queue. */
const FIGURES_MS = 600_000

export class LocalLoad {
  readonly #isolate: string
  readonly #leases = new Leases()
  /** As this isolate's own results have it. */
  readonly #health = new Map<string, Health>()
  readonly #headroom = new Map<string, RememberedHeadroom>()
  #pending = new Map<string, Mutable<Learned>>()
  /** The batch that was sent and not yet acknowledged. */
  #sent: Pick<Report, 'batch' | 'learned' | 'startsAgoMs' | 'decisions'> | undefined
  /** When the starts were that no report has carried yet. */
  #startedAtMs: number[] = []
  #decisions: readonly LoggedDecision[] = []
  #batch = 0
  /** Decisions that the tracker was asked for and that nobody has acted on yet: when, by number. */
  readonly #asked = new Map<number, number>()
  #questions = 0
  #reports = 0
  /** Whom the tracker counts already for a request that is about to be sent. */
  #reserved: string | undefined
  #snapshot: { readonly value: Snapshot; readonly atMs: number; readonly probes: Set<string> } | undefined

  constructor(isolate: string) {
    this.#isolate = isolate
  }

  /**
   * `shared`: ids of the account and the place that the model is reached by; an answer proves that they work. `inPieces`: the
   * answer comes as it is written, so that a first token is to be seen, and when it does not come, that says something.
   * `relation`: what of the prompt is expected to be cached; what counts is the rest, which has to be read.
   */
  take(
    model: string,
    allTokens: number,
    nowMs: number,
    shared: readonly string[] = [],
    inPieces = false,
    relation?: Relation | undefined,
  ): Lease {
    const learned = this.#learnedOf(model)
    const load = this.load(model, nowMs)
    const promptTokens = relation === undefined ? allTokens : Math.round(allTokens * (1 - (load.cached?.[relation] ?? 0)))
    const tokensAhead = load.waitingTokens + promptTokens
    const expectedMs = expectedFirstTokenMs(load, promptTokens)
    const held = this.#leases.take(model, promptTokens, nowMs, expectedMs, inPieces)
    let firstAtMs: number | undefined
    learned.starts += 1
    learned.promptTokens += promptTokens
    const isKnown = this.#reserved === model
    this.#reserved = undefined
    if (!isKnown && this.#startedAtMs.length < MAX_STARTS) this.#startedAtMs.push(nowMs)
    for (const id of [model, ...shared]) this.#useProbe(id, nowMs)
    return {
      model,
      renew: atMs => this.#leases.renew(held, atMs),
      firstToken: atMs => {
        if (!this.#leases.stopWaiting(held)) return
        firstAtMs = atMs
        const news = this.#learnedOf(model)
        sample(news.firstTokens, tokensAhead, atMs - nowMs)
        news.prompts = [...(news.prompts ?? []), promptTokens].slice(-MAX_SAMPLES)
        for (const id of shared) this.#heal(id, atMs)
      },
      settle: (settlement, atMs) => {
        const wasWaiting = held.isWaiting
        if (!this.#leases.end(held)) return
        if (wasWaiting && settlement.timedOut === true) sample(this.#learnedOf(model).censored, tokensAhead, atMs - nowMs)
        this.#learn(model, settlement, atMs, wasWaiting && settlement.timedOut === true)
        if (settlement.verdict === 'succeeded' && firstAtMs !== undefined) this.#learnAnswer(model, atMs - firstAtMs)
        if (relation !== undefined && settlement.cachedShare !== undefined) {
          const news = this.#learnedOf(model)
          news.cached = withShare(news.cached, relation, settlement.cachedShare)
        }
        this.#learnLength(model, settlement, atMs - (firstAtMs ?? nowMs + (expectedMs ?? 0)))
        if (settlement.verdict === 'succeeded') for (const id of shared) this.#heal(id, atMs)
      },
      headroom: (headroom, atMs) => {
        this.#learnedOf(model).headroom = headroom
        this.#headroom.set(model, remember(headroom, atMs))
      },
    }
  }

  load(model: string, nowMs: number): ModelLoad {
    const own = this.#leases.count(model)
    const waits = this.#leases.waits(model, nowMs)
    const others = this.#snapshot?.value.models[model]
    const ageMs = this.#snapshot === undefined ? Number.POSITIVE_INFINITY : nowMs - this.#snapshot.atMs
    const counts = ageMs <= LEASE_MS ? others : undefined
    const figures = ageMs <= FIGURES_MS ? others : undefined
    const baseMs = figures?.baseMs ?? undefined
    const health = this.#healthOf(model)
    const ownEjection = ejectionOf(health, nowMs)
    const theirEjectionMs = Math.max(0, (figures?.ejectedForMs ?? 0) - ageMs)
    // When their ejection ends, nobody knows of a success yet: it takes a probe, and the tracker hands that to one isolate
    const theirs =
      figures !== undefined && figures.ejectedForMs > 0 && counts !== undefined
        ? { forMs: Math.max(1, theirEjectionMs), probe: this.#snapshot?.probes.has(model) ?? false }
        : { forMs: theirEjectionMs, probe: false }
    const ejectedForMs = Math.max(ownEjection.forMs, theirs.forMs)
    return {
      inFlight: (counts?.inFlight ?? 0) + own.inFlight,
      waitingTokens: (counts?.waitingTokens ?? 0) + own.waitingTokens - waits.begunTokens,
      firstToken:
        baseMs === undefined ? undefined : { baseMs, slopeMsPerToken: figures?.slopeMsPerToken ?? 0, ahead: figures?.ahead ?? 1 },
      slowdown: slowerBy(waits, counts?.slowdown ?? 1),
      perTokenMs: figures?.perTokenMs ?? undefined,
      concurrency: figures?.concurrency ?? undefined,
      answerMs: figures?.answerMs ?? undefined,
      answerTokens: figures?.answerTokens ?? undefined,
      cached: figures?.cached ?? undefined,
      p95Ratio: figures?.p95Ratio ?? undefined,
      failureRate: Math.max(counts?.failureRate ?? 0, failureRate(health, nowMs)),
      recentFailures: Math.max(counts?.recentFailures ?? 0, recentFailures(health, nowMs)),
      headroom: scarcer(recall(this.#headroom.get(model), nowMs), fresher(counts?.headroom ?? null, ageMs)),
      usualHeadroom: figures?.usualHeadroom ?? undefined,
      ejectedForMs,
      probe: ejectedForMs > 0 && (ownEjection.forMs === 0 || ownEjection.probe) && (theirs.forMs === 0 || theirs.probe),
    }
  }

  /** Undefined while there is no snapshot young enough for its counts to mean anything. */
  view(nowMs: number): View | undefined {
    if (this.#snapshot === undefined || nowMs - this.#snapshot.atMs > LEASE_MS) return undefined
    const { lagMs = 0, arrivalsPerSecond, meanPromptTokens } = this.#snapshot.value
    return { ageMs: nowMs - this.#snapshot.atMs + lagMs, arrivalsPerSecond, meanPromptTokens }
  }

  /** How long ago the snapshot was asked for; infinite without one. */
  heardAgoMs(nowMs: number): number {
    return this.#snapshot === undefined ? Number.POSITIVE_INFINITY : Math.abs(nowMs - this.#snapshot.atMs)
  }

  /** Numbers a question that goes to the tracker with the next report: until somebody has acted on the answer, the reports say that it is open. */
  ask(nowMs: number): number {
    this.#questions += 1
    this.#asked.set(this.#questions, nowMs)
    return this.#questions
  }

  /** The question is settled. `reserved`: the model that the tracker counts, if the next request taken is that one. */
  settleAsked(question: number, reserved?: string | undefined): void {
    if (this.#asked.delete(question)) this.#reserved = reserved
  }

  /** Something was learned that no report has carried yet. */
  get hasNews(): boolean {
    return this.#pending.size > 0
  }

  /** How many share the fleet's traffic; 1 while nothing is known. */
  get isolates(): number {
    return this.#snapshot?.value.isolates ?? 1
  }

  get inFlight(): number {
    return this.#leases.size
  }

  /** The report to send now. An unacknowledged batch goes again under its number, and what came since waits for the next. */
  report(nowMs: number): Report {
    this.#leases.expire(nowMs)
    this.#reports += 1
    for (const [question, atMs] of this.#asked) if (Math.abs(nowMs - atMs) > ASKED_MS) this.#asked.delete(question)
    if (this.#sent === undefined && this.#pending.size > 0) {
      this.#batch += 1
      // What is left over goes with the next
      const rows = fittingLearned(this.#pending)
      const startsAgoMs = meanAge(this.#startedAtMs, nowMs)
      this.#sent = {
        batch: this.#batch,
        learned: Object.fromEntries(rows),
        ...(startsAgoMs !== undefined && { startsAgoMs }),
        decisions: this.#decisions,
      }
      this.#startedAtMs = []
      for (const [id] of rows) this.#pending.delete(id)
      this.#decisions = []
    }
    const held = this.#leases.counts().map(([model, count]) => ({ model, ...count, ...this.#leases.waits(model, nowMs) }))
    const waiting = held.filter(({ requests }) => requests > 0)
    return {
      isolate: this.#isolate,
      turn: this.#reports,
      ...(this.#asked.size > 0 && { asked: [...this.#asked.keys()].slice(-MAX_ASKED) }),
      ...fittingLeases(
        held.map(row => [row.model, [row.inFlight, row.waitingTokens - row.begunTokens]]),
        waiting.map(row => [row.model, waitingRow(row)]),
      ),
      batch: this.#sent?.batch ?? 0,
      learned: this.#sent?.learned ?? {},
      ...(this.#sent?.startsAgoMs !== undefined && { startsAgoMs: this.#sent.startsAgoMs }),
      decisions: this.#sent?.decisions ?? [],
    }
  }

  /** Travels with the next batch. */
  log(decision: LoggedDecision): void {
    this.#decisions = [...this.#decisions, decision].slice(-MAX_DECISIONS)
  }

  /** `sentAtMs`: when the report left, from which on the snapshot ages. */
  accept(snapshot: Snapshot, sentAtMs: number): void {
    if (this.#sent !== undefined && snapshot.batch >= this.#sent.batch) this.#sent = undefined
    const probes = Object.entries(snapshot.models).flatMap(([model, { probe }]) => (probe ? [model] : []))
    if (this.#snapshot !== undefined && this.#snapshot.atMs > sentAtMs) {
      // What it shows is known better by now, while a probe is handed out once
      for (const model of probes)
        if (this.#snapshot.value.models[model]?.ejectedForMs === DUE_MS) this.#snapshot.probes.add(model)
      return
    }
    // A probe that was handed out before and not used is still this isolate's, unless the model was ejected anew since
    const kept = [...(this.#snapshot?.probes ?? [])].filter(model => snapshot.models[model]?.ejectedForMs === DUE_MS)
    this.#snapshot = { value: snapshot, atMs: sentAtMs, probes: new Set([...probes, ...kept]) }
  }

  #learnAnswer(model: string, ms: number): void {
    const learned = this.#learnedOf(model)
    learned.answerMs = (learned.answerMs ?? 0) + Math.max(0, Math.round(ms))
    learned.answers = (learned.answers ?? 0) + 1
  }

  /** `writingMs`: since its first token came, or should have come. */
  #learnLength(model: string, { outputTokens, cutShort }: Settlement, writingMs: number): void {
    const learned = this.#learnedOf(model)
    const { perTokenMs } = this.#snapshot?.value.models[model] ?? {}
    if (outputTokens !== undefined) learned.lengths = withLength(learned.lengths ?? NO_LENGTHS, outputTokens)
    else if (cutShort === true && writingMs > 0 && typeof perTokenMs === 'number' && perTokenMs > 0)
      learned.lengths = withLength(learned.lengths ?? NO_LENGTHS, writingMs / perTokenMs, true)
  }

  /** `outwaited`: a limit passed before the first token. Whether the model is stuck or only busy, the tracker knows better: it hears of the others' answers. */
  #learn(model: string, { verdict, perTokenMs, coolMs = 0, cools = model }: Settlement, nowMs: number, outwaited: boolean): void {
    const learned = this.#learnedOf(model)
    if (verdict === 'succeeded') learned.succeeded += 1
    if (verdict === 'failed') learned.failed += 1
    const isForTracker = verdict === 'failed' && outwaited && this.view(nowMs) !== undefined
    if (isForTracker) learned.outwaited = (learned.outwaited ?? 0) + 1
    if (verdict !== 'neutral' && !isForTracker) {
      const failed = verdict === 'failed' ? 1 : 0
      this.#health.set(model, observeResults(this.#healthOf(model), 1 - failed, failed, nowMs))
    }
    if (perTokenMs !== undefined) {
      learned.perTokenMs += perTokenMs
      learned.perTokenCount += 1
    }
    if (coolMs <= 0) return
    const cooled = this.#learnedOf(cools)
    cooled.coolMs = Math.max(cooled.coolMs, coolMs)
    this.#health.set(cools, cool(this.#healthOf(cools), coolMs, nowMs))
  }

  /** An account or a place that was left out works: one answer is proof. Told only then, as it would be news with every request. */
  #heal(id: string, nowMs: number): void {
    if (this.load(id, nowMs).ejectedForMs === 0) return
    this.#learnedOf(id).healed = true
    this.#health.set(id, HEALTHY)
  }

  #useProbe(model: string, nowMs: number): void {
    this.#snapshot?.probes.delete(model)
    const health = this.#healthOf(model)
    if (mayProbe(health, nowMs)) this.#health.set(model, probing(health, nowMs))
  }

  #healthOf(model: string): Health {
    return this.#health.get(model) ?? HEALTHY
  }

  #learnedOf(model: string): Mutable<Learned> {
    const learned = this.#pending.get(model) ?? nothingLearned()
    this.#pending.set(model, learned)
    return learned
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly number[] ? number[] : T[K] }

const nothingLearned = (): Mutable<Learned> => ({
  starts: 0,
  promptTokens: 0,
  succeeded: 0,
  failed: 0,
  firstTokens: [],
  censored: [],
  perTokenMs: 0,
  perTokenCount: 0,
  coolMs: 0,
  headroom: null,
  healed: false,
})

/** Whoever waits for longer than expected is the latest news of a slow-down: a sample each, of at least so much. */
function slowerBy({ overdue, timesExpected }: Waits, slowdown: number): number {
  return overdue === 0 ? slowdown : Math.max(slowdown, Math.min(MAX_SLOWDOWN, (slowdown + timesExpected) / (1 + overdue)))
}

const waitingRow = ({ requests, overdue, timesExpected }: Waits): Waiting => [
  requests,
  overdue,
  Math.round(timesExpected * 10) / 10,
]

/** With the fleet as it is believed to be, at normal speed. */
function expectedFirstTokenMs(load: ModelLoad, promptTokens: number): number | undefined {
  if (load.firstToken === undefined) return undefined
  const { baseMs, slopeMsPerToken, ahead = 1 } = load.firstToken
  const { waitMs } = roomFor(load.concurrency, load.answerMs, load.inFlight)
  return baseMs + slopeMsPerToken * promptTokens + Math.max(slopeMsPerToken * ahead * load.waitingTokens, waitMs)
}

function meanAge(timesMs: readonly number[], nowMs: number): number | undefined {
  if (timesMs.length === 0) return undefined
  return Math.round(timesMs.reduce((sum, timeMs) => sum + Math.max(0, nowMs - timeMs), 0) / timesMs.length)
}

/** Keeps the newest: with more than `MAX_SAMPLES` in one interval they hardly differ. */
function sample(samples: number[], tokensAhead: number, ms: number): void {
  if (samples.length >= MAX_SAMPLES * 2) samples.splice(0, 2)
  samples.push(tokensAhead, Math.max(0, Math.round(ms)))
}

function fresher(headroom: Headroom | null, ageMs: number): Headroom | null {
  return headroom === null || headroom.forMs <= ageMs ? null : { ...headroom, forMs: headroom.forMs - ageMs }
}

function ejectionOf(health: Health, nowMs: number): { forMs: number; probe: boolean } {
  if (!isEjected(health)) return { forMs: 0, probe: false }
  return { forMs: Math.max(1, health.ejectedUntilMs - nowMs), probe: mayProbe(health, nowMs) }
}
