/** Isolates and their tracker on one virtual clock. Whatever they say to each other travels as JSON text, as it does in production. */
import { expect } from 'vitest'
import { type Lease, LocalLoad } from '../../src/state/local-load'
import type { Report, Snapshot } from '../../src/state/report'
import { Tracker } from '../../src/state/tracker'

/** A moment of the year 2023: states that start at 0 ms mistake the start of the epoch for a recent event. */
export const START_MS = 1_700_000_000_000

/** What arrives on the other side, which is what was sent: nothing of it is lost in JSON, and it could stand in a header. */
export function overTheWire<T>(value: T): T {
  const text = JSON.stringify(value)
  expect(text).toMatch(/^[\x20-\x7e]*$/)
  const arrived: T = JSON.parse(text)
  expect(arrived).toEqual(value)
  return arrived
}

export class Fleet {
  tracker = new Tracker()
  nowMs = START_MS
  readonly isolates: readonly LocalLoad[]
  readonly #leases: Lease[] = []

  constructor(size: number) {
    this.isolates = Array.from({ length: size }, (_, index) => new LocalLoad(`isolate-${index}`))
  }

  isolate(index: number): LocalLoad {
    const isolate = this.isolates[index]
    if (isolate === undefined) throw new RangeError(`no isolate ${index}`)
    return isolate
  }

  /** Time passes, and every live request's heart beats. */
  pass(ms: number): void {
    this.nowMs += ms
    for (const lease of this.#leases) lease.renew(this.nowMs)
  }

  report(index: number): Report {
    return overTheWire(this.isolate(index).report(this.nowMs))
  }

  deliver(report: Report): Snapshot {
    return overTheWire(this.tracker.sync(report, this.nowMs))
  }

  /** A report and its answer, both arriving at once. */
  sync(index: number): Snapshot {
    const snapshot = this.deliver(this.report(index))
    this.isolate(index).accept(snapshot, this.nowMs)
    return snapshot
  }

  /** Twice each, so that the first has heard of the last. */
  syncAll(): void {
    for (const _ of [1, 2]) for (const index of this.isolates.keys()) this.sync(index)
  }

  load(index: number, model = 'm') {
    return this.isolate(index).load(model, this.nowMs)
  }

  take(index: number, promptTokens = 100, model = 'm'): Lease {
    const lease = this.isolate(index).take(model, promptTokens, this.nowMs)
    this.#leases.push(lease)
    return lease
  }

  fail(index: number, times = 1, model = 'm'): void {
    for (let i = 0; i < times; i++) this.take(index, 100, model).settle({ verdict: 'failed' }, this.nowMs)
  }

  succeed(index: number, times = 1, model = 'm'): void {
    for (let i = 0; i < times; i++) this.take(index, 100, model).settle({ verdict: 'succeeded' }, this.nowMs)
  }

  state(model = 'm') {
    const state = this.tracker.state(this.nowMs).models[model]
    if (state === undefined) throw new Error(`the tracker does not know ${model}`)
    return state
  }

  evict(): void {
    this.tracker = new Tracker(overTheWire(this.tracker.memory()))
  }
}
