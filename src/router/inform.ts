/**
 * Before a decision: news of the load, where the route says that the request is to wait for them.
 *
 * `local` waits for nothing and makes no call. `fresh` waits where the view is old, `central` for the tracker's own choice; both for a bounded time, and
 * then go by what there is. Where more ask than the tracker can answer, it says which share may, and the rest is `fresh`: that makes no more calls than
 * the tracker asks for in any case. Of all that wait in an isolate one makes the call, and the others look at the view again every few ms: a promise of
 * another request might never settle, since that request's client may leave, and whoever awaited it would wait for ever; a time and a number in
 * plain state cannot do that.
 */
import { entryOf } from '../algorithm/entry'
import type { ModelLoad } from '../state/local-load'
import { leftOutByEither } from '../state/model-load'
import { freshForMs } from '../state/refresh'
import { type Decide, decideUnder } from '../strategy/load-use'
import { contestOf } from './contest'
import { choose } from './decide'
import type { WorkPlan } from './plan'
import type { Sized } from './question'
import type { Host, World } from './world'

/** A tracker in the region answers within 20 to 60 ms; what takes longer than this costs the request more than a better choice saves. */
export const FRESH_WAIT_MS = 150
/** The tracker's choice is worth more: it comes with a place in its count. */
export const CENTRAL_WAIT_MS = 250
/** Nobody may wait for longer than this part of the time that its client gives it. */
const PART_OF_DEADLINE = 0.25
/** Between two looks at what another request's call has brought. */
const LOOK_AGAIN_MS = 5

/** How a decision came by its view. */
export interface Decided {
  /** What the route says and its strategy makes of it. */
  readonly mode: Decide
  /** Whose view it rests on: the tracker's at that moment, or what the isolate knew. */
  readonly by: 'tracker' | 'isolate'
  readonly waitedMs: number
  /** The tracker was to choose, and has more to do than it can: it was not asked. */
  readonly spared?: true
}

export interface Informed {
  /** To be decided on at once. */
  readonly question: Sized
  readonly decided: Decided
  /** To be called with whoever comes first, before anything else happens. */
  readonly settle: (first: string | undefined) => void
}

const SETTLED = () => {}

const atOnce = (decided: Decided, question: Sized): Informed => ({ question, decided, settle: SETTLED })

/** Not even a promise where there is nothing to wait for. `peek`: nothing is going to be sent. */
export function inform(
  plan: WorkPlan,
  question: Sized,
  host: Host,
  world: World,
  { peek = false } = {},
): Informed | Promise<Informed> {
  const mode = modeOf(plan, question)
  if (mode === 'local') return atOnce({ mode, by: 'isolate', waitedMs: 0 }, question)
  return mode === 'fresh' ? freshened({ mode }, question, host, world) : ruled(plan, question, host, world, peek)
}

function modeOf(plan: WorkPlan, question: Sized): Decide {
  // Spares nearly everyone from choosing a group twice
  if (!plan.hears) return 'local'
  const chosen = choose(plan, question)
  if (!chosen.ok) return 'local'
  const { group } = chosen.value
  if (group.use.length + (group.canary?.group.use.length ?? 0) < 2) return 'local'
  return decideUnder(question.controls.strategy ?? group.strategy, group.decide)
}

async function freshened(how: Pick<Decided, 'mode' | 'spared'>, question: Sized, host: Host, world: World): Promise<Informed> {
  const startedMs = world.now()
  await waitForNews(boundedBy(question, FRESH_WAIT_MS), host, world)
  const nowMs = world.now()
  return {
    question: {
      ...question,
      controls: after(question, nowMs - startedMs),
      nowMs,
      load: id => host.load.load(id, nowMs),
      view: host.load.view(nowMs),
    },
    decided: { ...how, by: 'isolate', waitedMs: nowMs - startedMs },
    settle: SETTLED,
  }
}

