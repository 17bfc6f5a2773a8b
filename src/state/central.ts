/**
 * A decision that the tracker makes for an isolate: it sees every request of its region, those that it has just chosen models for included, and takes one
 * question at a time. The isolate gets the loads and the view that it saw, so that the decision can be explained, and made again, from them.
 *
 * Who is chosen is up to whoever hands in the choice; this knows the load alone.
 */
import { entryOf } from '../algorithm/entry'
import { LocalLoad, type ModelLoad, type View } from './local-load'
import type { ModelSnapshot, Report, Snapshot } from './report'
import type { Changes, Tracker } from './tracker'

/** What a decision looked at. */
export interface Seen {
  /** By the id of a model, an account or a place. Those that the tracker knows nothing of are left out where it travels. */
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
  /** Of these, the account and the place that a model is reached by. */
  readonly sharedBy?: ((model: string) => readonly string[]) | undefined
}

export interface Ruling {
  /** Best first; empty where nobody can serve. */
  readonly ranking: readonly string[]
  readonly seen: Seen
}

type RankBy = (seen: Seen) => readonly string[]

/** Takes in the report, has `rank` look at the load, and counts the first at once. The snapshot is the one that the report is answered with. */
export function ruleOn(
  tracker: Tracker,
  report: Report,
  inquiry: Inquiry,
  nowMs: number,
  rank: RankBy,
): Ruling & { readonly snapshot: Snapshot } {
  const snapshot = tracker.sync(report, nowMs, 'ask')
  return { ...ruled(tracker, report, inquiry, nowMs, rank, snapshot), snapshot }
}

/** The same for whoever says which rows it has. */
export function ruleInRows(
  tracker: Tracker,
  report: Report,
  inquiry: Inquiry,
  nowMs: number,
  rank: RankBy,
): Ruling & { readonly changes: Changes } {
  const changes = tracker.answer(report, nowMs, 'ask')
  return { ...ruled(tracker, report, inquiry, nowMs, rank, changes.head), changes }
}

function ruled(
  tracker: Tracker,
  { isolate }: Report,
  { question, promptTokens, ids, sharedBy = () => [] }: Inquiry,
  nowMs: number,
  rank: RankBy,
  head: Changes['head'],
): Ruling {
  const known = tracker.everyone(ids, nowMs)
  const seen = seenAt(known, head, ids, nowMs)
  const ranking = rank(seen)
  const [first] = ranking
  if (question !== undefined && first !== undefined)
    tracker.reserve(isolate, question, { model: first, promptTokens }, sharedBy(first), nowMs)
  // Of whom the tracker knows nothing, the isolate knows as much
  const loads = Object.entries(seen.loads).filter(([id]) => entryOf(known, id) !== undefined)
  return { ranking, seen: { ...seen, loads: Object.fromEntries(loads) } }
}

/** As an isolate would see it that has no requests of its own, and a snapshot of this moment in which everyone is another; but its turn it always is, as it sees every try. */
function seenAt(
  known: Readonly<Record<string, ModelSnapshot>>,
  head: Changes['head'],
  ids: readonly string[],
  nowMs: number,
): Seen {
  const whole = new LocalLoad('everyone')
  whole.accept({ ...head, isolates: 1, models: known }, nowMs)
  const { lagMs = 0, arrivalsPerSecond, meanPromptTokens } = head
  return {
    loads: Object.fromEntries(ids.map(id => [id, whole.load(id, nowMs)])),
    view: whole.view(nowMs) ?? { ageMs: lagMs, arrivalsPerSecond, meanPromptTokens },
  }
}
