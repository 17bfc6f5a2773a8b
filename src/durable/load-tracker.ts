/**
 * The Durable Object that holds a region's load: a shell of itty-durable around the pure `Tracker`. What was learned is written from an alarm,
 * some seconds after it changed, so that it survives eviction and costs no write per request; an idle object has no alarm and costs nothing.
 */
import { createDurable } from 'itty-durable'
import type { Report, Snapshot } from '../state/report'
import { Tracker, type TrackerMemory, type TrackerState } from '../state/tracker'

const MEMORY = 'memory'
/** What an eviction may lose. */
const WRITE_AFTER_MS = 5_000

/** The part of the object's state that itty-durable hands through; its own types say `{}`. */
interface Shell {
  readonly storage: DurableObjectStorage
}

export class LoadTracker extends createDurable({ autoPersist: false }) {
  // Private names stay out of itty-durable's reach: it would persist and serve public ones
  #tracker = new Tracker()
  #isDirty = false

  override async onLoad(): Promise<void> {
    this.#tracker = new Tracker(await this.#storage.get<TrackerMemory>(MEMORY))
  }

  async sync(report: Report): Promise<Snapshot> {
    const snapshot = this.#tracker.sync(report, Date.now())
    if (report.batch > 0 && !this.#isDirty) {
      this.#isDirty = true
      await this.#storage.setAlarm(Date.now() + WRITE_AFTER_MS)
    }
    return snapshot
  }

  look(): TrackerState {
    return this.#tracker.state(Date.now())
  }

  async alarm(): Promise<void> {
    if (!this.#isDirty) return
    this.#isDirty = false
    await this.#storage.put(MEMORY, this.#tracker.memory())
  }

  get #storage(): DurableObjectStorage {
    return (this.state as Shell).storage
  }
}
