/** The trackers, which are the deployed ones, and the way to them and back. */
import type { Report } from '../../src/state/report'
import { SYNC_TIMEOUT_MS } from '../../src/state/sync-schedule'
import { LEASE_MS, Tracker } from '../../src/state/tracker'
import { routerMs, type SimulatedIsolate } from './simulated-isolate'
import type { Setting } from './simulation'

/** To the tracker and back, and by how much that varies. */
const ROUND_TRIP_MS = 30
const ROUND_TRIP_SIGMA = 0.5
const LOST_REPORTS = 0.01
/** Between two exchanges of a shard with the head. */
const SHARDS_MS = 250

export class TrackerLink {
  readonly #setting: Setting
  readonly #head: Tracker
  /** All of them, the head first. */
  readonly #trackers: readonly Tracker[]
  /** Shards that will tell the head. */
  readonly #telling = new Set<number>()
  readonly #halfMs: number
  #syncs = 0

  /** `shards`: trackers that share the isolates. The first is the others' head. */
  constructor(setting: Setting, shards: number) {
    this.#setting = setting
    this.#halfMs = (setting.scenario.roundTripMs ?? ROUND_TRIP_MS) / 2
    this.#head = new Tracker()
    this.#trackers = [this.#head, ...Array.from({ length: shards - 1 }, () => new Tracker())]
  }

  /** Calls so far. */
  get syncs(): number {
    return this.#syncs
  }

  get nowMs(): number {
    return routerMs(this.#setting.clock)
  }

  /** What the trackers still believe to be under way when all leases must have expired. */
  get leftOver(): number {
    const states = this.#trackers.flatMap(tracker => Object.values(tracker.state(this.nowMs + LEASE_MS).models))
    return states.reduce((sum, { inFlight, waitingTokens }) => sum + inFlight + waitingTokens, 0)
  }

  /** It has a report to take in, of which the head will hear: as in `durable/exchange.ts`, and as if that took no time. */
  trackerOf({ shard }: SimulatedIsolate): Tracker {
    const tracker = this.#trackers[shard] ?? this.#head
    if (shard > 0 && !this.#telling.has(shard)) {
      this.#telling.add(shard)
      this.#setting.clock.after(SHARDS_MS, () => {
        this.#telling.delete(shard)
        this.#head.hear(String(shard), tracker.summary('head', this.nowMs), this.nowMs)
        tracker.hear('head', this.#head.summary(String(shard), this.nowMs), this.nowMs)
      })
    }
    return tracker
  }

  /** A report and its answer, as if that took no time. */
  exchange(isolate: SimulatedIsolate): void {
    if (isolate.isDead) return
    const { load } = isolate.memory
    const { nowMs } = this
    this.#syncs += 1
    load.accept(this.trackerOf(isolate).sync(load.report(nowMs), nowMs), nowMs)
  }

  /** A call to the tracker and back, both ways with their time. */
  carry<T>(
    isolate: SimulatedIsolate,
    call: (report: Report) => T,
    onAnswer: (answer: T) => void,
    onLost: () => void = NOTHING,
  ): void {
    const { clock, random } = this.#setting
    if (isolate.isDead) {
      onLost()
      return
    }
    const report = isolate.memory.load.report(this.nowMs)
    this.#syncs += 1
    if (random() < LOST_REPORTS) {
      clock.after(SYNC_TIMEOUT_MS, onLost)
      return
    }
    clock.after(this.#wayMs(), () => {
      const answer = call(report)
      clock.after(this.#wayMs(), () => onAnswer(answer))
    })
  }

  #wayMs(): number {
    return this.#halfMs * Math.exp(ROUND_TRIP_SIGMA * (2 * this.#setting.random() - 1))
  }
}

const NOTHING = () => {}
