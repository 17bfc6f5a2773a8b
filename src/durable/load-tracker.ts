/**
 * The Durable Object that holds a region's load: a shell of itty-durable around the pure `Tracker`. What was learned is written from an alarm,
 * some seconds after it changed, so that it survives eviction and costs no write per request; an idle object has no alarm and costs nothing.
 *
 * It also passes on what the registry says: it asks when a report comes and it has not asked lately, so that a fleet without traffic asks nothing.
 */
import { createDurable } from 'itty-durable'
import { type RegistryView, TRACKER_AGE_MS } from '../state/registry-view'
import { isReport, type Report, type SyncAnswer } from '../state/report'
import { Tracker, type TrackerMemory, type TrackerState } from '../state/tracker'
import { registryClient } from './registry-client'

/** The number counts the shapes of what is stored; another shape is not read, and learning starts anew. */
const MEMORY = 'memory:1'
const REGISTRY = 'registry:1'
/** What an eviction may lose. */
const WRITE_AFTER_MS = 5_000
/** Asks this often while reports come; each tracker does, so the registry hears a few calls a second at most. */
const ASK_EVERY_MS = 1_000
/** Then the report is answered without; the registry may be on another continent, but not further. */
const MAX_WAIT_MS = 1_000

/** The part of the object's state that itty-durable hands through; its own types say `{}`. */
interface Shell {
  readonly storage: DurableObjectStorage
  readonly env: { readonly REGISTRY: DurableObjectNamespace }
  waitUntil(promise: Promise<unknown>): void
}

export class LoadTracker extends createDurable({ autoPersist: false }) {
  // Private names stay out of itty-durable's reach: it would persist and serve public ones
  #tracker = new Tracker()
  #isDirty = false
  #registry: RegistryView | undefined
  #askedAtMs = Number.NEGATIVE_INFINITY
  #heardAtMs = Number.NEGATIVE_INFINITY

  override async onLoad(): Promise<void> {
    this.#tracker = new Tracker(await this.#shell.storage.get<TrackerMemory>(MEMORY))
    this.#registry = await this.#shell.storage.get<RegistryView>(REGISTRY)
  }

  async sync(report: Report): Promise<SyncAnswer> {
    // During a rollout the reporter may be of another version
    if (!isReport(report)) throw new TypeError('this is not a report')
    const snapshot = this.#tracker.sync(report, Date.now())
    if (report.batch > 0 && !this.#isDirty) {
      await this.#shell.storage.setAlarm(Date.now() + WRITE_AFTER_MS)
      this.#isDirty = true
    }
    await this.#askInTime(Date.now())
    const registry = this.#registry
    return {
      ...snapshot,
      registry: registry === undefined || registry.revision === report.registry ? null : registry,
      isFresh: Math.abs(Date.now() - this.#heardAtMs) <= TRACKER_AGE_MS,
    }
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
