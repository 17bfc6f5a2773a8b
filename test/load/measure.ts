/** Runs a fleet of isolates against one object, flat out or as the object asks for, and says what came of it. */
import { createRandom } from '../../src/algorithm/random'
import { isObject } from '../../src/json'
import type { SyncAnswer } from '../../src/state/report'
import { isRowsSince } from '../../src/state/rows'
import { cpuMs } from '../bench/cpu'
import { number } from '../providers/json'
import { SimulatedIsolate } from './isolate'
import { FLOOR, type Workers } from './workers'

export interface Fleet {
  readonly variant: string
  readonly isolates: number
  readonly models: number
  readonly seed: number
}

export interface Figures extends Fleet {
  readonly syncs: number
  readonly syncsPerSecond: number
  /** Of all of workerd, that is with the Worker that makes the call. */
  readonly cpuMsPerSync: number | undefined
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
  readonly reportBytes: number
  readonly snapshotBytes: number
  readonly mostReportBytes: number
  readonly mostSnapshotBytes: number
  /** What the object asks for, on average. */
  readonly intervalMs: number
  /** Of the others' counts, at a moment chosen at random. */
  readonly ageMs: number
  readonly p95AgeMs: number
}

export interface Bench {
  readonly workers: Workers
  readonly workerd: number | undefined
}

/** Ways to run. `flatOut`: so many calls at a time, whatever the object asks for. */
export interface Pace {
  readonly forMs: number
  readonly flatOut?: number
  /** Objects that share the isolates; the first is the others' head. */
  readonly shards?: number
}

export const LOOK_EVERY_MS = 20

export async function measure({ workers, workerd }: Bench, fleet: Fleet, pace: Pace, object: string): Promise<Figures> {
  const random = createRandom(fleet.seed)
  const startMs = Date.now()
  const isolates = Array.from(
    { length: fleet.isolates },
    (_, index) => new SimulatedIsolate(index, fleet.models, random, startMs),
  )
  const times: number[] = []
  const reports: number[] = []
  const snapshots: number[] = []
  const ages: number[] = []
  let failures = 0
  const intervals: number[] = []
  // The first round of everybody is everybody's first, and does not count
  let isCounting = false
  let isOver = false

  const { shards = 1 } = pace
  const objectOf = ({ index }: SimulatedIsolate) => (index % shards === 0 ? object : `${object}:${index % shards}`)

  const sync = async (isolate: SimulatedIsolate) => {
    const nowMs = Date.now()
    isolate.live(nowMs)
    if (!isolate.schedule.begin(nowMs)) return
    const { tookMs } = isolate.schedule
    const text = JSON.stringify({
      ...isolate.load.report(nowMs),
      has: isolate.rows.version,
      ...(tookMs !== undefined && { tookMs }),
    })
    const sentMs = performance.now()
    const answer = await workers.call(fleet.variant, objectOf(isolate), 'sync', fleet.variant === FLOOR ? '2000' : text)
    if (isCounting) {
      times.push(performance.now() - sentMs)
      reports.push(text.length)
      snapshots.push(answer.text.length)
    }
    const told: unknown = answer.status === 200 ? JSON.parse(answer.text) : undefined
    const snapshot = isObject(told) && isRowsSince(told.rows) ? { ...told, models: isolate.rows.accept(told.rows) } : told
    const isSnapshot = isObject(snapshot) && isObject(snapshot.models)
    const asked = isSnapshot ? number(snapshot.intervalMs) : undefined
    isolate.schedule.took(Date.now() - nowMs)
    isolate.schedule.end(nowMs, asked)
    if (told === undefined) failures += 1
    if (!isSnapshot || asked === undefined) return
    if (isCounting) intervals.push(asked)
    isolate.load.accept(snapshot as unknown as SyncAnswer, nowMs)
  }
  const look = () => {
    const isolate = isolates[Math.floor(random() * isolates.length)]
    const ageMs = isolate?.load.view(Date.now())?.ageMs
    if (isCounting && ageMs !== undefined) ages.push(ageMs)
  }
  const paced = async (isolate: SimulatedIsolate) => {
    await delay(random() * Math.min(pace.forMs, 2_500))
    while (!isOver) {
      const waitMs = isolate.schedule.plan(Date.now()) ?? 10
      if (waitMs > 0) await delay(waitMs)
      if (!isOver) await sync(isolate)
    }
  }
  const flatOut = async (caller: number, callers: number) => {
    for (let turn = caller; !isOver; turn += callers) {
      const isolate = isolates[turn % isolates.length]
      if (isolate !== undefined) await sync(isolate)
    }
  }

  const running =
    pace.flatOut === undefined
      ? isolates.map(paced)
      : Array.from({ length: pace.flatOut }, (_, caller) => flatOut(caller, pace.flatOut ?? 1))
  await delay(pace.flatOut === undefined ? Math.min(pace.forMs, 6_000) : pace.forMs / 3)
  isCounting = true
  const looking = setInterval(look, LOOK_EVERY_MS)
  const before = workerd === undefined ? undefined : cpuMs(workerd)
  const countedMs = performance.now()
  await delay(pace.forMs)
  const elapsedMs = performance.now() - countedMs
  const after = workerd === undefined ? undefined : cpuMs(workerd)
  isCounting = false
  isOver = true
  clearInterval(looking)
  const counted = times.length
  await Promise.all(running)
  return {
    ...fleet,
    syncs: counted,
    syncsPerSecond: (counted * 1_000) / elapsedMs,
    cpuMsPerSync: before === undefined || after === undefined ? undefined : (after - before) / Math.max(1, counted),
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    failures,
    reportBytes: mean(reports),
    snapshotBytes: mean(snapshots),
    mostReportBytes: Math.max(0, ...reports),
    mostSnapshotBytes: Math.max(0, ...snapshots),
    intervalMs: Math.round(mean(intervals)),
    ageMs: mean(ages),
    p95AgeMs: quantile(ages, 0.95),
  }
}

export const delay = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Of several rounds of the same: the median of each figure. */
export function middle(rounds: readonly Figures[]): Figures {
  const [first] = rounds
  if (first === undefined) throw new RangeError('no rounds')
  const names = Object.keys(first) as (keyof Figures)[]
  const medians = names.map(name => {
    const values = rounds.map(round => round[name]).filter(value => typeof value === 'number')
    return [name, values.length === rounds.length ? quantile(values, 0.5) : first[name]] as const
  })
  return Object.fromEntries(medians) as unknown as Figures
}
