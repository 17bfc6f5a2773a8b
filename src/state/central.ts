/**
 * A decision that the tracker makes for an isolate: it sees every request of its region, those that it has just chosen models for included, and takes one
 * question at a time. The isolate gets the loads and the view that it saw, so that the decision can be explained, and made again, from them.
 *
 * Who is chosen is up to whoever hands in the choice; this knows the load alone.
 */
import { LocalLoad, type ModelLoad, type View } from './local-load'
import type { Report, Snapshot } from './report'
import type { Tracker } from './tracker'

/** What a decision looked at. */
export interface Seen {
  /** By the id of a model, an account or a place. */
  readonly loads: Readonly<Record<string, ModelLoad>>
  readonly view: View
}

export interface Inquiry {
  /** The isolate's own number for it; undefined: it only wants to know, and sends nothing. */
  readonly question: number | undefined
  /** What the request adds to whoever gets it. */
  readonly promptTokens: number
  /** Whose load matters. */
  readonly ids: readonly string[]
}

export interface Ruling {
  /** Best first; empty where nobody can serve. */
  readonly ranking: readonly string[]
  readonly seen: Seen
}

/** Takes in the report, has `rank` look at the load, and counts the first at once. The snapshot is the one that the report is answered with. */
export function ruleOn(
  tracker: Tracker,
  report: Report,
  { question, promptTokens, ids }: Inquiry,
  nowMs: number,
  rank: (seen: Seen) => readonly string[],
): Ruling & { readonly snapshot: Snapshot } {
  const snapshot = tracker.sync(report, nowMs)
  const seen = seenAt(tracker, snapshot, ids, nowMs)
  const ranking = rank(seen)
  const [first] = ranking
  if (question !== undefined && first !== undefined) tracker.reserve(report.isolate, question, { model: first, promptTokens })
  return { ranking, seen, snapshot }
}

/** As an isolate would see it that has no requests of its own, and a snapshot of this moment in which everyone is another. */
function seenAt(tracker: Tracker, snapshot: Snapshot, ids: readonly string[], nowMs: number): Seen {
  const models = Object.entries(tracker.everyone(ids, nowMs)).map(
    ([id, model]) => [id, { ...model, probe: snapshot.models[id]?.probe ?? false }] as const,
  )
  const whole = new LocalLoad('everyone')
  whole.accept({ ...snapshot, models: Object.fromEntries(models) }, nowMs)
  const { lagMs = 0, arrivalsPerSecond, meanPromptTokens } = snapshot
  return {
    loads: Object.fromEntries(ids.map(id => [id, whole.load(id, nowMs)])),
    view: whole.view(nowMs) ?? { ageMs: lagMs, arrivalsPerSecond, meanPromptTokens },
  }
}
