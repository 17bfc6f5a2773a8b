/**
 * One isolate's own share of the load: its live leases, what it has learned and not yet told, and the last snapshot of everyone else.
 * A decision rests on these alone; no call is made. Plain data inside, since an isolate's module state must outlive any one request.
 */
import type { Relation } from './cached-share'
import { cool, HEALTHY, type Health, mayProbe, observeResults, probing } from './ejection'
import { type FittingLeases, fittingLeases } from './fitting'
import { type RememberedHeadroom, recall, remember } from './headroom'
import { KnownFleet, type View } from './known-fleet'
import { Leases, type Row, type Waits } from './leases'
import { Lessons } from './lessons'
import { AT_REST, expectedFirstTokenMs, leftOutHere, loadOf, type ModelLoad } from './model-load'
import { KnownPlacements } from './placements'
import { Questions } from './questions'
import type { Headroom, LoggedDecision, Report, Snapshot, Waiting } from './report'

export type { ModelLoad, View }

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

export class LocalLoad {
  readonly #isolate: string
  readonly #leases = new Leases()
  readonly #lessons = new Lessons()
  readonly #questions = new Questions()
  readonly #fleet: KnownFleet
  /** Where conversations are. */
  readonly placements = new KnownPlacements()
  /** As this isolate's own results have it. */
  readonly #health = new Map<string, Health>()
  readonly #headroom = new Map<string, RememberedHeadroom>()
  #reports = 0
  /** What the last report said of the leases. */
  #told: { readonly rows: readonly Row[]; readonly counts: FittingLeases } | undefined