async function waitForNews(limitMs: number, { load, hearing }: Host, world: World): Promise<void> {
  const isOld = () => load.heardAgoMs(world.now()) > freshForMs(hearing.intervalMs())
  if (!isOld() || !hearing.mayWait()) return
  const limit = timer(limitMs, world)
  while (isOld() && !limit.isOver()) {
    const syncing = hearing.sync()
    if (syncing === undefined) {
      const pause = timer(LOOK_AGAIN_MS, world)
      await Promise.race([pause.over, limit.over])
      pause.callOff()
      continue
    }
    await Promise.race([syncing, limit.over])
    // Whatever it brought: nobody waits for two
    break
  }
  limit.callOff()
  // A client in a hurry says nothing of the tracker
  if (!isOld() || limitMs >= FRESH_WAIT_MS) hearing.waited(!isOld())
}

async function ruled(plan: WorkPlan, question: Sized, host: Host, world: World, peek: boolean): Promise<Informed> {
  const { load, hearing } = host
  const contest = contestOf(plan, question)
  if (contest === undefined) return freshened({ mode: 'central' }, question, host, world)
  // Also where nobody is asked now, the tracker is to know what would come
  const mayAsk = load.mayAsk(world.random, world.now())
  if (!mayAsk) return freshened({ mode: 'central', spared: true }, question, host, world)
  if (!hearing.mayWait()) return atOnce({ mode: 'central', by: 'isolate', waitedMs: 0 }, question)
  const startedMs = world.now()
  const number = peek ? undefined : load.ask(startedMs)
  const limitMs = boundedBy(question, CENTRAL_WAIT_MS)
  const limit = timer(limitMs, world)
  const ruling = await Promise.race([hearing.ask(contest, number), limit.over])
  limit.callOff()
  const nowMs = world.now()
  const settle = (first: string | undefined) => {
    if (number !== undefined) load.settleAsked(number, first !== undefined && ruling?.ranking[0] === first ? first : undefined)
  }
  const waitedMs = nowMs - startedMs
  const controls = after(question, waitedMs)
  if (ruling !== undefined || limitMs >= CENTRAL_WAIT_MS) hearing.waited(ruling !== undefined)
  if (ruling === undefined) {
    const local = { ...question, controls, nowMs, load: (id: string) => load.load(id, nowMs), view: load.view(nowMs) }
    return { question: local, decided: { mode: 'central', by: 'isolate', waitedMs }, settle }
  }
  const { loads, view } = ruling.seen
  const seen = (id: string): ModelLoad => {
    const theirs = entryOf(loads, id)
    if (theirs === undefined) return load.load(id, nowMs)
    // An isolate may know of a failure that it has not yet told
    return { ...theirs, ...leftOutByEither(theirs, load.leftOutHere(id, nowMs)) }
  }
  return { question: { ...question, controls, load: seen, view }, decided: { mode: 'central', by: 'tracker', waitedMs }, settle }
}

const boundedBy = ({ controls: { deadlineMs } }: Sized, mostMs: number): number =>
  deadlineMs === undefined ? mostMs : Math.min(mostMs, deadlineMs * PART_OF_DEADLINE)

/** What is left of the client's time. */
function after({ controls }: Sized, waitedMs: number): Sized['controls'] {
  const { deadlineMs } = controls
  return deadlineMs === undefined ? controls : { ...controls, deadlineMs: Math.max(1, deadlineMs - waitedMs) }
}

interface Timer {
  readonly over: Promise<undefined>
  readonly isOver: () => boolean
  readonly callOff: () => void
}

/** Clocks of deployed Workers stand still while code runs, so that a timer and not the clock says when the time is over. */
function timer(ms: number, world: World): Timer {
  let isOver = false
  let callOff = () => {}
  const over = new Promise<undefined>(resolve => {
    callOff = world.after(ms, () => {
      isOver = true
      resolve(undefined)
    })
  })
  return { over, isOver: () => isOver, callOff }
}
