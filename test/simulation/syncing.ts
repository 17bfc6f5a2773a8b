/** When isolates report: by the deployed schedule, after what is to be told and with the beat of their live requests' hearts. */
import { BEAT_MS, beatMs } from '../../src/state/refresh'
import type { Report } from '../../src/state/report'
import { routerMs, type SimulatedIsolate } from './simulated-isolate'
import type { Setting } from './simulation'
import type { TrackerLink } from './tracker-link'

/** Where a decision gets its view. A number: from a refresh so often, ms; `lazy`: from one behind the last request. */
export type Source = 'local' | 'fresh' | 'central' | 'lazy' | number

export class Syncing {
  readonly #setting: Setting
  readonly #link: TrackerLink
  readonly #source: Source
  /** What everybody keeps between two reports; undefined: what the tracker asks for. */
  readonly #everyMs: number | undefined
  /** Everyone sees everything at once. */
  readonly isFresh: boolean

  constructor(setting: Setting, link: TrackerLink, source: Source) {
    const { staleness } = setting.scenario
    this.#setting = setting
    this.#link = link
    this.#source = source
    this.#everyMs = typeof source === 'number' ? source : typeof staleness === 'number' ? staleness : undefined
    this.isFresh = staleness === 'fresh'
  }

  /** A request has been sent. */
  sent(isolate: SimulatedIsolate): void {
    if (this.#source === 'lazy') this.#sync(isolate)
    else this.changed(isolate)
    this.#beat(isolate)
  }

  /** Something is to be told, in time. */
  changed(isolate: SimulatedIsolate): void {
    if (this.isFresh) this.#link.exchange(isolate)
    else if (this.#source !== 'lazy') this.#sync(isolate)
  }

  /** Now, unless a call is under way. */
  call(isolate: SimulatedIsolate, onAnswer?: () => void): void {
    const startedMs = routerMs(this.#setting.clock)
    if (isolate.isDead || !isolate.schedule.begin(startedMs)) {
      onAnswer?.()
      return
    }
    const { load } = isolate.memory
    const exchange = (report: Report) => this.#link.trackerOf(isolate).sync(report, this.#link.nowMs)
    const onLost = () => {
      isolate.schedule.end(startedMs, undefined)
      this.changed(isolate)
    }
    this.#link.carry(
      isolate,
      exchange,
      snapshot => {
        isolate.schedule.end(startedMs, this.#everyMs ?? snapshot.intervalMs)
        load.accept(snapshot, startedMs)
        isolate.heardAtMs = Math.max(isolate.heardAtMs, startedMs)
        for (const waiting of isolate.waiting) waiting.go()
        onAnswer?.()
        if (load.hasNews) this.changed(isolate)
      },
      onLost,
    )
  }

  #sync(isolate: SimulatedIsolate): void {
    const waitMs = isolate.schedule.plan(routerMs(this.#setting.clock))
    if (waitMs !== undefined) this.#callAfter(waitMs, isolate)
  }

  #callAfter(waitMs: number, isolate: SimulatedIsolate): void {
    this.#setting.clock.after(waitMs, () => {
      const leftMs = isolate.schedule.leftMs(routerMs(this.#setting.clock))
      // Its clock knows no whole ms
      if (leftMs >= 1) this.#callAfter(leftMs, isolate)
      else this.call(isolate)
    })
  }

  /** A live request's heart keeps its own lease alive and its isolate's view fresh; here one heart beats for all of an isolate. */
  #beat(isolate: SimulatedIsolate): void {
    if (isolate.isBeating) return
    isolate.isBeating = true
    const beat = () => {
      if (isolate.live.size === 0 || isolate.isDead) {
        isolate.isBeating = false
        return
      }
      this.#renew(isolate)
      this.changed(isolate)
      this.#setting.clock.after(this.#beatMs(isolate), beat)
    }
    this.#setting.clock.after(this.#beatMs(isolate), beat)
  }

  /** Each lease once a beat of its own request's heart. */
  #renew(isolate: SimulatedIsolate): void {
    const nowMs = routerMs(this.#setting.clock)
    if (nowMs - isolate.renewedAtMs < BEAT_MS) return
    isolate.renewedAtMs = nowMs
    for (const lease of isolate.live) lease.renew(nowMs)
  }

  #beatMs({ live, memory, schedule }: SimulatedIsolate): number {
    if (typeof this.#source === 'number') return this.#source
    // There each request has a heart of its own, and they do not beat together
    if (this.#source === 'lazy') return BEAT_MS
    const watchedAgoMs = schedule.watchedAgoMs(routerMs(this.#setting.clock))
    const { isolates } = memory.load
    return beatMs({ live: live.size, isolates, intervalMs: schedule.intervalMs, watchedAgoMs }) / Math.max(1, live.size)
  }
}
