/**
 * What one isolate has learned of its requests and not yet told its tracker, model by model. It goes in batches: one that was sent goes again, as it is, under its
 * number until it is acknowledged, and what comes meanwhile waits for the next. So each lesson is learned once, whatever is lost or repeated.
 */
import { NO_LENGTHS, withLength } from './answer-length'
import { Writing } from './answer-time'
import { type Relation, withShare } from './cached-share'
import { fittingLearned } from './fitting'
import { type RememberedHeadroom, reported } from './headroom'
import { type Learned, type LoggedDecision, MAX_DECISIONS, MAX_SAMPLES, type Report } from './report'

type Batch = Pick<Report, 'batch' | 'learned' | 'startsAgoMs' | 'decisions'>
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly number[] ? number[] : T[K] }

/** Enough for their average age; an isolate that is cut off must not collect them for ever. */
const MAX_STARTS = 100
const NO_BATCH: Batch = Object.freeze({ batch: 0, learned: Object.freeze({}), decisions: Object.freeze([]) })

export class Lessons {
  readonly #pending = new Map<string, Mutable<Learned>>()
  readonly #writing = new Writing()
  /** Of pending models. What is left to hold of a figure is told as of the report that carries it. */
  readonly #headroom = new Map<string, RememberedHeadroom>()
  #startedAtMs: number[] = []
  /** Of these, and of all starts, how many there were. */
  #unheard = 0
  #starts = 0
  #startsAgoMs = 0
  #decisions: readonly LoggedDecision[] = []
  /** Not yet acknowledged. */
  #sent: Batch | undefined
  #batches = 0

  start(model: string, promptTokens: number): void {
    const learned = this.#of(model)
    learned.starts += 1
    learned.promptTokens += promptTokens
    this.#starts += 1
  }

  /** A start that nobody else knows of before a report carries it. */
  startUnheard(nowMs: number): void {
    this.#unheard += 1
    if (this.#startedAtMs.length < MAX_STARTS) this.#startedAtMs.push(nowMs)
  }

  /** Of the tokens ahead, `promptTokens` are the request's own. */
  firstToken(model: string, tokensAhead: number, promptTokens: number, ms: number): void {
    const learned = this.#of(model)
    sample(learned.firstTokens, tokensAhead, ms)
    learned.prompts = [...(learned.prompts ?? []), promptTokens].slice(-MAX_SAMPLES)
  }

  /** It would have taken longer than that. */
  noFirstToken(model: string, tokensAhead: number, ms: number): void {
    sample(this.#of(model).censored, tokensAhead, ms)
  }

  /** A request is over: news, though it may say nothing of the model. */
  end(model: string): void {
    this.#of(model)
  }

  succeed(model: string): void {
    this.#of(model).succeeded += 1
  }

  /** `isForTracker`: it only waited for too long, and whether the model is stuck or busy, the tracker decides. */
  fail(model: string, isForTracker: boolean): void {
    const learned = this.#of(model)
    learned.failed += 1
    if (isForTracker) learned.outwaited = (learned.outwaited ?? 0) + 1
  }

  perToken(model: string, ms: number): void {
    const learned = this.#of(model)
    learned.perTokenMs += ms
    learned.perTokenCount += 1
  }

  /** Its first token has come. */
  beginWriting(model: string, nowMs: number): void {
    this.#writing.begin(model, nowMs)
  }

  /** One that was being written is over, whichever way. */
  endWriting(model: string, nowMs: number): void {
    this.#writing.end(model, nowMs)
    const learned = this.#of(model)
    learned.written = (learned.written ?? 0) + 1
  }

  length(model: string, tokens: number, isCutShort = false): void {
    const learned = this.#of(model)
    learned.lengths = withLength(learned.lengths ?? NO_LENGTHS, tokens, isCutShort)
  }

  cachedShare(model: string, relation: Relation, share: number): void {
    const learned = this.#of(model)
    learned.cached = withShare(learned.cached, relation, share)
  }

  headroom(model: string, headroom: RememberedHeadroom): void {
    this.#of(model)
    this.#headroom.set(model, headroom)
  }

  /** `id`: of a model, an account or a place. */
  cool(id: string, forMs: number): void {
    const learned = this.#of(id)
    learned.coolMs = Math.max(learned.coolMs, forMs)
  }

  heal(id: string): void {
    this.#of(id).healed = true
  }

  try(id: string): void {
    this.#of(id).tried = true
  }

  /** Goes with the next batch. */
  decision(decision: LoggedDecision): void {
    this.#decisions = [...this.#decisions, decision].slice(-MAX_DECISIONS)
  }

  /** There are some that no batch has carried yet. */
  get hasNews(): boolean {
    return this.#pending.size > 0
  }

  /** The one to send now. What does not fit into it goes with the next. */
  batch(nowMs: number): Batch {
    if (this.#sent === undefined && this.#pending.size > 0) {
      this.#batches += 1
      for (const [id, learned] of this.#pending) {
        this.#addWriting(id, learned, nowMs)
        const headroom = this.#headroom.get(id)
        if (headroom !== undefined) learned.headroom = reported(headroom, nowMs)
      }
      const rows = fittingLearned(this.#pending)
      const hasStarts = rows.some(([, { starts }]) => starts > 0)
      this.#sent = {
        batch: this.#batches,
        learned: Object.fromEntries(rows),
        startsAgoMs: hasStarts ? this.#takeStartsAgoMs(nowMs) : undefined,
        decisions: this.#decisions,
      }
      for (const [id] of rows) {
        this.#pending.delete(id)
        this.#headroom.delete(id)
      }
      this.#decisions = []
    }
    return this.#sent ?? NO_BATCH
  }

  acknowledge(batch: number): void {
    if (this.#sent !== undefined && batch >= this.#sent.batch) this.#sent = undefined
  }

  /** On average; those that the tracker knew of at once are as new as can be. What did not fit into the last batch is as old as that was. */
  #takeStartsAgoMs(nowMs: number): number {
    if (this.#starts > 0) this.#startsAgoMs = Math.round((meanAge(this.#startedAtMs, nowMs) * this.#unheard) / this.#starts)
    this.#startedAtMs = []
    this.#unheard = 0
    this.#starts = 0
    return this.#startsAgoMs
  }

  #addWriting(model: string, learned: Mutable<Learned>, nowMs: number): void {
    const ms = this.#writing.takeMs(model, nowMs)
    if (ms > 0 || learned.written !== undefined) learned.writtenMs = (learned.writtenMs ?? 0) + ms
  }

  #of(id: string): Mutable<Learned> {
    const learned = this.#pending.get(id) ?? nothing()
    this.#pending.set(id, learned)
    return learned
  }
}

const nothing = (): Mutable<Learned> => ({
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

/** Keeps the newest: with more than `MAX_SAMPLES` in one interval they hardly differ. */
function sample(samples: number[], tokensAhead: number, ms: number): void {
  if (samples.length >= MAX_SAMPLES * 2) samples.splice(0, 2)
  samples.push(tokensAhead, Math.max(0, Math.round(ms)))
}

const meanAge = (timesMs: readonly number[], nowMs: number): number =>
  timesMs.reduce((sum, timeMs) => sum + Math.max(0, nowMs - timeMs), 0) / Math.max(1, timesMs.length)
