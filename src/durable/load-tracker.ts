/**
 * The Durable Object that holds a region's load: a shell of itty-durable around the pure `Tracker`. What was learned is written from an alarm,
 * some seconds after it changed, so that it survives eviction and costs no write per request; an idle object has no alarm and costs nothing.
 *
 * It also passes on what the registry says: it asks when a report comes and it has not asked lately, so that a fleet without traffic asks nothing. And it tells
 * the tracker above of its isolates, and is told of everyone else's: see `exchange.ts`.
 */
import { createDurable } from 'itty-durable'
import { type Contest, idsIn, isContest, rankContest, sharedBy } from '../router/contest'
import { type Inquiry, type Ruling, ruleInRows, ruleOn, type Seen } from '../state/central'
import { type RegistryView, TRACKER_AGE_MS } from '../state/registry-view'
import { isReport, type Report, type Snapshot, type SyncAnswer } from '../state/report'
import { isSummary, type Summary } from '../state/summary'
import { type Changes, Tracker, type TrackerMemory, type TrackerState } from '../state/tracker'
import { Exchange } from './exchange'
import { registryClient } from './registry-client'

/** The number counts the shapes of what is stored; another shape is not read, and learning starts anew. */
const MEMORY = 'memory:1'
const REGISTRY = 'registry:1'
/** What an eviction may lose. */
const WRITE_AFTER_MS = 5_000
/** Asks this often while reports come; each tracker does, so the registry hears a few calls a second at most. */
const ASK_EVERY_MS = 1_000
/** The same warning is of no more use twice a minute. */
const WARN_EVERY_MS = 60_000
/** Then the report is answered without; the registry may be on another continent, but not further. */
const MAX_WAIT_MS = 1_000

/** The part of the object's state that itty-durable hands through; its own types say `{}`. */
interface Shell {
  readonly storage: DurableObjectStorage
  readonly env: { readonly REGISTRY: DurableObjectNamespace; readonly LOAD_TRACKER: DurableObjectNamespace }
  /** As it was called by; itty-durable has it from the caller. */
  readonly idFromName?: string
  waitUntil(promise: Promise<unknown>): void
}

interface Ruled {
  readonly ruling: Ruling
}

export class LoadTracker extends createDurable({ autoPersist: false }) {
  // Private names stay out of itty-durable's reach: it would persist and serve public ones
  #tracker = new Tracker()
  #exchange: Exchange | undefined
  #isDirty = false
  #saidCutAtMs = Number.NEGATIVE_INFINITY
  #registry: RegistryView | undefined
  #askedAtMs = Number.NEGATIVE_INFINITY
  #heardAtMs = Number.NEGATIVE_INFINITY

  override async onLoad(): Promise<void> {
    this.#tracker = new Tracker(await this.#shell.storage.get<TrackerMemory>(MEMORY), crypto.randomUUID().slice(0, 8))
    this.#registry = await this.#shell.storage.get<RegistryView>(REGISTRY)
  }

  /** The answer, `models` being as in `SyncAnswer` or as in `rows.ts`: as the reporter understands it. */
  async sync(report: Report): Promise<SyncAnswer | Response> {
    // During a rollout the reporter may be of another version
    if (!isReport(report)) throw new TypeError('this is not a report')
    const answer = report.has === undefined ? this.#tracker.sync(report, Date.now()) : this.#tracker.answer(report, Date.now())
    await this.#writeInTime(report)
    await this.#askInTime(Date.now())
    this.#tellAbove()
    this.#warnOfCut(report)
    return this.#told(answer, this.#news(report))
  }

  /** Another tracker tells of its isolates, and gets to know of all but these. */
  exchange(source: string, summary: Summary): Summary {
    if (typeof source !== 'string' || !isSummary(summary)) throw new TypeError('this is not a summary')
    this.#tracker.hear(source, summary, Date.now())
    this.#tellAbove()
    return this.#tracker.summary(source, Date.now())
  }

