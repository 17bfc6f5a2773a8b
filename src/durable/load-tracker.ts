/**
 * The Durable Object that holds a region's load: a shell of itty-durable around the pure `Tracker`. What was learned is written from an alarm,
 * some seconds after it changed, so that it survives eviction and costs no write per request; an idle object has no alarm and costs nothing.
 */
import { createDurable } from 'itty-durable'
import { isReport, type Report, type Snapshot } from '../state/report'
import { Tracker, type TrackerMemory, type TrackerState } from '../state/tracker'

/** The number counts the shapes of what is stored; another shape is not read, and learning starts anew. */
const MEMORY = 'memory:1'
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
    // During a rollout the reporter may be of another version
    if (!isReport(report)) throw new TypeError('this is not a report')
    const snapshot = this.#tracker.sync(report, Date.now())
    if (report.batch > 0 && !this.#isDirty) {
      await this.#storage.setAlarm(Date.now() + WRITE_AFTER_MS)
      this.#isDirty = true
    }
    return snapshot
  }

  look(): TrackerState {
    return this.#tracker.state(Date.now())
  }

  async alarm(): Promise<void> {
    if (!this.#isDirty) return
    await this.#storage.put(MEMORY, this.#tracker.memory())
    // Only now: if it fails, the runtime runs the alarm again
    this.#isDirty = false
  }

  get #storage(): DurableObjectStorage {
    return (this.state as Shell).storage
  }
}