  constructor(isolate: string) {
    this.#isolate = isolate
    this.#fleet = new KnownFleet(isolate)
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
    const load = this.load(model, nowMs)
    const promptTokens = relation === undefined ? allTokens : Math.round(allTokens * (1 - (load.cached?.[relation] ?? 0)))
    const tokensAhead = load.waitingTokens + promptTokens
    const expectedMs = expectedFirstTokenMs(load, promptTokens)
    const held = this.#leases.take(model, promptTokens, nowMs, expectedMs, inPieces)
    let firstAtMs: number | undefined
    this.#lessons.start(model, promptTokens)
    if (!this.#questions.send(model)) this.#lessons.startUnheard(nowMs)
    this.#useProbe(model, nowMs)
    for (const id of shared) if (this.#useProbe(id, nowMs)) this.#lessons.try(id)
    return {
      model,
      renew: atMs => this.#leases.renew(held, atMs),
      firstToken: atMs => {
        if (!this.#leases.stopWaiting(held)) return
        firstAtMs = atMs
        this.#lessons.beginWriting(model, atMs)
        this.#lessons.firstToken(model, tokensAhead, promptTokens, atMs - nowMs)
        for (const id of shared) this.#heal(id, atMs)
      },
      settle: (settlement, atMs) => {
        const outwaited = held.isWaiting && settlement.timedOut === true
        if (!this.#leases.end(held)) return
        const { verdict, cachedShare } = settlement
        if (outwaited) this.#lessons.noFirstToken(model, tokensAhead, atMs - nowMs)
        this.#learn(model, settlement, atMs, outwaited)
        if (firstAtMs !== undefined) this.#lessons.endWriting(model, atMs)
        if (relation !== undefined && cachedShare !== undefined) this.#lessons.cachedShare(model, relation, cachedShare)
        this.#learnLength(model, settlement, firstAtMs === undefined ? 0 : atMs - firstAtMs)
        if (verdict === 'succeeded') for (const id of shared) this.#heal(id, atMs)
      },
      headroom: (headroom, atMs) => {
        const remembered = remember(headroom, atMs)
        this.#lessons.headroom(model, remembered)
        this.#headroom.set(model, remembered)
      },
    }
  }

  load(model: string, nowMs: number): ModelLoad {
    const count = this.#leases.count(model)
    const health = this.#healthOf(model)
    const headroom = recall(this.#headroom.get(model), nowMs)
    const isAtRest = count.inFlight === 0 && health === HEALTHY && headroom === null
    if (isAtRest && !this.#fleet.knows(model)) return AT_REST
    const waitingSince = (atMs: number): number => this.#leases.waitingSince(model, atMs)
    const own = { count, waits: this.#leases.waits(model, nowMs), health, headroom, waitingSince }
    return loadOf(own, this.#fleet.of(model, nowMs), nowMs)
  }

  /** Whether the model is left out by this isolate's own results, whatever others say. */
  leftOutHere(model: string, nowMs: number): Pick<ModelLoad, 'ejectedForMs' | 'probe'> {
    return leftOutHere(this.#healthOf(model), nowMs)
  }

  /** Undefined while there is no snapshot young enough for its counts to mean anything. */
  view(nowMs: number): View | undefined {
    return this.#fleet.view(nowMs)
  }

  /** How long ago the snapshot was asked for; infinite without one. */
  heardAgoMs(nowMs: number): number {
    return this.#fleet.heardAgoMs(nowMs)
  }

  /** A request wants the tracker to choose for it. True: it may ask. `random` is uniform in [0, 1). */
  mayAsk(random: () => number, nowMs: number): boolean {
    const isRoom = this.#questions.want(nowMs)
    const share = this.#fleet.askShare
    return isRoom && (share >= 1 || random() < share)
  }

  /** Numbers a question that goes to the tracker with the next report: until somebody has acted on the answer, the reports say that it is open. */
  ask(nowMs: number): number {
    return this.#questions.ask(nowMs)
  }

  /** The question is settled. `reserved`: the model that the tracker counts, if the next request taken is that one. */
  settleAsked(question: number, reserved?: string | undefined): void {
    this.#questions.settle(question, reserved)
  }

  /** Something was learned that no report has carried yet. */
  get hasNews(): boolean {
    return this.#lessons.hasNews || this.placements.hasNews
  }

  /** How many share the fleet's traffic; 1 while nothing is known. */
  get isolates(): number {
    return this.#fleet.isolates
  }

  get inFlight(): number {
    return this.#leases.size
  }

  /** The report to send now. */
  report(nowMs: number): Report {
    for (const { model, isWaiting } of this.#leases.expire(nowMs)) if (!isWaiting) this.#lessons.endWriting(model, nowMs)
    this.#reports += 1
    const asked = this.#questions.open(nowMs)
    const { wanted } = this.#questions
    const { leases, waiting, omitted } = this.#counts(nowMs)
    const { batch, learned, startsAgoMs, decisions } = this.#lessons.batch(nowMs)
    return {
      isolate: this.#isolate,
      turn: this.#reports,
      asked: asked.length > 0 ? asked : undefined,
      wanted: wanted > 0 ? wanted : undefined,
      leases,
      waiting,
      omitted,
      batch,
      learned,
      startsAgoMs,
      decisions,
      placed: this.placements.hasNews ? this.placements.takeNews() : undefined,
    }
  }

  /** The same object while nothing has changed. */
  #counts(nowMs: number): FittingLeases {
    const rows = this.#leases.rows(nowMs)
    if (this.#told?.rows !== rows) {
      const waiting = rows.filter(({ requests }) => requests > 0)
      const counts = fittingLeases(
        rows.map(row => [row.model, [row.inFlight, row.waitingTokens - row.begunTokens]]),
        waiting.map(row => [row.model, waitingRow(row)]),
      )
      this.#told = { rows, counts }
    }
    return this.#told.counts
  }

  /** Travels with the next batch. */
  log(decision: LoggedDecision): void {
    this.#lessons.decision(decision)
  }

  /** `sentAtMs`: when the report left, from which on the snapshot ages. */
  accept(snapshot: Snapshot, sentAtMs: number): void {
    this.#lessons.acknowledge(snapshot.batch)
    this.#fleet.accept(snapshot, sentAtMs)
    if (snapshot.placed !== undefined) this.placements.hear(snapshot.placed, sentAtMs)
  }

  /** `outwaited`: a limit passed before the first token. Whether the model is stuck or only busy, the tracker knows better: it hears of the others' answers. */
  #learn(model: string, { verdict, perTokenMs, coolMs = 0, cools = model }: Settlement, nowMs: number, outwaited: boolean): void {
    const isForTracker = verdict === 'failed' && outwaited && this.view(nowMs) !== undefined
    this.#lessons.end(model)
    if (verdict === 'succeeded') this.#lessons.succeed(model)
    if (verdict === 'failed') this.#lessons.fail(model, isForTracker)
    if (verdict !== 'neutral' && !isForTracker) {
      const failed = verdict === 'failed' ? 1 : 0
      this.#health.set(model, observeResults(this.#healthOf(model), 1 - failed, failed, nowMs))
    }
    if (perTokenMs !== undefined) this.#lessons.perToken(model, perTokenMs)
    if (coolMs <= 0) return
    this.#lessons.cool(cools, coolMs)
    this.#health.set(cools, cool(this.#healthOf(cools), coolMs, nowMs))
  }

  /** `writingMs`: since its first token came; 0: nobody saw one come, and a model that hangs says nothing of lengths. */
  #learnLength(model: string, { outputTokens, cutShort }: Settlement, writingMs: number): void {
    if (outputTokens !== undefined) this.#lessons.length(model, outputTokens)
    else if (cutShort === true && writingMs > 0) {
      const perTokenMs = this.#fleet.perTokenMs(model) ?? 0
      if (perTokenMs > 0) this.#lessons.length(model, writingMs / perTokenMs, true)
    }
  }

  /** An account or a place that was left out works: one answer is proof. Told only then, as it would be news with every request. */
  #heal(id: string, nowMs: number): void {
    if (this.load(id, nowMs).ejectedForMs === 0) return
    this.#lessons.heal(id)
    this.#health.set(id, HEALTHY)
  }

  /** True: others have it left out. */
  #useProbe(id: string, nowMs: number): boolean {
    const health = this.#healthOf(id)
    if (mayProbe(health, nowMs)) this.#health.set(id, probing(health, nowMs))
    return this.#fleet.send(id, nowMs)
  }

  #healthOf(id: string): Health {
    return this.#health.get(id) ?? HEALTHY
  }
}

const waitingRow = ({ requests, overdue, timesExpected }: Waits): Waiting => [
  requests,
  overdue,
  Math.round(timesExpected * 10) / 10,
]