  /** A sync that also chooses. One request at a time gets this far, so that each sees whom the ones before it chose. */
  async rule(report: Report, contest: Contest, question: number | null): Promise<(SyncAnswer & Ruled) | Response> {
    if (!isReport(report) || !isContest(contest)) throw new TypeError('this is not a report with a contest')
    const inquiry = {
      question: question ?? undefined,
      promptTokens: contest.allTokens,
      ids: idsIn(contest),
      sharedBy: (model: string) => sharedBy(contest, model),
    }
    const { answer, ruling } = this.#rule(report, inquiry, seen => rankContest(contest, seen))
    await this.#writeInTime(report)
    // Whoever waits for a decision does not wait for the registry
    this.#shell.waitUntil(this.#askInTime(Date.now()))
    this.#tellAbove()
    this.#warnOfCut(report)
    return this.#told(answer, { ...this.#news(report), ruling })
  }

  look(): TrackerState {
    return this.#tracker.state(Date.now())
  }

  async alarm(): Promise<void> {
    if (!this.#isDirty) return
    await this.#shell.storage.put(MEMORY, this.#tracker.memory())
    // Only now: if it fails, the runtime runs the alarm again
    this.#isDirty = false
  }

  async #writeInTime({ batch }: Report): Promise<void> {
    if (batch === 0 || this.#isDirty) return
    await this.#shell.storage.setAlarm(Date.now() + WRITE_AFTER_MS)
    this.#isDirty = true
  }

  #rule(
    report: Report,
    inquiry: Inquiry,
    rank: (seen: Seen) => readonly string[],
  ): Ruled & { readonly answer: Snapshot | Changes } {
    if (report.has === undefined) {
      const { snapshot, ...ruling } = ruleOn(this.#tracker, report, inquiry, Date.now(), rank)
      const { models, ...head } = snapshot
      return { answer: { ...head, models }, ruling }
    }
    const { changes, ...ruling } = ruleInRows(this.#tracker, report, inquiry, Date.now(), rank)
    return { answer: changes, ruling }
  }

  #told<T>(answer: Snapshot | Changes, rest: T): (Snapshot & T) | Response {
    if ('models' in answer) return { ...answer, ...rest }
    // What everyone is told has been written down already
    const head = JSON.stringify({ ...answer.head, ...rest })
    return new Response(`${head.slice(0, -1)},"rows":${answer.rows}}`, { headers: { 'content-type': 'application/json' } })
  }

  #tellAbove(): void {
    const { idFromName: name, env } = this.#shell
    if (name === undefined) return
    this.#exchange ??= new Exchange(name, env.LOAD_TRACKER, this.#tracker)
    const telling = this.#exchange.inTime()
    if (telling !== undefined) this.#shell.waitUntil(telling)
  }

  /** An isolate has leases with more models than fit into its report. */
  #warnOfCut({ isolate, omitted = 0 }: Report): void {
    if (omitted === 0 || Math.abs(Date.now() - this.#saidCutAtMs) < WARN_EVERY_MS) return
    this.#saidCutAtMs = Date.now()
    console.warn(JSON.stringify({ level: 'warn', event: 'report_cut', isolate, omitted }))
  }

  #news(report: Report): Pick<SyncAnswer, 'registry' | 'isFresh'> {
    const registry = this.#registry
    return {
      registry: registry === undefined || registry.revision === report.registry ? null : registry,
      isFresh: Math.abs(Date.now() - this.#heardAtMs) <= TRACKER_AGE_MS,
    }
  }

  /** Waits only where what it has is too old to pass on. */
  async #askInTime(nowMs: number): Promise<void> {
    if (Math.abs(nowMs - this.#askedAtMs) < ASK_EVERY_MS) return
    this.#askedAtMs = nowMs
    const asked = this.#ask(nowMs)
    this.#shell.waitUntil(asked)
    if (Math.abs(nowMs - this.#heardAtMs) <= TRACKER_AGE_MS - ASK_EVERY_MS) return
    await Promise.race([asked, new Promise(resolve => setTimeout(resolve, MAX_WAIT_MS))])
  }

  /** Never rejects: without the registry, what is known goes on holding. */
  async #ask(nowMs: number): Promise<void> {
    try {
      const view = await registryClient(this.#shell.env.REGISTRY).read(this.#registry?.revision ?? 0)
      this.#heardAtMs = nowMs
      if (view === null || view.revision <= (this.#registry?.revision ?? 0)) return
      this.#registry = view
      await this.#shell.storage.put(REGISTRY, view)
    } catch (error) {
      console.warn(JSON.stringify({ level: 'warn', event: 'registry_away', error: String(error) }))
    }
  }

  get #shell(): Shell {
    return this.state as Shell
  }
}
