/** Calls a region's tracker, or a shard of it. The only caller of itty-durable's proxy; made anew for each request, since a stub belongs to one. */
import { proxyDurable } from 'itty-durable'
import { isObject } from '../json'
import type { Contest } from '../router/contest'
import type { Ruling } from '../state/central'
import type { Report, Snapshot, SyncAnswer } from '../state/report'
import { isRowsSince, type KnownRows } from '../state/rows'
import { isSummary, type Summary } from '../state/summary'
import type { TrackerState } from '../state/tracker'
import { inTime } from './namespace'
import { type Region, regionIn, trackerName } from './region'

export interface TrackerClient {
  sync(report: Report): Promise<SyncAnswer>
  /** A sync in which the tracker also chooses, and counts whom it chose under the question's number, if there is one. */
  rule(report: Report, contest: Contest, question: number | undefined): Promise<SyncAnswer & { readonly ruling: Ruling }>
  look(): Promise<TrackerState>
}

export interface TrackerClientOptions {
  /** 0: the region's head, which is a tracker like the others. */
  readonly shard?: number
  /** This isolate's copy of what the tracker tells everyone, so that it need not be told again. Without one, everything is told each time. */
  readonly rows?: KnownRows
}

/** Calls reject when the object is away, too slow, or answers something else. */
export function trackerClient(
  namespace: DurableObjectNamespace,
  region: Region,
  { shard = 0, rows }: TrackerClientOptions = {},
): TrackerClient {
  const stub = proxyDurable(inTime(namespace, { locationHint: region }), { parse: true }).get(trackerName(region, shard))
  const having = (report: Report): Report => (rows === undefined ? report : { ...report, has: rows.version })
  const heard = (answer: unknown): Heard => (rows !== undefined && isObject(answer) ? withModels(answer, rows) : checked(answer))
  return {
    sync: async report => complete(heard(await stub.sync(having(report)))),
    rule: async (report, contest, question) => {
      const { ruling, ...answer } = heard(await stub.rule(having(report), contest, question ?? null))
      if (!isRuling(ruling)) throw new Error('the load tracker did not choose')
      return { ...complete(answer), ruling }
    },
    look: async () => checked<TrackerState>(await stub.look()),
  }
}

/** One tracker's call to another, by its name. */
export async function exchangeWith(
  namespace: DurableObjectNamespace,
  name: string,
  source: string,
  summary: Summary,
): Promise<Summary> {
  const locationHint = regionIn(name)
  const stub = proxyDurable(inTime(namespace, locationHint === undefined ? {} : { locationHint }), { parse: true }).get(name)
  const answer: unknown = await stub.exchange(source, summary)
  if (!isSummary(answer)) throw new Error(`${name} did not answer with a summary`)
  return answer
}

/** As it came, of whatever version. */
type Heard = Snapshot & Partial<SyncAnswer> & { readonly ruling?: unknown }

/** During a rollout the object may be of a version that tells everything. */
function withModels({ rows, ...answer }: Record<string, unknown>, known: KnownRows): Heard {
  if (rows === undefined) return checked(answer)
  if (!isRowsSince(rows)) throw new Error('the load tracker did not answer with its rows')
  return checked({ ...answer, models: known.accept(rows) })
}

function isRuling(value: unknown): value is Ruling {
  return isObject(value) && Array.isArray(value.ranking) && isObject(value.seen) && isObject(value.seen.loads)
}

/** During a rollout the object may be of a version that knows of no registry. */
function complete({ registry = null, isFresh = false, ...snapshot }: Snapshot & Partial<SyncAnswer>): SyncAnswer {
  return { ...snapshot, registry, isFresh }
}

/** itty-durable resolves with a bare `Response` where there was no JSON. */
function checked<T>(answer: unknown): T {
  if (!isObject(answer) || !isObject(answer.models)) throw new Error('the load tracker did not answer with its state')
  return answer as T
}
