/**
 * Isolates that also ask the object to choose, as `decide: 'central'` has it: how many questions it takes, whom it spares, and what that does to the reports of
 * everybody.
 */
import { createRandom } from '../../src/algorithm/random'
import type { Syncing } from '../../src/durable/sync'
import { realWorld } from '../../src/http/world'
import { isObject } from '../../src/json'
import type { Ruling } from '../../src/state/central'
import type { Report, SyncAnswer } from '../../src/state/report'
import { isRowsSince, type KnownRows } from '../../src/state/rows'
import { SYNC_TIMEOUT_MS } from '../../src/state/sync-schedule'
import { planOf } from '../router/given'
import { type AskRates, AskRecord } from './ask-record'
import { AskingIsolate } from './asking-isolate'
import { modelName, poisson, SimulatedIsolate } from './isolate'
import { delay, type Fleet, LOOK_EVERY_MS } from './measure'
import type { Workers } from './workers'

export interface AskPace {
  readonly forMs: number
  /** Requests that want to ask, a second, of all isolates together, beside those that each has anyway. */
  readonly wantedPerSecond: number
}

export type AskFigures = Fleet & AskRates

/** Models that contend for a request, of as many as there may be. */
const CONTENDING = 8
/** Isolates begin within this time. */
const BEGIN_MS = 2_500
/** After which what the object remembers of the start counts for little: see `ask-share.ts`. */
const WARM_UP_MS = 12_000

export async function measureAsking(workers: Workers, fleet: Fleet, pace: AskPace, object: string): Promise<AskFigures> {
  const random = createRandom(fleet.seed)
  const world = { ...realWorld(fetch), random }
  const plan = planFor(fleet.models)
  let record: AskRecord | undefined
  let isOver = false

  const call = async (method: 'sync' | 'rule', rows: KnownRows, report: Report, ...others: readonly unknown[]) => {
    const argument = [{ ...report, has: rows.version }, ...others].map(each => JSON.stringify(each)).join()
    const answer = await within(SYNC_TIMEOUT_MS, workers.call(fleet.variant, object, method, argument))
    const told: unknown = answer?.status === 200 ? JSON.parse(answer.text) : undefined
    if (!isObject(told) || !isRowsSince(told.rows)) {
      record?.failed()
      throw new Error('the object did not answer')
    }
    // The object's own words, which its tests hold to their type
    const heard = { ...told, models: rows.accept(told.rows) } as unknown as SyncAnswer & { readonly ruling: Ruling }
    record?.told(heard.askShare ?? 1)
    return heard
  }
  const clientOf = (rows: KnownRows): Syncing['client'] => ({
    sync: async report => {
      const answer = await call('sync', rows, report)
      record?.synced()
      return answer
    },
    rule: (report, contest, question) => call('rule', rows, report, contest, question ?? null),
  })
  const startMs = world.now()
  const isolates = Array.from({ length: fleet.isolates }, (_, index) => {
    const isolate = new SimulatedIsolate(index, fleet.models, random, startMs)
    return new AskingIsolate(isolate, clientOf(isolate.rows), world)
  })
  const anyone = () => isolates[Math.floor(random() * isolates.length)]

  const report = async (isolate: AskingIsolate) => {
    await delay(random() * BEGIN_MS)
    while (!isOver) await isolate.report(delay)
  }
  const ask = async (isolate: AskingIsolate) => {
    const counting = record
    const began = performance.now()
    const decided = await isolate.ask(plan)
    if (!isOver) counting?.decided(decided, performance.now() - began)
  }
  const askAll = async () => {
    const asking = new Set<Promise<void>>()
    for (let atMs = performance.now(); !isOver; ) {
      await delay(1)
      const nowMs = performance.now()
      for (let left = poisson(((nowMs - atMs) / 1_000) * pace.wantedPerSecond, random); left > 0; left--) {
        const isolate = anyone()
        if (isolate === undefined) continue
        const one = ask(isolate).finally(() => asking.delete(one))
        asking.add(one)
      }
      atMs = nowMs
    }
    await Promise.all(asking)
  }

  const running = [...isolates.map(report), askAll()]
  await delay(WARM_UP_MS)
  const counting = new AskRecord()
  record = counting
  const looking = setInterval(() => {
    const ageMs = anyone()?.viewAgeMs
    if (ageMs !== undefined) counting.looked(ageMs)
  }, LOOK_EVERY_MS)
  const countedMs = performance.now()
  await delay(pace.forMs)
  const seconds = (performance.now() - countedMs) / 1_000
  record = undefined
  isOver = true
  clearInterval(looking)
  const rates = counting.rates(seconds)
  await Promise.all(running)
  return { ...fleet, ...rates }
}

/** One route that asks, over as many as contend. */
function planFor(models: number) {
  const ids = Array.from({ length: Math.min(CONTENDING, models) }, (_, index) => modelName(index))
  const upstream = { provider: 'openai-compatible', baseUrl: 'https://up.example/v1' } as const
  return planOf({
    models: Object.fromEntries(ids.map(id => [id, { ...upstream, model: id }])),
    routes: [{ name: 'central', use: ids, strategy: 'adaptive', decide: 'central' }],
  })
}

/** Undefined: it took longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const limit = AbortSignal.timeout(ms)
  return Promise.race([work, new Promise<undefined>(resolve => limit.addEventListener('abort', () => resolve(undefined)))])
}
